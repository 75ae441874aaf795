"""What the shops' own sites are asked: encodings, a JAN's own parameter, the pages of stores and of other shops."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import html
from scrapy.http import HtmlResponse, Request

from kataban.crawling.replay import Envelope, Replayed, read_envelope, replay
from kataban.items import Availability, CannotLook, Condition, Listing, Outcome, Query
from spiders.landmarks import Landmarks
from tests.sources.saved import HERE, spider_of

SHOPS = ["biccamera", "geo", "hardoff", "sofmap", "surugaya", "yodobashi"]
SPIDERS = Path(HERE).parents[1] / "spiders"


def asked(source: str, number: str, **query: str) -> str:
    spider = spider_of(source)
    request = spider.search(Query(number, **query))
    assert isinstance(request, Request)
    return request.url


@pytest.mark.parametrize(("source", "number", "part"), [
    ("yodobashi", "EOS R 5", "?word=EOS%20R%205"),
    ("yodobashi", "CT-4/50+X", "?word=CT-4%2F50%2BX"),
    ("yodobashi", "匠 7", "?word=%E5%8C%A0%207"),
    ("surugaya", "ＷＨ－１０００ＸＭ５", "search_word=WH-1000XM5"),
    ("surugaya", "100%-A&B", "search_word=100%25-A%26B"),
    ("biccamera", "匠 7", "?q=%8F%A0%207"),
    ("geo", "髙品質①", "keyword=%EE%E0%95i%8E%BF1"),  # NFKC makes a 1 of the circled one; 髙 is in cp932 alone
    ("sofmap", "ヨドバシ", "keyword=%83%88%83h%83o%83V"),
    ("sofmap", "Ⅱ-500 é", "keyword=II-500%20"),  # what Shift_JIS has no letter for is left out
    ("hardoff", "品番 7", "?q=%E5%93%81%E7%95%AA%207"),
])
def test_words_in_the_shops_own_encoding(source: str, number: str, part: str) -> None:
    assert part in asked(source, number)


def test_sofmap_asks_the_jan_first_and_by_its_own_parameter() -> None:
    query = Query("WH-1000XM5", jan="4548736132580")
    assert spider_of("sofmap").forms(query) == ("4548736132580", "WH-1000XM5", "WH1000XM5")
    assert "new_jan=4548736132580" in asked("sofmap", "WH-1000XM5", spelling="4548736132580")
    assert spider_of("sofmap").forms(Query("WH-1000XM5", jan="4548736132581"))[0] == "WH-1000XM5"


def test_words_that_the_encoding_does_not_hold_are_not_asked() -> None:
    with pytest.raises(CannotLook) as told:
        asked("geo", "é")
    assert (told.value.outcome, told.value.reason_code) == (Outcome.NOT_ASKED, "keyword_not_encodable")


def page(source: str, name: str, url: str, encoding: str = "utf-8") -> HtmlResponse:
    return HtmlResponse(url, body=(HERE / source / name).read_bytes(), encoding=encoding)


def item(source: str, **fields: object) -> Listing:
    values = {"listing_id": "163001001", "url": f"{spider_of(source).site}x", "title": "WH-1000XM5"}
    return Listing(source=source, **{**values, **fields})


def test_surugaya_other_shops_are_offers_of_their_own() -> None:
    url = "https://www.suruga-ya.jp/product/other/163001001"
    row = item("surugaya", url=url, availability=Availability.SOLD_OUT)
    request = spider_of("surugaya").detail(row)
    assert request is not None
    assert request.callback.__name__ == "parse_others"
    first, second = request.callback(page("surugaya", "others.html", url), listing=row)
    assert (first.listing_id, first.price, first.availability, first.condition, first.seller.name) == (
        "163001001:400466", 31200, Availability.IN_STOCK, Condition.FAIR, "ホビーの森")
    assert (second.listing_id, second.price, second.availability) == (
        "163001001:400512", 33980, Availability.UNKNOWN)


def test_surugaya_other_shops_that_cannot_be_read_are_no_answer() -> None:
    spider, url = spider_of("surugaya"), "https://www.suruga-ya.jp/product/other/163001001"
    with pytest.raises(CannotLook, match="layout_changed"):
        list(spider.parse_others(HtmlResponse(url, body=b"<html><body>x</body></html>"), item("surugaya", url=url)))


@pytest.mark.parametrize(("source", "name", "encoding", "stores"), [
    ("yodobashi", "stores.html", "utf-8",
     {"マルチメディアAkiba": "在庫あり", "新宿西口本店": "在庫残少", "札幌店": "在庫なし"}),
    ("biccamera", "stores.html", "cp932", {"有楽町店": "在庫あり", "立川店": "在庫残少"}),
    ("biccamera", "stores_none.html", "cp932", {}),
])
def test_stock_of_the_stores(source: str, name: str, encoding: str, stores: dict[str, str]) -> None:
    spider, row = spider_of(source), item(source, availability=Availability.BACKORDER)
    (found,) = spider.parse_stores(page(source, name, row.url, encoding), row)
    assert found.store_stock == stores
    assert found.availability is Availability.BACKORDER  # what stores have does not make the net shop's stock
    with pytest.raises(CannotLook):
        list(spider.parse_stores(HtmlResponse(row.url, body=b"<html><body>x</body></html>"), row))


# --- landmarks -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", SHOPS)
def test_every_landmark_is_read(source: str) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (
        SPIDERS / "shop_site.py", SPIDERS / "shop_site_pages.py", SPIDERS / f"{source}.py"))
    unread = {name for name in Landmarks(source) if f'"{name}"' not in text}
    assert not unread


@pytest.mark.parametrize("source", SHOPS)
def test_a_page_without_its_cards_is_never_nothing(source: str) -> None:
    """The key node in other words: each selector of the card is taken out of the page of the case `found`."""
    envelope = _found(source)
    text = envelope.body
    for selector in Landmarks(source).texts("search.card"):
        for word in re.findall(rb"[.#]([A-Za-z][\w-]+)", selector.encode()):
            text = text.replace(word, b"changed")
    assert text != envelope.body
    read = replay(spider_of(source), _with(envelope, text))
    assert read.outcome is Outcome.BROKEN
    assert read.reason_code == "layout_changed"


@pytest.mark.parametrize("source", SHOPS)
@pytest.mark.parametrize("name", ["search.link", "search.title"])
def test_cards_without_their_key_are_unreadable_not_none(source: str, name: str) -> None:
    envelope = _found(source)
    text = envelope.body
    for selector in Landmarks(source).texts(name):
        for word in re.findall(r"[.#]([A-Za-z][\w-]+)|href[*^]?=\"([^\"]+)\"", selector):
            text = text.replace(next(filter(None, word)).encode(), b"changed")
    if name == "search.link":
        text = text.replace(b"href=", b"data-href=")
    else:
        text = re.sub(rb"<h3.*?</h3>|(?<=bcs_item\" )href=\"[^\"]*\"", b"", text, flags=re.DOTALL)
    read = replay(spider_of(source), _with(envelope, text))
    assert read.outcome is Outcome.BROKEN or all(listing.title for listing in read.listings)
    assert read.outcome is not Outcome.NOTHING


def _found(source: str) -> Envelope:
    return read_envelope(HERE / source / "found" / "envelope.json")


def _with(envelope: Envelope, body: bytes) -> Envelope:
    envelope.body = body
    return envelope


def full_page(source: str, rows: int, more: str = "") -> Replayed:
    """The case `found` with its first card `rows` times, each with an id of its own, and `more` at the end."""
    envelope = _found(source)
    encoding = "cp932" if "Shift_JIS" in str(envelope.headers) else "utf-8"
    page = html.document_fromstring(envelope.body.decode(encoding))
    cards = [card for mark in Landmarks(source).texts("search.card") for card in page.cssselect(mark)] or [page]
    text = html.tostring(cards[0], encoding="unicode", with_tail=False)
    number = replay(spider_of(source), _found(source)).listings[0].listing_id
    copies = [text.replace(number, str(int(number) + place)) for place in range(rows)]
    body = html.tostring(page, encoding="unicode").replace(text, "".join(copies)).replace("</body>", f"{more}</body>")
    return replay(spider_of(source), _with(envelope, body.encode(encoding, "xmlcharrefreplace")))


def test_a_full_page_without_a_link_to_more_is_not_the_last() -> None:
    read = full_page("sofmap", 50)
    assert read.page.rows >= 50
    assert not read.page.last, "nobody said that there are no further rows"
    assert read.next_requests == []
    assert replay(spider_of("sofmap"), _found("sofmap")).page.last


@pytest.mark.parametrize(("words", "asked"), [
    ("次へ", 1), ("次のページ", 1), ("次の50件", 1), ("次のページへ＞", 1), ("»", 1), ("次世代ゲーム機", 0), ("2", 0)])
def test_a_link_to_the_next_page_is_known_by_its_words(words: str, asked: int) -> None:
    link = f'<a href="/search_result.aspx?keyword=WH-1000XM5&amp;pg=2">{words}</a>'
    read = full_page("sofmap", 2, link)
    assert [request.url for request in read.next_requests] == [
        "https://www.sofmap.com/search_result.aspx?keyword=WH-1000XM5&pg=2"][:asked]
    assert read.page.last is (asked == 0)


@pytest.mark.parametrize("href", ["#top", "javascript:next()", "https://ads.example/x", "/category/2"])
def test_a_link_elsewhere_is_no_next_page(href: str) -> None:
    assert full_page("sofmap", 2, f'<a href="{href}">次へ</a>').next_requests == []
