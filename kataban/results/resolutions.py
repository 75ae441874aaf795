"""How orders end: bought or given up by the user's word, sent or cancelled by a report's; and how they open again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypedDict, Unpack

import sqlalchemy as sa

from kataban.items import Ending, WantedState
from kataban.results.chunks import chunks
from kataban.results.concluding import conclude
from kataban.results.tables import resolutions, wanted

By = Literal["user", "report"]
# What a report may end: the user's own word stays what it is.
_OPEN_TO_REPORTS = (WantedState.OPEN, WantedState.NEEDS_MODEL, WantedState.EXPIRED)


class Details(TypedDict, total=False):
    """What else is known of an ending: where and from whom it was bought, and for how many yen the whole row."""

    source: str | None
    listing_pk: int | None
    seller_id: str | None
    price: int | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Resolution:
    """How one Wanted ended. `price` is yen for the whole row, `source` a Source or the user's own words."""

    wanted_id: int
    kind: Ending
    by: By
    at: datetime
    source: str | None = None
    listing_pk: int | None = None
    seller_id: str | None = None
    price: int | None = None
    note: str | None = None


def resolve(connection: sa.Connection, wanted_ids: Iterable[int], ending: Ending, by: By, now: datetime,
            **details: Unpack[Details]) -> list[int]:
    """End these Wanted, so that they leave the queue; returns the ids of those that it ended.

    The user's word takes the place of any earlier ending; a report ends only what is open, waits for its model number
    or expired. What cannot be bought any more has no alternatives either: the purchases go.
    """
    ended: list[int] = []
    for ids in chunks(dict.fromkeys(wanted_ids)):
        changed = _endable(connection, ids, by)
        _write(connection, changed, {"kind": ending.value, "by": by, "at": now, **details})
        state = WantedState.BOUGHT if ending is Ending.BOUGHT else WantedState.DONE
        _set_state(connection, changed, state, now)
        ended += changed
    return ended


def reopen(connection: sa.Connection, wanted_ids: Iterable[int], now: datetime) -> None:
    """Take the ending of these Wanted back: they are open, or wait for their model number, and are concluded anew."""
    for ids in chunks(dict.fromkeys(wanted_ids)):
        connection.execute(sa.delete(resolutions).where(resolutions.c.wanted_id.in_(ids)))
        rows = connection.execute(sa.select(wanted.c.id, wanted.c.query_id).where(wanted.c.id.in_(ids))).all()
        for state, known in ((WantedState.OPEN, True), (WantedState.NEEDS_MODEL, False)):
            _set_state(connection, [row.id for row in rows if (row.query_id is not None) is known], state, now)


def resolution_of(connection: sa.Connection, ids: Iterable[int]) -> dict[int, Resolution]:
    """The Resolutions of these Wanted by their ids; those that did not end so have none."""
    found: dict[int, Resolution] = {}
    for part in chunks(ids):
        rows = connection.execute(sa.select(resolutions).where(resolutions.c.wanted_id.in_(part))).mappings()
        found |= {row["wanted_id"]: Resolution(**{**row, "kind": Ending(row["kind"])}) for row in rows}
    return found


def _endable(connection: sa.Connection, ids: Sequence[int], by: By) -> list[int]:
    statement = sa.select(wanted.c.id).where(wanted.c.id.in_(ids)).order_by(wanted.c.id)
    if by == "report":
        statement = statement.where(wanted.c.state.in_([state.value for state in _OPEN_TO_REPORTS]))
    return list(connection.execute(statement).scalars())


def _write(connection: sa.Connection, ids: Sequence[int], values: dict[str, object]) -> None:
    connection.execute(sa.delete(resolutions).where(resolutions.c.wanted_id.in_(ids)))
    if ids:
        connection.execute(sa.insert(resolutions), [{"wanted_id": wanted_id, **values} for wanted_id in ids])


def _set_state(connection: sa.Connection, ids: Sequence[int], state: WantedState, now: datetime) -> None:
    if ids:
        connection.execute(sa.update(wanted).where(wanted.c.id.in_(ids)).values(state=state.value, updated_at=now))
        conclude(connection, wanted_ids=ids)
