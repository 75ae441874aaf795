"""The table of the verb `appraise` for shipping: a row of text in, the added column out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, time

from kataban.offers.arrival import JST, arrival

_NUMBER = re.compile(r"\d+")
_AT_ONCE = re.compile(r"即日|当日|24時間以内|本日")
_NEXT_DAY = re.compile(r"翌日|翌営業日")


def arrival_columns(row: Mapping[str, str], *, ship_to: str = "東京都", handling_days: int = 0) -> dict[str, str]:
    """`arrives_in_time` (yes, no, unknown) of a row with days_to_ship, method, from_area, ship_by and now.

    days_to_ship is as shown (1~2日で発送, 2〜3営業日, 4-7) or empty. A ship_by without a time means the end
    of that day. ValueError names a cell that is no time.
    """
    shown = row.get("days_to_ship", "")
    found = arrival(
        days_to_ship(shown), row.get("method"), row.get("from_area"),
        now=datetime.fromisoformat(row["now"].strip()), ship_by=_deadline(row.get("ship_by", "")),
        ship_to=ship_to, handling_days=handling_days, business_days="営業日" in shown,
    )
    return {"arrives_in_time": found.in_time}


def days_to_ship(shown: str) -> tuple[int, int] | None:
    """(min, max) days until dispatch of the words a site shows; None when they say none (未定)."""
    text = unicodedata.normalize("NFKC", shown)
    if _AT_ONCE.search(text):
        return (0, 1)
    if _NEXT_DAY.search(text):
        return (1, 1)
    days = [int(number) * (7 if "週間" in text else 1) for number in _NUMBER.findall(text)[:2]]
    if not days:
        return None
    return (0, days[0]) if len(days) == 1 and "以内" in text else (min(days), max(days))


def _deadline(cell: str) -> datetime | None:
    if not cell.strip():
        return None
    moment = datetime.fromisoformat(cell.strip())
    return datetime.combine(moment, time(23, 59, 59), JST) if len(cell.strip()) == 10 else moment
