"""Words about shipping: who pays, how much, by whom it is carried, and how many days until dispatch."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kataban.parsers.yen import plausible


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    included: list[str]
    excluded: list[str]
    conditional: list[str]
    methods: list[str]
    days: dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Shipping:
    """Shipping as words say it.

    `cost` is yen, 0 only where the words say that the price includes it, None when unknown. `included` is True
    (送料込み), False (送料別, 着払い, or a cost beside the price) or None (nothing said, or only a condition such as
    3,980円以上で送料無料). `method` is the carrier or the site's own service as shown.
    """

    cost: int | None = None
    included: bool | None = None
    method: str | None = None


_TABLE = msgspec.toml.decode((Path(__file__).parent / "shipping.toml").read_bytes(), type=_Table)
_INCLUDED = re.compile("|".join(_TABLE.included), re.IGNORECASE)
_EXCLUDED = re.compile("|".join(_TABLE.excluded), re.IGNORECASE)
_CONDITIONAL = re.compile("|".join(_TABLE.conditional), re.IGNORECASE)
_METHODS = re.compile("|".join(sorted(_TABLE.methods, key=len, reverse=True)))
_DAYS = [(re.compile(pattern, re.IGNORECASE), days) for pattern, days in _TABLE.days.items()]

_COST = re.compile(
    r"(?:送料|配送料金?|発送料|配達料)[\s:はが]*(?:全国)?(?:一律)?(?:別途)?[\s:+]*"
    r"(?:\(税込\)|税込)?\s*[¥+]?\s*"
    r"(?P<yen>\d{1,3}(?:,\d{3})+|\d{1,6})\s*円(?!\s*(?:以上|引|off|分|~|より))",
    re.IGNORECASE,
)
_SPAN = re.compile(r"(?P<first>\d{1,2})\s*(?:日|営業日)?\s*[~-]\s*(?P<last>\d{1,2})\s*(?P<unit>営業日|日|週間)")
_WITHIN = re.compile(r"(?P<last>\d{1,2})\s*(?P<unit>営業日|日|週間)\s*(?:以内|まで)")
_ONE = re.compile(
    r"(?P<last>\d{1,2})\s*(?P<unit>営業日|日|週間)\s*(?:程度|前後|ほど)?(?:後|で|に)?\s*(?:発送|出荷|お届け)"
)


def shipping_of(text: object) -> Shipping:
    """What `text` (a shipping cell, a payer's name, a line beside the price) says; all None when it says nothing."""
    line = _plain(text)
    method = _METHODS.search(line)
    bare = _CONDITIONAL.sub(" ", line)
    cost, included = _payer(bare)
    return Shipping(cost, included, method[0].strip() if method else None)


def ships_in_days(text: object) -> tuple[int, int] | None:
    """Days until dispatch as (minimum, maximum): "支払い後、4～7日で発送" -> (4, 7); None when nothing is said.

    Weeks are seven days; working days are taken as they are written.
    """
    line = _plain(text)
    for pattern, days in _DAYS:
        if pattern.search(line):
            return days
    found = _SPAN.search(line)
    if found:
        first, last = (int(found[name]) * _unit(found) for name in ("first", "last"))
        return (first, last) if first <= last else None
    found = _WITHIN.search(line)
    if found:
        return (0, int(found["last"]) * _unit(found))
    found = _ONE.search(line)
    return (int(found["last"]) * _unit(found),) * 2 if found else None


def _payer(line: str) -> tuple[int | None, bool | None]:
    found = _COST.search(line)
    if found:
        cost = int(found["yen"].replace(",", ""))
        return (cost, False) if plausible(cost) else (0, True)
    if _EXCLUDED.search(line):
        return None, False
    if _INCLUDED.search(line):
        return 0, True
    return None, None


def _unit(found: re.Match[str]) -> int:
    return 7 if found["unit"] == "週間" else 1


def _plain(text: object) -> str:
    line = unicodedata.normalize("NFKC", str(text or "")[:4000])
    return line.replace("〜", "~").replace("–", "-").replace("から", "~") if line else ""
