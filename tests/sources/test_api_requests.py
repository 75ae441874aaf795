"""What the three API sources ask: numbers as people write them, keys where they belong, and what a retry asks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from scrapy.http import Request

from kataban.crawling.replay import read_envelope, replay, response_of
from kataban.items import CannotLook, Listing, Outcome, Query
from spiders.rakuten_ichiba import listing_of
from spiders.rakuten_ichiba_pages import MARKS as RAKUTEN
from spiders.rakuten_ichiba_products import number_of, products_of
from tests.sources.saved import HERE, spider_of

KEYS = {"RAKUTEN_APPLICATION_ID": "app-1234", "RAKUTEN_ACCESS_KEY": "pk_secret", "YAHOO_CLIENT_ID": "dj00secret",
        "BRAVE_API_KEY": "BSAsecret", "GOOGLE_CSE_KEY": "", "GOOGLE_CSE_ID": "", "SEARXNG_URL": ""}


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    for name in ("RAKUTEN_REFERER", "RAKUTEN_ORIGIN", "RAKUTEN_API_VERSION", "RAKUTEN_PRODUCT_API_VERSION"):
        monkeypatch.delenv(name, raising=False)


def parameters(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))


def ask(source: str, number: str, **query: Any) -> Request:
    return spider_of(source).search(Query(number, **query))


@pytest.mark.parametrize(("number", "keyword"), [
    ("WH-1000XM5", "WH-1000XM5"),
    ("ＷＨ－１０００ＸＭ５", "WH-1000XM5"),
    ("WH 1000X M 5", "WH 1000XM5"),  # a token of one letter would be answered 400
    ("EOS R 5", "EOS R5"),
    ("A 123", "A123"),
    ("TH-A / B 55", "TH-A 55"),  # what stands alone behind a slash only narrows the search
    ("CT-4/50 + X1", "CT-4/50 X1"),
    ("RTX 4090 D", "RTX 4090D"),
    ("70-200mm F2.8 GM+", "70-200mm F2.8 GM+"),
    ("匠 7", "匠7"),
    ("100%-A&B=C", "100%-A&B=C"),
    ("SN-30\u3000Ⅱ", "SN-30 II"),
])
def test_rakuten_takes_no_token_of_one_letter(number: str, keyword: str) -> None:
    asked = parameters(ask("rakuten_ichiba", number))
    assert asked["keyword"] == keyword
    assert all(len(token) > 1 for token in keyword.split())


def test_rakuten_cannot_be_asked_for_a_single_letter() -> None:
    with pytest.raises(CannotLook) as told:
        ask("rakuten_ichiba", "+ 5")
    assert (told.value.outcome, told.value.reason_code) == (Outcome.NOT_ASKED, "keyword_too_short")
    assert spider_of("rakuten_ichiba").forms(Query("5")) == ()


def test_rakuten_keyword_is_cut_at_128_half_width_characters() -> None:
    keyword = parameters(ask("rakuten_ichiba", "TD173DRGX " + "充電式インパクトドライバ " * 8))["keyword"]
    assert keyword.startswith("TD173DRGX 充電式インパクトドライバ")
    assert sum(1 if char.isascii() else 2 for char in keyword) <= 128


def test_rakuten_request() -> None:
    request = ask("rakuten_ichiba", "TD173DRGX")
    assert request.url.startswith("https://openapi.rakuten.co.jp/ichibams/api/IchibaItem/Search/20260701?")
    assert parameters(request) == {"applicationId": "app-1234", "format": "json", "formatVersion": "2",
                                   "keyword": "TD173DRGX", "availability": "0", "hits": "30", "page": "1"}
    assert request.headers["accessKey"] == b"pk_secret"
    assert "pk_secret" not in request.url
    assert "Referer" not in request.headers


def test_rakuten_settings_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAKUTEN_API_VERSION", "20270115")
    monkeypatch.setenv("RAKUTEN_REFERER", "https://me.example.jp/")
    monkeypatch.setenv("RAKUTEN_ORIGIN", "https://me.example.jp")
    request = ask("rakuten_ichiba", "TD173DRGX")
    assert "/Search/20270115?" in request.url
    assert (request.headers["Referer"], request.headers["Origin"]) == (b"https://me.example.jp/", b"https://me.example.jp")


def test_rakuten_spellings_cheapest_first() -> None:
    query = Query("TD 173-DRGX", jan="0088381875707")
    assert spider_of("rakuten_ichiba").forms(query) == (
        "TD 173-DRGX", "TD173DRGX", "0088381875707", "productCode=0088381875707")
    assert spider_of("rakuten_ichiba").forms(Query("TD173DRGX", jan="0088381875700")) == ("TD173DRGX", "0088381875700")


def test_rakuten_product_search_has_the_code_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """One author warns against hits, page and sort beside productCode; the key stands in no address."""
    spider = spider_of("rakuten_ichiba")
    query = Query("TD173DRGX", jan="0088381875707", spelling="productCode=0088381875707")
    request = spider.search(query)
    assert request.url == ("https://openapi.rakuten.co.jp/ichibaproduct/api/Product/Search/20250801"
                           "?applicationId=app-1234&format=json&formatVersion=2&productCode=0088381875707")
    assert request.headers["accessKey"] == b"pk_secret"
    monkeypatch.setenv("RAKUTEN_PRODUCT_API_VERSION", "20270401")
    assert "/Product/Search/20270401?" in spider.search(query).url
    monkeypatch.setenv("RAKUTEN_PRODUCT_API_VERSION", "off")
    assert spider.forms(query) == ("TD173DRGX", "0088381875707")


@pytest.mark.captures
def test_rakuten_product_search_of_2019(captures: Path) -> None:
    """The one real answer at hand is of books, whose productNo is an ISBN: no maker's number to ask for."""
    answer = json.loads((captures / "rakuten/api2017_product_search_hits.json").read_bytes())
    products = products_of(RAKUTEN, answer)
    assert (len(products), products[0]["makerName"]) == (15, "集英社")
    assert number_of(products, ()) is None


