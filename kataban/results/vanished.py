"""Alternatives that are gone: what an order could have bought at an earlier look, and cannot buy any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from kataban.items import Appraisal, Availability, Judgement, Listing, PriceKind, Purchase, Verdict, Wanted
from kataban.offers import purchase, total
from kataban.results.chunks import chunks
from kataban.results.rows import listing_of, wanted_of
from kataban.results.tables import listings, purchases, sightings, wanted

# Only such a sighting can have been bought.
_BUYABLE = (Availability.IN_STOCK.value, Availability.APPROVAL_NEEDED.value)
# What was seen shortly before the order came was still fresh for it.
_BEFORE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Vanished:
    """A Listing that could be bought at `last_seen_at` for `total` (yen; `price` where shipping was not known).

    `gone_at` is the first look after that which showed otherwise; the reason is why it cannot be bought now.
    """

    source: str
    listing_id: str
    url: str
    title: str
    price: int | None
    total: int | None
    last_seen_at: datetime
    gone_at: datetime
    code: str
    text_ja: str
    text_en: str


def vanished(connection: sa.Connection, wanted_ids: Iterable[int], now: datetime) -> dict[int, list[Vanished]]:
    """By Wanted the alternatives that are gone at `now`, the latest found first; those without any are left out.

    It was an alternative when the page as it was seen then, with all else that is known by now, could be bought. What
    was gone before the order came is not among them, nor what is only too old to be believed.
    """
    found: dict[int, list[Vanished]] = defaultdict(list)
    for ids in chunks(dict.fromkeys(wanted_ids)):
        rows = _refused(connection, ids)
        seen = _sightings(connection, {row["id"] for row in rows}, now)
        needs = _needs(connection, {row["wanted_id"] for row in rows})
        for row in rows:
            gone = _gone(row, seen[row["id"]], *needs[row["wanted_id"]])
            if gone is not None:
                found[row["wanted_id"]].append(gone)
    return {key: sorted(group, key=lambda gone: gone.gone_at, reverse=True) for key, group in found.items()}


def _refused(connection: sa.Connection, ids: Sequence[int]) -> Sequence[sa.RowMapping]:
    """The exact Listings that these Wanted cannot buy now and that some look showed in stock."""
    in_stock = sa.select(sightings.c.id).where(
        sightings.c.listing_pk == listings.c.id, sightings.c.availability.in_(_BUYABLE)).exists()
    statement = (sa.select(listings, purchases.c.wanted_id, purchases.c.reasons.label("why"))
                 .join(purchases, purchases.c.listing_pk == listings.c.id)
                 .where(purchases.c.wanted_id.in_(ids), purchases.c.purchase == Purchase.NO.value, in_stock))
    return connection.execute(statement).mappings().all()


def _sightings(connection: sa.Connection, pks: Iterable[int], now: datetime) -> dict[int, list[sa.RowMapping]]:
    """The looks at these Listings up to `now`, the newest first."""
    found: dict[int, list[sa.RowMapping]] = defaultdict(list)
    for part in chunks(pks):
        rows = connection.execute(sa.select(sightings).where(
            sightings.c.listing_pk.in_(part), sightings.c.seen_at <= now).order_by(sightings.c.seen_at.desc()))
        for row in rows.mappings():
            found[row["listing_pk"]].append(row)
    return found


def _needs(connection: sa.Connection, ids: Iterable[int]) -> dict[int, tuple[Wanted, datetime]]:
    rows = connection.execute(sa.select(wanted).where(wanted.c.id.in_(list(ids)))).mappings()
    return {row["id"]: (wanted_of(row), row["created_at"]) for row in rows}


def _gone(row: sa.RowMapping, seen: Sequence[sa.RowMapping], need: Wanted, since: datetime) -> Vanished | None:
    listing = listing_of(row, None)
    last = next((place for place, look in enumerate(seen) if _could_be_bought(listing, look, need)), None)
    if not last:  # never, or at the newest look: then it is the user's word that is against it
        return None
    look, gone_at = seen[last], seen[last - 1]["seen_at"]
    if gone_at < since or look["seen_at"] < since - _BEFORE:
        return None
    then = _as_seen(listing, look)
    why = (row["why"] or ({"code": "", "text_ja": "", "text_en": ""},))[0]
    return Vanished(listing.source, listing.listing_id, listing.url, listing.title, then.price, total(then),
                    look["seen_at"], gone_at, why["code"], why["text_ja"], why["text_en"])


def _as_seen(listing: Listing, look: sa.RowMapping) -> Listing:
    """The Listing with what a look showed; how many there were is not kept, and a page of what is gone has no price."""
    same = look["shipping"] == listing.shipping
    kind = PriceKind.FIXED if listing.price_kind is PriceKind.NONE else listing.price_kind
    return replace(listing, price=look["price"], price_kind=kind, shipping=look["shipping"], quantity=None,
                   availability=Availability(look["availability"]),
                   shipping_included=listing.shipping_included if same else None)


def _could_be_bought(listing: Listing, look: sa.RowMapping, need: Wanted) -> bool:
    then = _as_seen(listing, look)
    return purchase(then, Judgement(Verdict.EXACT), listing.appraisal or Appraisal(), need)[0] is not Purchase.NO
