"""How values look on the page: moments in Japanese time, yen, safe addresses, marked text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from markupsafe import Markup

from kataban.web.words import t

JST = ZoneInfo("Asia/Tokyo")
_SOON_HOURS = 48


def moment(value: datetime | str | None) -> str:
    """A moment in Japanese time, to the minute."""
    if value is None:
        return ""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return f"{value.astimezone(JST):%Y-%m-%d %H:%M} JST"


def brief(value: datetime | str | None) -> str:
    """The same without the year."""
    return moment(value)[5:].replace("-", "/")


def day(value: str | None) -> str:
    """An ISO date as month/day."""
    return "" if value is None else f"{date.fromisoformat(value):%-m/%-d}"


def yen(value: int | None) -> str:
    """Whole yen with separators."""
    return "" if value is None else f"¥{value:,}" if value >= 0 else f"-¥{-value:,}"


def web_address(url: str | None) -> str | None:
    """The address when a click on it can only open a web page; None for javascript:, data: and what is broken."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def left(ship_by: str | None, now: datetime) -> Markup:
    """How long until ship_by, in words."""
    if ship_by is None:
        return t("order.no_ship_by")
    hours = (datetime.fromisoformat(ship_by) - now).total_seconds() / 3600
    if hours < 0:
        return t("order.late")
    if hours < _SOON_HOURS:
        return t("order.hours_left", int(hours))
    return t("order.days_left", int(hours // 24))


def urgency(ship_by: str | None, now: datetime) -> str:
    """Classes for colour and for the switch of deadlines."""
    if ship_by is None:
        return "calm"
    hours = (datetime.fromisoformat(ship_by) - now).total_seconds() / 3600
    if hours < _SOON_HOURS:
        return "late within2 within7" if hours < 0 else "soon within2 within7"
    return "calm within7" if hours < 7 * 24 else "calm"


def marked(text: str, evidence: Sequence[Mapping[str, Any]], place: str = "title") -> Markup:
    """`text` with the spans of the evidence for this place marked; a span that does not stand there marks nothing."""
    spans = sorted(span for span in (_span(text, entry) for entry in evidence if entry["place"] == place) if span)
    parts, at = [], 0
    for start, end in spans:
        if start >= at:
            parts += [Markup("{}").format(text[at:start]), Markup("<mark>{}</mark>").format(text[start:end])]
            at = end
    return Markup("").join([*parts, Markup("{}").format(text[at:])])


def _span(text: str, entry: Mapping[str, Any]) -> tuple[int, int] | None:
    words = entry["span"]
    if not words:
        return None
    start = entry["start"]
    if start is None or text[start:start + len(words)] != words:
        start = text.find(words)
    return None if start < 0 else (start, start + len(words))
