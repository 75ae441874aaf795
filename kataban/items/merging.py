"""One listing seen twice becomes one: the fuller field wins, and the order of arrival does not matter.

A merged Listing does not remember when each field was read. So what changes from look to look (price, stock, title)
comes from one look as a block, and for all other fields the choice looks only at the values: grouped or shuffled in
any way, the same looks give the same Listing.
"""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from kataban.items.listing import Availability, Condition, Listing
from kataban.items.seller import Seller

# What one look saw together stays together: yesterday's stock must never stand beside today's price.
OF_ONE_LOOK = frozenset({
    "url", "title", "price", "price_kind", "shipping", "shipping_included", "points", "coupon", "availability",
    "availability_evidence", "store_stock", "quantity", "seen_at", "query_id", "search_id", "judgement", "appraisal",
})
NOT_TO_BE_HAD = frozenset({Availability.SOLD_OUT, Availability.RESERVED})
_CONDITIONS = list(Condition)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def merge_listings(one: Listing, other: Listing) -> Listing:
    """The Listing that both looks at (source, listing_id) together give.

    The block is that of the newest look at the item's own page, or of one that says it cannot be had: a row of results
    never makes purchasable what the page said is reserved. Where both say something, the longer text holds, the worse
    condition, the later date, the slower dispatch.
    """
    older, newer = sorted((one, other), key=_weight)
    values = {f.name: getattr(newer, f.name) if f.name in OF_ONE_LOOK
              else _fuller(getattr(older, f.name), getattr(newer, f.name))
              for f in fields(Listing) if f.name != "seller"}
    return Listing(**values, seller=_merge_optional(older.seller, newer.seller))


def merge_sellers(older: Seller, newer: Seller) -> Seller:
    """The Seller that both give: figures are the newer ones, and what the newer one does not say stays as it was."""
    return replace(newer, **{f.name: getattr(older, f.name) for f in fields(Seller)
                             if getattr(newer, f.name) in (None, "", ())})


def _merge_optional(older: Seller | None, newer: Seller | None) -> Seller | None:
    if older is None or newer is None or older.seller_id != newer.seller_id:
        return newer or older
    return merge_sellers(older, newer)


def _fuller(one: Any, other: Any) -> Any:
    if isinstance(one, dict):
        return {key: _fuller(one.get(key), other.get(key)) for key in sorted(one.keys() | other.keys())}
    return max(one, other, key=_fullness)


def _fullness(value: Any) -> tuple[Any, ...]:
    if isinstance(value, Condition):
        return (value is not Condition.UNKNOWN, _CONDITIONS.index(value))
    if not value and value is not False:  # None, then an empty text
        return (False, value is not None)
    return (True, len(value), value) if isinstance(value, str) else (True, value)


def _weight(listing: Listing) -> tuple[bool, datetime, bool, str]:
    # The text at the end only makes equal moments sort the same way whichever arrived first.
    counts = listing.detail_read or listing.availability in NOT_TO_BE_HAD
    return counts, listing.seen_at or _LONG_AGO, listing.detail_read, repr(listing)
