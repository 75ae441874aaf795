"""Nobody is seen to sell it: is that so, or could nobody look? And did the maker end it?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from kataban.items import ANSWERED, Availability, Condition, Listing, Outcome, Purchase, Supply
from kataban.offers.seen import Look, Offered, Rules, Seen, SupplyEvidence

USED = frozenset({Condition.LIKE_NEW, Condition.GOOD, Condition.FAIR, Condition.POOR})
COMPLETE = frozenset({Outcome.FOUND, Outcome.NOTHING})
# A Search that takes up an interrupted one counts answers that are so old at most.
RESUMED = timedelta(hours=1)
State = tuple[Supply, tuple[SupplyEvidence, ...]]


def coverage(looks: Iterable[Look], now: datetime, allowed: timedelta) -> float | None:
    """The share of the sources (0 to 1) that answered completely and not longer ago than `allowed`; None of none."""
    whole = [is_whole(look, now, allowed) for look in looks]
    return sum(whole) / len(whole) if whole else None


def is_whole(look: Look, now: datetime, allowed: timedelta) -> bool:
    """Did this source answer, was all of it read, and lately enough?"""
    if look.at is None or now - look.at > allowed:
        return False
    return look.complete and look.outcome in COMPLETE


def is_refuted(listing: Listing, looks: Iterable[Look], now: datetime, allowed: timedelta) -> bool:
    """Whether its source was read as a whole, all of it after the Listing was last seen, and no longer showed it."""
    return any(look.source == listing.source and look.lists_all and _began_after(look, listing)
               and is_whole(look, now, allowed) for look in looks)


def _began_after(look: Look, listing: Listing) -> bool:
    return look.began is not None and listing.seen_at is not None and look.began - RESUMED > listing.seen_at


def nobody(seen: Seen, stale: Sequence[Offered], covered: float | None, now: datetime, rules: Rules) -> State:
    """`gone`, or `unknown` with what is open. `stale` are offers that could be bought when they were last seen."""
    unlooked = blind_spots(seen, stale, now, rules)
    if unlooked:
        return Supply.UNKNOWN, unlooked
    share = f"{covered or 0:.0%}"
    if covered is None or covered < rules.coverage:
        short = SupplyEvidence("coverage", f"最後まで確認できた仕入れ先は{share}(必要{rules.coverage:.0%})",
                               f"only {share} of the sources answered completely ({rules.coverage:.0%} needed)")
        missing = (_not_looked(look) for look in seen.looks if not is_whole(look, now, rules.believed))
        return Supply.UNKNOWN, (short, *missing)
    at = max((look.at for look in seen.looks if look.at is not None), default=None)
    none = SupplyEvidence("no_offer", f"買える出品なし(仕入れ先の{share}を最後まで確認)",
                          f"no offer that can be bought ({share} of the sources answered completely)", at=at)
    return Supply.GONE, (none, *_limited(seen))


def blind_spots(seen: Seen, stale: Sequence[Offered], now: datetime, rules: Rules) -> tuple[SupplyEvidence, ...]:
    """Where it may be sold unseen: offers that may still stand, and sources that could not look now although they
    showed the model before, or answered for it lately. One that never answers counts against coverage only."""
    sold = {offer.listing.source for offer in seen.offers}
    unlooked = (look for look in seen.looks if (look.source in sold or _is_waited_for(look, now, rules))
                and (look.at is None or look.outcome not in ANSWERED or now - look.at > rules.believed))
    return (*map(_not_seen_again, stale), *map(_not_looked, unlooked))


def _is_waited_for(look: Look, now: datetime, rules: Rules) -> bool:
    """Did it answer so lately that waiting for it is worth it? A robots.txt that says no will say so again."""
    lately = look.answered_at is not None and now - look.answered_at <= rules.wait
    return lately and look.outcome is not Outcome.ROBOTS_DENIED


def _not_seen_again(offer: Offered) -> SupplyEvidence:
    listing = offer.listing
    return SupplyEvidence("not_seen_again", f"{listing.source}: 前に買えた出品を、その後確認できていない",
                          f"{listing.source}: could be bought when last seen, and could not be looked at since",
                          listing.source, listing.listing_id, listing.url, listing.title, listing.seen_at)


def _not_looked(look: Look) -> SupplyEvidence:
    outcome = "never_asked" if look.outcome is None else look.outcome.value
    if look.outcome not in ANSWERED and look.reason_code:
        outcome = f"{outcome}/{look.reason_code}"
    return SupplyEvidence("not_looked", f"{look.source}: 最後まで確認できず",
                          f"{look.source}: could not be looked at completely", look.source, span=outcome, at=look.at)


def _limited(seen: Seen) -> tuple[SupplyEvidence, ...]:
    left = sum(offer.purchase is Purchase.NO for offer in seen.offers)
    if not left:
        return ()
    return (SupplyEvidence("not_purchasable", f"同じ型番の出品{left}件は売り切れか、条件に合わない",
                           f"{left} offers of the exact model are sold out, or outside your limits"),)


def life_ended(seen: Seen, *, supplied: bool, now: datetime, rules: Rules) -> tuple[SupplyEvidence, ...]:
    """The signs that count: a maker's word, a successor, an end of sale that two sources tell, only used ones left."""
    sure = [sign.evidence for sign in seen.signs if sign.evidence.rule in {"maker_ended", "successor"}]
    sale = [sign.evidence for sign in seen.signs if sign.evidence.rule == "sale_ended"]
    if len({evidence.source for evidence in sale}) >= 2:
        sure += sale
    used = None if supplied else _only_used(seen, now, rules)
    return (*sure, *((used,) if used else ()))


def _only_used(seen: Seen, now: datetime, rules: Rules) -> SupplyEvidence | None:
    left = [offer for offer in seen.offers if offer.listing.condition in USED
            and offer.listing.availability is Availability.IN_STOCK
            and offer.listing.seen_at is not None and now - offer.listing.seen_at <= rules.believed]
    last = seen.new_at or seen.since
    if not left or last is None or now - last < rules.used:
        return None
    days = (now - last).days
    return SupplyEvidence("only_used", f"{days}日間、中古だけ({len(left)}件)",
                          f"only used ones for {days} days ({len(left)} of them)", at=last)
