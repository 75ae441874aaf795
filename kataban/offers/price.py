"""The price of an offer: its total, and whether it is too low to be believed."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from kataban.items import Listing

# With fewer peers than this no price is called doubtful: a cheap one of two may simply be the honest one.
_PEERS_NEEDED = 3
# Below this part of the peers' median a new article is more often an empty box, a part or a fake shop than a bargain.
_DOUBTFUL_PART = 0.5


def total(listing: Listing) -> int | None:
    """Price with shipping in whole yen; None when the price or the shipping is unknown.

    Points and coupons are not taken off: they are not money at the till of every buyer.
    """
    if listing.price is None:
        return None
    if listing.shipping_included:
        return listing.price
    return None if listing.shipping is None else listing.price + listing.shipping


def price_doubt(price: int, peers: Iterable[int]) -> bool:
    """Is `price` suspiciously low beside the prices of other exact offers of the same model (yen)?"""
    others = [peer for peer in peers if peer > 0]
    return len(others) >= _PEERS_NEEDED and price < _DOUBTFUL_PART * median(others)
