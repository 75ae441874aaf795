"""The market's own clock, and what of the catalogue is there at an hour of it.

The clock stands at 0 until a test moves it (`Server.clock.hours`); the product has no part in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import msgspec

from kataban.sample_market.tables import Host, Offer, Product


@dataclass(slots=True)
class Clock:
    """Hours since the market opened."""

    hours: float = 0.0


def is_timed(entry: Offer | Host) -> bool:
    """Does it depend on the hour?"""
    return entry.begins != -inf or entry.until != inf or (isinstance(entry, Offer) and bool(entry.sold_out))


def products_at(products: list[Product], hours: float) -> list[Product]:
    """The products with the offers that are there at this hour, those sold out by then without stock."""
    return [msgspec.structs.replace(product, offer=[_offer_at(offer, hours) for offer in product.offer
                                                    if offer.begins <= hours < offer.until])
            for product in products]


def _offer_at(offer: Offer, hours: float) -> Offer:
    gone = any(begins <= hours < until for begins, until in offer.sold_out)
    return msgspec.structs.replace(offer, stock=0) if gone else offer


def host_at(host: Host, hours: float) -> Host:
    """The host, without its trouble outside the trouble's hours."""
    return host if host.begins <= hours < host.until else msgspec.structs.replace(host, trouble=None)
