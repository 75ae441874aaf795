"""How each source does: what its last Searches ended as, when it last answered, whether it rests."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from kataban.items import ANSWERED, BY_CHOICE, Outcome
from kataban.results.tables import searches, source_states

_ANSWERED = frozenset(outcome.value for outcome in ANSWERED)
_BY_CHOICE = frozenset(outcome.value for outcome in BY_CHOICE)


@dataclass(slots=True)
class Health:
    """One source. `outcomes` counts the last Search of each Query; `reason` is why the newest one that could not look
    did not; None when all were answered."""

    source: str
    outcomes: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    answered_at: datetime | None = None
    rest_until: datetime | None = None
    reason_code: str | None = None
    reason: str | None = None

    @property
    def queries(self) -> int:
        """How many Queries it was asked, or should have been."""
        return sum(self.outcomes.values())

    @property
    def answered(self) -> int:
        """How many of them it answered."""
        return sum(number for outcome, number in self.outcomes.items() if outcome in _ANSWERED)

    @property
    def sick(self) -> bool:
        """True when it could look at nothing, and not by the user's choice."""
        tried = any(outcome not in _BY_CHOICE or outcome == Outcome.RESTING.value for outcome in self.outcomes)
        return tried and not self.answered


def health(connection: sa.Connection, now: datetime) -> list[Health]:
    """Every source that was ever to be asked, those that cannot look first."""
    found: dict[str, Health] = defaultdict(lambda: Health(""))
    for row in connection.execute(_counts()):
        entry = found[row.source]
        entry.source, entry.requests = row.source, entry.requests + int(row.requests or 0)
        entry.outcomes[row.outcome] = row.number
        if row.outcome in _ANSWERED:
            entry.answered_at = max(filter(None, (entry.answered_at, row.last_at)), default=None)
    for row in connection.execute(sa.select(source_states).where(source_states.c.rest_until > now)):
        if row.source in found:
            found[row.source].rest_until = row.rest_until
    for why in connection.execute(_reasons(found)):
        entry = found[why.source]
        if entry.answered < entry.queries:
            entry.reason_code, entry.reason = why.reason_code, why.reason
    return sorted(found.values(), key=lambda entry: (not entry.sick, entry.source))


def _latest() -> sa.Subquery:
    return (sa.select(sa.func.max(searches.c.id).label("id")).where(searches.c.closed_at.is_not(None))
            .group_by(searches.c.query_id, searches.c.source).subquery())


def _counts() -> sa.Select[tuple[str, str, int, int, datetime]]:
    latest = _latest()
    return (sa.select(searches.c.source, searches.c.outcome, sa.func.count().label("number"),
                      sa.func.sum(searches.c.requests).label("requests"),
                      sa.func.max(searches.c.closed_at, type_=searches.c.closed_at.type).label("last_at"))
            .join(latest, latest.c.id == searches.c.id).group_by(searches.c.source, searches.c.outcome))


def _reasons(sources: Iterable[str]) -> sa.Select[tuple[str, datetime, str, str]]:
    """The newest Search of each source that has a reason."""
    newest = (sa.select(sa.func.max(searches.c.id)).where(
        searches.c.source.in_(list(sources)), searches.c.outcome.not_in(_ANSWERED)).group_by(searches.c.source))
    return sa.select(searches.c.source, searches.c.closed_at, searches.c.reason_code, searches.c.reason).where(
        searches.c.id.in_(newest))
