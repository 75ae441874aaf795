"""The net shops' pages: their own ways of search, of saying zero, and of telling the stock; sources read them right."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kataban.crawling.replay import Envelope, replay
from kataban.items import Availability, Condition, Outcome
from kataban.sample_market.answers import Answer
from kataban.sample_market.sites.net_shops import BY_HOST, SHOPS, NetShop
from tests.sources.saved import spider_of

Get = Callable[..., Answer]
each = pytest.mark.parametrize("shop", SHOPS, ids=lambda shop: shop.source)


def read(shop: NetShop, answer: Answer, path: str, as_: str = "search", **more: object) -> object:
    return replay(spider_of(shop.source), Envelope(url=f"https://{shop.host}{path}", status=answer.status,
                                                   headers={"Content-Type": answer.content_type}, body=answer.body,
                                                   as_=as_, model_number="x", **more))


@each
def test_zero_is_said_in_the_shops_own_words(shop: NetShop, get: Get) -> None:
    answer = get(shop.host, shop.search_path, {shop.field: "QZX-0000"})
    assert shop.zero in answer.body.decode(shop.encoding)
    assert read(shop, answer, shop.search_path).outcome is Outcome.NOTHING


@each
def test_each_shop_is_asked_where_its_source_asks(shop: NetShop, get: Get) -> None:
    from urllib.parse import parse_qsl, urlsplit

    from kataban.items import Query

    asked = urlsplit(spider_of(shop.source).search(Query("QZX-0000")).url)
    assert BY_HOST[asked.hostname or ""] is shop
    answer = get(asked.hostname, asked.path, dict(parse_qsl(asked.query)))
    assert shop.zero in answer.body.decode(shop.encoding)


@pytest.mark.parametrize(("source", "path", "query", "price", "stock", "condition"), [
    ("surugaya", "/product/detail/163001001", {}, 45800, Availability.IN_STOCK, Condition.NEW),
    ("surugaya", "/product/detail/163002001", {}, None, Availability.SOLD_OUT, Condition.UNKNOWN),
    ("sofmap", "/product_detail.aspx?sku=21573002", {"sku": "21573002"}, 29980, Availability.IN_STOCK, Condition.FAIR),
    ("geo", "/shop/g/g516012345678901/", {}, 27800, Availability.IN_STOCK, Condition.GOOD),
    ("biccamera", "/bc/item/10250003/", {}, 17820, Availability.SOLD_OUT, Condition.UNKNOWN),
    ("yodobashi", "/product/100000001007136777/", {}, 46200, Availability.IN_STOCK, Condition.NEW),
    ("hardoff", "/product/5001001/", {}, 26400, Availability.IN_STOCK, Condition.GOOD),
])
def test_items(get: Get, source: str, path: str, query: dict[str, str], price: int | None, stock: Availability,
               condition: Condition) -> None:
    shop = next(one for one in SHOPS if one.source == source)
    answer = get(shop.host, path.partition("?")[0], query)
    row = {"listing_id": path.strip("/").rsplit("/", 1)[-1], "url": f"https://{shop.host}{path}", "title": "row"}
    (found,) = read(shop, answer, path, "detail", listing=row).listings
    assert (found.price, found.availability, found.condition) == (price, stock, condition)


def test_yodobashi_leads_a_single_hit_to_its_item(get: Get) -> None:
    answer = get("www.yodobashi.com", "/", {"word": "WH-1000XM5 B"})
    assert (answer.status, answer.headers["Location"]) == (302, "/product/100000001007136777/")


def test_surugaya_asks_for_patience(get: Get) -> None:
    assert b"Crawl-delay: 30" in get("www.suruga-ya.jp", "/robots.txt").body


@each
def test_an_unknown_page_is_not_found(shop: NetShop, get: Get) -> None:
    assert get(shop.host, "/nowhere", {}).status == 404
