"""The overview: which orders there are and in which order they are shown, without reading a single Listing.

`purchases` is the summary of each Wanted that the store transaction keeps, so counting its rows is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from kataban.items import Purchase, WantedState
from kataban.results.queries import LIVE, Answer, answers
from kataban.results.tables import purchases, wanted


@dataclass(frozen=True, slots=True)
class Counted:
    """A Wanted and how many alternatives it has now."""

    wanted_id: int
    alternatives: int


@dataclass(frozen=True, slots=True)
class Overview:
    """Some Answers in the order of urgency, and how many orders there are altogether."""

    answers: Sequence[Answer]
    orders: int
    without: int
    first: int = 0


def counted(connection: sa.Connection, now: datetime, states: Iterable[WantedState] = LIVE) -> list[Counted]:
    """Every Wanted in `states`, watched SKUs left out: those without any alternative first, then by ship_by."""
    fresh = (purchases.c.purchase != Purchase.NO.value) & (purchases.c.fresh_until > now)
    number = (sa.select(purchases.c.wanted_id, sa.func.count().label("alternatives"))
              .where(fresh).group_by(purchases.c.wanted_id).subquery())
    alternatives = sa.func.coalesce(number.c.alternatives, 0)
    statement = (
        sa.select(wanted.c.id, alternatives.label("alternatives"))
        .outerjoin(number, number.c.wanted_id == wanted.c.id)
        .where(wanted.c.state.in_([state.value for state in states]), wanted.c.watch.is_(False))
        .order_by(alternatives > 0, wanted.c.ship_by.is_(None), wanted.c.ship_by, wanted.c.id))
    return [Counted(row.id, row.alternatives) for row in connection.execute(statement)]


def overview(connection: sa.Connection, now: datetime, *, first: int = 0, most: int = 50,
             states: Iterable[WantedState] = LIVE) -> Overview:
    """The Answers from position `first` on, `most` of them."""
    rows = counted(connection, now, states)
    part = [row.wanted_id for row in rows[first:first + most]]
    by_id = {answer.wanted.wanted_id: answer for answer in answers(connection, now, ids=part, states=states)}
    return Overview([by_id[wanted_id] for wanted_id in part], len(rows),
                    sum(not row.alternatives for row in rows), first)
