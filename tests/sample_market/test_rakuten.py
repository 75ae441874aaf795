"""The sample Rakuten keeps to what is known of the real one."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from kataban.sample_market.answers import Answer, Ask
from kataban.sample_market.catalogue import Catalogue, load
from kataban.sample_market.sites import rakuten
from kataban.sample_market.tables import File, Offer, Product, Seller

KEYS = {"applicationId": "sample", "accessKey": "sample", "formatVersion": "2"}
SEARCH = "/ichibams/api/IchibaItem/Search/20260701"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def api(catalogue: Catalogue, path: str = SEARCH, **query: str) -> Answer:
    return rakuten.answer(Ask(rakuten.API, path, query=KEYS | query), catalogue)


def test_no_hit_has_no_list_key(catalogue: Catalogue) -> None:
    body = json.loads(api(catalogue, keyword="QZX-00991").body)
    assert body == {"count": 0, "page": 1, "first": 0, "last": 0, "hits": 0, "pageCount": 0}


def test_rows_are_flat_under_a_capital_key_and_may_hold_numbers_as_strings(catalogue: Catalogue) -> None:
    body = json.loads(api(catalogue, keyword="WH1000XM5B").body)
    assert body["count"] == len(body["Items"]) >= 2
    prices = {type(row["itemPrice"]) for row in body["Items"]}
    assert prices == {str, int}
    row = body["Items"][0]
    assert row["itemCode"].count(":") == 1
    assert "?rafcid=wsc_i_is_sample" in row["itemUrl"]
    assert not {"jan", "janCode", "brand", "condition"} & row.keys()


def test_format_version_1_wraps_rows(catalogue: Catalogue) -> None:
    body = json.loads(api(catalogue, keyword="WH-1000XM5", formatVersion="1").body)
    assert set(body["Items"][0]) == {"Item"}


def test_lower_case_list_key_is_a_switch() -> None:
    catalogue = load()
    catalogue.rakuten.list_key = "items"
    assert "items" in json.loads(api(catalogue, keyword="WH-1000XM5").body)


@pytest.mark.parametrize(("query", "status", "text"), [
    ({"keyword": "WH-1000XM5 B"}, 400, "keyword length must be over 2 characters"),
    ({"keyword": ""}, 400, "essential parameter"),
    ({"keyword": "カメラ" * 30}, 400, "keyword is not valid"),
    ({"keyword": "x9", "applicationId": ""}, 400, "specify valid applicationId"),
    ({"keyword": "x9", "accessKey": ""}, 403, "ACCESS_KEY_MISSING"),
])
def test_refusals(catalogue: Catalogue, query: dict[str, str], status: int, text: str) -> None:
    answer = api(catalogue, **query)
    assert answer.status == status
    assert text in answer.body.decode()


def test_a_retired_version_looks_like_a_wrong_id(catalogue: Catalogue) -> None:
    answer = api(catalogue, SEARCH.replace("20260701", "20220601"), keyword="WH-1000XM5")
    assert answer.status == 400
    assert json.loads(answer.body)["error_description"] == "API Configuration not found"


def test_sold_out_rows_come_only_when_asked_for() -> None:
    offer = Offer(source="rakuten_ichiba", id="900", seller="z-shop", title="ZZ-900", price=1, stock=0)
    catalogue = Catalogue(Path(), [File(seller=[Seller(source="rakuten_ichiba", id="z-shop", name="z")],
                                        product=[Product(maker="Z", model="ZZ-900", name="z", offer=[offer])])])
    assert json.loads(api(catalogue, keyword="ZZ-900").body)["count"] == 0
    assert json.loads(api(catalogue, keyword="ZZ-900", availability="0").body)["Items"][0]["availability"] == 0


def test_item_page_is_euc_jp_with_one_sku_per_variant(catalogue: Catalogue) -> None:
    page = next(page for page in catalogue.pages("rakuten_ichiba") if len(page) > 1)
    path = rakuten.item_url(page[0]).removeprefix("https://item.rakuten.co.jp")
    answer = rakuten.answer(Ask(rakuten.ITEM, path), catalogue)
    assert answer.content_type == "text/html; charset=euc-jp"
    data = re.search(r'id="item-page-app-data">(.*?)</script>', answer.body.decode("euc-jp"), re.DOTALL)
    assert data
    info = json.loads(data[1])["newApi"]["itemInfoSku"]
    assert [sku["variantId"] for sku in info["sku"]] == [placed.offer.variant for placed in page]
    assert {sku["articleNumber"]["value"] for sku in info["sku"]} == {placed.product.jan for placed in page}
    counts = {row["sku"]: row["quantity"] for row in info["purchaseInfo"]["variantMappedInventories"]}
    assert counts == {placed.offer.variant: placed.offer.stock for placed in page}


def test_an_unknown_item_is_gone(catalogue: Catalogue) -> None:
    answer = rakuten.answer(Ask(rakuten.ITEM, "/nobody/nothing/"), catalogue)
    assert answer.status == 404
    assert "ページが表示できません" in answer.body.decode("euc-jp")


PRODUCTS = "/ichibaproduct/api/Product/Search/20250801"


def test_the_product_search_knows_a_jan_and_sells_nothing(catalogue: Catalogue) -> None:
    product = next(one for one in catalogue.products if one.jan)
    body = json.loads(api(catalogue, PRODUCTS, productCode=str(product.jan)).body)
    (row,) = body["Products"]
    assert (body["count"], row["productNo"], row["productCode"]) == (1, product.model, product.jan)
    assert not {"itemPrice", "itemUrl"} & row.keys()
    (wrapped,) = json.loads(api(catalogue, PRODUCTS, productCode=str(product.jan), formatVersion="1").body)["Products"]
    assert wrapped == {"Product": row}


@pytest.mark.parametrize(("path", "query", "status", "text"), [
    (PRODUCTS, {"productCode": "4999999999996"}, 200, '"count": 0'),
    (PRODUCTS, {"productCode": ""}, 400, "essential parameter"),
    (PRODUCTS.replace("20250801", "20170426"), {"productCode": "4999999999996"}, 400, "API Configuration not found"),
    (PRODUCTS, {"productCode": "4999999999996", "accessKey": ""}, 403, "ACCESS_KEY_MISSING"),
])
def test_the_product_search_refuses_like_the_others(catalogue: Catalogue, path: str, query: dict[str, str],
                                                    status: int, text: str) -> None:
    answer = api(catalogue, path, **query)
    assert (answer.status, text in answer.body.decode()) == (status, True)
