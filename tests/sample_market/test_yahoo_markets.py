"""The sample Yahoo! Auctions and Yahoo! Flea Market keep to what is known of the real ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from parsel import Selector
from protego import Protego

from kataban.sample_market.answers import Answer, Ask
from kataban.sample_market.catalogue import Catalogue
from kataban.sample_market.sites import yahoo_auctions, yahoo_fleamarket
from kataban.sample_market.tables import Auction, File, Offer, Product, Seller

Get = Callable[..., Answer]


@pytest.fixture(scope="module")
def market() -> Catalogue:
    """A bid, an auction with buy-now, a store's fixed price, an ended one, 50 more; a flea-market row, one sold."""
    sellers = [Seller(source="yahoo_auctions", id="private", name="個人", good=99, bad=1),
               Seller(source="yahoo_auctions", id="store", name="店", business=True),
               Seller(source="yahoo_fleamarket", id="p1", name="フリマ", good=49, bad=1)]

    def lot(number: int, price: int, seller: str = "private", **fields: Any) -> Offer:
        return Offer(source="yahoo_auctions", id=f"x{number:09d}", seller=seller, title=f"ABC-100 {number}",
                     price=price, **fields)

    offers = [lot(1, 500, auction=Auction(bids=7, start_price=1), buy="no", why="競り"),
              lot(2, 600, auction=Auction(bids=0, start_price=600, buy_now=900), shipping=520),
              lot(3, 11000, "store", shipping=0), lot(4, 700, stock=0)]
    offers += [lot(number, 1000 + number) for number in range(5, 55)]
    flea = [Offer(source="yahoo_fleamarket", id=f"z{number:09d}", seller="p1", title=f"ABC-100 フリマ{number}",
                  price=800, shipping=0, condition="like_new", stock=number) for number in (1, 0)]
    product = Product(maker="ABC", model="ABC-100", name="見本", offer=[*offers, *flea])
    return Catalogue(Path(), [File(seller=sellers, product=[product])])


def page(where: Any, catalogue: Catalogue, path: str, **query: str) -> tuple[int, Selector]:
    answer = where.answer(Ask(where.SITE, path, query=query), catalogue)
    return answer.status, Selector(answer.body.decode())


def next_data(html: Selector) -> Any:
    return json.loads(html.css("script#__NEXT_DATA__::text").get(""))["props"]["initialState"]


def attribute(row: Selector, name: str) -> str:
    return row.xpath(f"descendant-or-self::*/@data-auction-{name}").get("")


def test_rows_carry_their_data_in_attributes_and_ended_ones_are_elsewhere(market: Catalogue) -> None:
    status, html = page(yahoo_auctions, market, "/search/search", p="ABC-100")
    rows = {attribute(row, "id"): row for row in html.css("li.Product")}
    assert (status, len(rows)) == (200, 50)
    assert "x000000004" not in rows
    assert "約54件" in html.css('meta[name="description"]::attr(content)').get("")
    bid, both, store = (rows[f"x{number:09d}"] for number in (1, 2, 3))
    assert (attribute(bid, "price"), attribute(bid, "buynowprice")) == ("500", "0")
    assert bid.css(".Product__bid::text").get() == "7"
    assert (attribute(both, "price"), attribute(both, "buynowprice")) == ("600", "900")
    assert both.css(".Product__postage::text").get() == "送料520円"
    assert (attribute(store, "isshoppingitem"), attribute(store, "price"), attribute(store, "buynowprice")) == (
        "1", "11000", "10000")


def test_the_next_50_begin_at_b_and_flea_market_rows_stand_among_them(market: Catalogue) -> None:
    _, first = page(yahoo_auctions, market, "/search/search", p="ABC-100")
    assert first.css(".Pager__list--next a::attr(href)").get() == "/search/search?p=ABC-100&b=51"
    _, html = page(yahoo_auctions, market, "/search/search", p="ABC-100", b="51")
    rows = html.css("li.Product")
    assert len(rows) == 4
    assert (attribute(rows[-1], "isflea"), attribute(rows[-1], "buynowprice"), attribute(rows[-1], "endtime")) == (
        "1", "0", "")
    assert not html.css(".Pager__list--next a")


def test_no_hit_is_a_404_full_of_other_peoples_goods(market: Catalogue) -> None:
    status, html = page(yahoo_auctions, market, "/search/search", p="QQQ-1")
    assert status == 404
    assert "一致する商品は見つかりませんでした" in html.get()
    assert len(html.css("li.Product")) == 5


def test_an_item_in_its_json(market: Catalogue) -> None:
    _, html = page(yahoo_auctions, market, "/jp/auction/x000000003")
    item = next_data(html)["item"]["detail"]["item"]
    assert (item["price"], item["taxinPrice"], item["taxinBidorbuy"], item["status"]) == (10000, 11000, 11000, "open")
    assert item["chargeForShipping"] == "seller"
    private = next_data(page(yahoo_auctions, market, "/jp/auction/x000000002")[1])["item"]["detail"]["item"]
    assert "taxinBidorbuy" not in private
    assert private["seller"]["rating"] == {"goodRating": "99%", "summary": 98,
                                           "ult": {"goodPoint": 99, "badPoint": 1, "allPoint": 100}}
    ended = next_data(page(yahoo_auctions, market, "/jp/auction/x000000004")[1])["item"]["detail"]["item"]
    assert ended["status"] == "closed"
    assert page(yahoo_auctions, market, "/jp/auction/x000000999")[0] == 404


def test_the_flea_market_shows_sold_rows_and_strangers_instead_of_zero(market: Catalogue) -> None:
    result = next_data(page(yahoo_fleamarket, market, "/search/ABC-100")[1])["searchState"]["search"]["result"]
    rows = [(row["itemStatus"], row["condition"]) for row in result["items"]]
    assert rows == [("OPEN", "used10"), ("SOLD", "used10")]
    assert not result["items"][0]["sellerId"].startswith("p")
    strangers = next_data(page(yahoo_fleamarket, market, "/search/QQQ-1")[1])["searchState"]["search"]["result"]
    assert strangers["totalResultsAvailable"] == len(strangers["items"]) == 2


def test_a_flea_market_item(market: Catalogue) -> None:
    item = next_data(page(yahoo_fleamarket, market, "/item/z000000001")[1])["itemsState"]["items"]["item"]
    assert item["seller"] == {"id": "p1", "nickname": "フリマ", "rating": {"total": 50, "goodRatio": 98}}
    assert (item["status"], item["condition"]["text"]) == ("OPEN", "未使用に近い")
    status, gone = page(yahoo_fleamarket, market, "/item/z000000999")
    assert status == 404
    assert "お探しの商品は見つかりませんでした" in gone.css("p::text").get("")


@pytest.mark.parametrize(("url", "allowed"), [
    ("https://auctions.yahoo.co.jp/search/search?p=ABC&b=51", True),
    ("https://auctions.yahoo.co.jp/search/search?p=ABC&n=100", False),
    ("https://paypayfleamarket.yahoo.co.jp/search/ABC?page=2", True),
    ("https://paypayfleamarket.yahoo.co.jp/search/ABC?open=1", False),
    ("https://jp.mercari.com/search?keyword=ABC&status=on_sale", True), ("https://jp.mercari.com/v2/x", False),
    ("https://item.fril.jp/search/abc", False), ("https://item.fril.jp/0123", True),
])
def test_robots_of_the_sites_as_readers_report_them(get: Get, url: str, allowed: bool) -> None:
    answer = get(url.split("/")[2], "/robots.txt")
    assert Protego.parse(answer.body.decode()).can_fetch(url, "Kataban") is allowed
