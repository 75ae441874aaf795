"""The truth of both weeks: the files are what the seed gives, they say what follows from them, the market has it so."""

from __future__ import annotations

from pathlib import Path

import pytest

from kataban.sample_market.catalogue import faults
from tests.week import shelves, truth
from tests.week.plant import FILES, plant, to_toml

pytestmark = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def test_the_file_is_what_its_seed_gives(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == to_toml(plant(FILES[path])), "python -m tests.week.plant"


def test_it_says_what_follows_from_its_offers(path: Path) -> None:
    week = truth.read(path)
    assert all(sku.gone == list(sku.gaps(week.end)) for sku in week.sku if not sku.fba)
    assert [(order.stock_out, order.savable) for order in week.order] == [
        (not week.by_sku[order.sku].supplied(order.at), week.is_savable(order)) for order in week.order]


def test_the_week_holds_what_the_issue_asks_for(path: Path) -> None:
    week, scale = truth.read(path), FILES[path]
    assert (len(week.sku), len(week.order)) == (sum(scale.skus.values()), sum(scale.orders.values()))
    assert len({sku.model.replace("-", "") for sku in week.sku} | {shelves.sibling(sku.model).replace("-", "")
                                                                   for sku in week.sku}) == 2 * len(week.sku)
    assert not {sku.sku for sku in week.sku if sku.fba} & {order.sku for order in week.order}
    assert any(order.savable for order in week.order)
    assert any(not order.savable for order in week.order)
    assert any(order.stock_out and order.savable for order in week.order)
    alone = [sku for sku in week.sku if sku.story == "only_blocked"]
    assert {offer.source for sku in alone for offer in sku.offers if not offer.trap} == {week.blocked.source}


def test_the_market_sells_at_each_hour_what_the_truth_says(path: Path) -> None:
    week = truth.read(path)
    whole = shelves.catalogue(week)
    assert not list(faults(whole))
    limits = {sku.model: sku.limit for sku in week.sku}
    for hour in (*week.moments[::3], week.moments[-1]):
        sold = {(placed.product.model, placed.offer.price) for placed in whole.at(hour).placed
                if placed.product.model in limits and placed.offer.truth == "exact" and placed.offer.buy == "now"
                and placed.offer.stock and placed.offer.condition in {"new", "unused"}
                and placed.offer.price <= limits[placed.product.model]}
        assert sold == {(sku.model, offer.price) for sku in week.sku for offer in sku.offers if offer.purchasable(hour)}
