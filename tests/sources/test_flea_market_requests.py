"""What the flea markets are asked: awkward model numbers, item and seller pages, nothing that robots.txt forbids."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from kataban.items import Listing, Query, Seller
from spiders.base import SourceSpider
from spiders.mercari import MercariSpider
from spiders.rakuma import RakumaSpider
from spiders.yahoo_auctions import YahooAuctionsSpider
from spiders.yahoo_fleamarket import YahooFleamarketSpider

AWKWARD = ["WH-1000XM5", "BN 24 DP40", "A/B-12", "C++-9", "RX&V=485", "ＤＭＣ－１０", "K", "型番100%", "#12-3", "a?b"]


@pytest.mark.parametrize("number", AWKWARD)
def test_mercari_search(number: str) -> None:
    request = MercariSpider().search(Query(number))
    parts = urlsplit(request.url)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "jp.mercari.com", "/search")
    assert parse_qs(parts.query) == {"keyword": [number], "status": ["on_sale"]}
    assert request.cb_kwargs["query"].text == number
    assert request.meta["playwright"] is True


@pytest.mark.parametrize("number", AWKWARD)
def test_rakuma_search(number: str) -> None:
    request = RakumaSpider().search(Query(number))
    parts = urlsplit(request.url)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "fril.jp", "/s")
    assert parse_qs(parts.query) == {"query": [number], "transaction": ["selling"]}
    assert request.cb_kwargs["query"].text == number


@pytest.mark.parametrize("number", AWKWARD)
def test_yahoo_auctions_search(number: str) -> None:
    """Of all parameters only p (and b for further pages) is left open by robots.txt (2026-10)."""
    parts = urlsplit(YahooAuctionsSpider().search(Query(number)).url)
    assert (parts.netloc, parts.path) == ("auctions.yahoo.co.jp", "/search/search")
    assert parse_qs(parts.query) == {"p": [number]}


@pytest.mark.parametrize("number", AWKWARD)
def test_yahoo_fleamarket_search(number: str) -> None:
    """The keyword is one part of the path; every parameter but page is forbidden by robots.txt (2026-10)."""
    parts = urlsplit(YahooFleamarketSpider().search(Query(number)).url)
    assert (parts.netloc, parts.query, parts.fragment) == ("paypayfleamarket.yahoo.co.jp", "", "")
    assert parts.path.count("/") == 2
    assert unquote(parts.path) == f"/search/{number}"


def test_flea_market_rows_of_an_auction_search_are_opened_on_their_own_site() -> None:
    row = Listing("yahoo_fleamarket", "z1", "https://paypayfleamarket.yahoo.co.jp/item/z1", "t")
    assert YahooAuctionsSpider().detail(row).url == row.url


def test_the_spelling_of_this_time_is_sent() -> None:
    query = replace(Query("WH-1000XM5"), spelling="WH1000XM5")
    assert "keyword=WH1000XM5&" in MercariSpider().search(query).url
    assert "query=WH1000XM5&" in RakumaSpider().search(query).url


def test_the_api_is_never_asked() -> None:
    """Every request goes to the pages that a person would open; the API's answers are only overheard."""
    spider = MercariSpider()
    personal = Listing("mercari", "m1", "https://jp.mercari.com/item/m1", "t", seller=Seller("mercari", "5"))
    shops = Listing("mercari_shops", "2J", "https://jp.mercari.com/shops/product/2J", "t")
    asked = [spider.search(Query("X-1")), spider.detail(personal), spider.detail(shops), spider.seller(personal)]
    assert [urlsplit(request.url).netloc for request in asked] == ["jp.mercari.com"] * 4
    assert [urlsplit(request.url).path for request in asked] == [
        "/search", "/item/m1", "/shops/product/2J", "/user/profile/5"]
    assert all(request.meta["render"]["page_json"] for request in asked)
    assert all(request.method == "GET" for request in asked)


def test_a_shops_figures_need_no_page_of_their_own() -> None:
    row = Listing("mercari_shops", "2J", "https://jp.mercari.com/shops/product/2J", "t")
    row.seller = Seller("mercari_shops", "s")
    assert MercariSpider().seller(row) is None


def test_rakuma_item_and_shop() -> None:
    spider = RakumaSpider()
    row = Listing("rakuma", "0a", "https://item.fril.jp/0a", "t", seller=Seller("rakuma", "77"))
    assert spider.detail(row).url == "https://item.fril.jp/0a"
    assert spider.seller(row) is None, "a card does not show the shop's address"
    row.seller = Seller("rakuma", "77", url="https://fril.jp/shop/ab")
    assert spider.seller(row).url == "https://fril.jp/shop/ab"


@pytest.mark.parametrize("kind", [MercariSpider, RakumaSpider, YahooAuctionsSpider, YahooFleamarketSpider])
def test_all_are_off_until_named(kind: type[SourceSpider]) -> None:
    assert kind.off_by_default
