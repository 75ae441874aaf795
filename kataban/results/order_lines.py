"""Order lines: rows of Amazon's order reports, merged over all reports read, and what they mean for the queue.

Reports come in any order and overlap: the unshipped report names items, the all-orders report does not, and an old file
may be read after a new one. A row is named by its item, else by order and SKU; how far it is only ever grows.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from kataban.intake import Fulfilment, OrderLine, OrderStatus
from kataban.items import Ending, Wanted, WantedState
from kataban.results.catalogue import entries_of
from kataban.results.chunks import chunks
from kataban.results.resolutions import reopen, resolve
from kataban.results.tables import catalogue, order_lines, resolutions, wanted

# `note` of the resolution of an order that a report shows as cancelled after the buyer had asked for it.
BUYER_ASKED = "buyer_asked"
# The same of an order that Amazon sends (FBA).
BY_AMAZON = "by_amazon"
_PROGRESS = {OrderStatus.UNKNOWN: 0, OrderStatus.PENDING: 1, OrderStatus.UNSHIPPED: 2, OrderStatus.PARTIALLY_SHIPPED: 3,
             OrderStatus.SHIPPED: 4, OrderStatus.CANCELLED: 4}
_ENDINGS = {OrderStatus.SHIPPED: Ending.SHIPPED, OrderStatus.CANCELLED: Ending.CANCELLED}
_LIVE = (WantedState.OPEN.value, WantedState.NEEDS_MODEL.value)
_COLUMNS = tuple(column.name for column in order_lines.c if column.name not in {"id", "updated_at"})


@dataclasses.dataclass(slots=True)
class _Stored:
    """A row of the table, merged so far. `id` is None while it is not stored."""

    line: OrderLine
    id: int | None = None
    changed: bool = False


class Lines:
    """The order lines of some orders as they are after a file was read."""

    def __init__(self) -> None:
        self._by_order: dict[str, list[_Stored]] = defaultdict(list)

    def __iter__(self) -> Iterator[OrderLine]:
        return (row.line for row in self.rows())

    def rows(self) -> Iterator[_Stored]:
        """All rows with their ids."""
        return (row for rows in self._by_order.values() for row in rows)

    def put(self, row: _Stored) -> None:
        """A row that is in the table."""
        self._by_order[row.line.order_id].append(row)

    def merge(self, line: OrderLine) -> None:
        """A row of a report: into those it is about, else a row of its own."""
        known = self._rows_of(line.order_id, line.order_item_id, line.sku)
        for row in known:
            merged = _merged(row.line, line, alone=len(known) == 1)
            row.changed |= merged != row.line
            row.line = merged
        if not known:
            self.put(_Stored(dataclasses.replace(line), changed=True))

    def of(self, row: Wanted) -> list[OrderLine]:
        """The lines that this row of the queue is about."""
        return [found.line for found in self._rows_of(row.order_id or "", row.order_item_id, row.sku)]

    def _rows_of(self, order_id: str, item_id: str | None, sku: str | None) -> list[_Stored]:
        rows = self._by_order.get(order_id, [])
        if item_id is None:
            return [row for row in rows if row.line.sku == sku]
        same = [row for row in rows if row.line.order_item_id == item_id]
        return same or [row for row in rows if row.line.order_item_id is None and row.line.sku == sku][:1]


def add_order_lines(connection: sa.Connection, lines: Iterable[OrderLine], now: datetime) -> Lines:
    """Keep rows of a report; returns all lines of their orders as they are now."""
    by_order: dict[str, list[OrderLine]] = defaultdict(list)
    for line in lines:
        by_order[line.order_id].append(line)
    known = lines_of(connection, by_order)
    for group in by_order.values():
        for line in group:
            known.merge(line)
    _write(connection, known, now)
    return known


def lines_of(connection: sa.Connection, order_ids: Iterable[str]) -> Lines:
    """All lines of these orders."""
    known = Lines()
    for part in chunks(order_ids):
        rows = connection.execute(sa.select(order_lines).where(order_lines.c.order_id.in_(part))
                                  .order_by(order_lines.c.id)).mappings()
        for row in rows:
            known.put(_Stored(_line_of(row), row["id"]))
    return known


def still_to_ship(connection: sa.Connection, rows: Iterable[Wanted], lines: Lines) -> list[Wanted]:
    """Those of a file's rows that somebody must buy for.

    Left out is what a report knows as sent or cancelled, and what Amazon sends: by the order's own lines, else by what
    is known of its SKU.
    """
    asked = list(rows)
    listed = entries_of(connection, [row.sku for row in asked if row.order_id and row.sku])
    amazon = {sku for sku, entry in listed.items() if entry.fulfilment is Fulfilment.AMAZON}
    return [row for row in asked if not row.order_id or _is_to_ship(lines.of(row), row.sku in amazon)]


def with_rest(rows: Iterable[Wanted], lines: Lines) -> list[Wanted]:
    """The rows of a report with the quantity that is left to send, and the ASIN that another report knows.

    A row whose items another report tells apart is left out: its items stand in the queue already.
    """
    kept = []
    for row in rows:
        known = lines.of(row)
        if len(known) > 1 and not row.order_item_id:
            continue
        for line in known[:1]:
            row.quantity, row.asin = line.quantity or row.quantity, row.asin or line.asin
        kept.append(row)
    return kept


def close_orders(connection: sa.Connection, lines: Iterable[OrderLine], now: datetime) -> int:
    """End the Wanted rows whose order a report shows as sent or cancelled; returns how many."""
    ended: dict[tuple[Ending, str | None], list[int]] = defaultdict(list)
    for part in chunks(line for line in lines if line.status in _ENDINGS):
        by_order = _rows_of(connection, {line.order_id for line in part})
        for line in part:
            asked = line.status is OrderStatus.CANCELLED and line.buyer_asks_to_cancel
            key = _ENDINGS[line.status], BUYER_ASKED if asked else None
            ended[key] += [row["id"] for row in by_order.get(line.order_id, []) if _is_about(line, row)]
    return sum(len(resolve(connection, ids, ending, "report", now, note=note))
               for (ending, note), ids in ended.items())


def leave_amazon(connection: sa.Connection, now: datetime) -> list[int]:
    """Take orders out of the queue that by now are known to be sent by Amazon; returns their ids.

    What was taken out for its SKU alone comes back when the order's own report says that the seller sends it.
    """
    told = sa.select(order_lines.c.id).where(
        order_lines.c.order_id == wanted.c.order_id,
        (order_lines.c.order_item_id == wanted.c.order_item_id) | (order_lines.c.sku == wanted.c.sku))
    amazons = told.where(order_lines.c.fulfilment == Fulfilment.AMAZON.value).exists()
    sellers = told.where(order_lines.c.fulfilment == Fulfilment.MERCHANT.value).exists()
    by_sku = sa.select(catalogue.c.sku).where(catalogue.c.sku == wanted.c.sku,
                                              catalogue.c.fulfilment == Fulfilment.AMAZON.value).exists()
    live = wanted.c.state.in_(_LIVE) & wanted.c.watch.is_(False) & wanted.c.order_id.is_not(None)
    left = connection.execute(sa.select(wanted.c.id).where(live, amazons | (by_sku & ~sellers))).scalars().all()
    taken_out = sa.select(wanted.c.id).join(resolutions).where(resolutions.c.note == BY_AMAZON, sellers, ~amazons)
    reopen(connection, connection.execute(taken_out).scalars().all(), now)
    return resolve(connection, left, Ending.SHIPPED, "report", now, note=BY_AMAZON)


def _is_to_ship(known: list[OrderLine], amazon: bool) -> bool:
    senders = {line.fulfilment for line in known} - {None}
    by_amazon = Fulfilment.AMAZON in senders or (amazon and not senders)
    return not by_amazon and not (known and all(line.status in _ENDINGS for line in known))


def _rows_of(connection: sa.Connection, order_ids: Iterable[str]) -> dict[str, list[sa.RowMapping]]:
    found: dict[str, list[sa.RowMapping]] = defaultdict(list)
    columns = (wanted.c.id, wanted.c.order_id, wanted.c.order_item_id, wanted.c.sku)
    for row in connection.execute(sa.select(*columns).where(wanted.c.order_id.in_(list(order_ids)))).mappings():
        found[row["order_id"]].append(row)
    return found


def _merged(old: OrderLine, new: OrderLine, *, alone: bool) -> OrderLine:
    """What both say. `alone`: `new` is about this row only; else its quantity and price are the sum of several."""
    later = _PROGRESS[new.status] >= _PROGRESS[old.status]
    merged = dataclasses.replace(old, status=new.status if later else old.status)
    kept = {"status", "quantity", "is_rest"} if alone else {"status", "quantity", "is_rest", "sale_price"}
    for field in dataclasses.fields(old):
        told = getattr(new, field.name)
        if field.name not in kept and told is not None and (later or getattr(old, field.name) is None):
            setattr(merged, field.name, told)
    if alone:
        merged.quantity = _rest(old, new, later=later)
    return merged


def _rest(old: OrderLine, new: OrderLine, *, later: bool) -> int | None:
    """What is left to send: the report's word where it says so; what was ordered is never less than that."""
    if old.quantity is None or new.quantity is None:
        return new.quantity if old.quantity is None else old.quantity
    if new.is_rest:
        return new.quantity if later else old.quantity
    return min(old.quantity, new.quantity)


