"""Quiet hours, in Japanese time."""

from __future__ import annotations

import re
from datetime import datetime, time
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")
_HOURS = re.compile(r"(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")


def is_quiet(hours: str, now: datetime) -> bool:
    """Does `now` lie within hours such as 22:00-07:00? An empty text has none; ValueError for what is no time."""
    if not hours.strip():
        return False
    found = _HOURS.fullmatch(hours.strip())
    if found is None:
        raise ValueError(f"no hours: {hours} (say 22:00-07:00)")
    begin, end = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    at = now.astimezone(JST).time()
    return begin <= at < end if begin <= end else at >= begin or at < end
