"""The answer as plain values, the one shape that JSON, CSV and the page are made from."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from kataban.items import Listing, Wanted
from kataban.offers import Terms, arrival, break_even, profit, same_goods
from kataban.results.links import links_for
from kataban.results.queries import Answer, Offer
from kataban.results.vanished import Vanished

# Kind of the phrases that say when a seller does not send (kataban.sellers).
_PAUSE = "dispatch_pause"


def answer_shape(answer: Answer, terms: Terms | None = None) -> dict[str, Any]:
    """One Wanted with its alternatives, look-alikes, coverage and links; times in ISO 8601 with offset.

    With `terms` also what it earns: `break_even` of the row, `profit` of each offer, both in yen.
    """
    need, terms = answer.wanted, terms or Terms()
    asked = need.model_number or need.jan
    return {
        "wanted_id": need.wanted_id,
        "model_number": need.model_number,
        "maker": need.maker,
        "jan": need.jan,
        "order_id": need.order_id,
        "order_item_id": need.order_item_id,
        "name": need.name,
        "ship_by": _time(need.ship_by),
        "state": need.state.value,
        "max_price": need.max_price,
        "query_id": answer.query.query_id if answer.query else None,
        "sku": need.sku,
        "asin": need.asin,
        "quantity": need.quantity,
        "condition": need.condition.value,
        "sale_price": None if need.sale_price is None else str(need.sale_price),
        "sale_currency": need.sale_currency,
        "break_even": break_even(need, terms),
        "alternatives": _alternative_shapes(answer, terms),
        "not_purchasable": [_offer_shape(offer, need, terms) for offer in answer.not_purchasable],
        "look_alikes": [_offer_shape(offer, need, terms) for offer in answer.look_alikes],
        "gone": [gone_shape(gone) for gone in answer.gone],
        "coverage": {source: {**asdict(covered), "at": _time(covered.at)}
                     for source, covered in answer.coverage.items()},
        "links": links_for(asked) if asked else {},
    }


def gone_shape(gone: Vanished) -> dict[str, Any]:
    """An alternative that is gone: what it cost, until when it could be bought, since when not, and why."""
    return {**asdict(gone), "last_seen_at": _time(gone.last_seen_at), "gone_at": _time(gone.gone_at)}


def _alternative_shapes(answer: Answer, terms: Terms) -> list[dict[str, Any]]:
    """The alternatives; one of the same goods as an earlier one says so, and the earlier one names all its places."""
    shapes = [_offer_shape(offer, answer.wanted, terms) for offer in answer.alternatives]
    for at, places in same_goods([offer.listing for offer in answer.alternatives]).items():
        for place in places:
            first, other = shapes[at], shapes[place.at]
            first["also_at"].append({name: other[name] for name in ("source", "listing_id", "url", "total")}
                                    | {"certain": place.certain})
            other["same_as"] = {"source": first["source"], "listing_id": first["listing_id"], "certain": place.certain}
    return shapes


def _offer_shape(offer: Offer, need: Wanted, terms: Terms) -> dict[str, Any]:
    listing = offer.listing
    return {
        "source": listing.source,
        "listing_id": listing.listing_id,
        "url": listing.url,
        "title": listing.title,
        "price": listing.price,
        "price_kind": listing.price_kind.value,
        "shipping": listing.shipping,
        "shipping_included": listing.shipping_included,
        "total": offer.total,
        "profit": profit(offer.total, need, terms),
        "points": listing.points,
        "coupon": listing.coupon,
        "image_url": listing.image_url,
        "condition": listing.condition.value,
        "condition_label": listing.condition_label,
        "availability": listing.availability.value,
        "purchase": offer.purchase.value if offer.purchase else None,
        "purchase_reasons": list(offer.reasons),
        "price_doubt": offer.price_doubt,
        "verdict": offer.verdict.value,
        "evidence": [asdict(evidence) for evidence in offer.evidence],
        "seller": _seller_shape(listing),
        "arrival": _arrival_shape(listing, need, terms),
        "quantity": listing.quantity,
        "seen_at": _time(listing.seen_at),
        "also_at": [],
        "same_as": None,
    }


def _seller_shape(listing: Listing) -> dict[str, Any]:
    seller, appraisal = listing.seller, listing.appraisal
    return {
        "seller_id": seller.seller_id if seller else None,
        "name": seller.name if seller else None,
        "grade": appraisal.grade.value if appraisal else "unknown",
        "reputation": appraisal.reputation if appraisal else None,
        "personality": appraisal.personality if appraisal else None,
        "reasons": [asdict(reason) for reason in appraisal.reasons] if appraisal else [],
    }


def _arrival_shape(listing: Listing, need: Wanted, terms: Terms) -> dict[str, Any] | None:
    """When it arrives if it is bought at the moment it was seen."""
    if listing.seen_at is None:
        return None
    pauses = [hit.span for hit in listing.appraisal.phrases if hit.kind == _PAUSE] if listing.appraisal else []
    business = None if listing.seller is None or listing.seller.business is not False else False
    found = arrival(listing.ships_in_days, listing.shipping_method, listing.ships_from, now=listing.seen_at,
                    ship_by=need.ship_by, ship_to=terms.ship_to, handling_days=terms.handling_days,
                    business_days=business, pauses=pauses)
    return {"in_time": found.in_time, "earliest": found.earliest.isoformat() if found.earliest else None,
            "latest": found.latest.isoformat() if found.latest else None}


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


OFFER_COLUMNS = ("source", "listing_id", "url", "title", "price", "price_kind", "shipping", "shipping_included",
                 "total", "condition", "availability", "purchase", "price_doubt", "verdict", "seen_at")
ORDER_COLUMNS = ("wanted_id", "order_id", "order_item_id", "model_number", "maker", "jan", "ship_by", "state")


def flat_rows(shape: dict[str, Any]) -> list[dict[str, Any]]:
    """The same answer as rows: one per alternative, or one with the order alone, so that no order is missing."""
    order = {name: shape[name] for name in ORDER_COLUMNS}
    could_not = [f"{source}: {covered['outcome']}" for source, covered in shape["coverage"].items()
                 if covered["outcome"] not in {"found", "nothing", "answered"}]
    order["could_not_look"] = "; ".join(could_not)
    empty = dict.fromkeys((*OFFER_COLUMNS, "seller_id", "seller_name", "seller_grade", "why_exact"))
    rows = [{**order, **{name: offer[name] for name in OFFER_COLUMNS}, "seller_id": offer["seller"]["seller_id"],
             "seller_name": offer["seller"]["name"], "seller_grade": offer["seller"]["grade"],
             "why_exact": "; ".join(entry["text_en"] for entry in offer["evidence"][:2])}
            for offer in shape["alternatives"]]
    return rows or [{**order, **empty}]
