"""The JSON of Mercari's own API: search, items, sellers. Shapes as captured in 2024-10 and 2026-09."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from kataban.sample_market.answers import Answer, Ask, as_json
from kataban.sample_market.catalogue import Catalogue, Page, Placed
from kataban.sample_market.finding import search
from kataban.sample_market.tables import Seller
from kataban.sample_market.words import CONDITION_IDS, CONDITION_NOTES, CONDITIONS, days_label, noon

SOURCE, SHOPS = "mercari", "mercari_shops"
IMAGES = "static.mercdn.net"


def error(code: str, message: str, status: int) -> Answer:
    """The older services' error."""
    return as_json({"result": "error", "errors": [{"code": code, "message": message}], "meta": {}}, status)


def stamp(days_ago: int) -> int:
    """Unix seconds so many days ago."""
    return int(noon(days_ago).timestamp())


# --- search ---------------------------------------------------------------------------------------------------------


def results(ask: Ask, catalogue: Catalogue) -> Answer:
    """POST /v2/entities:search. Numbers are strings; rows of Shops have seller "0", no shop, and payer "0"."""
    body = ask.json()
    condition = body.get("searchCondition") or {}
    keyword, status = str(condition.get("keyword", "")), condition.get("status") or []
    found = [page for source in (SOURCE, SHOPS) for page in search(catalogue, source, keyword)]
    if status == ["STATUS_ON_SALE"]:
        found = [page for page in found if any(placed.offer.stock != 0 for placed in page)]
    size = int(body.get("pageSize") or catalogue.mercari.per_page)
    at = int(str(body.get("pageToken") or "v1:0").removeprefix("v1:") or 0)
    more = (at + 1) * size < len(found)
    meta = {"nextPageToken": f"v1:{at + 1}" if more else "", "previousPageToken": f"v1:{at - 1}" if at else "",
            "numFound": str(len(found)), "properties": []}
    rows = [_row(page) for page in found[at * size : (at + 1) * size]]
    return as_json({"meta": meta, "items": rows, "components": [], "searchConditionId": ""})


def _row(page: Page) -> dict[str, Any]:
    offer, product = page[0].offer, page[0].product
    shops = offer.source == SHOPS
    created = str(stamp(offer.days_ago))
    image = f"https://{IMAGES}/thumb/item/webp/{offer.id}_1.jpg?{created}"
    return {
        "id": offer.id, "sellerId": "0" if shops else offer.seller, "buyerId": "", "name": offer.title,
        "status": f"ITEM_STATUS_{'ON_SALE' if any(p.offer.stock != 0 for p in page) else 'SOLD_OUT'}",
        "price": str(min(p.offer.price for p in page)), "created": created, "updated": created, "thumbnails": [image],
        "itemType": "ITEM_TYPE_BEYOND" if shops else "ITEM_TYPE_MERCARI",
        "itemConditionId": str(_condition_id(page[0])),
        "shippingPayerId": "0" if shops else str(_payer(page[0])["id"]), "itemSizes": [], "itemSize": None,
        "itemBrand": {"id": "3272", "name": product.maker_ja or product.maker, "subName": product.maker},
        "itemPromotions": [], "shopName": "", "shippingMethodId": "0" if shops else "14", "categoryId": "859",
        "isNoPrice": False, "title": "", "isLiked": False, "photos": [{"uri": image}], "auction": _auction(page[0]),
        "shop": None, "attributes": [],
    }


def _auction(placed: Placed) -> dict[str, str] | None:
    """An auction is on sale like the rest; its price is the current bid."""
    auction = placed.offer.auction
    if auction is None:
        return None
    deadline = datetime.fromtimestamp(stamp(-1), UTC).isoformat().replace("+00:00", "Z")
    return {"id": "", "bidDeadline": deadline, "totalBid": str(auction.bids), "highestBid": str(placed.offer.price),
            "initialPrice": str(auction.start_price)}


def _condition_id(placed: Placed) -> int:
    return CONDITION_IDS[CONDITIONS[placed.offer.condition]]


def _payer(placed: Placed) -> dict[str, Any]:
    if placed.offer.shipping is None:
        return {"id": 1, "name": "着払い(購入者負担)", "code": "buyer"}
    return {"id": 2, "name": "送料込み(出品者負担)", "code": "seller"}


# --- item and seller ------------------------------------------------------------------------------------------------


def item(ask: Ask, catalogue: Catalogue) -> Answer:
    """GET /items/get. A Shops id is an invalid argument here."""
    item_id = ask.query.get("id", "")
    if not item_id.startswith("m"):
        return error("InvalidArgumentException", "不正なパラメーターです", 400)
    page = catalogue.item(SOURCE, item_id)
    if page is None:
        return error("RecordNotFoundException", "見つかりませんでした", 404)
    return as_json({"result": "OK", "data": _item_data(page[0], catalogue), "meta": {}})


