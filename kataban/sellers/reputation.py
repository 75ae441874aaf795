"""Reputation: will the deal go well, from public figures alone. No phrase moves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from math import sqrt

from kataban.items import Seller
from kataban.sellers.settings import SCALES, SETTINGS, Scale, between

_TABLE = SETTINGS.reputation


@dataclass(frozen=True, slots=True)
class Reputation:
    """`score` 0-100, None when the site shows nothing to judge by. `bad` of `count` ratings are bad, None where only a
    share is shown; `good_share` is on the common scale; `count` is None where the site shows none."""

    score: int | None = None
    good_share: float | None = None
    bad: int | None = None
    count: int | None = None


def reputation(seller: Seller | None, now: datetime | date) -> Reputation:
    """The lower bound of the good share, pulled to the site's average where ratings are few, and small steps for
    identity, badges, age and sales. `now` is needed for the age of the account and of bad ratings."""
    if seller is None:
        return Reputation()
    scale = SCALES.sources.get(seller.source, SCALES.sources["other"])
    today = now.date() if isinstance(now, datetime) else now
    figures = _counts(seller, scale) or _share(seller, scale)
    if figures is None or figures.count == 0:
        return Reputation(count=figures.count if figures else None)
    count = float(_TABLE.assumed_count if figures.count is None else figures.count)
    bad = count * (1 - (figures.good_share or 0.0))
    extra = sum(_weight(day, today) for day in seller.bad_dates)
    bound = _lower_bound(max(bad + extra, 0.0), count + max(extra, 0.0), scale)
    points = between(_TABLE.curve, bound) + _steps(seller, today)
    return Reputation(min(100, max(0, round(points))), figures.good_share, figures.bad, figures.count)


def _counts(seller: Seller, scale: Scale) -> Reputation | None:
    """Good, normal and bad as counted by the site."""
    good, bad = seller.good, seller.bad
    if good is None and bad is not None and seller.review_count is not None:
        good = max(seller.review_count - bad - (seller.normal or 0), 0)
    if good is None or bad is None:
        return None
    normal = seller.normal or 0
    count = good + normal + bad
    poor = bad * scale.bad + normal * scale.normal
    return Reputation(good_share=1 - poor / count if count else None, bad=bad, count=count)


def _share(seller: Seller, scale: Scale) -> Reputation | None:
    """A percentage, an average of reviews or stars, with the count where it is shown."""
    count = seller.review_count if seller.review_count is not None else seller.good
    if seller.percent_good is not None:
        share = 1 - (1 - seller.percent_good / 100) * scale.bad
    elif seller.review_average:
        share = between(SCALES.points.review_average, seller.review_average)
    elif seller.stars:
        share = between(SCALES.points.stars, seller.stars)
    else:
        return Reputation(count=0) if count == 0 else None
    return Reputation(good_share=min(1.0, max(0.0, share)), count=count)


def _weight(day: date, today: date) -> float:
    """How much more (or less) than one bad rating this one counts."""
    age = (today - day).days
    if age <= _TABLE.recent_days:
        return _TABLE.recent_weight
    return _TABLE.old_weight if age > _TABLE.old_days else 0.0


def _lower_bound(bad: float, count: float, scale: Scale) -> float:
    """Wilson's lower bound of the good share, with imagined ratings at the site's average beside the real ones."""
    n = count + _TABLE.prior_strength
    p = 1 - (bad + (1 - scale.average) * _TABLE.prior_strength) / n
    z = _TABLE.z
    centre = p + z * z / (2 * n)
    return (centre - z * sqrt(max(p * (1 - p), 0.0) / n + z * z / (4 * n * n))) / (1 + z * z / n)


def _steps(seller: Seller, today: date) -> float:
    points = 0.0
    if seller.identity_verified is not None:
        points += _TABLE.identity_yes if seller.identity_verified else _TABLE.identity_no
    points += min(len(seller.badges) * _TABLE.badge, _TABLE.badges_most)
    if (seller.sold_count or 0) >= _TABLE.sold_from:
        points += _TABLE.sold
    if seller.since is not None:
        age = (today - seller.since).days
        points += next(step for days, step in _TABLE.age if age < days)
    return points
