"""The bundled catalogue is complete and its answers stand in the file; a stranger's faults are one clear line each."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from stdnum import ean

from kataban.sample_market import expected, orders
from kataban.sample_market.catalogue import BUNDLED, Catalogue, CatalogueError, load
from kataban.sample_market.finding import squashed
from kataban.sample_market.market import SOURCES

GOOD = """
[[seller]]
source = "mercari"
id = "1"
name = "店"
[[product]]
maker = "ABC"
model = "ABC-100"
name = "見本"
jan = "4901234567894"
[[product.offer]]
source = "mercari"
id = "m00000000001"
seller = "1"
title = "ABC-100"
price = 100
"""


def test_sixty_products_of_fifteen_families(catalogue: Catalogue) -> None:
    families = Counter(product.family for product in catalogue.products)
    assert len(catalogue.products) >= 60
    assert len(families) >= 15
    assert all(product.jan is None or ean.is_valid(product.jan) for product in catalogue.products)
    assert len({squashed(product.model) for product in catalogue.products}) == len(catalogue.products)


def test_every_trap_of_the_plan_is_planted(catalogue: Catalogue) -> None:
    truths = {placed.offer.truth for placed in catalogue.placed}
    assert {"exact", "variant", "accessory", "part_or_box", "set"} <= truths
    offers = [placed.offer for placed in catalogue.placed]
    assert any(offer.auction for offer in offers)
    assert any("様専用" in offer.title for offer in offers)
    assert any(offer.stock == 0 for offer in offers)
    assert any("broken_json_ld" in offer.quirks for offer in offers)
    assert any(len(page) > 1 for page in catalogue.pages("rakuten_ichiba"))
    assert any(len(page) > 1 for page in catalogue.pages("independent_shops"))
    assert {shop.kind for shop in catalogue.shops.values()} >= {"shopify", "colorme", "eccube4", "plain"}
    assert {host.robots for host in catalogue.hosts.values()} >= {"disallow", "503"}
    assert {host.trouble for host in catalogue.hosts.values()} >= {"challenge", "503", "broken"}
    assert any(host.crawl_delay for host in catalogue.hosts.values())


def test_the_answers_in_the_file_are_those_of_the_catalogue(catalogue: Catalogue) -> None:
    assert expected.read(BUNDLED / "expected.toml") == expected.derive(catalogue)


def test_the_answers_hold_what_the_sample_queue_must_show(catalogue: Catalogue) -> None:
    answers = expected.derive(catalogue)
    assert len(answers) >= 14
    assert sum(not answer.alternatives for answer in answers) == 1
    assert {a.source for answer in answers for a in answer.alternatives} == {
        "rakuten_ichiba", "yahoo_shopping", "mercari", "mercari_shops", "rakuma", "independent_shops", "yahoo_auctions",
        "yahoo_fleamarket", "yodobashi", "surugaya", "sofmap", "geo", "biccamera",
        "amazon_jp"}
    outcomes = {source: {answer.coverage[source] for answer in answers} for source in answers[0].coverage}
    assert "broken" in outcomes["yahoo_shopping"]
    assert {"blocked", "robots_denied", "found", "nothing"} <= outcomes["rakuma"]
    assert outcomes["independent_shops"] == {"found", "partial", "nothing"}
    assert any(a.purchase == "ask_first" for answer in answers for a in answer.alternatives)


def test_every_source_of_the_market_has_an_outcome_in_every_answer(catalogue: Catalogue) -> None:
    assert all(answer.coverage.keys() == set(SOURCES) for answer in expected.derive(catalogue))


def test_no_listing_is_both_alternative_and_trap(catalogue: Catalogue) -> None:
    for answer in expected.derive(catalogue):
        good = {(a.source, a.listing_id) for a in answer.alternatives}
        bad = {(t.source, t.listing_id) for t in answer.traps}
        assert not good & bad
        assert all(trap.why for trap in answer.traps)


def test_the_queue_covers_limit_condition_and_jan(catalogue: Catalogue) -> None:
    rows = orders.orders(catalogue)
    assert any(row["max_price"] for row in rows)
    assert any(row["condition"] == "good" for row in rows)
    assert any(row["jan"] for row in rows)
    assert len({row["order_id"] for row in rows}) == len(rows)


@pytest.mark.parametrize(("text", "date"), [
    ("+3d", "2026-11-28T23:59:59+09:00"), ("+30h", "2026-11-26T12:30:00+09:00"), ("+0d", "2026-11-25T23:59:59+09:00"),
    ("2026-12-24", "2026-12-24"), ("", ""),
])
def test_relative_days_become_dates_in_japan(text: str, date: str) -> None:
    assert orders.ship_by(text, datetime(2026, 11, 24, 21, 30, tzinfo=UTC)) == date


def test_the_queue_file_has_real_dates(catalogue: Catalogue, tmp_path: Path) -> None:
    out = tmp_path / "queue" / "orders.csv"
    count = orders.write(catalogue, out, datetime(2026, 11, 24, tzinfo=UTC))
    with out.open(encoding="utf-8", newline="") as lines:
        dates = [datetime.fromisoformat(row["ship_by"]) for row in csv.DictReader(lines)]
    assert len(dates) == count >= 14
    assert min(dates) > datetime(2026, 11, 24, tzinfo=UTC)


# --- a stranger's catalogue ------------------------------------------------------------------------------------------


def faults(folder: Path, text: str) -> str:
    (folder / "shop.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load(folder)
    return str(caught.value)


@pytest.mark.parametrize(("old", "new", "says"), [
    ('price = 100', 'price = "100"', "Expected `int`, got `str`"),
    ('price = 100', 'prise = 100', "unknown field `prise`"),
    ('price = 100', '', "missing required field `price`"),
    ('source = "mercari"\nid = "m', 'source = "merkari"\nid = "m', "Invalid enum value 'merkari'"),
    ('jan = "4901234567894"', 'jan = "4901234567890"', "no JAN with a right check digit"),
    ('seller = "1"', 'seller = "2"', "no [[seller]] of mercari has id '2'"),
    ('id = "m00000000001"', 'id = "x1"', "id must look like m"),
    ('price = 100', 'price = 100\ntruth = "set"', "a trap must say why"),
    ('price = 100', 'price = 100\nvariant = "1"', "has no variants"),
    ('price = 100', 'price = 100\nauction = { bids = 1, start_price = 1 }', "can only bid for"),
    ('[[product.offer]]', '[[product.offer', "shop.toml"),
])
def test_a_fault_is_one_line_that_names_file_and_place(tmp_path: Path, old: str, new: str, says: str) -> None:
    line = faults(tmp_path, GOOD.replace(old, new))
    assert says in line
    assert "\n" not in line


def test_a_fault_names_the_product_and_the_offer(tmp_path: Path) -> None:
    second = GOOD[GOOD.index("[[product]]"):].replace("ABC-100", "ABC-200").replace("m00000000001", "m00000000002")
    line = faults(tmp_path, GOOD + second.replace("price = 100", "price = 1.5"))
    assert "product 'ABC-200', offer 'm00000000002': Expected `int`" in line


def test_two_offers_with_one_id_are_refused(tmp_path: Path) -> None:
    assert "two offers" in faults(tmp_path, GOOD + GOOD[GOOD.index("[[product.offer]]"):])


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"no \*\.toml there"):
        load(tmp_path)


def test_a_strangers_catalogue_replaces_ours_for_the_command(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "orders.csv").write_text("order_id,model_number,ship_by\nX-1,ABC-100,+1d\n", encoding="utf-8")
    done = command(tmp_path, "expected", str(tmp_path / "expected.toml"))
    assert done.returncode == 0, done.stderr
    (answer,) = expected.read(tmp_path / "expected.toml")
    assert [(a.source, a.listing_id) for a in answer.alternatives] == [("mercari", "m00000000001")]


def test_the_command_says_one_line_and_exits_2(tmp_path: Path) -> None:
    done = command(tmp_path, "orders", str(tmp_path / "q.csv"))
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert str(tmp_path) in done.stderr


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "KATABAN_SAMPLE_CATALOGUE": str(folder)}
    return subprocess.run([sys.executable, "-m", "kataban.sample_market", *arguments], env=environment,
                          capture_output=True, text=True, timeout=60, check=False)
