"""What a draft may say of an order, out of its Wanted rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from kataban.drafts.library import language_of
from kataban.drafts.shapes import Facts, Item
from kataban.items import Wanted

JST = ZoneInfo("Asia/Tokyo")  # the days of the seller, who ships from Japan


def facts_of(rows: Sequence[Wanted], now: datetime, *, new_ship_by: date | None = None,
             coupon: str | None = None) -> Facts:
    """The Facts of the rows of one order that the message is about. ValueError for rows without an order."""
    order_id = next((row.order_id for row in rows if row.order_id), None)
    if order_id is None:
        raise ValueError("there is no order")
    days = [row.ship_by.astimezone(JST).date() for row in rows if row.ship_by is not None]
    return Facts(order_id, tuple(Item(row.name, row.quantity) for row in rows), now.astimezone(JST).date(),
                 min(days, default=None), new_ship_by, coupon)


def buyers_language(rows: Sequence[Wanted]) -> str | None:
    """The buyer's language, guessed by the money paid in; None where the rows tell none, or several."""
    found = {language_of(row.sale_currency) for row in rows}
    return found.pop() if len(found) == 1 else None
