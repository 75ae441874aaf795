"""Yahoo! Shopping: the item search API v3 (JSON, its errors in three shapes)."""

from __future__ import annotations

from typing import Any

from stdnum import ean

from kataban.sample_market.answers import Answer, Ask, as_json
from kataban.sample_market.catalogue import Catalogue, Page, Placed
from kataban.sample_market.finding import search

API = "shopping.yahooapis.jp"
HOSTS = (API,)
SOURCE = "yahoo_shopping"
PATH = "/ShoppingWebService/V3/itemSearch"
ASKS_SOMETHING = ("query", "jan_code", "seller_id", "brand_id", "genre_category_id")


def answer(ask: Ask, catalogue: Catalogue) -> Answer:
    """One page of hits, or the refusal."""
    if ask.path != PATH:
        return error("The requested URL was not found", 404)
    return _refusal(ask) or _results(ask, catalogue)


def error(message: str, status: int) -> Answer:
    """The API's JSON error; its 429 has another shape without the wrapper."""
    return as_json({"Error": {"Message": message, "Code": status}}, status)


def _refusal(ask: Ask) -> Answer | None:
    if not ask.query.get("appid"):
        return error("Your Request was Forbidden", 403)
    if not any(ask.query.get(name) for name in ASKS_SOMETHING):
        return error("The request parameter is invalid: query", 400)
    if (jan := ask.query.get("jan_code")) and not ean.is_valid(jan):
        return error("The request parameter is invalid: jan_code", 400)
    if not 1 <= ask.number("results", 20) <= 50 or ask.number("start", 1) + ask.number("results", 20) > 1000:
        return error("The request parameter is invalid: results", 400)
    return None


def _results(ask: Ask, catalogue: Catalogue) -> Answer:
    found = [placed for page in _found(ask, catalogue) for placed in page if _wanted(ask, placed)]
    found = [placed for placed in found for _ in range(2 if "listed_twice" in placed.offer.quirks else 1)]
    start, results = ask.number("start", 1), ask.number("results", 20)
    shown = found[start - 1 : start - 1 + results]
    hits = [_hit(index, placed, catalogue) for index, placed in enumerate(shown, start)]
    return as_json({"totalResultsAvailable": len(found), "totalResultsReturned": len(hits),
                    "firstResultsPosition": start, "request": {"query": ask.query.get("query")}, "hits": hits})


def _found(ask: Ask, catalogue: Catalogue) -> list[Page]:
    if jan := ask.query.get("jan_code"):
        return [page for page in catalogue.pages(SOURCE) if jan == jan_shown(page[0])]
    return search(catalogue, SOURCE, ask.query.get("query", ""))


def _wanted(ask: Ask, placed: Placed) -> bool:
    """The filters for stock and condition; without them everything is shown, sold-out goods too."""
    in_stock, condition = ask.query.get("in_stock"), ask.query.get("condition")
    if in_stock and (in_stock == "true") != (placed.offer.stock != 0):
        return False
    return not condition or condition == _condition(placed)


def _condition(placed: Placed) -> str:
    return "new" if placed.offer.condition in {"new", "unused"} else "used"


def jan_shown(placed: Placed) -> str:
    """The JAN in the answer, empty where the shop did not fill it in."""
    return "" if "no_jan" in placed.offer.quirks else placed.product.jan or ""


def code(placed: Placed) -> str:
    """`seller_itemcode`, the API's stable id."""
    return f"{placed.offer.seller}_{placed.offer.id}"


def _hit(index: int, placed: Placed, catalogue: Catalogue) -> dict[str, Any]:
    offer, product, seller = placed.offer, placed.product, catalogue.seller(placed.offer)
    shop = f"https://store.shopping.yahoo.co.jp/{offer.seller}/"
    image = f"https://item-shopping.c.yimg.jp/i/g/{code(placed)}"
    return {
        "index": index, "name": offer.title, "description": _description(placed), "headLine": offer.catch,
        "inStock": offer.stock != 0, "url": f"{shop}{offer.id}.html", "code": code(placed),
        "condition": _condition(placed), "taxExcludePrice": round(offer.price / 1.1), "taxExcludePremiumPrice": None,
        "premiumPrice": offer.price, "premiumDiscountType": None, "premiumDiscountRate": None,
        "imageId": code(placed), "image": {"small": image, "medium": image},
        "review": {"rate": 0.0, "count": 0, "url": f"{shop}review.html"}, "affiliateRate": 1.0, "price": offer.price,
        "premiumPriceStatus": False, "point": {"amount": offer.price // 100, "times": 1, "bonusAmount": 0,
                                               "bonusTimes": 0, "premiumAmount": 0, "premiumTimes": 0},
        "shipping": _shipping(offer.shipping), "genreCategory": {"id": 2505, "name": product.category, "depth": 2},
        "parentGenreCategories": [], "brand": {"id": 38074, "name": product.maker_ja or product.maker},
        "parentBrands": [], "janCode": jan_shown(placed), "payment": None, "releaseDate": None,
        "priceLabel": {"taxable": True, "defaultPrice": offer.price, "discountedPrice": None, "fixedPrice": None,
                       "premiumPrice": None, "periodStart": None, "periodEnd": None},
        "seller": {"sellerId": offer.seller, "name": seller.name, "url": shop, "isBestSeller": bool(seller.badges),
                   "review": {"rate": seller.average or 0.0, "count": seller.reviews or 0}, "imageId": offer.seller},
        "delivery": {"area": "13", "deadLine": None, "day": offer.days_to_ship[0]},
    }


def _description(placed: Placed) -> str:
    words = (f"{key}：{value}" for key, value in placed.offer.attributes.items())
    return "<br>".join((placed.offer.text.strip().replace("\n", "<br>"), *words))


def _shipping(shipping: int | None) -> dict[str, Any]:
    """Code 1 says nothing about the cost, 2 is free, 3 free above an amount (the row never tells the fee)."""
    if shipping == 0:
        return {"code": 2, "name": "送料無料"}
    if shipping is None:
        return {"code": 1, "name": "設定無し"}
    return {"code": 3, "name": "条件付送料無料"}
