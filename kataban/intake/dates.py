"""Points in time out of cells: ISO, Japanese, Amazon's and Excel's ways of writing them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta, timezone

from kataban.intake.shapes import RowError

JST = timezone(timedelta(hours=9), "JST")
_END_OF_DAY = time(23, 59, 59)
# First year of each era less one; 元年 is year 1.
_ERAS = {"令和": 2018, "平成": 1988, "R": 2018, "H": 1988}
_ZONES = {"JST": JST, "UTC": timezone.utc, "GMT": timezone.utc, "Z": timezone.utc}  # noqa: UP017
_MONTHS = {name: number for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1)}
# Excel counts days from here; only days of 2015-2099 are taken for a date, so that a stray number is none.
_EXCEL_FIRST_DAY = date(1899, 12, 30)
_YEARS = range(2000, 2101)
_EXCEL_DAYS = range(42_005, 73_051)

_WEEKDAY = re.compile(
    r"^\s*\(?(?:[月火水木金土日](?:曜日?)?|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)\)?[,、]?(?=\s|$|T|\d)", re.IGNORECASE
)
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{4})(\d{2})(\d{2})(?!\d)")
_ERA = re.compile(r"(令和|平成|[RH])\s*(\d{1,2}|元)\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})\s*日?", re.IGNORECASE)
_YEAR_LAST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})")
_MONTH_NAME = re.compile(
    r"([a-z]{3})[a-z]*\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})|(\d{1,2})[\s-]+([a-z]{3})[a-z]*\.?[\s,-]+(\d{4})",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(午前|午後)?\s*(\d{1,2})\s*(?::|時)\s*(?:(\d{1,2})\s*分?)?(?:\s*:?\s*(\d{1,2})(?:[.,]\d{1,9})?\s*秒?)?\s*(am|pm)?",
    re.IGNORECASE,
)
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")


def moment(cell: object) -> datetime:
    """The point in time of a cell, with an offset (JST where none is written); a day alone means its end in Japan.

    Raises RowError `bad_date`, or `ambiguous_date` for 05/06/2026.
    """
    if isinstance(cell, datetime):
        # Excel has no days, only midnights: a date typed into a cell arrives as one.
        return _at(cell.date(), None if cell.time() == time(0) else cell.time(), cell.tzinfo or JST)
    if isinstance(cell, date):
        return _at(cell, None, JST)
    text = unicodedata.normalize("NFKC", str(cell)).strip()
    if re.fullmatch(r"\d{5}(\.\d+)?", text) and int(float(text)) in _EXCEL_DAYS:
        return _of_excel(float(text))
    day, end = _day(text)
    clock, zone = _clock(text, end)
    return _at(day, clock, zone)


def _at(day: date, clock: time | None, zone: object) -> datetime:
    if clock is None:
        return datetime.combine(day, _END_OF_DAY, JST)
    return datetime.combine(day, clock.replace(tzinfo=None), zone if isinstance(zone, timezone) else JST)


def _of_excel(days: float) -> datetime:
    whole = int(days)
    day = _EXCEL_FIRST_DAY + timedelta(days=whole)
    seconds = round((days - whole) * 86_400)
    if not seconds:
        return _at(day, None, JST)
    return datetime.combine(day, time(0), JST) + timedelta(seconds=seconds)


def _day(text: str) -> tuple[date, int]:
    """The day at the beginning of `text`, and where the rest begins."""
    for pattern, numbers in ((_YEAR_FIRST, _year_first), (_ERA, _era), (_YEAR_LAST, _year_last), (_MONTH_NAME, _named)):
        found = pattern.match(text)
        if found:
            year, month, day = numbers(found)
            try:  # 0001 and 9999 are "none" somewhere, and cannot be turned into another zone
                return date(year if year in _YEARS else 0, month, day), found.end()
            except ValueError:
                break
    raise RowError("bad_date", value=text)


def _year_first(found: re.Match[str]) -> tuple[int, int, int]:
    year, month, day = found.groups()[:3] if found[1] else found.groups()[3:]
    return int(year), int(month), int(day)


def _era(found: re.Match[str]) -> tuple[int, int, int]:
    year = 1 if found[2] == "元" else int(found[2])
    return _ERAS[found[1].upper()] + year, int(found[3]), int(found[4])


def _year_last(found: re.Match[str]) -> tuple[int, int, int]:
    """30/11/2026 and 11/30/2026 have one reading each; 05/06/2026 has two."""
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    if first <= 12 and second <= 12 and first != second:
        raise RowError("ambiguous_date", value=found[0])
    return (year, second, first) if first > 12 else (year, first, second)


def _named(found: re.Match[str]) -> tuple[int, int, int]:
    name, day, year = (found[1], found[2], found[3]) if found[1] else (found[5], found[4], found[6])
    return int(year), _MONTHS.get(name.lower(), 0), int(day)


def _clock(text: str, start: int) -> tuple[time | None, timezone]:
    """The time of day and zone that follow the date; anything else after it makes the date unreadable."""
    rest = _WEEKDAY.sub("", text[start:], count=1).strip().removeprefix("T").strip()
    rest = re.sub(r"(?:まで|迄|必着|中)$", "", rest).strip()
    if not rest:
        return None, JST
    found = _CLOCK.match(rest)
    if not found:
        raise RowError("bad_date", value=text)
    try:
        return _time(found), _zone(rest[found.end() :].strip())
    except (ValueError, KeyError) as error:
        raise RowError("bad_date", value=text) from error


def _time(found: re.Match[str]) -> time:
    hour, half = int(found[2]), (found[1] or found[5] or "").lower()
    if half in {"午後", "pm"} and hour < 12:
        hour += 12
    if half in {"午前", "am"} and hour == 12:
        hour = 0
    if hour == 24 and not int(found[3] or 0):
        return _END_OF_DAY
    return time(hour, int(found[3] or 0), int(found[4] or 0))


def _zone(text: str) -> timezone:
    """The zone written after a time; KeyError for one that is unknown (PST is several zones, BST too)."""
    if not text:
        return JST
    found = _OFFSET.fullmatch(text)
    if not found:
        return _ZONES[text.upper().strip("()")]
    ahead = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-ahead if found[1] == "-" else ahead)