def test_rakuten_remembers_the_version_that_answers() -> None:
    spider = spider_of("rakuten_ichiba")
    query = Query("TD173DRGX")
    retired = response_of(read_envelope(HERE / "rakuten_ichiba/version_retired/envelope.json"))
    (again,) = spider.parse(retired, query)
    assert "/Search/20260401?" in again.url
    assert "/Search/20260401?" in spider.search(Query("TD173DZ")).url
    assert "/Search/20260701?" in spider_of("rakuten_ichiba").search(query).url


def test_yahoo_asks_the_jan_first_and_by_its_own_parameter() -> None:
    spider = spider_of("yahoo_shopping")
    query = Query("WH-1000XM5 / B", jan="4548736132580")
    assert spider.forms(query) == ("4548736132580", "WH-1000XM5 / B", "WH1000XM5B")
    by_jan = parameters(spider.search(Query("WH-1000XM5 / B", jan="4548736132580", spelling="4548736132580")))
    assert by_jan == {"appid": "dj00secret", "jan_code": "4548736132580", "results": "50", "start": "1"}
    assert parameters(spider.search(query))["query"] == "WH-1000XM5 / B"


@pytest.mark.parametrize("jan", ["4548736132581", "45487361325", "14548736132587", "45487361325８0", ""])
def test_yahoo_is_not_asked_for_a_jan_that_it_would_refuse(jan: str) -> None:
    assert spider_of("yahoo_shopping").forms(Query("WH-1000XM5", jan=jan)) == ("WH-1000XM5", "WH1000XM5")


@pytest.mark.parametrize("jan", ["4548736132580", "027242923232", "49123456"])
def test_jans_of_three_lengths(jan: str) -> None:
    assert spider_of("yahoo_shopping").forms(Query("WH-1000XM5", jan=jan))[0] == jan


@pytest.mark.parametrize("number", ["AB/12+3 C", "100%-A&B=C", "品番 ７－Ａ", "a b+c"])
def test_yahoo_and_brave_send_awkward_numbers_unchanged(number: str) -> None:
    assert parameters(ask("yahoo_shopping", number))["query"] == number
    assert parameters(ask("web_search", number, spelling=f'"{number}"'))["q"] == f'"{number}"'


def test_a_number_that_looks_like_a_jan_is_a_word_unless_it_is_the_jan() -> None:
    assert "query" in parameters(ask("yahoo_shopping", "4548736132580"))


def test_web_search_has_three_forms() -> None:
    forms = spider_of("web_search").forms
    assert forms(Query("WH-1000XM5", name="ソニー ヘッドホン", maker="ソニー")) == (
        'ソニー ヘッドホン "WH-1000XM5"', '"WH-1000XM5"', "WH1000XM5")
    assert forms(Query("CFI2000", maker="ソニー")) == ('ソニー "CFI2000"', '"CFI2000"', "CFI2000")
    assert forms(Query('24" ABC-1', name='モニター "4K"')) == ('モニター 4K "24  ABC-1"', '"24  ABC-1"', "24ABC1")


def test_web_search_fits_into_what_brave_takes() -> None:
    words = spider_of("web_search").forms(Query("WH-1000XM5", name="とても長い商品名 " * 60))[0]
    assert words.endswith('"WH-1000XM5"')
    assert len(words) <= 400
    assert len(words.split()) <= 50


def test_brave_request() -> None:
    request = ask("web_search", "WH-1000XM5", name="ヘッドホン")
    assert parameters(request) == {
        "q": 'ヘッドホン "WH-1000XM5"', "country": "JP", "search_lang": "jp", "ui_lang": "ja-JP", "count": "20",
        "text_decorations": "false", "spellcheck": "false"}
    assert request.headers["X-Subscription-Token"] == b"BSAsecret"
    assert "BSAsecret" not in request.url


