"""What a seller's words on pauses mean for the day of dispatch: 発送は週末のみ, 12/5まで発送できません."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

_DATE = r"(?:(?P<month>\d{1,2})(?:月|/))?(?P<day>\d{1,2})日?(?:\([月火水木金土日祝・]+\))?"
_UNTIL = re.compile(_DATE + r"(?:頃|ごろ)?(?:まで|迄|いっぱい)")
_FROM = re.compile(_DATE + r"(?:頃|ごろ)?(?:以降|から(?:の)?(?:発送|順次)|より(?:発送|順次)|に発送)")
_THROUGH = re.compile(r"\d{1,2}日?(?:\([^)]*\))?[~-]" + _DATE)
_ONLY = re.compile(r"のみ|だけ|限定|になり|となり|まとめて|に発送|しか")
_REFUSED = re.compile(r"不可|休|ません|ない|なし|しており|お時間|停止|×")
_DAYS = {"週末": (5, 6), "土日": (5, 6), "平日": (0, 1, 2, 3, 4)} | {
    f"{name}曜": (at,) for at, name in enumerate("月火水木金土日")}


@dataclass(frozen=True, slots=True)
class Pause:
    """When dispatch is possible: not before a day, and on which weekdays (Monday is 0)."""

    not_before: date | None = None
    weekdays: frozenset[int] = frozenset(range(7))


def pause(words: str, today: date) -> Pause | None:
    """The pause that the words state; None when they state one that cannot be read (年末年始はお休み)."""
    text = unicodedata.normalize("NFKC", words).replace("〜", "~").replace("～", "~")
    if found := _THROUGH.search(text) or _UNTIL.search(text):
        return _dated(found, today, 1)
    if found := _FROM.search(text):
        return _dated(found, today, 0)
    named = {day for name, days in _DAYS.items() if name in text for day in days}
    if not named:
        return None
    if _REFUSED.search(text):
        return Pause(weekdays=frozenset(range(7)) - named)
    return Pause(weekdays=frozenset(named)) if _ONLY.search(text) else None


def _dated(found: re.Match[str], today: date, after: int) -> Pause | None:
    """A day of this month or the named one, the next to come; None for a day that does not exist."""
    month, day = int(found["month"] or today.month), int(found["day"])
    for year in (today.year, today.year + 1):
        try:
            meant = date(year, month, day)
        except ValueError:
            return None
        if meant >= today - timedelta(days=60):
            return Pause(not_before=meant + timedelta(days=after))
    return None
