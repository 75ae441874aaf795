"""The outcome kit of one order's page: how it ended or can end, the drafts for its buyer, the cancellation file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kataban.drafts import Draft, DraftError, Library, buyers_language, facts_of
from kataban.items import Ending, Wanted, WantedState
from kataban.outgoing import cancellation_file
from kataban.results.database import Connection
from kataban.results.gauge import gauge, gauge_shape
from kataban.results.order_kit import cancellations, resolution_shape, rows_given_up, rows_of
from kataban.results.resolutions import resolution_of

OUT_OF_STOCK = "out_of_stock"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person typed above the drafts; blank is None."""

    new_ship_by: date | None = None
    coupon: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A draft on the page; `draft` is None where it cannot be made, and `fault` says why. `note` is about language."""

    name: str
    draft: Draft | None = None
    fault: str = ""
    note: str | None = None


def kit_content(connection: Connection, library: Library, row: Wanted, now: datetime,
                wishes: Wishes) -> dict[str, Any]:
    """What the page of this row shows below its alternatives."""
    rows = rows_of(connection, row.order_id) if row.order_id else [row]
    given_up = rows_given_up(connection, rows)
    ended = resolution_of(connection, [row.wanted_id or 0]).get(row.wanted_id or 0)
    is_given_up = ended is not None and ended.kind is Ending.GIVEN_UP
    names = [name for name in library.names() if (name == OUT_OF_STOCK) is is_given_up] if row.order_id else []
    about = given_up if is_given_up else _to_send(rows, given_up) or [row]
    return {
        "resolution": resolution_shape(ended), "given_up": is_given_up, "buyers": buyers_language(about),
        "skus": sorted({entry.sku for entry in given_up if entry.sku}),
        "others": [entry for entry in rows if entry.wanted_id != row.wanted_id],
        "letters": [_letter(library, name, about, now, wishes) for name in names], "wishes": wishes,
        "takes_coupon": any(_takes_coupon(library, name) for name in names),
        "has_file": is_given_up and _file(connection, given_up) is not None,
        "gauge": gauge_shape(gauge(connection, now)),
    }


def cancellation(connection: Connection, row: Wanted) -> bytes | None:
    """The cancellation file of all rows of its order that are given up; None where there is none to be written."""
    return _file(connection, rows_given_up(connection, rows_of(connection, row.order_id) if row.order_id else []))


def _file(connection: Connection, given_up: Sequence[Wanted]) -> bytes | None:
    try:
        return cancellation_file(cancellations(connection, given_up))
    except ValueError:  # no report has told the number of an item
        return None


def _to_send(rows: Sequence[Wanted], given_up: Sequence[Wanted]) -> list[Wanted]:
    return [row for row in rows if row not in given_up and row.state is not WantedState.DONE]


def _takes_coupon(library: Library, name: str) -> bool:
    try:
        return library.takes_coupon(name)
    except DraftError:  # a template of the user's own that cannot be read; its letter says so
        return False


def _letter(library: Library, name: str, rows: Sequence[Wanted], now: datetime, wishes: Wishes) -> Letter:
    buyers = buyers_language(rows)
    try:
        coupon = wishes.coupon if _takes_coupon(library, name) else None
        draft = library.draft(name, facts_of(rows, now, new_ship_by=wishes.new_ship_by, coupon=coupon), buyers)
    except DraftError as error:  # a template of the user's own
        return Letter(name, fault=str(error))
    return Letter(name, draft, note=language_note(draft, buyers))


def language_note(draft: Draft, buyers: str | None) -> str | None:
    """The word for what must be said of the draft's language; None when it is surely the one to write in."""
    if buyers is None:
        return "draft.unknown_language"
    return None if draft.is_buyers else "draft.other_language"
