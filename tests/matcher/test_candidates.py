"""Model numbers offered out of product names: which, in which order, and how often the right one is among them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import Candidate, candidates, squashed
from tests.matcher.data import BLIND, BLIND_2, CASES


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("カシオ 腕時計 G-SHOCK 電波ソーラー GW-M5610U-1JF メンズ 20気圧防水", ["GW-M5610U-1JF"]),
        ("Nespresso Krups XN110BRD Essenza mini capsule machine | 0.6 L | 19 bar | class A", ["XN110BRD"]),
        ("Canon ミラーレス EOS R6 Mark II ボディ", ["R6 Mark II"]),
        ("マキタ 充電式インパクトドライバ 18V 6.0Ah TD173DRGX 青 2024年モデル", ["TD173DRGX"]),
        ("ソニー ウォークマン NW-A306(B) ブラック 32GB", ["NW-A306", "NW-A306(B)"]),
        ("任天堂 Switch Lite イエロー HDH-S-YAZAA", ["HDH-S-YAZAA"]),
        ("ＰＥＮＴＡＸ　Ｋ－７０ ボディ", ["K-70"]),
        ("AB-100 型番:CD-12", ["CD-12", "AB-100"]),
    ],
)
def test_what_a_name_offers(name: str, offered: list[str]) -> None:
    assert [candidate.model_number for candidate in candidates(name)] == offered


@pytest.mark.parametrize(
    "name",
    [
        "",
        "OSTENT 850mAh Rechargeable Lithium-ion Battery",
        "腕時計 メンズ 20気圧防水 2024",
        "4549526241659 B0CXY12345",
    ],
)
def test_names_without_a_number_offer_none(name: str) -> None:
    assert candidates(name) == ()


def test_what_the_goods_only_fit_comes_last_and_says_so() -> None:
    own, host = candidates("XYZ-900 互換バッテリー BL1860B対応")
    assert (own.model_number, own.confidence) == ("XYZ-900", "likely")
    assert (host.model_number, host.confidence, host.rule) == ("BL1860B", "doubtful", "other_goods")


def test_a_candidate_shows_where_it_stands_and_whose_it_is() -> None:
    name = "メンズ腕時計 カシオ GW-M5610U"
    found = candidates(name)[0]
    assert name[found.start : found.start + len(found.span)] == found.span
    assert (found.maker, candidates(name, "CASIO")[0].maker) == ("カシオ", "CASIO")
    assert found.text_ja
    assert found.text_en


def test_five_at_most() -> None:
    assert len(candidates(" ".join(f"AB-{number}00C" for number in range(1, 9)))) == 5


@pytest.mark.parametrize(
    ("rows", "first", "among"),
    [(CASES, 0.74, 0.79), (BLIND, 0.7, 0.76), (BLIND_2, 0.72, 0.8)],
    ids=["cases", "blind", "blind_2"],
)
def test_how_often_the_number_asked_is_offered(rows: list[dict[str, str]], first: float, among: float) -> None:
    """Titles of flea markets, made hard on purpose; names of words alone ("QuietComfort Ultra") count as missed."""
    stated = [
        (squashed(row["model_number"]), row)
        for row in rows
        if row["verdict"] == "exact" and squashed(row["model_number"]) in squashed(row["title"])
    ]
    offered = [
        [squashed(one.model_number) for one in candidates(row["title"], row["brand"] or None)] for _, row in stated
    ]
    assert sum(keys[:1] == [key] for (key, _), keys in zip(stated, offered, strict=True)) >= first * len(stated)
    assert sum(key in keys for (key, _), keys in zip(stated, offered, strict=True)) >= among * len(stated)


@given(st.text(max_size=600))
def test_any_text_gives_spans_that_stand_in_it(name: str) -> None:
    found = candidates(name)
    assert len(found) <= 5
    assert all(isinstance(one, Candidate) and name[one.start : one.start + len(one.span)] == one.span for one in found)
