"""Rows of Amazon's listings reports: what each SKU is, by the shape of its product-id."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from kataban.intake import values, words
from kataban.intake.records import Record
from kataban.intake.shapes import CatalogueEntry, RowError
from kataban.intake.wanted_rows import Tell

_ASIN = re.compile(r"B0[0-9A-Z]{8}|\d{9}[\dX]")
Value = TypeVar("Value")


def entry_of_listing(record: Record, tell: Tell) -> CatalogueEntry:
    """The entry of a listings row; raises RowError only without a SKU. An unreadable product-id is named in a note."""
    sku = values.identifier(record["sku"])
    if sku is None:
        raise RowError("no_sku")
    asin, jan = _product_id(record, sku, tell)
    price = _tried(lambda: values.money(record["price"], "price"))
    return CatalogueEntry(
        sku=sku,
        jan=jan,
        asin=values.identifier(record["asin"]) or asin,
        name=values.text(record["name"]),
        condition=words.condition_of_code(str(record["condition_code"]).strip()),
        price=price[0] if price else None,
        quantity=_tried(lambda: values.quantity(record["quantity"], least=0)),
        fulfilment=words.fulfilment_of(str(record["fulfilment"])),
        status=values.text(record["status"]),
    )


def _product_id(record: Record, sku: str, tell: Tell) -> tuple[str | None, str | None]:
    """(ASIN, JAN) by shape: sources disagree on the type numbers 2 and 4; real rows show 1 ASIN, 3 UPC, 4 EAN.

    A book's ASIN is its ISBN-10, so that is both.
    """
    text = values.identifier(record["product_id"])
    if text is None:
        return None, None
    asin = text.upper() if _ASIN.fullmatch(text.upper()) else None
    if asin and asin.startswith("B0"):
        return asin, None
    jan = _tried(lambda: values.jan(text))
    if asin is None and jan is None:
        tell("product_id_unread", record.line, sku=sku, value=text)
    return asin, jan


def _tried(read: Callable[[], Value]) -> Value | None:
    try:
        return read()
    except RowError:
        return None
