"""`recheck` against the sample market: only the items' own pages are fetched, and what changed is said."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kataban.crawling.recheck import changes
from kataban.items import Outcome, Purchase, Verdict
from kataban.results.database import Database
from kataban.results.queries import Answer, Offer
from kataban.results.schema import prepare
from tests.main_job.market import Market
from tests.results import makers

# One of the sample catalogue's own listings (kataban/sample_market/catalogue/g-shock.toml).
ITEM = "61358eb4e5137d72c21adf7547522b13"
GONE = "0" * 32


@pytest.fixture
def market(tmp_path: Path) -> Market:
    """A database in which the market's listing has another price, beside one that is gone and one of nobody."""
    home = Market(tmp_path, {})
    database = Database(f"sqlite:///{tmp_path}/kataban.db")
    prepare(database)
    now = datetime.now(UTC) - timedelta(hours=2)
    makers.add(database, makers.wanted("GW-M5610U-1JF", ship_by=now + timedelta(days=5)), now=now)
    title = "カシオ G-SHOCK GW-M5610U-1JF 新品"
    makers.search(database, *(makers.listing(name, url=f"https://item.fril.jp/{name}", title=title, seen_at=now,
                                             price=9_999, seller=None) for name in (ITEM, GONE)), now=now)
    other = makers.listing("x", seen_at=now, price=12_000, seller=None)
    other.source = "elsewhere"
    makers.search(database, other, source="elsewhere", outcome=Outcome.FOUND, now=now)
    database.close()
    return home


def test_what_changed_is_said_and_nothing_else_is_asked(market: Market) -> None:
    done = market.scrapy("recheck", "--format", "json", "250-1")
    assert done.returncode == 3, done.stderr
    found = {change["listing_id"]: change for change in json.loads(done.stdout)}
    assert found[ITEM]["after"]["price"] == 14_500
    assert {"price", "total", "availability", "purchase"} <= set(found[ITEM]["changed"])
    assert found[GONE]["after"]["availability"] == "sold_out"
    lost = found[GONE]["gone"]
    assert (lost["price"], lost["code"], found[ITEM]["gone"]) == (9_999, "availability_sold_out", None)
    assert found["x"]["could_not_look"]["outcome"] == "not_asked"
    pages = [entry["path"] for entry in market.requests() if "robots" not in entry["path"]]
    assert sorted(path for path in pages if not path.startswith("/shop")) == sorted([f"/{ITEM}", f"/{GONE}"])
    answer = market.answers()[0]
    assert [offer["listing_id"] for offer in answer["alternatives"]] == ["x", ITEM]
    assert [(gone["listing_id"], gone["last_seen_at"] < gone["gone_at"]) for gone in answer["gone"]] == [(GONE, True)]
    assert {source: covered["outcome"] for source, covered in answer["coverage"].items()} == {
        "rakuma": "found", "elsewhere": "found"}, "a recheck is no Search"


def test_an_order_that_lost_an_alternative_says_so(market: Market) -> None:
    said = market.scrapy("recheck", "250-1").stdout
    assert "gone: rakuma" in said.splitlines()[-1]
    assert "9,999" in said.splitlines()[-1]
    assert "gone: rakuma" in market.scrapy("alternatives").stdout


def test_an_unknown_order_is_an_input_error(market: Market) -> None:
    done = market.scrapy("recheck", "no-such")
    assert done.returncode == 2
    assert done.stderr == "kataban: no wanted row or order no-such\n"


def test_what_was_not_seen_again_is_never_called_unchanged() -> None:
    seen = datetime(2026, 11, 24, tzinfo=UTC)
    offer = Offer(makers.listing(seen_at=seen), Verdict.EXACT, (), Purchase.NOW, 5_000)
    newer = Offer(makers.listing(seen_at=seen + timedelta(seconds=1)), Verdict.EXACT, (), Purchase.NOW, 5_000)

    def told(after: Offer | None) -> str | None:
        need = makers.wanted(wanted_id=1)
        later = [Answer(need, None, [after] if after else [])]
        change = changes([Answer(need, None, [offer])], later, {})[0]
        return change.failed.reason_code if change.failed else None

    assert told(newer) is None
    assert told(offer) == "not_seen_again"
    assert told(None) == "not_seen_again"
