"""What a source's own history says: figures of its last run beside those of its earlier ones, and the canary's verdict.

`unclear` and the coverage of fields are counted over what was seen since the last run began, and before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from kataban.items import ANSWERED, BY_CHOICE, Availability, Outcome, Verdict
from kataban.results.queue import due_again
from kataban.results.tables import judgements, listings, searches, sightings

HISTORY = timedelta(days=60)
MOST_SEARCHES = 2000
FIELDS = ("price", "title", "link", "availability", "seller")
# Neither the source's doing nor a look: the user's choice, or a run that was stopped.
_NOT_ASKED = frozenset(outcome.value for outcome in {*BY_CHOICE, Outcome.INTERRUPTED})
_ANSWERED = frozenset(outcome.value for outcome in ANSWERED)


@dataclass(frozen=True, slots=True)
class Figures:
    """A stretch of a source's history. Shares are 0 to 1, None where nothing was there to count.

    `rows_per_search` is over answered searches; `unreadable` the share of them with rows that could not be read;
    `coverage` the share of seen listings that have the field.
    """

    searches: int = 0
    answered: int = 0
    rows_per_search: float | None = None
    unreadable: float | None = None
    unclear: float | None = None
    listings: int = 0
    coverage: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class History:
    """A source's last run (`now`) beside what was before it. `failures_in_a_row` counts the newest searches."""

    source: str
    now: Figures = field(default_factory=Figures)
    before: Figures = field(default_factory=Figures)
    failures_in_a_row: int = 0
    canary_failed: bool = False
    last_reason: str | None = None
    last_at: datetime | None = None


def history_of(connection: sa.Connection, source: str, now: datetime) -> History:
    """The source's history of the last 60 days."""
    rows = [row for row in _searches(connection, source, now) if row.outcome not in _NOT_ASKED]
    if not rows:
        return History(source)
    last = rows[0].run_id
    recent, earlier = [r for r in rows if r.run_id == last], [r for r in rows if r.run_id != last]
    since = min(row.opened_at for row in recent)
    failed = rows[0].outcome not in _ANSWERED
    return History(
        source, _figures(connection, source, recent, since, None),
        _figures(connection, source, earlier, now - HISTORY, since), _failures(rows),
        any(row.reason_code == Canary.REASON_CODE for row in recent),
        f"{rows[0].outcome}: {rows[0].reason}" if failed else None, rows[0].closed_at)


class Canary:
    """The words under which a failed canary stands in the database."""

    REASON_CODE = "canary"
    REASON = "the canary query, which always has hits, showed none: what was read as none is not believed"


def demote_nothing(connection: sa.Connection, sources: Sequence[str], run_id: int, now: datetime,
                   why: str = Canary.REASON) -> int:
    """Turn every `nothing` of this run into `broken` (reason canary), to be asked again as any broken look is.

    Returns how many Searches that were.
    """
    statement = sa.update(searches).where(
        searches.c.source.in_(sources), searches.c.run_id == run_id, searches.c.outcome == Outcome.NOTHING.value,
    ).values(outcome=Outcome.BROKEN.value, reason_code=Canary.REASON_CODE, reason=why, complete=False,
             due_at=due_again(Outcome.BROKEN, now))
    return connection.execute(statement).rowcount


def nothing_is_all(connection: sa.Connection, source: str, run_id: int) -> bool:
    """Did this run say `nothing` at least once, and read no row at all? Then its zeros prove only each other."""
    statement = sa.select(sa.func.count().filter(searches.c.outcome == Outcome.NOTHING.value),
                          sa.func.coalesce(sa.func.sum(searches.c.rows_read), 0)
                          ).where(searches.c.source == source, searches.c.run_id == run_id)
    zeros, rows = connection.execute(statement).one()
    return bool(zeros) and not rows


def _searches(connection: sa.Connection, source: str, now: datetime) -> Sequence[sa.Row[tuple[object, ...]]]:
    columns = ("run_id", "outcome", "reason_code", "reason", "rows_read", "opened_at", "closed_at")
    statement = (sa.select(*(searches.c[name] for name in columns))
                 .where(searches.c.source == source, searches.c.closed_at.is_not(None), searches.c.run_id.is_not(None),
                        searches.c.opened_at >= now - HISTORY)
                 .order_by(searches.c.id.desc()).limit(MOST_SEARCHES))
    return connection.execute(statement).all()


def _failures(rows: Sequence[sa.Row[tuple[object, ...]]]) -> int:
    return next((number for number, row in enumerate(rows) if row.outcome in _ANSWERED), len(rows))


def _figures(connection: sa.Connection, source: str, rows: Sequence[sa.Row[tuple[object, ...]]], since: datetime,
             until: datetime | None) -> Figures:
    answered = [row for row in rows if row.outcome in _ANSWERED]
    seen, coverage = _coverage(connection, source, since, until)
    return Figures(
        searches=len(rows), answered=len(answered), listings=seen, coverage=coverage,
        rows_per_search=_share(sum(row.rows_read for row in answered), len(answered)),
        unreadable=_share(sum(row.reason_code == "unreadable_rows" for row in answered), len(answered)),
        unclear=_unclear(connection, source, since, until))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _between(column: sa.Column[datetime], since: datetime, until: datetime | None) -> list[sa.ColumnElement[bool]]:
    return [column >= since] if until is None else [column >= since, column < until]


def _coverage(connection: sa.Connection, source: str, since: datetime,
              until: datetime | None) -> tuple[int, dict[str, float]]:
    """How many looks at listings there were, and the share of them with each field."""
    has = {
        "price": sightings.c.price.is_not(None), "title": listings.c.title != "", "link": listings.c.url != "",
        "availability": sightings.c.availability != Availability.UNKNOWN.value,
        "seller": listings.c.seller_pk.is_not(None),
    }
    counts = [sa.func.coalesce(sa.func.sum(sa.case((has[name], 1), else_=0)), 0) for name in FIELDS]
    statement = (sa.select(sa.func.count(), *counts)
                 .join(listings, listings.c.id == sightings.c.listing_pk).select_from(sightings)
                 .where(listings.c.source == source, *_between(sightings.c.seen_at, since, until)))
    seen, *told = connection.execute(statement).one()
    return seen, {name: count / seen for name, count in zip(FIELDS, told, strict=True)} if seen else {}


def _unclear(connection: sa.Connection, source: str, since: datetime, until: datetime | None) -> float | None:
    unclear = sa.func.coalesce(sa.func.sum(sa.case((judgements.c.verdict == Verdict.UNCLEAR.value, 1), else_=0)), 0)
    statement = (sa.select(sa.func.count(), unclear)
                 .join(listings, listings.c.id == judgements.c.listing_pk).select_from(judgements)
                 .where(listings.c.source == source, *_between(judgements.c.judged_at, since, until)))
    judged, count = connection.execute(statement).one()
    return _share(count, judged)
