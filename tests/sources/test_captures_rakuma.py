"""Rakuma's item page against the one real page that is known, reduced by its collector to what a parser reads. The
parser takes title, price and stock from the meta tags; the second reading is what the page draws, or by eye.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from parsel import Selector

from kataban.crawling.replay import Envelope, Replayed, replay
from kataban.items import Availability, Condition, Outcome, PriceKind
from spiders.rakuma import RakumaSpider

pytestmark = pytest.mark.captures

URL = "https://item.fril.jp/0123456789abcdef0123456789abcdef"


@pytest.fixture
def body(captures: Path) -> str:
    return (captures / "rakuma" / "item_page_reduced_2026-09.html").read_text(encoding="utf-8")


def run(body: str) -> Replayed:
    row = {"listing_id": "0123456789abcdef0123456789abcdef", "title": "row", "price": 1, "seller": {"seller_id": "77"}}
    return replay(RakumaSpider(), Envelope(url=URL, headers={"Content-Type": "text/html; charset=utf-8"}, as_="detail",
                                           body=body.encode(), listing=row))


def test_item_page_against_what_it_draws(body: str) -> None:
    page = Selector(body)
    (found,) = run(body).listings
    drawn = "".join(page.css(".item__price ::text").getall())
    assert f"¥{found.price:,}" == drawn
    assert found.price_kind is PriceKind.FIXED
    assert found.title in page.css('meta[property="og:title"]::attr(content)').get()
    assert found.image_url in page.css("body img::attr(src)").getall()
    described = page.css('meta[property="og:description"]::attr(content)').get()
    assert re.sub(r"\s", "", found.description) == described


def test_item_page_by_eye(body: str) -> None:
    (found,) = run(body).listings
    assert found.title == "ナイキ29㎝ゴルフシューズ"
    assert (found.condition, found.condition_label) == (Condition.FAIR, "やや傷や汚れあり")
    assert found.ships_in_days == (4, 7)
    assert found.availability is Availability.IN_STOCK
    assert (found.shipping, found.shipping_included) == (None, None), "the reduced page does not say who pays"
    assert found.brand == "NIKE"
    seller = found.seller
    assert (seller.seller_id, seller.review_count, seller.name) == ("77", 234, None)
    assert seller.url == "https://fril.jp/shop/7adc49225dc95e2039e789ae60b918e9"


def test_without_meta_tags_the_drawn_price_counts(body: str) -> None:
    (found,) = run(re.sub(r'<meta property="product:[^>]*>', "", body)).listings
    assert found.price == 1900
    assert found.availability is Availability.UNKNOWN, "no word of stock is no stock"


def test_a_changed_page_is_broken(body: str) -> None:
    changed = body.replace("product:price:amount", "product:cost").replace("item__price", "item__cost")
    read = run(changed)
    assert (read.outcome, read.reason_code, read.listings) == (Outcome.BROKEN, "layout_changed", [])


def test_hidden_words_change_nothing(body: str) -> None:
    words = ('<script>{"sold":"売り切れ","gone":"お探しの商品は見つかりません","ask":"購入申請あり"}</script>'
             '<div hidden><p>この商品は削除されています</p></div><div style="display:none">captcha SOLD OUT</div>')
    assert run(body.replace("<body>", "<body>" + words)).plain() == run(body).plain()
