"""Rows of Amazon's order reports. An order is never lost for a value that cannot be read: a note says which."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from kataban.intake import values, words
from kataban.intake.dates import moment
from kataban.intake.records import Record
from kataban.intake.shapes import CatalogueEntry, FileKind, Fulfilment, OrderLine, OrderStatus, RowError
from kataban.intake.wanted_rows import Tell, with_state
from kataban.items import Condition, Wanted

Value = TypeVar("Value")
_ORDER_ID = re.compile(r"(?=.*\d)[0-9A-Za-z]+(?:-[0-9A-Za-z]+)*")
_AMAZONS = re.compile(r"[0-9A-Z]{3}-\d{7}-\d{7}")
TO_SHIP = frozenset({OrderStatus.UNSHIPPED, OrderStatus.PARTIALLY_SHIPPED})


def line_of(record: Record, kind: FileKind, tell: Tell) -> OrderLine:
    """The OrderLine of a row. Only a row without an order number is refused (RowError)."""
    order_id = _order_id(record)

    def read(field: str, value_of: Callable[[object], Value]) -> Value | None:
        return _kept(record, order_id, field, value_of, tell)

    price = read("sale_price", lambda cell: values.money(cell, "sale_price")) or (None, None)
    ordered, shipped, to_ship = (read(field, _pieces) for field in ("quantity", "quantity_shipped", "quantity_to_ship"))
    rest = max(ordered - shipped, 0) if to_ship is None and ordered is not None and shipped else to_ship
    return OrderLine(
        order_id=order_id,
        order_item_id=read("order_item_id", values.identifier),
        sku=read("sku", values.identifier),
        asin=read("asin", values.identifier),
        name=read("name", values.text),
        status=_status(record, kind, rest, shipped),
        fulfilment=words.fulfilment_of(str(record["fulfilment"])),
        quantity=ordered if rest is None else rest,
        is_rest=rest is not None,
        purchased_at=read("purchase_date", _moment_or_none),
        ship_by=read("ship_by", _moment_or_none),
        sale_price=price[0],
        sale_currency=read("sale_currency", values.currency) or price[1],
        buyer_asks_to_cancel=words.boolean_of(str(record["buyer_asks_to_cancel"])),
    )


def _order_id(record: Record) -> str:
    """The order number. Where the row is cut its cells may be anybody's data: RowError, and they are forgotten.

    A line break in a name leaves the rest of its row alone in the next line, with anything for an order number; a tab
    in a name moves the product's name under the quantity.
    """
    order_id = values.identifier(record["order_id"])
    if order_id is None:
        raise RowError("no_order_id")
    shape = _AMAZONS if record.surplus < 0 else _ORDER_ID
    if not shape.fullmatch(order_id) or (record.surplus > 0 and not _is_number(record["quantity"])):
        record.raw.clear()
        raise RowError("bad_order_id" if record.surplus <= 0 else "moved_cells")
    return order_id


def _is_number(cell: object) -> bool:
    try:
        return values.quantity(cell, least=0) is not None
    except RowError:
        return False


def _pieces(cell: object) -> int | None:
    return values.quantity(cell, least=0)


def is_to_ship(line: OrderLine) -> bool:
    """Does the seller still have to send something for this row?"""
    return line.status in TO_SHIP and line.fulfilment is not Fulfilment.AMAZON and line.quantity != 0


def line_of_wanted(wanted: Wanted, status: OrderStatus) -> OrderLine:
    """The OrderLine of a row of the user's own order list that says how far the order is."""
    return OrderLine(
        order_id=wanted.order_id or "",
        order_item_id=wanted.order_item_id,
        sku=wanted.sku,
        asin=wanted.asin,
        name=wanted.name,
        status=status,
        quantity=wanted.quantity,
        ship_by=wanted.ship_by,
        sale_price=wanted.sale_price,
        sale_currency=wanted.sale_currency,
    )


def wanted_of_order(record: Record, line: OrderLine, tell: Tell) -> Wanted:
    """The Wanted of an order row. Only columns that the seller put in himself give a model number here."""
    own = _own(record, line.order_id, tell)
    return with_state(
        Wanted(
            model_number=own.model_number,
            maker=own.maker,
            jan=own.jan,
            asin=line.asin,
            name=line.name,
            sku=line.sku,
            order_id=line.order_id,
            order_item_id=line.order_item_id,
            max_price=own.max_price,
            sale_price=line.sale_price,
            sale_currency=line.sale_currency,
            condition=own.condition or Condition.UNUSED,
            quantity=line.quantity or 1,
            ship_by=line.ship_by,
        )
    )


def _own(record: Record, order_id: str, tell: Tell) -> CatalogueEntry:
    model, moved = _kept(record, order_id, "model_number", values.model_number, tell) or (None, None)
    return CatalogueEntry(
        sku=str(record["sku"]),
        model_number=model,
        maker=_kept(record, order_id, "maker", values.text, tell),
        jan=_kept(record, order_id, "jan", values.jan, tell) or moved,
        max_price=_kept(record, order_id, "max_price", lambda cell: values.yen(cell, "max_price"), tell),
        condition=_kept(record, order_id, "condition", values.condition, tell),
    )


def _kept(
    record: Record, order_id: str, field: str, value_of: Callable[[object], Value], tell: Tell
) -> Value | None:
    try:
        return value_of(record[field])
    except RowError:
        tell("order_value_unread", record.line, order=order_id, field=field, value=record[field])
        return None


def _moment_or_none(cell: object) -> datetime | None:
    return moment(cell) if values.text(cell) else None


def _status(record: Record, kind: FileKind, to_ship: int | None, shipped: int | None) -> OrderStatus:
    """The item's own status counts before the order's; a report without either says it by being what it is."""
    if kind is FileKind.PENDING_ORDERS:
        return OrderStatus.PENDING
    if kind is FileKind.UNSHIPPED_ORDERS:
        if to_ship == 0:
            return OrderStatus.SHIPPED
        return OrderStatus.PARTIALLY_SHIPPED if shipped else OrderStatus.UNSHIPPED
    item = words.order_status_of(str(record["item_status"]))
    order = words.order_status_of(str(record["order_status"]))
    if order in {OrderStatus.CANCELLED, OrderStatus.PENDING} or item is OrderStatus.UNKNOWN:
        return order
    return item
