"""Real product pages: the labelled set as a whole, and single pages read by eye."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kataban.items import Availability, CannotLook, Condition
from kataban.parsers.cart_scripts import shopify_product, woocommerce_product
from kataban.parsers.page_kind import challenge_of
from kataban.parsers.product import read_product
from tests.parsers.test_page_kind import Page
from tests.parsers.truth import json_ld_alone, measure, seen_alone, whole

pytestmark = pytest.mark.captures
IN, OUT = Availability.IN_STOCK, Availability.SOLD_OUT

# Read by eye from the rendered page: the payable price in the buy box, the words about stock, the table rows.
BY_EYE: dict[str, dict[str, Any]] = {
    "surugaya/surugaya_detail_timesale.html": {
        "price": "2800",
        "availability": IN,
        "mpn": "VWDZ-8198",
        "gtin": "4959241753045",
        "condition": Condition.GOOD,
    },
    "surugaya/surugaya_detail_new_used.html": {
        "availability": IN,
        "mpn": "BEE-P-AAAAA",
        "gtin": "4902370553260",
        "brand": "任天堂",
    },
    "generic_retail_us/bhphotovideo_in_stock.html": {
        "price": "155.99",
        "availability": IN,
        "brand": "MSI",
        "mpn": "G165D6VXSC1",
    },
    "generic_retail_us/bestbuy_out_of_stock.html": {"price": "399.99", "availability": OUT, "brand": "NVIDIA"},
    "generic_retail_us/adorama_out_of_stock.html": {"price": "779.99", "availability": OUT, "mpn": "10G-P5-3885-KR"},
    "generic_retail_us/metascraper_etsy.html": {"price": "53.11", "availability": IN},
    "amazon/com_product_in_stock.html": {"price": "599.66", "availability": IN, "sku": "B08JJC6WLV"},
    "amazon/com_product_out_of_stock.html": {
        "price": None,
        "availability": OUT,
        "brand": "ASUS",
        "mpn": "DUAL-RTX3070-8G",
    },
    "amazon/zyte_amazon-co-uk_B004SNMXRS.html": {"price": "48.99", "availability": IN, "brand": "Tefal"},
    "amazon/zyte_amazon-com_B07FW264WL.html": {"price": None, "availability": OUT, "gtin": "099482467999"},
    "amazon/zyte_amazon-de_B00BRMIU7A.html": {"price": None, "availability": OUT},
    "amazon/zyte_amazon-fr_B00P17Y73I.html": {"price": None, "availability": OUT, "brand": "KONMAY"},
}


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


@pytest.mark.parametrize("name", sorted(BY_EYE))
def test_page(captures: Path, name: str) -> None:
    host = "www.example.jp" if name.startswith("surugaya") else "www.example.com"
    read = read_product(text_of(captures / name), f"https://{host}/item").product
    found = {field: value if field in {"availability", "condition"} or value is None else str(value)
             for field in BY_EYE[name] for value in [getattr(read, field)]}
    assert found == BY_EYE[name]


@pytest.fixture(scope="module")
def counts(captures: Path) -> dict[str, Counter[str]]:
    """What all layers read of the labelled pages."""
    return measure(captures / "product_pages", whole)


def test_labelled_pages(counts: dict[str, Counter[str]]) -> None:
    """The aims of the product: price right on 90 % of the labelled pages, hardly anything wrong."""
    labelled = {
        field: sum(count[verdict] for verdict in ("right", "wrong", "missing")) for field, count in counts.items()
    }
    share = {
        field: {verdict: count[verdict] / labelled[field] for verdict in ("right", "wrong")}
        for field, count in counts.items()
    }
    assert share["price"]["right"] >= 0.90
    assert share["availability"]["right"] >= 0.85
    assert share["brand"]["right"] >= 0.85
    assert share["sku"]["right"] >= 0.80
    assert share["gtin"]["right"] >= 0.85
    assert {field: counts[field]["wrong"] for field in counts} == pytest.approx(
        {"price": 0, "availability": 1, "brand": 1, "mpn": 1, "sku": 0, "gtin": 0}, abs=1
    )


def test_it_is_better_than_json_ld_alone(captures: Path, counts: dict[str, Counter[str]]) -> None:
    plain = measure(captures / "product_pages", json_ld_alone)
    assert all(counts[field]["right"] > plain[field]["right"] for field in counts)
    assert all(counts[field]["wrong"] <= plain[field]["wrong"] for field in counts)


def test_what_is_seen_alone_is_hardly_ever_wrong(captures: Path) -> None:
    """The same pages as those of a shop without data for machines: less is read, and none of it falsely."""
    seen = measure(captures / "product_pages", seen_alone)
    assert seen["price"]["right"] >= 45
    assert seen["availability"]["right"] >= 45
    assert {field: seen[field]["wrong"] for field in ("price", "availability", "gtin")} == {
        "price": 0, "availability": 0, "gtin": 0}


@pytest.mark.parametrize(
    "name",
    [
        "amazon/block_500.html",
        "amazon/block_captcha-field-keywords.html",
        "amazon/block_post-signin-captcha-2.html",
        "amazon/block_waf-challenge.html",
        "blocked_pages/walmart_captcha.html",
        "rakuten/page_block_403_branded.html",
        "rakuten/page_block_akamai_200.html",
    ],
)
def test_block_pages_are_no_look(captures: Path, name: str) -> None:
    with pytest.raises(CannotLook):
        challenge_of(Page(text_of(captures / name)))


def test_no_product_page_is_taken_for_a_challenge(captures: Path) -> None:
    pages = [
        path
        for folder in ("amazon", "generic_retail_us", "surugaya", "mercari", "yahoo_auctions")
        for path in sorted((captures / folder).glob("*.html"))
        if not path.name.startswith("block_")
    ]
    assert len(pages) > 15
    for path in pages:
        challenge_of(Page(text_of(path)))


def test_shopify_and_woocommerce_data(captures: Path) -> None:
    import json

    data = json.loads(
        (captures / "shopify/product_js_perfumedirect_2026-10-05_trimmed.json").read_text(encoding="utf-8")
    )
    product = shopify_product(data)
    assert product is not None
    assert len(product.variants) == len(data["variants"])
    assert [one.price * 100 for one in product.variants if one.price] == [one["price"] for one in data["variants"]]
    (item, *_) = json.loads((captures / "woocommerce/storeapi_products_docs_example.json").read_text(encoding="utf-8"))
    read = woocommerce_product(item)
    assert read is not None
    assert (read.name, read.availability) == (item["name"], IN if item["is_in_stock"] else OUT)
