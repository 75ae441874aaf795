"""What Mercari and Rakuma are asked: awkward model numbers, item and seller pages, and what a page is waited for."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from kataban.items import Listing, Query, Seller
from spiders.mercari import MercariSpider
from spiders.rakuma import RakumaSpider

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


def test_both_are_off_until_named() -> None:
    assert MercariSpider.off_by_default
    assert RakumaSpider.off_by_default
