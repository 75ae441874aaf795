"""A market whose offers come and go, and whose hosts fall into trouble, at hours of its own clock."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from kataban.sample_market.answers import Ask
from kataban.sample_market.catalogue import Catalogue
from kataban.sample_market.clock import Clock
from kataban.sample_market.market import Market
from kataban.sample_market.tables import File

TOML = """
[[seller]]
source = "yahoo_shopping"
id = "shop"
name = "店"

[[host]]
name = "shopping.yahooapis.jp"
trouble = "challenge"
from = 48
until = 96

[[product]]
maker = "SEIKO"
model = "ZZ-100"
name = "時計"
[[product.offer]]
source = "yahoo_shopping"
id = "always"
seller = "shop"
title = "ZZ-100"
price = 1000
sold_out = [[10, 20]]
[[product.offer]]
source = "yahoo_shopping"
id = "late"
seller = "shop"
title = "ZZ-100"
price = 1000
from = 5
until = 12
"""
SEARCH = Ask("shopping.yahooapis.jp", "/ShoppingWebService/V3/itemSearch", query={"appid": "x", "query": "ZZ-100"})


def hits(hours: float) -> dict[str, bool]:
    """What the search shows at this hour, and whether it is in stock."""
    market = Market(Catalogue(Path(), [msgspec.toml.decode(TOML, type=File)]), Clock(hours))
    return {row["code"]: row["inStock"] for row in msgspec.json.decode(market.answer(SEARCH).body)["hits"]}


@pytest.mark.parametrize(("hours", "shown"), [
    (0, {"shop_always": True}),
    (5, {"shop_always": True, "shop_late": True}),
    (10, {"shop_always": False, "shop_late": True}),
    (12, {"shop_always": False}),
    (20, {"shop_always": True}),
])
def test_offers_come_and_go(hours: float, shown: dict[str, bool]) -> None:
    assert hits(hours) == shown


def test_a_host_is_in_trouble_for_its_hours_alone() -> None:
    clock = Clock()
    market = Market(Catalogue(Path(), [msgspec.toml.decode(TOML, type=File)]), clock)
    kinds = []
    for clock.hours in (47.9, 48, 95.9, 96):
        kinds.append(market.answer(SEARCH).content_type.split(";")[0])
    assert kinds == ["application/json", "text/html", "text/html", "application/json"]
