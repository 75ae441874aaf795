"""Who still supplies a watched SKU? Plain rules over what was seen, what was looked at, and what listings say.

Saying that nobody sells it takes the SKU off sale, so it needs the most: no offer that may still stand, no blocked
source that sold the model before, and enough sources that answered completely and lately. Whatever falls short of that
is `unknown`, which changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from kataban.items import Purchase, Supply
from kataban.offers.absence import State, blind_spots, coverage, is_refuted, life_ended, nobody
from kataban.offers.places import same_goods
from kataban.offers.seen import Offered, Rules, Seen, SupplyEvidence

# The median of fewer days is no history.
_DAYS_OF_HISTORY = 3
_PLACES_TOLD = 5


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What follows. `least` is the least that an offer may cost, unknown shipping taken as none and offers counted that
    could not be looked at again: what is under a floor even so is surely under it. `coverage` is a share from 0 to 1,
    None when there is no source to ask; `covered_now` counts only answers of this round. `blind`: an offer, or a source
    that sold it before, could not be looked at in this round."""

    state: Supply
    suppliers: int = 0
    cheapest: int | None = None
    cheapest_source: str | None = None
    least: int | None = None
    coverage: float | None = None
    covered_now: float | None = None
    blind: bool = False
    successor: str | None = None
    evidence: tuple[SupplyEvidence, ...] = ()


def supply(seen: Seen, now: datetime, rules: Rules) -> Conclusion:
    """The state of one SKU, with the evidence, the deciding one first.

    Where somebody supplies it, the full search that coverage tells of may be as old as `rules.search`; without
    anybody only what answered within `rules.believed` counts.
    """
    possible = [offer for offer in seen.offers if offer.purchase is not Purchase.NO
                and not is_refuted(offer.listing, seen.looks, now, rules.believed)]
    standing = [offer for offer in possible if _is_fresh(offer, now, rules)]
    sure = [offer for offer in standing if offer.purchase is Purchase.NOW and not offer.doubtful]
    stale = [offer for offer in possible if offer not in standing]
    covered_now = coverage(seen.looks, now, rules.believed)
    covered = coverage(seen.looks, now, rules.search) if standing else covered_now
    state, told = somebody(standing, sure, seen.prices, rules) if standing else nobody(
        seen, stale, covered, now, rules)
    ended = life_ended(seen, supplied=bool(standing), now=now, rules=rules)
    if ended and state is not Supply.UNKNOWN:
        state = Supply.DISCONTINUED
    best = min((offer for offer in sure or standing if offer.total is not None), key=_least, default=None)
    return Conclusion(
        state, len(_suppliers(standing)), None if best is None else best.total,
        None if best is None else best.listing.source, min(map(_least, possible), default=None), covered, covered_now,
        bool(blind_spots(seen, stale, now, rules)), _successor(seen), (*ended, *told))


def _successor(seen: Seen) -> str | None:
    return next((sign.number for sign in seen.signs if sign.number), None)


def somebody(standing: Sequence[Offered], sure: Sequence[Offered], prices: Mapping[str, int], rules: Rules) -> State:
    """`supplied` by two suppliers or more at a usual price, else `thin`. `sure` are those to be bought at once."""
    places = tuple(map(_place, sorted(standing, key=_least)[:_PLACES_TOLD]))
    rise = _rise(prices, sure, rules)
    number = len(_suppliers(sure))
    if number >= 2 and rise is None:
        return Supply.SUPPLIED, places
    few = SupplyEvidence("few_suppliers", f"すぐ買える仕入れ先は{number}件", f"{number} to buy from at once")
    return Supply.THIN, (*((few,) if number < 2 else ()), *((rise,) if rise else ()), *places)


def _is_fresh(offer: Offered, now: datetime, rules: Rules) -> bool:
    return offer.listing.seen_at is not None and now - offer.listing.seen_at <= rules.believed


def _least(offer: Offered) -> int:
    return offer.total if offer.total is not None else offer.listing.price or 0


def _suppliers(offers: Sequence[Offered]) -> set[tuple[str, str | None]]:
    """The different suppliers: the same goods in two places are one, and so are two offers of one seller."""
    listings = [offer.listing for offer in offers]
    return {(listing.source, listing.seller.seller_id if listing.seller else None)
            for listing in (listings[at] for at in same_goods(listings))}


def _place(offer: Offered) -> SupplyEvidence:
    listing, known = offer.listing, offer.total is not None
    ask = offer.purchase is Purchase.ASK_FIRST or offer.doubtful
    ja = f"{listing.source}: {_least(offer):,}円{'' if known else '+送料不明'}{'(要確認)' if ask else ''}"
    en = (f"{listing.source}: {_least(offer):,} yen{'' if known else ', shipping unknown'}"
          f"{' (ask first)' if ask else ''}")
    return SupplyEvidence("ask_first" if ask else "supplier", ja, en, listing.source, listing.listing_id, listing.url,
                          listing.title, listing.seen_at)


def _rise(prices: Mapping[str, int], sure: Sequence[Offered], rules: Rules) -> SupplyEvidence | None:
    """Whether the cheapest total stands well above the median of its days."""
    today = min((offer.total for offer in sure if offer.total is not None), default=None)
    usual = median(prices.values()) if len(prices) >= _DAYS_OF_HISTORY else 0
    if today is None or not usual or (today - usual) * 100 < rules.rise * usual:
        return None
    percent = f"{(today - usual) * 100 / usual:.0f}"
    return SupplyEvidence("price_rise", f"最安値が中央値{usual:,.0f}円から{today:,}円へ{percent}%上昇",
                          f"the cheapest rose by {percent} % from the median of {usual:,.0f} yen to {today:,} yen")
