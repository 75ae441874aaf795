"""The gauge in sentences, the same for the page and the command: each a name in words.toml and its values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from kataban.web.shown import moment

WINDOW = timedelta(days=7)
Sentence = tuple[str, tuple[object, ...]]


def head(shape: Mapping[str, Any]) -> Sentence:
    """The rate, or why it is not known."""
    if shape["why_unknown"]:
        return f"gauge.{shape['why_unknown']}", ()
    return "gauge.rate", (shape["rate"], shape["limit"])


def sentences(shape: Mapping[str, Any], now: datetime) -> Iterator[Sentence]:
    """What else there is to say: how many more fit, what was counted, and what is not in it."""
    if shape["why_unknown"]:
        yield "gauge.how", ()
    elif shape["over"]:
        yield "gauge.over", ()
    elif shape["room"]:
        yield "gauge.room", (shape["room"], shape["with_one_more"])
    else:
        yield "gauge.no_room", (shape["with_one_more"],)
    if shape["why_unknown"] is None:
        yield "gauge.counts", (shape["orders"], shape["cancelled"])
        if shape["cancelled"]:
            yield "gauge.upper_bound", ()
    if shape["given_up"]:
        yield "gauge.given_up", (shape["given_up"],)
    if shape["report_read_at"]:
        yield "gauge.read_at", (moment(shape["report_read_at"]),)
        since = shape["known_since"]
        if since and datetime.fromisoformat(since) > now - WINDOW:
            yield "gauge.known_since", (moment(since),)


def width(shape: Mapping[str, Any]) -> float:
    """How much of the bar is filled, in percent of it; the limit stands in its middle."""
    return min(float(shape["rate"] or 0) / float(shape["limit"]) * 50, 100)
