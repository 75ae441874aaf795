"""Quantities for Amazon in both forms: the price-and-quantity file, and the JSON listings feed.

Feeds of the older flat files are closed since 31 July 2025, so the text is for the upload page and the JSON for the
Feeds API. Both leave price and handling time as they are: blank cells in the text, op `merge` in the feed (`replace`
and PARTIAL_UPDATE would take the seller's handling time and restock date away).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kataban.outgoing.cells import CellError, cell, tab_separated

# Amazon's limit for one feed; one feed may be sent in two minutes.
MOST_MESSAGES = 25_000
_COLUMNS = ("sku", "price", "minimum-seller-allowed-price", "maximum-seller-allowed-price", "quantity",
            "handling-time", "fulfillment-channel")


@dataclass(frozen=True, slots=True)
class SkuQuantity:
    """The quantity that one SKU, sent by the seller, shall have (pieces, 0 or more)."""

    sku: str
    quantity: int


def refused(rows: Iterable[SkuQuantity], encoding: str) -> dict[str, str]:
    """The SKUs that cannot stand in the text file, each with why."""
    found = {}
    for row in rows:
        try:
            cell(row.sku, encoding)
        except CellError as error:
            found[row.sku] = str(error)
    return found


def quantity_file(rows: Sequence[SkuQuantity], encoding: str = "utf-8") -> bytes:
    """The tab-separated file; Japan takes `cp932`. Raises CellError for a SKU that would break its row, ValueError for
    a quantity below zero, a SKU without a name or one that stands there twice."""
    _check(rows)
    return tab_separated([_COLUMNS, *((row.sku, "", "", "", str(row.quantity), "", "") for row in rows)], encoding)


def quantity_feeds(rows: Sequence[SkuQuantity], seller_id: str, locale: str = "en_US") -> Iterator[bytes]:
    """JSON_LISTINGS_FEED documents (UTF-8), 25,000 messages each at most. ValueError as in quantity_file, and without
    a seller id: the feed is refused as a whole when it does not name its seller."""
    _check(rows)
    if not seller_id.strip():
        raise ValueError("a feed needs the seller id (KATABAN_SELLER_ID)")
    header = {"sellerId": seller_id.strip(), "version": "2.0", "issueLocale": locale}
    for part in _parts(rows):
        messages = [_message(number, row) for number, row in enumerate(part, start=1)]
        yield json.dumps({"header": header, "messages": messages}, ensure_ascii=False, indent=1).encode()


def _parts(rows: Sequence[SkuQuantity]) -> Iterator[Sequence[SkuQuantity]]:
    for first in range(0, len(rows), MOST_MESSAGES):
        yield rows[first:first + MOST_MESSAGES]


def _message(number: int, row: SkuQuantity) -> dict[str, Any]:
    # PRODUCT fits any product type where only the offer is changed.
    value = [{"fulfillment_channel_code": "DEFAULT", "quantity": row.quantity}]
    return {"messageId": number, "sku": row.sku, "operationType": "PATCH", "productType": "PRODUCT",
            "patches": [{"op": "merge", "path": "/attributes/fulfillment_availability", "value": value}]}


def _check(rows: Sequence[SkuQuantity]) -> None:
    seen: set[str] = set()
    for row in rows:
        if not row.sku.strip() or row.sku in seen:
            raise ValueError(f"SKU {row.sku!r} is blank or stands there twice")
        if row.quantity < 0:
            raise ValueError(f"SKU {row.sku!r}: quantity {row.quantity}")
        seen.add(row.sku)
