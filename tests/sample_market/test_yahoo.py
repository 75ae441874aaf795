"""The sample Yahoo! Shopping keeps to what is known of the real API v3."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kataban.sample_market.answers import Answer, Ask
from kataban.sample_market.catalogue import Catalogue
from kataban.sample_market.sites import yahoo
from kataban.sample_market.tables import File, Offer, Product, Seller

Get = Callable[..., Answer]


def shop(*offers: Offer) -> Catalogue:
    seller = Seller(source="yahoo_shopping", id="shop", name="店", average=4.5, reviews=10)
    product = Product(maker="Z", model="ZZ-1", jan="4901234567894", name="z", offer=list(offers))
    return Catalogue(Path(), [File(seller=[seller], product=[product])])


def offer(code: str, **fields: object) -> Offer:
    return Offer(source="yahoo_shopping", id=code, seller="shop", title="ZZ-1", price=1000, **fields)  # type: ignore[arg-type]


def ask(catalogue: Catalogue, **query: str) -> Answer:
    return yahoo.answer(Ask(yahoo.API, yahoo.PATH, query={"appid": "sample"} | query), catalogue)


def test_a_row_has_what_the_api_gives() -> None:
    body = json.loads(ask(shop(offer("a", shipping=0, stock=0, condition="good")), query="zz1").body)
    assert (body["totalResultsAvailable"], body["totalResultsReturned"], body["firstResultsPosition"]) == (1, 1, 1)
    row = body["hits"][0]
    assert (row["code"], row["inStock"], row["condition"], row["janCode"]) == ("shop_a", False, "used", "4901234567894")
    assert row["seller"]["review"] == {"rate": 4.5, "count": 10}
    assert "modelNumber" not in row


@pytest.mark.parametrize(("shipping", "code"), [(0, 2), (None, 1), (550, 3)])
def test_only_code_2_is_free_shipping(shipping: int | None, code: int) -> None:
    row = json.loads(ask(shop(offer("a", shipping=shipping)), query="ZZ-1").body)["hits"][0]
    assert row["shipping"]["code"] == code


def test_the_jan_is_compared_exactly_and_may_be_missing() -> None:
    catalogue = shop(offer("a"), offer("b", quirks=["no_jan"]))
    codes = [row["code"] for row in json.loads(ask(catalogue, jan_code="4901234567894").body)["hits"]]
    assert codes == ["shop_a"]
    assert {row["janCode"] for row in json.loads(ask(catalogue, query="ZZ-1").body)["hits"]} == {"4901234567894", ""}


def test_no_hit_is_an_empty_list() -> None:
    body = json.loads(ask(shop(offer("a")), query="QQ-9").body)
    assert (body["totalResultsAvailable"], body["hits"]) == (0, [])


def test_pages_and_a_row_listed_twice() -> None:
    catalogue = shop(*(offer(f"a{n:02d}") for n in range(60)), offer("z", quirks=["listed_twice"]))
    first = json.loads(ask(catalogue, query="ZZ-1", results="50").body)
    second = json.loads(ask(catalogue, query="ZZ-1", results="50", start="51").body)
    assert (first["totalResultsAvailable"], len(first["hits"]), len(second["hits"])) == (62, 50, 12)
    assert [row["code"] for row in second["hits"]][-2:] == ["shop_z", "shop_z"]


@pytest.mark.parametrize(("query", "status"), [
    ({"query": "ZZ-1", "appid": ""}, 403), ({}, 400), ({"jan_code": "4901234567890"}, 400),
    ({"query": "ZZ-1", "results": "51"}, 400), ({"query": "ZZ-1", "start": "990", "results": "20"}, 400),
])
def test_refusals(query: dict[str, str], status: int) -> None:
    answer = ask(shop(offer("a")), **query)
    assert answer.status == status
    assert json.loads(answer.body)["Error"]["Code"] == status


def test_the_bundled_yahoo_is_changed_for_one_model_only(get: Get) -> None:
    good = json.loads(get(yahoo.API, yahoo.PATH, {"appid": "s", "query": "DMR-4X602"}).body)
    changed = json.loads(get(yahoo.API, yahoo.PATH, {"appid": "s", "query": "SRR680"}).body)
    assert isinstance(good["hits"], list)
    assert "hits" not in changed