def test_searxng_is_asked_where_brave_has_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAVE_API_KEY", "")
    monkeypatch.setenv("SEARXNG_URL", "https://searx.example.jp/base/")
    request = ask("web_search", "WH-1000XM5")
    assert request.url.startswith("https://searx.example.jp/base/search?q=%22WH-1000XM5%22&format=json&")
    assert "X-Subscription-Token" not in request.headers
    monkeypatch.setenv("SEARXNG_URL", "")
    with pytest.raises(CannotLook) as told:
        ask("web_search", "WH-1000XM5")
    assert told.value.outcome is Outcome.NO_KEY


def test_google_is_asked_by_those_who_have_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAVE_API_KEY", "")
    monkeypatch.setenv("GOOGLE_CSE_KEY", "AIzasecret")
    with pytest.raises(CannotLook, match="GOOGLE_CSE_ID"):
        ask("web_search", "WH-1000XM5")
    monkeypatch.setenv("GOOGLE_CSE_ID", "0123:abc")
    request = ask("web_search", "WH-1000XM5")
    assert request.url.startswith("https://customsearch.googleapis.com/customsearch/v1?key=AIzasecret&cx=0123%3Aabc&")
    assert parameters(request)["q"] == '"WH-1000XM5"'


@pytest.mark.parametrize("source", ["rakuten_ichiba", "yahoo_shopping", "web_search"])
def test_no_key_stands_in_a_reason_or_a_listing(source: str) -> None:
    """Answers that repeat the key, as error texts and the user's own links do."""
    secrets = [value for value in KEYS.values() if value]
    for path in sorted((HERE / source).glob("*/envelope.json")):
        envelope = read_envelope(path)
        for said, with_key in ((b"_KEY", b"_app-1234"), (b"is invalid", b"BSAsecretBSAsecret is invalid")):
            envelope.body = envelope.body.replace(said, with_key)
        envelope.url = envelope.url.replace("appid=KEY", "appid=dj00secret").replace("Id=KEY", "Id=app-1234")
        try:
            read = list(_parsed(source, envelope))
        except CannotLook as refusal:
            read = [refusal.reason]
        text = "".join(repr(one) for one in read if not isinstance(one, Request))
        assert not [secret for secret in secrets if secret in text], path


def _parsed(source: str, envelope: Any) -> Any:
    spider, response = spider_of(source), response_of(envelope)
    if envelope.as_ == "search":
        return spider.parse(response, envelope.query)
    return spider.parse_detail(response, Listing(source, "x:1", envelope.url, ""))


def test_a_long_affiliate_link_is_not_cut() -> None:
    envelope = read_envelope(HERE / "rakuten_ichiba/found/envelope.json")
    row = json.loads(envelope.body)["Items"][1]
    row["itemUrl"] = row["itemUrl"].replace("/hgc/", f"/hgc/{'0123456789' * 80}/")
    assert listing_of(row).url == "https://item.rakuten.co.jp/kougu-sora/mkt-td173drgx/"


CORRUPTED = [
    ("rakuten_ichiba", "found", b'"Items"', b'"Rows"'),
    ("rakuten_ichiba", "found", b'"itemCode"', b'"code"'),
    ("rakuten_ichiba", "found", b'"itemPrice"', b'"price"'),
    ("rakuten_ichiba", "found", b'"count"', b'"total"'),
    ("rakuten_ichiba", "nothing", b'"count"', b'"total"'),
    ("rakuten_ichiba", "item_variants", b"item-page-app-data", b"item-page-data"),
    ("rakuten_ichiba", "item_variants", b'"itemInfoSku"', b'"itemInfo"'),
    ("rakuten_ichiba", "item_variants", b'"sku": [', b'"skus": ['),
    ("yahoo_shopping", "found", b'"hits"', b'"items"'),
    ("yahoo_shopping", "found", b'"price"', b'"amount"'),
    ("yahoo_shopping", "found", b'"totalResultsAvailable"', b'"total"'),
    ("yahoo_shopping", "nothing", b'"hits"', b'"items"'),
    ("web_search", "found", b'"url"', b'"href"'),
    ("web_search", "found", b'"results"', b'"rows"'),
    ("web_search", "nothing", b'"query"', b'"asked"'),
    ("web_search", "google_found", b'"items"', b'"rows"'),
    ("web_search", "google_nothing", b'"customsearch#search"', b'"customsearch#other"'),
    ("web_search", "searxng_found", b'"results"', b'"rows"'),
    ("web_search", "searxng_nothing", b'"results"', b'"rows"'),
]


@pytest.mark.parametrize(("source", "case", "key", "other"), CORRUPTED,
                         ids=[f"{source}-{case}-{key.decode()}" for source, case, key, _other in CORRUPTED])
def test_a_renamed_key_is_broken_and_never_nothing(source: str, case: str, key: bytes, other: bytes) -> None:
    envelope = read_envelope(HERE / source / case / "envelope.json")
    assert key in envelope.body
    envelope.body = envelope.body.replace(key, other)
    read = replay(spider_of(source), envelope)
    assert (read.outcome, read.reason_code, read.listings, read.leads) == (Outcome.BROKEN, "layout_changed", [], [])
