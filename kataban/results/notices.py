"""What can be told about orders and sources now, and what each target of notifications was told before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kataban.items import ANSWERED, BY_CHOICE, Outcome, Purchase, WantedState
from kataban.results.source_health import health
from kataban.results.tables import listings, notified, purchases, searches, wanted, watches
from kataban.results.writing import upsert

State = dict[str, Any]
_LOOKED = frozenset(outcome.value for outcome in ANSWERED - {Outcome.PARTIAL})
_BY_CHOICE = frozenset(outcome.value for outcome in BY_CHOICE - {Outcome.RESTING})


def current_states(connection: sa.Connection, now: datetime) -> dict[str, State]:
    """The state of every open order (`wanted:ID`), every source (`source:NAME`) and every watched SKU (`sku:SKU`)."""
    states: dict[str, State] = {}
    whole = _wholly_covered(connection)
    offers = _offers(connection, now)
    for row in connection.execute(sa.select(wanted).where(
            wanted.c.state == WantedState.OPEN.value, wanted.c.watch.is_(False))):
        states[f"wanted:{row.id}"] = {
            "order": row.order_id or str(row.id), "model": row.model_number or row.jan or "",
            "ship_by": row.ship_by.isoformat() if row.ship_by else None, "covered": row.query_id in whole,
            **offers.get(row.id, {"alternatives": 0, "stale": 0, "best": None, "url": None, "source": None})}
    for entry in health(connection, now):
        states[f"source:{entry.source}"] = {"sick": entry.sick, "reason": entry.reason, "asked": entry.queries}
    return states | _supplies(connection)


def _supplies(connection: sa.Connection) -> dict[str, State]:
    statement = (sa.select(watches, wanted.c.model_number, wanted.c.jan)
                 .join(wanted, wanted.c.id == watches.c.wanted_id).where(wanted.c.state == WantedState.OPEN.value))
    return {f"sku:{row.sku}": {"supply": row.state, "sku": row.sku, "model": row.model_number or row.jan or "",
                               "suppliers": row.suppliers, "coverage": row.coverage, "successor": row.successor,
                               "best": row.cheapest}
            for row in connection.execute(statement)}


def _offers(connection: sa.Connection, now: datetime) -> dict[int, State]:
    """Of each Wanted the number of alternatives and the cheapest of them; `stale` are those no longer fresh."""
    fresh = purchases.c.fresh_until > now
    statement = (
        sa.select(purchases.c.wanted_id, fresh.label("fresh"), purchases.c.purchase, purchases.c.total,
                  listings.c.url, listings.c.source)
        .join(listings, listings.c.id == purchases.c.listing_pk)
        .join(wanted, wanted.c.id == purchases.c.wanted_id)
        .where(purchases.c.purchase != Purchase.NO.value, wanted.c.state == WantedState.OPEN.value)
        .order_by(purchases.c.wanted_id, purchases.c.purchase == Purchase.ASK_FIRST.value,
                  purchases.c.total.is_(None), purchases.c.total, listings.c.id))
    found: dict[int, State] = {}
    for row in connection.execute(statement):
        state = found.setdefault(row.wanted_id, {"alternatives": 0, "stale": 0, "best": None, "url": None,
                                                 "source": None})
        if not row.fresh:
            state["stale"] += 1
            continue
        if not state["alternatives"]:
            state |= {"best": row.total, "url": row.url, "source": row.source}
        state["alternatives"] += 1
    return found


def _wholly_covered(connection: sa.Connection) -> set[int]:
    """The Queries of which every source's last Search was read to the end; those the user leaves off do not count."""
    latest = sa.select(sa.func.max(searches.c.id)).group_by(searches.c.query_id, searches.c.source)
    rows = connection.execute(sa.select(searches.c.query_id, searches.c.outcome, searches.c.complete).where(
        searches.c.id.in_(latest)))
    looked, failed = set(), set()
    for row in rows:
        if row.outcome in _LOOKED:
            looked.add(row.query_id)
        elif row.outcome not in _BY_CHOICE:
            failed.add(row.query_id)
    return looked - failed


def told_states(connection: sa.Connection, target: str) -> dict[str, State]:
    """What `target` was last told of each subject."""
    rows = connection.execute(sa.select(notified.c.subject, notified.c.state).where(notified.c.target == target))
    return {row.subject: row.state for row in rows}


def keep_told(connection: sa.Connection, target: str, states: Mapping[str, State], now: datetime) -> None:
    """Keep what `target` is told."""
    upsert(connection, notified, [{"target": target, "subject": subject, "state": state, "at": now}
                                  for subject, state in states.items()], ("target", "subject"))


def forget_told(connection: sa.Connection, target: str, subjects: Iterable[str]) -> None:
    """Forget subjects that are no more, or that could not be told after all."""
    connection.execute(sa.delete(notified).where(notified.c.target == target,
                                                 notified.c.subject.in_(list(subjects))))
