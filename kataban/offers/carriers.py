"""The carrier table: how many days a parcel takes, by method, from where, to where."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Literal

import msgspec

Distance = Literal["near", "middle", "far"]
Days = tuple[int, int]


class Carrier(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One way of sending: words of the method's name, days in transit by distance, and whether it is delivered on
    weekends and holidays."""

    name: str
    words: tuple[str, ...]
    days: dict[Distance, Days]
    weekends: bool


class _Distances(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    near: tuple[tuple[str, str], ...]
    middle: tuple[tuple[str, str], ...]


class _Table(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    abroad: tuple[str, ...]
    abroad_exactly: tuple[str, ...]
    carriers: tuple[Carrier, ...]
    regions: dict[str, tuple[str, ...]]
    distances: _Distances


_TABLE = msgspec.toml.decode((Path(__file__).parent / "carriers.toml").read_bytes(), type=_Table)
# Without 都府県, as many pages write it. 東京 stands before 京都, which 東京都 contains.
_REGION = {name if name == "北海道" else name[:-1]: region
           for region, names in _TABLE.regions.items() for name in names}
_ABROAD = _TABLE.carriers[0]


def candidates(method: str | None, from_area: str | None) -> tuple[Carrier, ...]:
    """The carriers a shown method can mean: one where it is known, all domestic ones where it is not, the
    international ones when it comes from abroad."""
    text = _folded(method or "")
    if _is_abroad(_folded(from_area or "")):
        return (_ABROAD,)
    for carrier in _TABLE.carriers:
        if any(_folded(word) in text for word in carrier.words):
            return (carrier,)
    return tuple(carrier for carrier in _TABLE.carriers[1:] if carrier.name != "large")


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower().strip()


def _is_abroad(area: str) -> bool:
    return area in _TABLE.abroad_exactly or any(word in area for word in _TABLE.abroad)


def distances(from_area: str | None, ship_to: str) -> tuple[Distance, ...]:
    """How far it is between two prefectures; all distances when one of them is unknown (未定)."""
    start, end = _region(from_area or ""), _region(ship_to)
    return ("near", "middle", "far") if start is None or end is None else (_distance(start, end),)


@lru_cache(maxsize=256)
def _region(area: str) -> str | None:
    return next((region for prefecture, region in _REGION.items() if prefecture in area), None)


def _distance(start: str, end: str) -> Distance:
    if start == end or (start, end) in _TABLE.distances.near or (end, start) in _TABLE.distances.near:
        return "near"
    return "middle" if {(start, end), (end, start)} & set(_TABLE.distances.middle) else "far"
