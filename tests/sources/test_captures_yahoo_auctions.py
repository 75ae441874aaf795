"""Yahoo! Auctions against the real markup and item record that are known; expected values by eye."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kataban.crawling.replay import Envelope, Replayed, replay
from kataban.items import Availability, Condition, Outcome, PriceKind
from spiders.yahoo_auctions import YahooAuctionsSpider

pytestmark = pytest.mark.captures

HTML = {"Content-Type": "text/html; charset=utf-8"}
SEARCH = "https://auctions.yahoo.co.jp/search/search?p=RTX"


def run(url: str, as_: str, body: str, **more: Any) -> Replayed:
    return replay(YahooAuctionsSpider(), Envelope(url=url, headers=HTML, as_=as_, body=body.encode(), **more))


@pytest.fixture
def block(captures: Path) -> str:
    text = (captures / "yahoo_auctions" / "search_block_reduced_dummy_ids_2026.html").read_text(encoding="utf-8")
    return f"<html><body><main>{text}</main></body></html>"


@pytest.fixture
def record(captures: Path) -> dict[str, Any]:
    text = (captures / "yahoo_auctions" / "item_embedded_json_2025-10_shape.json").read_text(encoding="utf-8")
    return json.loads(text)["nextData"]


def page(data: object) -> str:
    return ('<html><body><main>x</main><script id="__NEXT_DATA__" type="application/json">'
            f"{json.dumps(data, ensure_ascii=False)}</script></body></html>")


def test_search_rows_by_eye(block: str) -> None:
    """An auction with 20 bids, a store's auction with buy-now (1,100,000 without tax), a flea market row."""
    rows = run(SEARCH, "search", block).listings
    assert [(row.source, row.listing_id, row.price, row.price_kind) for row in rows] == [
        ("yahoo_auctions", "m0000000001", 19500, PriceKind.CURRENT_BID),
        ("yahoo_auctions", "u0000000002", 1210000, PriceKind.FIXED),
        ("yahoo_fleamarket", "z0000000003", 930000, PriceKind.FIXED),
    ]
    auction, store, flea = rows
    assert auction.title == "GeForce MSI RTX 5090 グラフィックボード Z09"
    assert (store.seller.seller_id, store.seller.business) == ("seller_dummy_b", True)
    assert (flea.found_via, flea.shipping_included, flea.seller) == ("yahoo_auctions", True, None)
    assert {row.availability for row in rows} == {Availability.UNKNOWN}


def test_item_record_by_eye(record: dict[str, Any]) -> None:
    url = "https://auctions.yahoo.co.jp/jp/auction/t1201146949"
    (found,) = run(url, "detail", page(record), listing={"listing_id": "t1201146949"}).listings
    assert (found.price, found.price_kind, found.availability) == (5000, PriceKind.CURRENT_BID, Availability.IN_STOCK)
    assert (found.condition, found.shipping, found.shipping_included) == (Condition.POOR, 0, True)
    assert (found.ships_from, found.quantity, found.attributes["返品"]) == ("兵庫県", 1, "不可")
    assert found.posted_at.isoformat() == "2025-10-02T07:41:42+00:00"
    seller = found.seller
    assert (seller.good, seller.bad, seller.review_count, seller.percent_good) == (265, 0, 265, 100.0)
    assert (seller.business, seller.badges, seller.identity_verified) == (False, ("スピード発送",), None)


@pytest.mark.parametrize("name", ["data-auction-id", "data-auction-price", "li class=\"Product\""])
def test_a_changed_row_is_broken(block: str, name: str) -> None:
    read = run(SEARCH, "search", block.replace(name, name.replace("-auction-", "-item-").replace("Product", "Tile")))
    assert (read.outcome, read.reason_code, read.listings) == (Outcome.BROKEN, "layout_changed", [])


@pytest.mark.parametrize("key", ["detail", "auctionId", "title", "price", "status"])
def test_a_changed_item_is_broken(record: dict[str, Any], key: str) -> None:
    changed = json.loads(json.dumps(record).replace(f'"{key}"', f'"{key}2"'))
    read = run("https://auctions.yahoo.co.jp/jp/auction/t1201146949", "detail", page(changed))
    assert (read.outcome, read.listings) == (Outcome.BROKEN, [])


def test_boxes_on_a_404_are_never_read(block: str) -> None:
    body = block.replace("<main>", "<main><p>一致する商品は見つかりませんでした</p>")
    read = run(SEARCH, "search", body, status=404)
    assert (read.outcome, read.listings) == (Outcome.NOTHING, [])
    hidden = block.replace("<main>", '<main><script>{"none":"一致する商品は見つかりませんでした"}</script>')
    assert run(SEARCH, "search", hidden, status=404).outcome is Outcome.BROKEN
    assert run(SEARCH, "search", hidden).plain() == run(SEARCH, "search", block).plain()
