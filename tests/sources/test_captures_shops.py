"""Suruga-ya and Yodobashi against real pages. The second reading takes other places of the page than the source."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from parsel import Selector

from kataban.crawling.replay import Envelope, Replayed, replay
from kataban.items import Availability, Condition, PriceKind
from tests.sources.saved import spider_of

pytestmark = pytest.mark.captures
SURUGAYA, YODOBASHI = "https://www.suruga-ya.jp/", "https://www.yodobashi.com/"


def run(source: str, body: str, url: str, **more: object) -> Replayed:
    return replay(spider_of(source), Envelope(url=url, headers={"Content-Type": "text/html; charset=utf-8"},
                                              body=body.encode(), **more))


@pytest.fixture
def results(captures: Path) -> str:
    return (captures / "surugaya" / "surugaya_search_marika.html").read_text(encoding="utf-8")


def detail(captures: Path, name: str, number: str) -> tuple[str, Replayed]:
    body = (captures / "surugaya" / f"surugaya_detail_{name}.html").read_text(encoding="utf-8")
    url = f"{SURUGAYA}product/detail/{number}"
    row = {"listing_id": number, "url": url, "title": "row", "price": 1}
    return body, run("surugaya", body, url, as_="detail", listing=row)


def test_surugaya_results_against_the_pages_own_list(results: str) -> None:
    """Beside its cards the page hands its rows to a statistics script: id, name, brand and a price."""
    read = run("surugaya", results, f"{SURUGAYA}search?category=2&search_word=x", model_number="x")
    assert read.page is not None
    assert (read.page.rows, read.page.unreadable, read.page.hits_reported, read.page.last) == (24, 0, 84, False)
    script = re.findall(r"item_id: common\.htmlDecode\('(\d+)'\),\s*item_name: common\.htmlDecode\('(.*?)'\).*?"
                        r"item_brand: common\.htmlDecode\('(.*?)'\),\s*price: (\d+)", results, re.DOTALL)
    told = {number: (name, brand, int(price)) for number, name, brand, price in script}
    compared = 0
    for row in read.listings:
        number = row.listing_id.split("-")[0]
        if number in told and row.price and row.seller.seller_id == "surugaya":
            name, brand, price = told[number]
            assert "".join(row.title.split()).startswith("".join(name.split()))  # it cuts a name at a plus sign
            assert row.brand == brand
            # The script has one used offer's price: neither the new one's nor a range's lower end.
            if row.condition is Condition.GOOD and row.price_kind is PriceKind.FIXED:
                assert row.price == price
                compared += 1
    assert compared >= 5
    sold = [row for row in read.listings if row.availability is Availability.SOLD_OUT]
    assert len(sold) == results.count('<p class="price">品切れ</p>')
    assert all(row.price is None for row in sold)
    assert all(row.price for row in read.listings if row not in sold)


def test_surugaya_item_with_two_conditions(captures: Path) -> None:
    """The second reading is the radio buttons' own data, which the source does not read."""
    body, read = detail(captures, "new_used", "112000010")
    offers = [json.loads(text) for text in Selector(body).css("input[data-zaiko]::attr(data-zaiko)").getall()]
    assert len(offers) == len(read.listings) == 2
    paid = sorted(int(offer.get("price_sale") or offer["baika"]) for offer in offers)
    assert sorted(one.price for one in read.listings) == paid
    assert {one.condition for one in read.listings} == {Condition.NEW, Condition.GOOD}
    assert {one.gtin for one in read.listings} == set(re.findall(r'"gtin13"\s*:\s*"(\d+)"', body))
    assert all(one.mpn == "BEE-P-AAAAA" and one.availability is Availability.IN_STOCK for one in read.listings)
    assert {one.listing_id for one in read.listings} == {"112000010:0001-1", "112000010:0001-2"}


def test_surugaya_item_on_sale_has_the_price_that_is_paid(captures: Path) -> None:
    body, read = detail(captures, "timesale", "128049960")
    (found,) = read.listings
    (offer,) = [json.loads(text) for text in Selector(body).css("input[data-zaiko]::attr(data-zaiko)").getall()]
    assert found.price == int(offer["price_sale"]) < int(offer["baika"])
    assert (found.listing_id, found.mpn, found.quantity) == ("128049960", "VWDZ-8198", 1)
    assert found.price_kind is PriceKind.FIXED


@pytest.mark.parametrize(("old", "new"), [
    ('"offers": [', '"offers": , ['),  # a block that no JSON parser reads
    ("application/ld+json", "text/plain"),
])
def test_surugaya_needs_no_json_ld_to_buy(captures: Path, old: str, new: str) -> None:
    body, _ = detail(captures, "timesale", "128049960")
    url = f"{SURUGAYA}product/detail/128049960"
    row = {"listing_id": "128049960", "url": url, "title": "row"}
    (found,) = run("surugaya", body.replace(old, new), url, as_="detail", listing=row).listings
    assert (found.price, found.availability, found.mpn) == (2800, Availability.IN_STOCK, "VWDZ-8198")


def test_surugaya_hidden_note_does_not_make_it_sold_out(captures: Path) -> None:
    body, _ = detail(captures, "timesale", "128049960")
    assert "品切れ" in body
    url = f"{SURUGAYA}product/detail/128049960"
    bare = re.sub(r'<button type="button" class="btn_buy.*?</button>', "", body, flags=re.DOTALL)
    row = {"listing_id": "128049960", "url": url, "title": "row"}
    (found,) = run("surugaya", bare, url, as_="detail", listing=row).listings
    assert found.availability is Availability.UNKNOWN  # no button, so nothing says that it can be bought


def test_yodobashi_block_by_eye(captures: Path) -> None:
    block = (captures / "yodobashi" / "search_result_block_2024_in_stock_order.html").read_text(encoding="utf-8")
    read = run("yodobashi", f"<html><body>{block}</body></html>", f"{YODOBASHI}?word=x", model_number="x")
    (found,) = read.listings
    assert (found.listing_id, found.price, found.points, found.brand) == ("100000001007452601", 52800, 528, "◯△電機")
    assert found.title == "タブレット 10.9インチ Wi-Fiモデル 64GB シルバー"
    assert found.availability is Availability.BACKORDER
    assert found.store_stock == {"在庫のある店舗": "在庫のある店舗（0）"}
    assert found.url == f"{YODOBASHI}product/100000001007452601/"
