"""A small simulated week in the suite: the same machinery as `make week`, with a truth of its own."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kataban.sample_market.server import Server
from tests.week import shelves, truth
from tests.week.__main__ import HERE, MUST_BE_0
from tests.week.amazon import PERSONAL, Amazon
from tests.week.at import Verbs
from tests.week.figures import Figures, figures, leaked
from tests.week.truth import Truth
from tests.week.week import Week, environment, live


@pytest.fixture(scope="module")
def small() -> Truth:
    """The truth of the small week."""
    return truth.read(HERE / "truth_small.toml")


@pytest.fixture(scope="module")
def week(small: Truth, tmp_path_factory: pytest.TempPathFactory) -> Week:
    """The small week, lived through."""
    folder = tmp_path_factory.mktemp("week")
    lived, requests = live(small, folder)
    lived.record.requests["in the log"] = len(requests)
    return lived


@pytest.fixture(scope="module")
def found(week: Week) -> Figures:
    """Its figures."""
    return figures(week, [])


@pytest.mark.parametrize("name", MUST_BE_0)
def test_what_must_never_happen_did_not(found: Figures, name: str) -> None:
    assert found.values[name] == 0, found.behind.get(name)


def test_every_savable_order_was_saved(found: Figures) -> None:
    saved, savable = found.values["orders_saved"]
    assert savable >= 6
    assert saved == savable, found.behind["lost"]


def test_stock_outs_are_seen_before_the_order(found: Figures, week: Week) -> None:
    """All of those that were there for a round of the watch (24 hours) before the order came."""
    could_see = [order for order in week.truth.order
                 if order.stock_out and week.truth.by_sku[order.sku].gone[0][0] + 24 < order.at]
    assert could_see
    missed = {entry["order_id"] for entry in found.behind["stock_outs_not_seen"]}
    assert not missed & {order.order_id for order in could_see}


def test_supply_that_is_back_brings_the_listing_back(found: Figures) -> None:
    restored, back = found.values["restored"]
    assert back
    assert restored == back, found.behind["still_down"]


def test_the_replaced_model_is_found_with_its_successor(found: Figures) -> None:
    right, replaced = found.values["successors"]
    assert right == replaced == 1, found.behind["discontinued"]


def test_personal_data_would_be_found(tmp_path: Path, small: Truth) -> None:
    """The search for it finds it where it is: in the reports themselves."""
    amazon = Amazon(small)
    amazon.pass_time(0, 60)
    reports = amazon.write_reports(tmp_path, 60.5, listings=True)
    assert sorted(leaked(tmp_path)) == sorted(path.name for path in reports if "listings" not in path.name)
    assert all(any(part in path.read_text() for path in reports) for part in PERSONAL)


def test_a_verb_believes_its_moment_and_the_next_one_another(tmp_path: Path, small: Truth) -> None:
    home = tmp_path / "home"
    with (Server(shelves.catalogue(small), tmp_path / "log.jsonl") as server,
          Verbs(environment(home, tmp_path, server), tmp_path) as verbs):
        for moment in (datetime(2031, 3, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)):
            assert verbs.run(moment, "search").code == 0
            ended = datetime.fromisoformat(json.loads((home / "run.json").read_text())["ended_at"])
            assert timedelta() < ended - moment < timedelta(minutes=2)
