"""What a Listing cost and whether it was in stock, over time; and what happened: restocks, price drops, sold out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

import sqlalchemy as sa

from kataban.items import Availability, Verdict
from kataban.results.tables import judgements, listings, sightings

# A page shows so many Listings of one model at most, those seen last.
MOST_LISTINGS = 40


class EventKind(StrEnum):
    """What happened between two looks at a Listing."""

    RESTOCK = "restock"
    SOLD_OUT = "sold_out"
    PRICE_DROP = "price_drop"
    PRICE_RISE = "price_rise"


@dataclass(frozen=True, slots=True)
class Sighting:
    """One look at a Listing."""

    seen_at: datetime
    price: int | None
    shipping: int | None
    availability: Availability


@dataclass(frozen=True, slots=True)
class Track:
    """A Listing with all its looks, the oldest first."""

    listing_pk: int
    source: str
    listing_id: str
    url: str
    title: str
    sightings: tuple[Sighting, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a Listing, noticed at `at`. `before` and `after` are yen for prices."""

    kind: EventKind
    at: datetime
    source: str
    listing_id: str
    url: str
    before: int | None = None
    after: int | None = None


def tracks(connection: sa.Connection, query_id: int) -> list[Track]:
    """The exact Listings of a Query with their looks, those seen last first."""
    statement = (
        sa.select(listings.c.id, listings.c.source, listings.c.listing_id, listings.c.url, listings.c.title)
        .join(judgements, judgements.c.listing_pk == listings.c.id)
        .where(judgements.c.query_id == query_id, judgements.c.verdict == Verdict.EXACT.value)
        .order_by(listings.c.seen_at.desc(), listings.c.id).limit(MOST_LISTINGS))
    rows = connection.execute(statement).all()
    looks = _sightings(connection, [row.id for row in rows])
    return [Track(row.id, row.source, row.listing_id, row.url, row.title, tuple(looks[row.id])) for row in rows]


def _sightings(connection: sa.Connection, listing_pks: Sequence[int]) -> dict[int, list[Sighting]]:
    found: dict[int, list[Sighting]] = defaultdict(list)
    statement = (sa.select(sightings).where(sightings.c.listing_pk.in_(listing_pks))
                 .order_by(sightings.c.listing_pk, sightings.c.seen_at))
    for row in connection.execute(statement):
        found[row.listing_pk].append(Sighting(row.seen_at, row.price, row.shipping, Availability(row.availability)))
    return found


def events(found: Iterable[Track]) -> list[Event]:
    """What happened to these Listings, the newest first. A look that says nothing of stock or price is passed over."""
    told = [event for track in found for event in _events_of(track)]
    return sorted(told, key=lambda event: (event.at, event.source, event.listing_id), reverse=True)


def _events_of(track: Track) -> Iterator[Event]:
    def event(kind: EventKind, at: datetime, before: int | None = None, after: int | None = None) -> Event:
        return Event(kind, at, track.source, track.listing_id, track.url, before, after)

    stock = [(look.seen_at, look.availability is Availability.IN_STOCK) for look in track.sightings
             if look.availability is not Availability.UNKNOWN]
    for (_, before), (at, after) in pairwise(stock):
        if before is not after:
            yield event(EventKind.RESTOCK if after else EventKind.SOLD_OUT, at)
    prices = [(look.seen_at, look.price) for look in track.sightings if look.price is not None]
    for (_, old), (at, new) in pairwise(prices):
        if old != new:
            yield event(EventKind.PRICE_DROP if new < old else EventKind.PRICE_RISE, at, old, new)
