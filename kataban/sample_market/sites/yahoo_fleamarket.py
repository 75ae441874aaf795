"""Yahoo! Flea Market: pages drawn on the server with __NEXT_DATA__; a search that shows strangers instead of zero."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import unquote

from kataban.sample_market.answers import Answer, Ask, as_html, esc, script_json, yen
from kataban.sample_market.answers import page as template
from kataban.sample_market.catalogue import Catalogue, Page, Placed
from kataban.sample_market.finding import search
from kataban.sample_market.words import CONDITIONS, days_label, noon

SITE = "paypayfleamarket.yahoo.co.jp"
HOSTS = (SITE,)
SOURCE = "yahoo_fleamarket"
PER_PAGE = 100
STRANGERS = 8
# Agreed by three readers (2026-10-03): only the keyword in the path and the page number may be asked.
ROBOTS = "User-agent: *\n" + "".join(f"Disallow: /search/*{mark}{name}=\n" for mark in "?&" for name in (
    "sort", "order", "conditions", "minPrice", "maxPrice", "sold", "open", "specs", "showFilter"))
KEYS = {"new": "new", "unused": "new", "like_new": "used10", "good": "used20", "fair": "used40", "poor": "used60",
        "junk": "used80"}
AREAS = {"東京都": "TOKYO", "大阪府": "OSAKA", "愛知県": "AICHI", "北海道": "HOKKAIDO", "福岡県": "FUKUOKA"}
SCHEDULES = {2: "ONE_TO_TWO_DAYS", 3: "TWO_TO_THREE_DAYS"}


def answer(ask: Ask, catalogue: Catalogue) -> Answer:
    """The search, an item, or the sentence that there is none."""
    kind, _, name = ask.path.strip("/").partition("/")
    if kind == "search" and name:
        return as_html(_results(unquote(name), max(1, ask.number("page", 1)), catalogue))
    page = catalogue.item(SOURCE, name) if kind == "item" else None
    if page is None:
        return as_html(template("next_data", title="Yahoo!フリマ", data="{}",
                                body="<p>お探しの商品は見つかりませんでした</p>"), 404)
    return as_html(_item_html(page[0], catalogue))


def shown(catalogue: Catalogue, keyword: str) -> list[Page]:
    """What a search shows: what matches, sold goods too; when nothing does, what seems similar to the machine."""
    return search(catalogue, SOURCE, keyword) or catalogue.pages(SOURCE)[:STRANGERS]


def _results(keyword: str, number: int, catalogue: Catalogue) -> str:
    found = shown(catalogue, keyword)
    rows = [page[0] for page in found[(number - 1) * PER_PAGE : number * PER_PAGE]]
    result = {"totalResultsAvailable": len(found), "totalResultsReturned": len(rows), "rewriteQueryType": "VECTOR",
              "items": [_row(placed) for placed in rows]}
    data = {"props": {"initialState": {"searchState": {"search": {"result": result}}}}}
    return template("next_data", title=f"{esc(keyword)}の検索結果 - Yahoo!フリマ", data=script_json(data),
                    body=f'<div id="itm">{"".join(map(_box, rows))}</div>')


def _box(placed: Placed) -> str:
    offer = placed.offer
    return f'<a href="/item/{offer.id}"><img alt="{esc(offer.title)}">{yen(offer.price)}円</a>'


def _row(placed: Placed) -> dict[str, Any]:
    """The sellerId of a row is a hash that fits no address."""
    offer = placed.offer
    return {"id": offer.id, "title": offer.title, "price": offer.price, "condition": KEYS[offer.condition],
            "itemStatus": "SOLD" if offer.stock == 0 else "OPEN", "openTime": noon(offer.days_ago).isoformat(),
            "thumbnailImageUrl": f"https://auc-pctr.c.yimg.jp/i/{offer.id}.jpg", "likeCount": 1,
            "sellerId": hashlib.sha256(offer.seller.encode()).hexdigest()[:28]}


def _item_html(placed: Placed, catalogue: Catalogue) -> str:
    data = {"props": {"initialState": {"itemsState": {"items": {"item": _item(placed, catalogue)}}}}}
    return template("next_data", title=f"{esc(placed.offer.title)} - Yahoo!フリマ", data=script_json(data),
                    body=f"<h1>{esc(placed.offer.title)}</h1><p>{yen(placed.offer.price)}円 送料無料</p>")


def _item(placed: Placed, catalogue: Catalogue) -> dict[str, Any]:
    offer, seller = placed.offer, catalogue.seller(placed.offer)
    good, bad = seller.good or 0, seller.bad or 0
    return {
        "id": offer.id, "title": offer.title, "description": offer.text.strip(), "price": offer.price,
        "status": "SOLD" if offer.stock == 0 else "OPEN", "type": "fleamarket",
        "condition": {"key": KEYS[offer.condition], "text": CONDITIONS[offer.condition]},
        "images": [{"url": f"https://auctions.c.yimg.jp/images/{offer.id}.jpg"}],
        "brand": {"id": 100011, "name": placed.product.maker_ja or placed.product.maker},
        "seller": {"id": seller.id, "nickname": seller.name,
                   "rating": {"total": good + bad, "goodRatio": round(100 * good / (good + bad)) if good + bad else 0}},
        "deliveryMethod": {"id": "YAMATO", "name": offer.shipping_method or "おてがる配送（ヤマト運輸）"},
        "deliverySchedule": {"id": SCHEDULES.get(offer.days_to_ship[1], "FOUR_TO_SEVEN_DAYS"),
                             "text": days_label(offer.days_to_ship).replace("~", "〜")},
        "location": AREAS.get(offer.ships_from, "TOKYO"), "createDate": noon(offer.days_ago).isoformat(),
        "likeCount": 1, "pvCount": 12, "questionCount": 0, "hashtags": [],
    }
