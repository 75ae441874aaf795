"""One listing seen twice becomes one: the fuller field wins, and the order of arrival does not matter."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from kataban.items.listing import Availability, Condition, Listing, PriceKind
from kataban.items.seller import Seller

# What one look saw together stays together: yesterday's stock must never stand beside today's price.
OF_ONE_LOOK = (
    "price", "price_kind", "shipping", "shipping_included", "points", "coupon", "availability",
    "availability_evidence", "store_stock", "quantity", "seen_at", "url", "query_id", "search_id", "judgement",
    "appraisal",
)
_EMPTY: tuple[Any, ...] = (None, "", (), {}, Condition.UNKNOWN, Availability.UNKNOWN, PriceKind.NONE)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def merge_listings(one: Listing, other: Listing) -> Listing:
    """The Listing that both looks at (source, listing_id) together give.

    Price, stock and what belongs to them come from the newer look as a block (of two at one moment, from the item's own
    page). Every other field is the newer one that is not empty, so that nothing once read is lost.
    """
    older, newer = sorted((one, other), key=_age)
    values = {f.name: getattr(newer, f.name) for f in fields(Listing) if f.name in OF_ONE_LOOK}
    for f in fields(Listing):
        if f.name not in OF_ONE_LOOK:
            values[f.name] = _fuller(getattr(older, f.name), getattr(newer, f.name))
    values["attributes"] = {**older.attributes, **newer.attributes}
    values["seller"] = _merge_optional(older.seller, newer.seller)
    values["detail_read"] = older.detail_read or newer.detail_read
    return Listing(**values)


def merge_sellers(older: Seller, newer: Seller) -> Seller:
    """The Seller that both give; what the newer one does not say stays as it was."""
    values = {f.name: _fuller(getattr(older, f.name), getattr(newer, f.name)) for f in fields(Seller)}
    return replace(newer, **values)


def _merge_optional(older: Seller | None, newer: Seller | None) -> Seller | None:
    if older is None or newer is None or older.seller_id != newer.seller_id:
        return newer or older
    return merge_sellers(older, newer)


def _fuller(older: Any, newer: Any) -> Any:
    return older if newer in _EMPTY else newer


def _age(listing: Listing) -> tuple[datetime, bool, str]:
    # The text at the end only makes equal moments sort the same way whichever arrived first.
    return listing.seen_at or _LONG_AGO, listing.detail_read, repr(listing)