def _is_about(line: OrderLine, row: sa.RowMapping) -> bool:
    if line.order_item_id and row["order_item_id"]:
        return bool(line.order_item_id == row["order_item_id"])
    return bool(row["sku"] == line.sku)


def _write(connection: sa.Connection, lines: Lines, now: datetime) -> None:
    new = [_values(row.line) | {"updated_at": now} for row in lines.rows() if row.id is None]
    changed = [_values(row.line) | {"updated_at": now, "of_id": row.id}
               for row in lines.rows() if row.id is not None and row.changed]
    if new:
        connection.execute(sa.insert(order_lines), new)
    if changed:
        told: dict[str, Any] = {name: sa.bindparam(name) for name in (*_COLUMNS, "updated_at")}
        same = order_lines.c.id == sa.bindparam("of_id")
        connection.execute(sa.update(order_lines).where(same).values(told), changed)


def _values(line: OrderLine) -> dict[str, Any]:
    values = {name: getattr(line, name) for name in _COLUMNS}
    return values | {"status": line.status.value, "fulfilment": line.fulfilment and line.fulfilment.value,
                     "sale_price": None if line.sale_price is None else str(line.sale_price)}


def _line_of(row: sa.RowMapping) -> OrderLine:
    values = {name: row[name] for name in _COLUMNS}
    return OrderLine(**values | {
        "status": OrderStatus(row["status"]),
        "fulfilment": Fulfilment(row["fulfilment"]) if row["fulfilment"] else None,
        "sale_price": None if row["sale_price"] is None else Decimal(row["sale_price"])})
