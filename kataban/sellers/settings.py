"""The tables of figures behind reputation, personality and grade, read once; a wrong key is an error."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

_FOLDER = Path(__file__).parent
Points = tuple[tuple[float, float], ...]
Band = Literal["high", "medium", "low", "unknown"]


class Bands(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Scores from which a band is given."""

    high: int
    medium: int


class Steps(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How many steps a grade goes down, and why."""

    trust_kind: int
    trust_most: int
    personality_poor: int
    personality_bad: int


class ReputationTable(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Figures of the reputation score."""

    prior_strength: float
    z: float
    assumed_count: int
    recent_days: int
    recent_weight: float
    old_days: int
    old_weight: float
    identity_yes: int
    identity_no: int
    badge: int
    badges_most: int
    sold_from: int
    sold: int
    curve: Points
    age: Points


class PersonalityTable(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Figures of the personality score."""

    start: int
    repeat: float
    kinds: dict[str, int]


class Deals(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the user's own past deals do to the grade."""

    good_from: int
    bad_from: int
    bad_grade: str


class Settings(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """settings.toml."""

    bands: Bands
    grades: dict[str, int]
    steps: Steps
    reputation: ReputationTable
    personality: PersonalityTable
    deals: Deals


class Scale(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One source's scale."""

    average: float
    normal: float = 0.2
    bad: float = 1.0


class _Curves(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    review_average: Points
    stars: Points


class Scales(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """scales.toml."""

    sources: dict[str, Scale]
    points: _Curves


SETTINGS = msgspec.toml.decode((_FOLDER / "settings.toml").read_bytes(), type=Settings)
SCALES = msgspec.toml.decode((_FOLDER / "scales.toml").read_bytes(), type=Scales)


def band(score: int | None) -> Band:
    """The band of a score 0-100; `unknown` for None."""
    if score is None:
        return "unknown"
    if score >= SETTINGS.bands.high:
        return "high"
    return "medium" if score >= SETTINGS.bands.medium else "low"


def between(points: Sequence[tuple[float, float]], x: float) -> float:
    """The value at x on straight lines between the points, which ascend; flat beyond the ends."""
    at = bisect_left(points, x, key=lambda point: point[0])
    if at == 0:
        return points[0][1]
    if at == len(points):
        return points[-1][1]
    (x0, y0), (x1, y1) = points[at - 1], points[at]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
