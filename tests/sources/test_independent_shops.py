# ruff: noqa: E501 - an answer of a shop reads best in one line
"""independent_shops beyond its saved cases: requests, shops as data, JSON answers of shops, and what breaks it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import msgspec
import pytest
from scrapy.http import HtmlResponse, Request, Response, TextResponse

from kataban.items import Availability, CannotLook, Lead, Listing, Outcome, PageKind, PageRead, Query
from spiders.independent_shops import IndependentShops
from spiders.independent_shops_shops import Shop, shops

QUERY = Query("ER-GN70-K")


def spider(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *blocks: str) -> IndependentShops:
    """The spider with further shops of the user's own."""
    file = tmp_path / "shops.toml"
    file.write_text("\n".join(blocks), encoding="utf-8")
    monkeypatch.setenv("KATABAN_SHOPS", str(file))
    return IndependentShops()


def shop(name: str, cart: str, **more: str) -> str:
    fields = {"name": name, "label": name, "host": f"{name}.example.jp", "cart": cart, **more}
    return "[[shops]]\n" + "\n".join(f"{key} = {json.dumps(value)}" for key, value in fields.items())


def answer(url: str, data: Any, status: int = 200) -> Response:
    return TextResponse(url, status=status, body=json.dumps(data).encode(), headers={"Content-Type": "application/json"})


# --- requests --------------------------------------------------------------------------------------------------------


def test_every_shop_is_asked_once() -> None:
    requests = list(IndependentShops().search(QUERY))
    assert [urlsplit(request.url).hostname for request in requests] == list(shops())
    assert all(request.cb_kwargs == {"query": QUERY} for request in requests)


@pytest.mark.parametrize(("cart", "keyword", "sent"), [
    ("color_me", "シェーバー ER-GN70", "シェーバー ER-GN70".encode("euc_jp")), ("ec_cube_4", "WH 1000/X+M4", b"WH 1000/X+M4"),
    ("makeshop", "髙＆低", "髙＆低".encode()), ("color_me", "ER-😀", b"ER-"),
])
def test_keywords_in_the_shops_own_encoding(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cart: str, keyword: str, sent: bytes
) -> None:
    asked = spider(monkeypatch, tmp_path, shop("mine", cart)).shops["mine.example.jp"].search_url(keyword)
    assert unquote_to_bytes(asked.rpartition("=")[2]) == sent


@pytest.mark.parametrize(("url", "asked"), [
    ("https://shop.example/item?id=1&utm_source=x#top", "https://shop.example/item?id=1"), ("https://shop.example/manual.pdf", None),
    ("javascript:alert(1)", None), ("ftp://shop.example/", None),
])
def test_a_lead_is_followed_without_tracking(url: str, asked: str | None) -> None:
    request = IndependentShops().lead(Lead("web_search", url), QUERY)
    assert (request.url if request else None) == asked


# --- shops as data ---------------------------------------------------------------------------------------------------


def test_a_wrong_key_or_cart_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(CannotLook, match=r"bad_setting.*colour"):
        spider(monkeypatch, tmp_path, shop("a", "ec_cube_4", colour="red")).search(QUERY)
    with pytest.raises(ValueError, match=r"no \[carts\.unheard\]"):
        shops(_file(tmp_path / "b.toml", shop("b", "unheard")))
    with pytest.raises(msgspec.ValidationError):
        shops(_file(tmp_path / "c.toml", '[[shops]]\nname = "c"'))


def test_a_missing_file_of_shops_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KATABAN_SHOPS", "/nowhere/shops.toml")
    with pytest.raises(CannotLook, match="bad_setting"):
        IndependentShops().search(QUERY)


