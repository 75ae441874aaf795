"""Amazon's readers against real answers: four kinds of block page, product pages of other countries with truth made by
hand, SP-API answers, and those of the Creators API's predecessor, whose keys are the same in capitals.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from parsel import Selector

from kataban.crawling.replay import Envelope, Replayed, replay
from kataban.items import Availability, Condition, Outcome
from spiders.amazon_jp import AmazonJpSpider

pytestmark = pytest.mark.captures


def run(body: str, url: str, **more: Any) -> Replayed:
    headers = {"Content-Type": more.pop("kind", "text/html; charset=utf-8")}
    return replay(AmazonJpSpider(), Envelope(url=url, headers=headers, body=body.encode(), **more))


@pytest.mark.parametrize(("name", "status"), [
    ("block_captcha-field-keywords", 200), ("block_waf-challenge", 202), ("block_500", 503),
    ("block_post-signin-captcha-2", 200)])
@pytest.mark.parametrize("as_", ["search", "detail"])
def test_every_kind_of_block_page_is_blocked(captures: Path, name: str, status: int, as_: str) -> None:
    body = (captures / "amazon" / f"{name}.html").read_text(encoding="utf-8", errors="replace")
    url = "https://www.amazon.co.jp/s?k=x" if as_ == "search" else "https://www.amazon.co.jp/dp/B09Y2MYL5C"
    listing = {"listing_id": "B09Y2MYL5C", "url": url, "title": "x"} if as_ == "detail" else {}
    assert run(body, url, status=status, as_=as_, listing=listing).outcome is Outcome.BLOCKED


def product(captures: Path, name: str, asin: str) -> tuple[Selector, Any]:
    body = (captures / "amazon" / name).read_text(encoding="utf-8", errors="replace")
    url = f"https://www.amazon.co.jp/dp/{asin}"
    row = {"listing_id": asin, "url": url, "title": "row"}
    read = run(body, url, as_="detail", listing=row)
    assert read.outcome is None, read.reason
    return Selector(body), read.listings[0]


TRUTH = [  # availability and number as the collectors of these pages wrote them beside the pages
    ("zyte_amazon-co-uk_B004SNMXRS.html", "B004SNMXRS", Availability.IN_STOCK, "A157S546"),
    ("zyte_amazon-com_B07FW264WL.html", "B07FW264WL", Availability.SOLD_OUT, None),
    ("zyte_amazon-de_B00BRMIU7A.html", "B00BRMIU7A", Availability.SOLD_OUT, None),
    ("zyte_amazon-fr_B00P17Y73I.html", "B00P17Y73I", Availability.SOLD_OUT, None),
]


@pytest.mark.parametrize(("name", "asin", "availability", "number"), TRUTH)
def test_product_pages_of_other_countries(captures: Path, name: str, asin: str, availability: Availability,
                                          number: str | None) -> None:
    page, found = product(captures, name, asin)
    assert found.availability in {availability, Availability.UNKNOWN}
    if availability is Availability.SOLD_OUT:
        assert found.availability is Availability.SOLD_OUT
    assert found.price is None, "pounds, dollars and euros are no price"
    assert " ".join(page.css("#productTitle::text").get().split()).startswith(found.title[:40])
    if number:
        assert number in {found.mpn, *found.attributes.values()}


def test_a_renewed_item_is_not_new(captures: Path) -> None:
    page = Selector((captures / "amazon" / "com_product_in_stock.html").read_text(encoding="utf-8", errors="replace"))
    _, found = product(captures, "com_product_in_stock.html", page.css("input#ASIN::attr(value)").get())
    assert "(Renewed)" in page.css("#productTitle::text").get()
    assert (found.condition, found.availability) == (Condition.GOOD, Availability.IN_STOCK)


def test_the_new_offer_beside_a_used_one_has_its_own_seller(captures: Path) -> None:
    page, found = product(captures, "zyte_amazon-co-uk_B004SNMXRS.html", "B004SNMXRS")
    assert page.css("#sellerProfileTriggerId::text").get() == "Amazon Warehouse", "of the used offer"
    assert found.condition is Condition.NEW
    assert "Warehouse" not in found.seller.name
    assert found.brand == "Tefal"


@pytest.fixture
def co_jp(captures: Path) -> dict[str, Any]:
    """The predecessor's answer for one item of amazon.co.jp, written in Python's way with small letters."""
    text = (captures / "amazon" / "paapi5_python_repr_co_jp_B00XP5KLLK.txt").read_text(encoding="utf-8")
    import ast

    return ast.literal_eval(text[text.index("{"):text.rindex("}") + 1])


def camel(node: Any) -> Any:
    """Keys as the Creators API writes them: ItemInfo, item_info -> itemInfo; EANs -> eans."""
    if isinstance(node, list):
        return [camel(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {_camel(key): camel(value) for key, value in node.items()}


def _camel(key: str) -> str:
    if key in {"ea_ns", "isb_ns", "up_cs"}:  # how its collector's program took EANs apart
        return key.replace("_", "")
    if "_" in key or key.islower():
        first, *rest = key.split("_")
        return first + "".join(part.capitalize() for part in rest)
    return re.sub(r"^[A-Z]+(?=[A-Z][a-z]|$|s$)|^[A-Z]", lambda found: found[0].lower(), key)


def test_creators_reader_on_the_predecessors_item_of_co_jp(co_jp: dict[str, Any]) -> None:
    item = camel(co_jp)
    answer = {"searchResult": {"totalResultCount": 1, "items": [item]}}
    read = run(json.dumps(answer), "https://creatorsapi.amazon/catalog/v1/searchItems", kind="application/json",
               model_number="MD826AM/A")
    found = read.listings[0]
    info = co_jp["item_info"]
    assert found.listing_id.startswith(co_jp["asin"])
    assert found.title == " ".join(info["title"]["display_value"].split())
    assert found.mpn == info["manufacture_info"]["model"]["display_value"]
    assert found.gtin is None, "three numbers, two of them foreign, prove nothing"
    assert set(found.attributes["JAN/EAN"].split(", ")) == {
        number.zfill(13) for number in info["external_ids"]["ea_ns"]["display_values"]}


def vcr_body(captures: Path, name: str) -> str:
    yaml = pytest.importorskip("yaml")
    text = (captures / "amazon" / name).read_text(encoding="utf-8")
    return str(yaml.safe_load(text)["http_interactions"][-1]["response"]["body"]["string"])


def test_sp_offers_of_another_marketplace(captures: Path) -> None:
    body = vcr_body(captures, "spapi_test_get_item_offers.yml")
    (told,) = json.loads(body)["payload"]["Offers"]
    url = "https://sellingpartnerapi-fe.amazon.com/products/pricing/v0/items/B0CHXFCYCR/offers"
    row = {"listing_id": "B0CHXFCYCR", "url": "https://www.amazon.co.jp/dp/B0CHXFCYCR", "title": "x"}
    (found,) = run(body, url, kind="application/json", as_="detail", listing=row).listings
    assert found.listing_id == f"B0CHXFCYCR:{told['SellerId']}"
    assert (found.price, found.shipping) == (None, None), "pounds are no yen"
    assert (found.availability, found.condition) == (Availability.IN_STOCK, Condition.NEW)
    assert found.seller.percent_good is None
    yen = body.replace('"GBP"', '"JPY"')
    (found,) = run(yen, url, kind="application/json", as_="detail", listing=row).listings
    assert (found.price, found.shipping, found.shipping_included) == (int(told["ListingPrice"]["Amount"]), 0, True)


def test_sp_catalogue_of_another_marketplace(captures: Path) -> None:
    body = vcr_body(captures, "spapi_test_search_catalog_items.yml")
    url = "https://sellingpartnerapi-fe.amazon.com/catalog/2022-04-01/items?keywords=x"
    told = json.loads(body)["items"][0]
    read = run(body, url, kind="application/json", model_number="x")
    assert read.outcome is Outcome.BROKEN, "a summary of another marketplace is none of Japan's"
    japan = body.replace(told["summaries"][0]["marketplaceId"], "A1VC38T7YXB528")
    (found,) = run(japan, url, kind="application/json", model_number="x").listings
    assert (found.listing_id, found.title) == (told["asin"], told["summaries"][0]["itemName"])
