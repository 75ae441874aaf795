"""Amazon by SP-API: a token, the catalogue by keywords or JAN, the new offers of an ASIN with the sellers' feedback."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from kataban.sample_market.answers import Answer, Ask, as_json
from kataban.sample_market.catalogue import Catalogue, Placed
from kataban.sample_market.finding import search

TOKENS = "api.amazon.com"
API = "sellingpartnerapi-fe.amazon.com"
HOSTS = (API, TOKENS)
SOURCE = "amazon_jp"
MARKETPLACE = "A1VC38T7YXB528"
TOKEN = "Atza-smpl-token-of-an-hour"  # noqa: S105 - of the sample market alone
CATALOGUE, OFFERS = "/catalog/2022-04-01/items", "/products/pricing/v0/items/"
SHIPS = {True: "NOW", False: "FUTURE_WITH_DATE"}


def answer(ask: Ask, catalogue: Catalogue) -> Answer:
    """A token, a page of the catalogue, or the offers of an ASIN."""
    if ask.host == TOKENS:
        return _token(ask)
    if ask.headers.get("x-amz-access-token") != TOKEN:
        return error(403, "Unauthorized", "Access to requested resource is denied.")
    if ask.query.get("marketplaceIds", ask.query.get("MarketplaceId")) != MARKETPLACE:
        return error(400, "InvalidInput", "Invalid marketplace")
    if ask.path == CATALOGUE:
        return _items(ask, catalogue)
    asin = ask.path.removeprefix(OFFERS).removesuffix("/offers")
    return _offers(asin, catalogue) if ask.path.startswith(OFFERS) else error(404, "NotFound", "no such path")


def error(status: int, code: str, message: str) -> Answer:
    """The API's form of an error."""
    return as_json({"errors": [{"code": code, "message": message, "details": ""}]}, status)


def _token(ask: Ask) -> Answer:
    form = parse_qs(ask.body.decode())
    if ask.method != "POST" or form.get("grant_type") != ["refresh_token"] or not form.get("client_secret"):
        return as_json({"error": "invalid_request", "error_description": "a form is wanted"}, 400)
    return as_json({"access_token": TOKEN, "token_type": "bearer", "expires_in": 3600})


def _items(ask: Ask, catalogue: Catalogue) -> Answer:
    """Each ASIN once, whoever offers it."""
    if jan := ask.query.get("identifiers"):
        found = [page for page in catalogue.pages(SOURCE) if page[0].product.jan == jan]
    else:
        found = search(catalogue, SOURCE, ask.query.get("keywords", ""))
    items = {page[0].offer.id: _item(page[0]) for page in found}
    return as_json({"numberOfResults": len(items), "pagination": {}, "refinements": {}, "items": [*items.values()]})


def _item(placed: Placed) -> dict[str, Any]:
    product, offer = placed.product, placed.offer
    numbers = [{"identifierType": "EAN", "identifier": product.jan}] if product.jan else []
    return {"asin": offer.id, "identifiers": [{"marketplaceId": MARKETPLACE, "identifiers": numbers}], "summaries": [{
        "marketplaceId": MARKETPLACE, "itemName": offer.title, "brand": product.maker, "manufacturer": product.maker,
        "modelNumber": product.model, "partNumber": product.model}]}


def _offers(asin: str, catalogue: Catalogue) -> Answer:
    """The new offers that can be bought; sold-out ones are simply not there."""
    found = [page[0] for page in catalogue.pages(SOURCE) if page[0].offer.id == asin]
    if not found:
        return error(404, "NotFound", f"{asin} is not in the catalogue")
    offers = [_offer(placed, catalogue) for placed in found if placed.offer.condition == "new" and placed.offer.stock]
    return as_json({"payload": {"ASIN": asin, "status": "Success", "ItemCondition": "New",
                                "Summary": {"TotalOfferCount": len(offers)}, "Offers": offers}})


def _offer(placed: Placed, catalogue: Catalogue) -> dict[str, Any]:
    offer, seller = placed.offer, catalogue.seller(placed.offer)
    good, count = seller.good or 0, seller.reviews or 0
    first, last = offer.days_to_ship
    return {
        "ListingPrice": {"CurrencyCode": "JPY", "Amount": float(offer.price)},
        "Shipping": {"CurrencyCode": "JPY", "Amount": float(offer.shipping or 0)},
        "ShippingTime": {"minimumHours": first * 24, "maximumHours": last * 24, "availabilityType": SHIPS[last < 10]},
        "SellerFeedbackRating": {"FeedbackCount": count, "SellerPositiveFeedbackRating": float(good if count else 0)},
        "SubCondition": "new", "SellerId": seller.id, "IsFulfilledByAmazon": "FBA" in seller.badges,
        "PrimeInformation": {"IsPrime": "FBA" in seller.badges},
        "ShipsFrom": {"State": offer.ships_from, "Country": "JP"},
    }