def _file(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_shops_own_word_wins_over_its_carts() -> None:
    ours = shops()
    assert all(isinstance(one, Shop) and "{keyword}" in one.search for one in ours.values())


# --- answers of shops ------------------------------------------------------------------------------------------------


def read(found: IndependentShops, response: Response) -> tuple[list[Listing], list[PageRead], list[Request]]:
    results = list(found.parse(response, QUERY))
    return tuple([one for one in results if isinstance(one, kind)] for kind in (Listing, PageRead, Request))  # type: ignore[return-value]


def test_store_api_of_woocommerce(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = spider(monkeypatch, tmp_path, shop("woo", "woocommerce"))
    prices = {"currency_code": "JPY", "currency_minor_unit": 0, "price": "2980", "regular_price": "3480", "price_range": None}
    product = {"id": 5, "name": "鼻毛カッター &amp; 替刃 ER-GN70-K", "sku": "ER-GN70-K", "permalink": "https://woo.example.jp/product/er/",
               "prices": prices, "is_in_stock": True, "is_purchasable": True, "low_stock_remaining": 2}
    dollars = {**product, "permalink": "https://woo.example.jp/product/x/", "prices": {**prices, "currency_code": "USD", "currency_minor_unit": 2}}
    listings, (page,), _ = read(found, answer("https://woo.example.jp/wp-json/wc/store/v1/products?search=x", [product, dollars, {"name": "odd"}]))
    assert [(one.title, one.price, one.availability, one.sku, one.quantity) for one in listings] == [
        ("鼻毛カッター & 替刃 ER-GN70-K", 2980, Availability.IN_STOCK, "ER-GN70-K", 2), ("鼻毛カッター & 替刃 ER-GN70-K", None, Availability.IN_STOCK, "ER-GN70-K", 2)]
    assert (page.rows, page.unreadable, page.similarity) == (3, 1, True)


def test_suggest_json_of_shopify(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = spider(monkeypatch, tmp_path, shop("shopi", "shopify"))
    row = {"id": 1, "title": "ER-GN70-K", "vendor": "山川", "url": "/products/er?_pos=1&_sid=2&_ss=r", "price": "2980.00", "available": True, "variants": []}
    url = "https://shopi.example.jp/search/suggest.json?q=x"
    (listing,), (page,), _ = read(found, answer(url, {"resources": {"results": {"products": [row]}}}))
    assert (listing.url, listing.brand, listing.price) == ("https://shopi.example.jp/products/er", "山川", None)
    assert page.similarity
    assert read(found, answer(url, {"resources": {"results": {"products": []}}}))[1][0].kind is PageKind.EMPTY


@pytest.mark.parametrize("data", [{"resources": {}}, {"message": "x"}, None, "text"])
def test_json_without_its_list_is_broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, data: Any) -> None:
    found = spider(monkeypatch, tmp_path, shop("shopi", "shopify"))
    with pytest.raises(CannotLook) as caught:
        list(found.parse(answer("https://shopi.example.jp/search/suggest.json", data), QUERY))
    assert (caught.value.outcome, caught.value.reason_code) == (Outcome.BROKEN, "bad_payload")


EC_CUBE = """<html lang="ja"><body><div class="ec-searchnavRole__counter"><span class="ec-font-bold">2件</span></div><ul>
<li class="ec-shelfGrid__item"><a href="/products/detail/1"><p class="ec-shelfGrid__item-image"><img></p><p>鼻毛カッター ER-GN70-K</p><p class="price02-default">￥2,980</p></a></li>
<li class="ec-shelfGrid__item"><a href="/products/detail/2"><p class="ec-shelfGrid__item-image"><img></p><p>鼻毛カッター ER-GN71-K</p><p class="price02-default">￥1,980～￥2,480</p></a></li></ul>
<ul class="ec-pager"><li class="ec-pager__item--next"><a href="/products/list?name=ER&amp;pageno=2">次へ</a></li></ul></body></html>"""


def test_a_page_of_results_by_its_carts_selectors(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = spider(monkeypatch, tmp_path, shop("cube", "ec_cube_4"))
    url = "https://cube.example.jp/products/list?name=ER"
    listings, (page,), (following,) = read(found, HtmlResponse(url, body=EC_CUBE, encoding="utf-8"))
    assert [(one.listing_id, one.title, one.price, one.price_kind.value) for one in listings] == [
        ("https://cube.example.jp/products/detail/1", "鼻毛カッター ER-GN70-K", 2980, "fixed"),
        ("https://cube.example.jp/products/detail/2", "鼻毛カッター ER-GN71-K", 1980, "range")]
    assert (page.kind, page.hits_reported, page.last, following.url) == (PageKind.RESULTS, 2, False, "https://cube.example.jp/products/list?name=ER&pageno=2")
    request = found.detail(listings[0])
    assert request is not None
    assert (request.url, request.cb_kwargs) == (listings[0].url, {"listing": listings[0]})


def test_a_corrupted_key_node_is_broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = spider(monkeypatch, tmp_path, shop("cube", "ec_cube_4"))
    url = "https://cube.example.jp/products/list?name=ER"
    for damaged in (EC_CUBE.replace("ec-shelfGrid__item", "grid"), EC_CUBE.replace("<a href", "<a data-href")):
        with pytest.raises(CannotLook) as caught:
            list(found.parse(HtmlResponse(url, body=damaged, encoding="utf-8"), QUERY))
        assert (caught.value.outcome, caught.value.reason_code) == (Outcome.BROKEN, "layout_changed")


def test_a_product_page_without_its_product_is_broken() -> None:
    """Title, data and table gone: what is left must not be taken for a product."""
    response = HtmlResponse("https://shop.example.jp/x", body="<html lang=ja><body><p>こんにちは</p><p>3,000円ほどの品が人気です。</p></body></html>", encoding="utf-8")
    with pytest.raises(CannotLook, match="no_product"):
        list(IndependentShops().parse_lead(response, QUERY, Lead("web_search", response.url)))


def test_an_answer_that_is_no_page() -> None:
    response = Response("https://shop.example.jp/manual", body=b"%PDF-1.4", headers={"Content-Type": "application/pdf"})
    with pytest.raises(CannotLook, match="bad_type"):
        list(IndependentShops().parse_lead(response, QUERY, Lead("web_search", response.url)))
