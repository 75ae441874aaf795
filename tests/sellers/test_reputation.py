"""Reputation: figures alone, small samples corrected, unknown left unknown."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import correlation

import pytest

from kataban.items import Seller
from kataban.sellers import reputation, seller_columns
from kataban.sellers.settings import SCALES, between

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ORDERED = Path(__file__).with_name("careful_buyer.tsv")


def score(source: str = "mercari", **figures: object) -> int | None:
    return reputation(Seller(source, "1", **figures), NOW).score  # type: ignore[arg-type]


def known(source: str = "mercari", **figures: object) -> int:
    found = score(source, **figures)
    assert found is not None
    return found


def ranks(values: list[int]) -> list[float]:
    ordered = sorted(values, reverse=True)
    return [ordered.index(value) + (ordered.count(value) + 1) / 2 for value in values]


def test_the_score_orders_sellers_as_a_careful_buyer_does() -> None:
    with ORDERED.open(encoding="utf-8") as file:
        scores = [int(seller_columns(row)["reputation"]) for row in csv.DictReader(file, delimiter="\t")]
    assert len(scores) >= 60
    assert correlation([float(place) for place in range(len(scores))], ranks(scores)) >= 0.9


def test_a_handful_of_good_ratings_is_not_better_than_a_long_record() -> None:
    assert known(good=3, normal=0, bad=0) < known(good=980, normal=0, bad=20)
    assert known(good=1, bad=0) < known(good=10, bad=0) < known(good=100, bad=0) < known(good=1000, bad=0)


def test_more_bad_ratings_are_never_better() -> None:
    scores = [known(good=200 - bad, bad=bad) for bad in range(0, 60, 5)]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("figures", [
    {}, {"sold_count": 40}, {"identity_verified": True}, {"review_count": 234},
    {"good": 0, "normal": 0, "bad": 0}, {"good": 12},
    {"badges": ("高評価",)}, {"since": date(2015, 1, 1)},
])
def test_where_there_is_no_share_of_bad_ratings_the_score_is_unknown(figures: dict[str, object]) -> None:
    assert score(**figures) is None


def test_no_seller_is_unknown() -> None:
    assert reputation(None, NOW).score is None


def test_recent_bad_ratings_weigh_more_than_old_ones() -> None:
    recent = known(good=300, bad=3, bad_dates=(date(2026, 11, 1), date(2026, 10, 20), date(2026, 11, 11)))
    old = known(good=300, bad=3, bad_dates=(date(2021, 11, 1), date(2021, 10, 20), date(2021, 11, 11)))
    assert recent < known(good=300, bad=3) < old


def test_identity_age_and_badges_move_the_score_a_little() -> None:
    plain = known(good=60, bad=1)
    assert known(good=60, bad=1, identity_verified=False) < plain < known(good=60, bad=1, identity_verified=True)
    assert known(good=60, bad=1, since=date(2026, 10, 1)) < plain
    assert known(good=60, bad=1, badges=("高評価",)) > plain


@pytest.mark.parametrize(("source", "better", "worse"), [
    ("mercari", {"good": 90, "normal": 0, "bad": 0}, {"good": 80, "normal": 10, "bad": 0}),
    ("rakuma", {"good": 90, "normal": 10, "bad": 0}, {"good": 90, "normal": 0, "bad": 10}),
    ("yahoo_auctions", {"percent_good": 99.9, "review_count": 500}, {"percent_good": 97.0, "review_count": 500}),
    ("yahoo_fleamarket", {"percent_good": 100, "review_count": 300}, {"percent_good": 100, "review_count": 5}),
    ("amazon_jp", {"percent_good": 98, "review_count": 900}, {"percent_good": 88, "review_count": 900}),
    ("rakuten_ichiba", {"review_average": 4.7, "review_count": 900}, {"review_average": 4.1, "review_count": 900}),
    ("mercari", {"stars": 5, "review_count": 200}, {"stars": 4, "review_count": 200}),
    ("a_new_source", {"review_average": 4.7}, {"review_average": 3.7}),
])
def test_each_scale(source: str, better: dict[str, object], worse: dict[str, object]) -> None:
    assert known(source, **better) > known(source, **worse)


def test_figures_out_of_range_stay_on_the_scale() -> None:
    assert known(percent_good=130.0, review_count=10) <= 100
    assert known(good=0, bad=500) == 0
    assert known(review_average=9.0, review_count=10_000_000) <= 100


def test_the_curves_ascend() -> None:
    for points in (SCALES.points.review_average, SCALES.points.stars):
        assert list(points) == sorted(points)
    assert between(((0.0, 0.0), (1.0, 10.0)), 0.25) == 2.5
    assert between(((0.0, 0.0), (1.0, 10.0)), 7.0) == 10.0
