"""Yahoo! Flea Market's item record against the one that is known, by eye. It was captured as the answer of the site's
own JSON service; the page carries the same record, so the test puts it where the page has it.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kataban.crawling.replay import Envelope, Replayed, replay
from kataban.items import Availability, Condition, Outcome, PriceKind
from spiders.yahoo_fleamarket import YahooFleamarketSpider

pytestmark = pytest.mark.captures

SEARCH = "https://paypayfleamarket.yahoo.co.jp/search/x"
HTML = {"Content-Type": "text/html; charset=utf-8"}


def run(url: str, as_: str, state: object) -> Replayed:
    data = json.dumps({"props": {"initialState": state}}, ensure_ascii=False)
    body = f'<html><body><main>x</main><script id="__NEXT_DATA__" type="application/json">{data}</script></body></html>'
    return replay(YahooFleamarketSpider(), Envelope(url=url, headers=HTML, as_=as_, body=body.encode()))


def test_item_by_eye(captures: Path) -> None:
    record = json.loads((captures / "yahoo_fleamarket" / "api_item_v2_reduced_2026-08.json").read_bytes())
    url = "https://paypayfleamarket.yahoo.co.jp/item/o1237764507"
    (found,) = run(url, "detail", {"itemsState": {"items": {"item": record}}}).listings
    assert (found.title, found.price, found.price_kind) == ("WiFi専用 iPad pro 12.9 第4世代", 73000, PriceKind.FIXED)
    assert (found.condition, found.condition_label) == (Condition.FAIR, "やや傷や汚れあり")
    assert (found.availability, found.shipping, found.shipping_included) == (Availability.IN_STOCK, 0, True)
    assert (found.ships_in_days, found.ships_from, found.brand) == ((1, 2), "山梨県", "Apple")
    assert found.posted_at.isoformat() == "2026-08-27T23:36:10+00:00"
    seller = found.seller
    assert (seller.seller_id, seller.percent_good, seller.review_count) == ("p1837072", 99.0, 545)


def test_search_by_eye(captures: Path) -> None:
    """The keys are the site's, the values its collector's."""
    result = json.loads((captures / "yahoo_fleamarket" / "api_search_v1_shape_only_2026-08.json").read_bytes())
    read = run(SEARCH, "search", {"searchState": {"search": {"result": result}}})
    rows = [(row.listing_id, row.price, row.condition, row.availability) for row in read.listings]
    assert rows == [("z111", 1500, Condition.UNUSED, Availability.IN_STOCK),
                    ("z222", 9000, Condition.LIKE_NEW, Availability.IN_STOCK)]
    assert (read.page.hits_reported, read.page.last, read.page.similarity) == (2, True, True)


@pytest.mark.parametrize("key", ["items", "totalResultsAvailable", "title", "price", "itemStatus", "id"])
def test_a_changed_key_is_broken(captures: Path, key: str) -> None:
    text = (captures / "yahoo_fleamarket" / "api_search_v1_shape_only_2026-08.json").read_text(encoding="utf-8")
    result = json.loads(text.replace(f'"{key}"', f'"{key}2"'))
    read = run(SEARCH, "search", {"searchState": {"search": {"result": result}}})
    assert (read.outcome, read.listings) == (Outcome.BROKEN, [])
