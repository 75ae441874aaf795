"""Rakuten's real answers, where they are at hand. What is expected comes from a second reading, never from the parser.

The API's answers of 2019 to 2026 are read a second time by a few lines of other code here, over the raw JSON; single
values were read by eye. The item page of 2026-09 was at hand only as its JSON: the page around it is ours, the values
are by eye.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from kataban.crawling.replay import Envelope, Replayed, replay
from kataban.items import Listing
from tests.sources.saved import spider_of

pytestmark = pytest.mark.captures
API = "https://openapi.rakuten.co.jp/ichibams/api/IchibaItem/Search/20260701?keyword=x"
JSON = {"Content-Type": "application/json; charset=utf-8"}
SEARCHES = ("api2017_search_availability.1.json", "api2017_search_keyword.1.json", "api2017_search_page.1.json",
            "api2017_search_postageFlag.1.json", "api2022_fv1_raku_dump.json")


def read(body: bytes, *, status: int = 200, headers: dict[str, str] | None = None, url: str = API,
         as_: str = "search") -> Replayed:
    return replay(spider_of("rakuten_ichiba"), Envelope(url=url, status=status, headers=headers or JSON, body=body,
                                                        as_=as_, model_number="X-100"))


def second_reading(row: dict[str, Any]) -> tuple[Any, ...]:
    """What a row says, by plain access: code, yen, sold out, shipping paid, shop, the shop's path in the address."""
    row = row.get("Item", row)
    path = re.search(r"item\.rakuten\.co\.jp/([^?&]+)", unquote(row["itemUrl"]))
    low, high = row.get("itemPriceMin3"), row.get("itemPriceMax3")
    return (row["itemCode"], int(row["itemPrice"]), row["availability"] == 0, row["postageFlag"] == 0,
            " ".join(row["shopName"].split()), path and path[1], str(low) != str(high))


def first_reading(listing: Listing) -> tuple[Any, ...]:
    return (listing.listing_id, listing.price, listing.availability == "sold_out", listing.shipping == 0,
            listing.seller and listing.seller.name, listing.url.removeprefix("https://item.rakuten.co.jp/"),
            listing.price_kind == "range")


@pytest.mark.parametrize("name", SEARCHES)
def test_searches_agree_with_a_second_reading(captures: Path, name: str) -> None:
    body = (captures / "rakuten" / name).read_bytes()
    raw, found = json.loads(body), read(body)
    assert [first_reading(listing) for listing in found.listings] == [second_reading(row) for row in raw["Items"]]
    assert found.page is not None
    assert (found.page.hits_reported, found.page.unreadable) == (raw["count"], 0)
    assert [f"page={raw['page'] + 1}" in request.url for request in found.next_requests] == [True]


def test_85_rows_of_2026_through_affiliate_links(captures: Path) -> None:
    rows = json.loads((captures / "rakuten/api2026_items_articles-data.json").read_bytes())
    found = read(json.dumps({"count": len(rows), "page": 1, "pageCount": 1, "Items": rows}).encode())
    assert [first_reading(listing) for listing in found.listings] == [second_reading(row) for row in rows]
    assert len(found.listings) == 85
    assert not [listing.url for listing in found.listings if "rafcid" in listing.url or "hb.afl" in listing.url]
    # By eye: one row has 1980 as the lowest of its first pair, with a subscription, and one price to pay.
    assert [(one.price, one.price_kind) for one, row in zip(found.listings, rows, strict=True)
            if int(row["itemPriceMin1"]) == 1980 and int(row["itemPriceMax1"]) == 2480] == [(2480, "fixed")]


def test_a_console_of_2025_by_eye(captures: Path) -> None:
    first, second = read((captures / "rakuten/api2022_fv1_raku_dump.json").read_bytes()).listings
    assert (first.listing_id, first.title, first.price, first.shipping) == ("book:21101671", "PlayStation5", 79979, 0)
    assert (first.url, first.availability) == ("https://item.rakuten.co.jp/book/17668536/", "in_stock")
    assert "CFIー2000A01 JAN：4948872415934" in (first.description or "")
    assert (second.price, second.shipping, second.shipping_included) == (79980, None, False)
    assert first.image_url == (
        "https://thumbnail.image.rakuten.co.jp/@0_mall/book/cabinet/5934/4948872415934_1_3.jpg")


def test_used_books_are_marked_by_their_titles(captures: Path) -> None:
    body = (captures / "rakuten/api2017_search_keyword.1.json").read_bytes()
    used = {row["itemCode"] for row in json.loads(body)["Items"] if "中古" in row["itemName"]}
    assert used
    assert {one.listing_id for one in read(body).listings if one.condition == "good"} == used


@pytest.mark.parametrize(("name", "outcome", "reason_code"), [
    ("api2017_error_fake_credentials.json", "no_key", "bad_key"),
    ("api2017_error_invalid_param.json", "broken", "refused_query"),
])
def test_error_bodies(captures: Path, name: str, outcome: str, reason_code: str) -> None:
    found = read((captures / "rakuten" / name).read_bytes(), status=400)
    assert (found.outcome, found.reason_code, found.page) == (outcome, reason_code, None)


BLOCKS = [("page_block_akamai_200.html", 200), ("page_block_403_branded.html", 403)]


@pytest.mark.parametrize(("name", "status"), BLOCKS)
def test_block_pages(captures: Path, name: str, status: int) -> None:
    body, html = (captures / "rakuten" / name).read_bytes(), {"Content-Type": "text/html; charset=UTF-8"}
    for as_, url in (("search", API), ("detail", "https://item.rakuten.co.jp/a/b/")):
        found = read(body, status=status, headers=html, url=url, as_=as_)
        assert (found.outcome, found.reason_code, found.listings) == ("blocked", "challenge", [])


def test_the_same_page_with_503_is_a_throttle(captures: Path) -> None:
    found = read((captures / "rakuten/page_block_403_branded.html").read_bytes(), status=503,
                 headers={"Content-Type": "text/html; charset=UTF-8"})
    assert (found.outcome, found.reason_code) == ("rate_limited", "throttled")


def test_an_item_page_of_2026_by_eye(captures: Path) -> None:
    island = (captures / "rakuten/page_item_2026-09_island_shortened.json").read_text(encoding="utf-8")
    page = f'<html><body><script type="application/json" id="item-page-app-data">{island}</script></body></html>'
    (found,) = read(page.encode("euc_jis_2004", "xmlcharrefreplace"), as_="detail",
                    headers={"Content-Type": "text/html; charset=EUC-JP"},
                    url="https://item.rakuten.co.jp/sawaicoffee-tea/solandluna/").listings
    assert (found.listing_id, found.price, found.price_kind) == ("sawaicoffee-tea:10004781", 5199, "fixed")
    assert (found.availability, found.quantity, found.ships_in_days) == ("in_stock", 5212, (3, 10))
    assert (found.shipping, found.points, found.gtin, found.mpn) == (0, 104, None, None)
    assert found.brand == "澤井珈琲 / sawai coffee"
    assert found.attributes["挽き方"] == "豆のまま"
    assert found.attributes["総重量"] == "1600g"
    assert found.seller is not None
    assert (found.seller.seller_id, found.seller.name) == ("sawaicoffee-tea", "澤井珈琲Beans＆Leaf")
    corrupted = page.replace('"itemInfoSku"', '"itemInfo"').encode("euc_jis_2004", "xmlcharrefreplace")
    assert read(corrupted, as_="detail", headers={"Content-Type": "text/html; charset=EUC-JP"},
                url="https://item.rakuten.co.jp/a/b/").outcome == "broken"