def _item_data(placed: Placed, catalogue: Catalogue) -> dict[str, Any]:
    offer, product = placed.offer, placed.product
    label, created = CONDITIONS[offer.condition], stamp(offer.days_ago)
    data = {
        "id": offer.id, "status": "sold_out" if offer.stock == 0 else "on_sale",
        "seller": _seller(catalogue.seller(offer)),
        "name": offer.title, "price": offer.price, "description": offer.text.strip(),
        "photos": [f"https://{IMAGES}/item/detail/orig/photos/{offer.id}_1.jpg?{created}"],
        "item_category": {"id": 859, "name": product.category or "その他"},
        "item_condition": {"id": _condition_id(placed), "name": label,
                           "subname": CONDITION_NOTES.get(offer.condition, "")},
        "item_brand": {"id": 3272, "name": product.maker_ja or product.maker, "sub_name": product.maker},
        "shipping_payer": _payer(placed), "shipping_method": {"id": 14, "name": _method(placed), "is_deprecated": "no"},
        "shipping_from_area": {"id": 99 if offer.ships_from == "未定" else 13, "name": offer.ships_from},
        "shipping_duration": _duration(placed), "num_likes": 3, "num_comments": len(offer.comments),
        "comments": list(_comments(placed)), "updated": created, "created": created, "is_shop_item": "no",
        "is_anonymous_shipping": True, "hash_tags": [],
        "item_attributes": [{"text": key, "values": [{"text": value}]} for key, value in offer.attributes.items()],
    }
    return data | ({"auction_info": _auction(placed)} if offer.auction else {})


def _method(placed: Placed) -> str:
    return placed.offer.shipping_method or "らくらくメルカリ便"


def _duration(placed: Placed) -> dict[str, Any]:
    first, last = placed.offer.days_to_ship
    return {"id": {2: 1, 3: 2}.get(last, 3), "name": days_label((first, last)), "min_days": first, "max_days": last}


def _comments(placed: Placed) -> Iterator[dict[str, Any]]:
    """A comment that begins with the word 出品者： is the seller's own."""
    for number, text in enumerate(placed.offer.comments, 1):
        own = text.startswith("出品者：")
        user_id, name = (int(placed.offer.seller), "出品者") if own else (500_000_000 + number, "購入希望")
        user = {"id": user_id, "name": name}
        yield {"id": number, "user": user, "message": text.removeprefix("出品者："), "created": stamp(1)}


def _seller(seller: Seller) -> dict[str, Any]:
    good, normal, bad = seller.good or 0, seller.normal or 0, seller.bad or 0
    return {"id": int(seller.id), "name": seller.name, "created": _since(seller), "num_sell_items": seller.sold or 0,
            "ratings": {"good": good, "normal": normal, "bad": bad}, "num_ratings": good + normal + bad,
            "score": good - bad, "star_rating_score": seller.stars or 5, "is_official": False, "is_inactive": False,
            "quick_shipper": "24時間以内発送" in seller.badges, "register_sms_confirmation": "yes"}


def _since(seller: Seller) -> int:
    return int(datetime.combine(seller.since, datetime.min.time(), UTC).timestamp()) if seller.since else 1_500_000_000


def _known(catalogue: Catalogue, seller_id: str) -> Seller | None:
    return next((s for s in catalogue.sellers.values() if s.source == SOURCE and s.id == seller_id), None)


def profile(ask: Ask, catalogue: Catalogue) -> Answer:
    """GET /users/get_profile. `polarized` counts the middle rating as good; `kyc_type` says nothing to a visitor."""
    seller = _known(catalogue, ask.query.get("user_id", ""))
    if seller is None:
        return error("UserNotFoundException", "ユーザーが見つかりません", 404)
    data = _seller(seller)
    good = data["ratings"]["good"] + data["ratings"]["normal"]
    data |= {"introduction": seller.profile, "polarized_ratings": {"good": good, "bad": data["ratings"]["bad"]},
             "follower_count": 12, "following_count": 3, "kyc_type": "", "proper": False,
             "is_organizational_user": seller.business}
    return as_json({"result": "OK", "data": data, "meta": {}})


def sellers_items(ask: Ask, catalogue: Catalogue) -> Answer:
    mine = [page for page in catalogue.pages(SOURCE) if page[0].offer.seller == ask.query.get("seller_id")]
    rows = [{"id": p[0].offer.id, "name": p[0].offer.title, "price": p[0].offer.price,
             "status": "sold_out" if p[0].offer.stock == 0 else "on_sale"} for p in mine]
    return as_json({"result": "OK", "data": rows, "meta": {"has_next": False}})


def verified(ask: Ask, catalogue: Catalogue) -> Answer:
    seller = _known(catalogue, str(ask.json().get("userId", "")))
    return as_json({"hasBadge": True} if seller and seller.identified else {})


def badges(ask: Ask, catalogue: Catalogue) -> Answer:
    seller = _known(catalogue, str(ask.json().get("userId", "")))
    names = seller.badges if seller else []
    badges = [{"id": str(11004 + n), "name": name, "description": ""} for n, name in enumerate(names)]
    return as_json({"badges": badges})


