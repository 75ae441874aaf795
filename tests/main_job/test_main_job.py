"""The main job, end to end: a queue file in, purchasable alternatives out, compared with the planted truth."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kataban.manners.browser_path import find_browser
from kataban.sample_market.server import SAMPLE_KEYS
from tests.conftest import missing
from tests.main_job.market import Market

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Market:
    """A market whose sample orders were searched once."""
    if find_browser() is None:
        missing("browser", "no Chromium on this machine")
    made = Market(tmp_path_factory.mktemp("home"), {})
    done = made.scrapy("search", "--queue", str(made.queue()), "-v")
    assert done.returncode == 3, done.stdout + done.stderr  # the market holds a blocked and a broken source
    return made


@pytest.fixture(scope="module")
def expected(market: Market) -> dict[str, Any]:
    """The planted truth per order, as the market tells it itself."""
    path = market.home / "expected.toml"
    done = market.python("-m", "kataban.sample_market", "expected", str(path))
    assert done.returncode == 0, done.stderr
    return {order["order_id"]: order for order in tomllib.loads(path.read_text(encoding="utf-8"))["order"]}


@pytest.fixture(scope="module")
def found(market: Market) -> dict[str, Any]:
    """The answers per order."""
    return {answer["order_id"]: answer for answer in market.answers()}


def keys(offers: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(offer["source"], offer["listing_id"]) for offer in offers}


def test_every_order_has_an_answer(found: dict[str, Any], expected: dict[str, Any]) -> None:
    assert found.keys() == expected.keys()
    assert len(found) >= 14


def test_every_planted_alternative_is_found_and_no_other(found: dict[str, Any], expected: dict[str, Any]) -> None:
    wrong = {}
    for order_id, truth in expected.items():
        planted, listed = keys(truth["alternatives"]), keys(found[order_id]["alternatives"])
        if planted != listed:
            wrong[order_id] = {"missing": planted - listed, "too many": listed - planted}
    assert not wrong


def test_how_they_can_be_bought(found: dict[str, Any], expected: dict[str, Any]) -> None:
    told = {(order_id, offer["source"], offer["listing_id"]): offer["purchase"]
            for order_id, answer in found.items() for offer in answer["alternatives"]}
    planted = {(order_id, offer["source"], offer["listing_id"]): offer["purchase"]
               for order_id, truth in expected.items() for offer in truth["alternatives"]}
    assert told == planted


def test_no_trap_is_listed(found: dict[str, Any], expected: dict[str, Any]) -> None:
    listed = {order_id: keys(answer["alternatives"]) for order_id, answer in found.items()}
    caught = [(order_id, trap) for order_id, truth in expected.items() for trap in truth["traps"]
              if (trap["source"], trap["listing_id"]) in listed[order_id]]
    assert not caught


def test_the_coverage_is_the_planted_one(found: dict[str, Any], expected: dict[str, Any]) -> None:
    wrong = {(order_id, source): (covered["outcome"], truth["coverage"].get(source))
             for order_id, truth in expected.items() for source, covered in found[order_id]["coverage"].items()
             if source in truth["coverage"] and covered["outcome"] not in as_good_as(truth["coverage"][source])}
    assert not wrong


def as_good_as(outcome: str) -> set[str]:
    # A search that stops at the first purchasable find may leave another row of it half read: said, not hidden.
    return {outcome, "partial"} if outcome == "nothing" else {outcome}


def test_a_blocked_source_rests_and_its_queries_say_so(found: dict[str, Any]) -> None:
    outcomes = Counter(covered["outcome"] for answer in found.values() for covered in answer["coverage"].values())
    assert outcomes["blocked"] >= 1
    assert outcomes["broken"] >= 1


def test_orders_without_anything_come_first(market: Market) -> None:
    empty = [not answer["alternatives"] for answer in market.answers()]
    assert any(empty)
    assert empty == sorted(empty, reverse=True)


def test_again_at_once_asks_nothing(market: Market) -> None:
    before, answers = len(market.requests()), market.answers()
    done = market.scrapy("search", "--queue", str(market.queue()), "-v")
    assert done.returncode == 0, done.stderr
    assert "0 due" in done.stderr
    assert len(market.requests()) == before
    assert market.answers() == answers


def test_no_key_stands_anywhere_in_the_state_folder(market: Market) -> None:
    secrets = {value.encode() for name, value in SAMPLE_KEYS.items() if name.endswith(("KEY", "ID"))}
    assert secrets
    holding = [path for path in market.home.rglob("*") if path.is_file() and "market" not in path.name
               and any(secret in path.read_bytes() for secret in secrets)]
    assert not holding


def test_personal_columns_of_an_order_report_are_not_stored(market: Market, tmp_path: Path) -> None:
    report = tmp_path / "unshipped.txt"
    columns = {"order-id": "250-7777777-7777777", "order-item-id": "77", "purchase-date": "2026-11-20T01:00:00+09:00",
               "buyer-email": "hidden@marketplace.example", "buyer-name": "Jane Q Secretperson",
               "sku": "no-such-sku", "product-name": "Something", "quantity-purchased": "1",
               "quantity-to-ship": "1", "ship-address-1": "1 Hidden Street", "recipient-name": "Jane Q Secretperson"}
    report.write_text("\t".join(columns) + "\n" + "\t".join(columns.values()) + "\n", encoding="utf-8")
    assert market.scrapy("search", "--queue", str(report)).returncode == 0
    kept = [answer for answer in market.answers() if answer["order_id"] == columns["order-id"]]
    assert [answer["state"] for answer in kept] == ["needs_model"]
    for path in market.home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"Secretperson" not in content
            assert b"Hidden Street" not in content


def test_scrapys_feeds_keep_working(market: Market, tmp_path: Path) -> None:
    feed, queue = tmp_path / "feed.jsonl", tmp_path / "one.txt"
    queue.write_text("GW-M5610U-1JF\n", encoding="utf-8")
    done = market.scrapy("crawl", "rakuten_ichiba", "-a", f"queue={queue}", "-o", str(feed))
    assert done.returncode in (0, 3), done.stderr
    rows = [json.loads(line) for line in feed.read_text(encoding="utf-8").splitlines()]
    assert rows
    assert {"listing_id", "url", "title", "price", "judgement"} <= rows[0].keys()
