"""The independent shops: each shop system with its own oddities."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import chompjs
import pytest
from parsel import Selector

from kataban.sample_market.answers import Answer, Ask
from kataban.sample_market.catalogue import Catalogue
from kataban.sample_market.sites import known_shops, shops
from kataban.sample_market.tables import File, Offer, Product, Shop

HOST = "shop-a.example.jp"


def catalogue(kind: str, *offers: dict[str, Any]) -> Catalogue:
    """One shop of this kind; each offer is a product of its own."""
    products = [Product(maker="ABC", maker_ja="エービーシー", model=f"ABC-10{n}", jan="4901234567894", name="見本",
                        offer=[Offer(**{"source": "independent_shops", "id": "10", "seller": HOST, "title": "見本品",
                                        "price": 11000, "path": "mihon", **offer})]) for n, offer in enumerate(offers)]
    return Catalogue(Path(), [File(shop=[Shop(host=HOST, kind=kind, name="見本店")], product=products)])  # type: ignore[arg-type]


def fetch(market: Catalogue, suffix: str = "") -> Answer:
    address = shops.page_url(market.pages(shops.SOURCE)[0][0], market).removeprefix(f"https://{HOST}") + suffix
    path, _, query = address.partition("?")
    return shops.answer(Ask(HOST, path, query=dict([query.split("=")] if query else [])), market)


def html(answer: Answer) -> Selector:
    return Selector(answer.body.decode(answer.content_type.rpartition("=")[2]))


def json_ld(selector: Selector) -> list[Any]:
    return [json.loads(text) for text in selector.css('script[type="application/ld+json"]::text').getall()]


TWO = ({"variant": "501", "variant_label": "黒", "stock": 0}, {"variant": "502", "variant_label": "白", "price": 12000})


def test_shopify_product_group_and_money_in_hundredths() -> None:
    market = catalogue("shopify", *TWO)
    (group,) = json_ld(html(fetch(market)))
    assert group["@type"] == "ProductGroup"
    rows = [(v["sku"], v["offers"]["price"], v["offers"]["availability"][-10:]) for v in group["hasVariant"]]
    assert rows == [("ABC-100", "11000", "OutOfStock"), ("ABC-101", "12000", "rg/InStock")]
    document = json.loads(fetch(market, ".js").body)
    assert [(v["id"], v["price"], v["available"], v["barcode"]) for v in document["variants"]] == [
        (501, 1100000, False, "4901234567894"), (502, 1200000, True, "4901234567894")]
    assert json.loads(fetch(market, ".json").body)["product"]["variants"][0]["price"] == "11000.00"


def test_color_me_is_euc_jp_with_its_object() -> None:
    answer = fetch(catalogue("colorme", {"stock": 2}))
    assert answer.content_type == "text/html; charset=euc-jp"
    text = answer.body.decode("euc-jp")
    shop = chompjs.parse_js_object(text[text.index("var Colorme = ") :])
    product = shop["product"]
    assert (product["model_number"], product["stock_num"]) == ("ABC-100", 2)
    assert product["sales_price_including_tax"] == 11000
    assert "customer" in shop
    assert not html(answer).css('script[type="application/ld+json"]')


def test_color_me_unmanaged_stock_is_null_and_a_title_may_say_sold_out_alone() -> None:
    answer = fetch(catalogue("colorme", {"quirks": ["stock_unmanaged", "sold_out_only_in_text"]}))
    text = answer.body.decode("euc-jp")
    assert chompjs.parse_js_object(text[text.index("var Colorme = ") :])["product"]["stock_num"] is None
    assert "SOLD OUT" in html(answer).css("title::text").get("")
    assert not html(answer).css("button")


def test_eccube_bare_availability_and_class_categories() -> None:
    page = html(fetch(catalogue("eccube4", *TWO)))
    (product,) = json_ld(page)
    assert (product["sku"], product["offers"]["price"]) == ("ABC-100", 11000)
    assert product["offers"]["availability"] == "InStock"
    assert page.css(".product-code-default::text").get() == "ABC-100 ～ ABC-101"
    script = page.xpath("//script[contains(., 'classCategories')]/text()").get("")
    classes = chompjs.parse_js_object(script)
    assert classes["502"][""] == {
        "classcategory_id2": "", "name": "白", "stock_find": True, "price01": "", "price02": "10,910",
        "price02_inc_tax": "12,000", "product_class_id": "502", "product_code": "ABC-101", "sale_type": "1"}


def test_eccube_a_quote_breaks_the_json_ld_while_the_page_sells() -> None:
    page = html(fetch(catalogue("eccube4", {"text": '薄さ "3mm" の新型', "quirks": ["broken_json_ld"]})))
    with pytest.raises(json.JSONDecodeError):
        json_ld(page)
    assert page.css("button.add-cart::text").get() == "カートに入れる"


def test_eccube_without_stock_asks_not_to_be_indexed() -> None:
    page = html(fetch(catalogue("eccube4", {"stock": 0})))
    assert page.css('meta[name="robots"]::attr(content)').get() == "noindex"
    assert page.css("button[disabled]")


def test_woocommerce_graph_price_specification_and_post_id_as_sku() -> None:
    product = json_ld(html(fetch(catalogue("woocommerce", {}))))[0]["@graph"][1]
    assert product["sku"] == 10
    assert "price" not in product["offers"][0]
    assert product["offers"][0]["priceSpecification"][0]["price"] == "11000"


def test_woocommerce_variations_stand_in_an_attribute_of_the_form() -> None:
    page = html(fetch(catalogue("woocommerce", *TWO)))
    offer = json_ld(page)[0]["@graph"][1]["offers"][0]
    assert (offer["@type"], offer["lowPrice"], offer["highPrice"]) == ("AggregateOffer", "11000", "12000")
    variations = json.loads(page.css("form.variations_form::attr(data-product_variations)").get(""))
    assert [(v["variation_id"], v["is_in_stock"]) for v in variations] == [(501, False), (502, True)]


def test_plain_shop_has_nothing_but_a_table() -> None:
    answer = fetch(catalogue("plain", {"shipping": 660, "stock": 1, "quirks": ["tax_excluded"]}))
    page = html(answer)
    rows = {tr.css("th::text").get(): tr.css("td::text").get() for tr in page.css("table tr")}
    assert (rows["型番"], rows["JANコード"], rows["在庫"]) == ("ABC-100", "4901234567894", "在庫あり（残り1点）")
    assert rows["価格"] == "10,000円（税抜）　税込 11,000円"
    assert not re.search(r"ld\+json|itemprop|og:", answer.body.decode())


@pytest.mark.parametrize(("host", "path", "query", "item"), [
    ("shop.tsukumo.co.jp", "/search", "keyword", "/goods/mihon/"),
    ("iosys.co.jp", "/items", "q", "/items/sample/mihon"),
])
def test_shops_known_by_name_answer_their_own_search(host: str, path: str, query: str, item: str) -> None:
    offer = Offer(source="independent_shops", id="10", seller=host, title="ABC-100", price=900, path="mihon")
    market = Catalogue(Path(), [File(shop=[Shop(host=host, kind="plain", name="店")],
                                     product=[Product(maker="ABC", model="ABC-100", name="見本", offer=[offer])])])
    hit = html(known_shops.answer(Ask(host, path, query={query: "abc100"}), market))
    assert hit.css("li a::attr(href)").getall() == [item]
    assert html(known_shops.answer(Ask(host, item), market)).css("h1::text").get() == "ABC-100"
    none = known_shops.answer(Ask(host, path, query={query: "QQQ-1"}), market)
    assert "該当する商品" in none.body.decode()
    assert not html(none).css("li")
    assert known_shops.answer(Ask(host, item), Catalogue(Path(), [])).status == 404


def test_every_shop_has_a_legal_page_and_404s() -> None:
    market = catalogue("plain", {})
    assert "見本店" in html(shops.answer(Ask(HOST, "/law"), market)).css("p::text").get("")
    assert shops.answer(Ask(HOST, "/item/none.html"), market).status == 404
