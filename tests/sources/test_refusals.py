"""Refusals as data, and values of JSON read without trust."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from scrapy.http import HtmlResponse, JsonResponse

from kataban.items import Outcome
from spiders import landmarks
from spiders.landmarks import Landmarks
from spiders.refusals import refusal, rules
from spiders.values import is_jan, link, link_if, needed, rows, text, whole

ENTRY = '[refusal.{name}]\nseen = "2026"\nwhere = "here"\nsure = "guessed"\n[refusal.{name}.value]\n{value}\n'
BUSY = ('shows = "^Busy"\noutcome = "rate_limited"\nreason_code = "busy"\nreason = "The site is busy."\n'
        'retry_after = "30"')
KEY = 'code = "E1"\nmatches = "key"\noutcome = "no_key"\nreason_code = "bad_key"\nreason = "The key is wrong."'


@pytest.fixture
def marks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Landmarks:
    monkeypatch.setattr(landmarks, "__file__", str(tmp_path / "landmarks.py"))
    (tmp_path / "site.toml").write_text(ENTRY.format(name="key", value=KEY) + ENTRY.format(name="busy", value=BUSY))
    return Landmarks("site")


def html(body: str, status: int = 200, **headers: str) -> HtmlResponse:
    return HtmlResponse("https://site.test/", status=status, body=body.encode(), encoding="utf-8", headers=headers)


def test_the_first_entry_that_fits_counts(marks: Landmarks) -> None:
    told = refusal(marks, html("{}"), "Site", code="e1", message="wrong key")
    assert (told.outcome, told.reason_code, told.reason) == (Outcome.NO_KEY, "bad_key", "The key is wrong.")


def test_words_of_a_page_are_no_words_of_the_api(marks: Landmarks) -> None:
    assert refusal(marks, html("<p>E1 key</p>"), "Site", code="E1").outcome is Outcome.BROKEN
    assert refusal(marks, html("<title>Busy</title>"), "Site").retry_after == 30
    assert refusal(marks, html("<p>Shop</p><script>Busy</script><p>We are Busy</p>"), "Site").outcome is Outcome.BROKEN
    answer = JsonResponse("https://site.test/", body=b'{"title": "Busy"}')
    assert refusal(marks, answer, "Site").reason_code == "layout_changed"


@pytest.mark.parametrize(("status", "outcome"), [
    (200, "broken"), (400, "broken"), (401, "no_key"), (403, "blocked"), (404, "broken"), (429, "rate_limited"),
    (500, "unreachable"), (503, "unreachable")])
def test_unknown_words_are_judged_by_the_status(marks: Landmarks, status: int, outcome: str) -> None:
    told = refusal(marks, JsonResponse("https://site.test/", status=status, body=b"{}"), "Site", code="E9")
    assert told.outcome == outcome
    assert told.reason == f"Site answered {status}: E9"


def test_what_looks_like_a_key_is_not_repeated(marks: Landmarks) -> None:
    told = refusal(marks, html("{}", 400), "Site", code="E7", message="no such id dj00aiZpPUFCQ0RFRkdI-x")
    assert told.reason == "Site answered 400: E7 no such id ***"


def test_retry_after_is_kept(marks: Landmarks) -> None:
    answer = JsonResponse("https://site.test/", status=429, body=b"{}", headers={"Retry-After": "120"})
    assert refusal(marks, answer, "Site").retry_after == 120


def test_a_wrong_word_in_the_file_is_an_error(tmp_path: Path, marks: Landmarks) -> None:
    (tmp_path / "site.toml").write_text(ENTRY.format(name="key", value=KEY + '\nstatsu = "400"'))
    with pytest.raises(ValueError, match="statsu"):
        rules(Landmarks("site"))


@pytest.mark.parametrize("source", ["rakuten_ichiba", "yahoo_shopping", "web_search"])
def test_every_entry_names_an_outcome_that_is_no_answer(source: str) -> None:
    for rule in rules(Landmarks(source)):
        assert Outcome(rule["outcome"]) not in {Outcome.FOUND, Outcome.NOTHING, Outcome.PARTIAL, Outcome.ANSWERED}
        assert rule["reason"].endswith((".", ")"))
        assert {"status", "code", "matches", "shows"} & set(rule), "an entry without condition would take every answer"


@pytest.mark.parametrize(("value", "number"), [
    (5, 5), ("1,234", 1234), (4979.0, 4979), ("", None), (True, None), (1.5, None), (None, None), ("９", None),
    ("-1", None),
    (math.nan, None), (math.inf, None), (10**40, None), ("9" * 5000, None), ([1], None)])
def test_whole(value: Any, number: int | None) -> None:
    assert whole(value) == number


@pytest.mark.parametrize(("value", "shown"), [
    (" a\u3000b\n", "a b"), (5, "5"), (True, None), ("", None), (" ", None), (None, None), ({}, None)])
def test_text(value: Any, shown: str | None) -> None:
    assert text(value) == shown


def test_rows_needed_and_links() -> None:
    assert rows([{"a": 1}, None, "x"]) == [{"a": 1}]
    assert rows("x") == []
    assert link(" https://a.test/" + "x" * 2000) == "https://a.test/" + "x" * 2000
    assert link_if(None) is None
    for broken in (None, "", 5, "x" * 9000):
        with pytest.raises(ValueError, match="no address"):
            link(broken)
    with pytest.raises(ValueError, match="NoneType"):
        needed(None)


@pytest.mark.parametrize(("jan", "right"), [
    ("4548736132580", True), ("4548736132581", False), ("49123456", True), ("027242923232", True), ("", False),
    (None, False), ("４５４８７３６１３２５８０", False), ("04548736132580", False)])
def test_is_jan(jan: str | None, right: bool) -> None:
    assert is_jan(jan) is right
