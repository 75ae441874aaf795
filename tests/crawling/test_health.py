"""Symptoms over figures, the canary's verdict, and the verb's exit code."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from scrapy.http import HtmlResponse, Request

from kataban.crawling.health import CanaryLook, ZeroProof, canary_failure, canary_query, symptoms
from kataban.items import CannotLook, Listing, Outcome, PageKind, PageRead, Query
from kataban.results.database import Database
from kataban.results.health import Figures, History
from kataban.results.schema import prepare
from kataban.results.tables import searches
from spiders.surugaya import SurugayaSpider
from tests.main_job.market import Market
from tests.results.makers import NOW, add, search, wanted

COVERAGE = {"price": 1.0, "title": 1.0, "link": 1.0, "availability": 0.9, "seller": 1.0}
WELL = Figures(searches=8, answered=8, rows_per_search=20.0, unreadable=0.0, unclear=0.1, listings=100,
               coverage=COVERAGE)


def codes(now: Figures = WELL, before: Figures = WELL, **more: Any) -> list[str]:
    return [symptom.code for symptom in symptoms(History("rakuma", now, before, **more))]


@pytest.mark.parametrize(("now", "before", "found"), [
    (WELL, WELL, []),
    (replace(WELL, rows_per_search=6.0), WELL, ["fewer_rows"]),
    (replace(WELL, rows_per_search=8.0), WELL, []),
    (replace(WELL, rows_per_search=0.0, answered=2), WELL, []),  # two searches prove nothing
    (replace(WELL, unreadable=0.5), WELL, ["unreadable"]),
    (replace(WELL, unreadable=0.5), replace(WELL, unreadable=0.4), []),  # it was no better before
    (replace(WELL, unclear=0.6), WELL, ["unclear"]),
    (replace(WELL, coverage={**COVERAGE, "price": 0.2}), WELL, ["field_price"]),
    (replace(WELL, coverage={}), WELL,
     ["field_price", "field_title", "field_link", "field_availability", "field_seller"]),
    (replace(WELL, coverage={}, listings=9), WELL, []),
    (WELL, Figures(), []),
])
def test_a_source_against_its_own_history(now: Figures, before: Figures, found: list[str]) -> None:
    assert codes(now, before) == found


def test_failures_and_the_canary_come_first() -> None:
    assert codes(failures_in_a_row=3, canary_failed=True) == ["canary", "failing"]
    assert codes(failures_in_a_row=2) == []


def test_every_symptom_speaks_both_languages() -> None:
    bad = replace(WELL, rows_per_search=1.0, unreadable=1.0, unclear=1.0, coverage={})
    for symptom in symptoms(History("rakuma", bad, WELL, 9, canary_failed=True)):
        assert symptom.text_ja
        assert symptom.text_en.isascii()


# --- the canary ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("found", "fails"), [
    ([PageRead(PageKind.EMPTY, hits_reported=0)], True),
    ([PageRead(PageKind.RESULTS, rows=3)], False),
    ([Listing("rakuma", "a", "https://x", "t"), PageRead(PageKind.RESULTS, rows=1)], False),
    ([Request("https://x.example/")], False),  # a token: no answer yet
    ([], False),
])
def test_a_canary_without_a_hit_disproves_zeros(found: list[Any], fails: bool) -> None:
    failure = canary_failure(found)
    assert (failure is not None) is fails
    if failure is not None:
        assert (failure.outcome, failure.reason_code) == (Outcome.BROKEN, "canary")


def test_the_user_may_name_another_canary(monkeypatch: pytest.MonkeyPatch) -> None:
    assert canary_query(SurugayaSpider) == Query(SurugayaSpider.canary)
    monkeypatch.setenv("KATABAN_CANARY_SURUGAYA", "PS5")
    assert canary_query(SurugayaSpider()).model_number == "PS5"


async def look(page: str, status: int = 200) -> CannotLook | None:
    canary = CanaryLook(SurugayaSpider())
    asking = canary.ask()
    request = await anext(asking)
    response = HtmlResponse(request.url, status=status, body=page.encode(), encoding="utf-8")
    assert list(request.callback(response)) == []
    assert [one async for one in asking] == []
    return canary.failure


HIT = ('<div class="item_box"><div class="item"><div class="item_detail"><div class="title">'
       '<a href="/product/detail/123"><h3 class="product-name">x</h3></a></div></div><div class="item_price">'
       '<p class="price">品切れ</p></div></div></div>')


@pytest.mark.parametrize(("page", "status", "outcome"), [
    (f"<html><body>{HIT}</body></html>", 200, None),
    ("<html><body><p>該当する商品がありません</p></body></html>", 200, Outcome.BROKEN),
    ("<html><body><p>別の画面</p></body></html>", 200, Outcome.BROKEN),
    ("<html><head><title>Access Denied</title></head><body>x</body></html>", 403, None),
])
def test_one_look_with_the_canary(page: str, status: int, outcome: Outcome | None) -> None:
    failure = asyncio.run(look(page, status))
    assert (failure and failure.outcome) is outcome


@pytest.mark.parametrize(("page", "outcome", "demoted"), [
    ("<html><body><p>該当する商品がありません</p></body></html>", "broken", {"surugaya": 1}),
    (f"<html><body>{HIT}</body></html>", "nothing", {}),
])
def test_zeros_of_a_run_stand_or_fall_with_the_canary(tmp_path: Path, page: str, outcome: str,
                                                      demoted: dict[str, int]) -> None:
    database = Database(f"sqlite:///{tmp_path}/kataban.db")
    prepare(database)
    add(database, wanted())
    search_id = search(database, outcome=Outcome.NOTHING, source="surugaya", complete=True)
    with database.reading() as connection:
        run_id = connection.execute(searches.select()).mappings().one()["run_id"]
    proof = ZeroProof(database, SurugayaSpider(), run_id, lambda: NOW)
    assert asyncio.run(proven(proof, page)) == 1
    assert proof.demoted == demoted
    with database.reading() as connection:
        row = connection.execute(searches.select().where(searches.c.id == search_id)).mappings().one()
    assert row["outcome"] == outcome
    database.close()


async def proven(proof: ZeroProof, page: str) -> int:
    """Answer every request of the proof with `page`; returns how many there were."""
    asked = 0
    asking = proof.ask()
    async for request in asking:
        asked += 1
        list(request.callback(HtmlResponse(request.url, body=page.encode(), encoding="utf-8")))
    return asked


def test_a_run_that_read_rows_asks_no_canary(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/kataban.db")
    prepare(database)
    add(database, wanted())
    search(database, outcome=Outcome.NOTHING, source="surugaya", complete=True, rows_read=4)
    with database.reading() as connection:
        run_id = connection.execute(searches.select()).mappings().one()["run_id"]
    proof = ZeroProof(database, SurugayaSpider(), run_id, lambda: NOW)
    assert asyncio.run(proven(proof, "")) == 0
    database.close()


# --- the verb --------------------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Market:
    database = Database(f"sqlite:///{tmp_path}/kataban.db")
    prepare(database)
    add(database, wanted())
    search(database, outcome=Outcome.BROKEN, now=datetime.now(UTC), reason="changed", source="surugaya")
    database.close()
    return Market(tmp_path, {"SCRAPY_PROJECT": "default"})


def test_health_exits_3_when_one_is_sick(home: Market) -> None:
    done = home.python("-m", "scrapy", "health", "--format", "json")
    assert done.returncode == 0, done.stderr
    (one,) = [shape for shape in json.loads(done.stdout) if shape["source"] == "surugaya"]
    assert (one["failures_in_a_row"], one["sick"]) == (1, False)
    database = Database(f"sqlite:///{home.home}/kataban.db")
    for _ in range(2):
        search(database, outcome=Outcome.BLOCKED, now=NOW.replace(year=2027), source="surugaya")
    database.close()
    done = home.python("-m", "scrapy", "health", "surugaya")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "surugaya" in done.stdout
    assert home.python("-m", "scrapy", "health", "nosuch").returncode == 2
