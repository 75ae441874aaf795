"""Which SKUs are watched: the catalogue decides, and a file of ours that took one off sale does not end it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from kataban.intake import Fulfilment
from kataban.items import Condition, Supply, Wanted, WantedState
from kataban.results import queue
from kataban.results.chunks import chunks
from kataban.results.concluding import conclude
from kataban.results.tables import catalogue, order_lines, takedowns, wanted, watches

# The words of listings reports for "on sale"; a report without the column says nothing against it.
_ON_SALE = frozenset({"active", "出品中"})
# A SKU that no listings report showed for so long while others were shown has left.
_LEFT_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Synced:
    """What bringing the watches into line with the catalogue did, in SKUs; `nameless` have no model number and JAN."""

    watched: int = 0
    begun: int = 0
    ended: int = 0
    nameless: int = 0


def sync(connection: sa.Connection, now: datetime) -> Synced:
    """Watch every SKU that the seller sends himself and that is on sale, or taken off sale by a file of ours.

    Those that left are ended, with all that is known of them kept.
    """
    wished, nameless = _wished(connection)
    before = set(connection.execute(sa.select(watches.c.sku).join(wanted, wanted.c.id == watches.c.wanted_id).where(
        wanted.c.state == WantedState.OPEN.value)).scalars())
    for part in chunks(wished.values()):
        _watch(connection, part, now)
    left = before - wished.keys()
    for skus in chunks(left):
        ids = sa.select(watches.c.wanted_id).where(watches.c.sku.in_(skus))
        connection.execute(sa.update(wanted).where(wanted.c.id.in_(ids)).values(
            state=WantedState.DONE.value, updated_at=now))
    return Synced(len(wished), len(wished.keys() - before), len(left), nameless)


def _wished(connection: sa.Connection) -> tuple[dict[str, Wanted], int]:
    latest = sa.func.max(catalogue.c.listed_at, type_=catalogue.c.listed_at.type)
    newest = connection.execute(sa.select(latest)).scalar()
    amazons = set(connection.execute(sa.select(order_lines.c.sku).where(
        order_lines.c.fulfilment == Fulfilment.AMAZON.value).distinct()).scalars())
    ours = _taken_down(connection)
    on_sale = [row for row in connection.execute(sa.select(catalogue).order_by(catalogue.c.sku)).mappings()
               if _is_sent_by_seller(row, amazons) and (row["sku"] in ours or _is_on_sale(row, newest))]
    named = {row["sku"]: _wanted_of(row) for row in on_sale if row["model_number"] or row["jan"]}
    return named, len(on_sale) - len(named)


def _taken_down(connection: sa.Connection) -> set[str]:
    """The SKUs whose quantity 0 is our own doing: taken down, or given back since the newest report showed them."""
    statement = sa.select(takedowns.c.sku).outerjoin(catalogue, catalogue.c.sku == takedowns.c.sku).where(
        takedowns.c.restored_at.is_(None) | catalogue.c.listed_at.is_(None)
        | (takedowns.c.restored_at >= catalogue.c.listed_at))
    return set(connection.execute(statement).scalars())


def _is_sent_by_seller(row: sa.RowMapping, amazons: set[str | None]) -> bool:
    if row["fulfilment"] is None:
        return row["sku"] not in amazons
    return bool(row["fulfilment"] == Fulfilment.MERCHANT.value)


def _is_on_sale(row: sa.RowMapping, newest: datetime | None) -> bool:
    if row["status"] is not None and row["status"].strip().casefold() not in _ON_SALE:
        return False
    if row["listed_at"] is not None and newest is not None and newest - row["listed_at"] > _LEFT_AFTER:
        return False
    return row["quantity"] is None or row["quantity"] > 0


def _wanted_of(row: sa.RowMapping) -> Wanted:
    condition = Condition(row["condition"]) if row["condition"] else Condition.UNUSED
    return Wanted(row["model_number"], row["maker"], row["jan"], row["asin"], row["name"], row["sku"],
                  max_price=row["max_price"], condition=condition, watch=True)


def _watch(connection: sa.Connection, rows: Sequence[Wanted], now: datetime) -> None:
    _, touched = queue.add_wanted(connection, rows, now)
    by_key = {queue.wanted_key(row): row for row in rows}
    stored = connection.execute(sa.select(wanted).where(wanted.c.key.in_(list(by_key)))).mappings().all()
    for old in stored:  # the catalogue is the last word: a limit that it no longer has is gone, and who left is back
        row = by_key[old["key"]]
        values = {"state": WantedState.OPEN.value, "max_price": row.max_price, "condition": row.condition.value}
        if any(old[name] != value for name, value in values.items()):
            connection.execute(sa.update(wanted).where(wanted.c.id == old["id"]).values(**values))
            touched.append(old["id"])
    ids = {old["sku"]: old["id"] for old in stored}
    known = set(connection.execute(sa.select(watches.c.sku).where(watches.c.sku.in_(list(ids)))).scalars())
    new = [{"sku": sku, "wanted_id": wanted_id, "state": Supply.UNKNOWN.value, "since": now, "suppliers": 0}
           for sku, wanted_id in ids.items() if sku not in known]
    if new:
        connection.execute(sa.insert(watches), new)
    if touched:
        conclude(connection, wanted_ids=sorted(set(touched)))
