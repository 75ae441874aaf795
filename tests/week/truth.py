"""What is true in a simulated week: who sells what at which hour, which orders come, what of them can be saved.

Hours count from the week's beginning. Offers come and go at whole hours, cron runs at half hours and orders come at
quarter hours, so that no two of them meet. The files (`truth.toml`, `truth_small.toml`) are written by
`tests.week.plant` and say themselves what follows from their offers; a test derives it anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cached_property
from math import inf
from pathlib import Path
from typing import Literal

import msgspec

Trap = Literal["", "sibling", "accessory", "box", "used", "dear", "sold_out", "bid", "reserved", "ended", "successor"]
# How many exact offers a story has and when they go is in tests.week.plant.
Story = Literal["steady", "moved", "gone", "returns", "brief", "only_blocked", "blocked_gone", "blind",
                "never", "replaced", "fba"]


class Table(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Base of all tables: a misspelt key is an error."""


class Offer(Table):
    """Something for sale. Without a `trap` it is exactly the model, new, within the limit and to be had at once."""

    source: str
    price: int
    begins: float = msgspec.field(default=-inf, name="from")
    until: float = inf
    sold_out: list[tuple[float, float]] = []
    trap: Trap = ""

    def purchasable(self, hour: float) -> bool:
        """Is this exactly the model, and can it be bought at this hour?"""
        there = self.begins <= hour < self.until
        return not self.trap and there and not any(begins <= hour < until for begins, until in self.sold_out)


class Sku(Table, dict=True):
    """One listing of the user's own on Amazon, and all that is for sale under its model number.

    `limit` is the most that is paid for one (yen, with shipping), `price` what the buyer pays (USD).
    """

    sku: str
    story: Story
    maker: str
    maker_ja: str
    model: str
    name: str
    name_ja: str
    jan: str
    limit: int
    price: str
    successor: str = ""
    gone: list[tuple[float, float]] = []
    offers: list[Offer] = []

    @property
    def fba(self) -> bool:
        """Amazon sends it: the user buys nothing for it, and nothing of ours may touch it."""
        return self.story == "fba"

    def supplied(self, hour: float) -> bool:
        """Can it be bought at this hour, whatever source is blocked?"""
        return any(offer.purchasable(hour) for offer in self.offers)

    def gaps(self, end: int) -> Iterator[tuple[float, float]]:
        """The spans of hours, up to `end`, in which nobody sells it."""
        begun: int | None = None
        for hour in range(end + 1):
            supplied = self.supplied(hour) or hour == end
            if supplied and begun is not None:
                yield float(begun), float(hour)
                begun = None
            elif not supplied and begun is None:
                begun = hour


class Order(Table):
    """An order that a buyer will place at hour `at`, if the listing is for sale then; to be sent by `ship_by`.

    `stock_out`: nobody sells it at that hour. `savable`: somebody does at some hour until ship_by or the week's end.
    """

    order_id: str
    item_id: str
    sku: str
    at: float
    ship_by: float
    stock_out: bool = False
    savable: bool = False


class Blocked(Table):
    """A source that answers with challenges for some hours."""

    source: str
    hosts: list[str]
    begins: float = msgspec.field(name="from")
    until: float


class Truth(Table, dict=True):
    """The week. `every` is the number of hours between two turns of cron."""

    begins: datetime
    days: int
    every: int
    blocked: Blocked
    sku: list[Sku]
    order: list[Order]

    @property
    def end(self) -> int:
        """The hour at which the week is over."""
        return self.days * 24

    @property
    def moments(self) -> list[float]:
        """The hours of cron's turns."""
        return [hour + 0.5 for hour in range(0, self.end, self.every)]

    def at(self, hour: float) -> datetime:
        """That hour as a moment."""
        return self.begins + timedelta(hours=hour)

    @cached_property
    def by_sku(self) -> dict[str, Sku]:
        """The SKUs by name."""
        return {sku.sku: sku for sku in self.sku}

    def is_savable(self, order: Order) -> bool:
        """Does anybody sell it between the order and its ship_by?"""
        last = min(order.ship_by, self.end)
        hours = (order.at, *(float(hour) for hour in range(int(order.at) + 1, int(last))))
        return any(self.by_sku[order.sku].supplied(hour) for hour in hours)


def read(path: Path) -> Truth:
    """The truth in a file. Raises msgspec.DecodeError when it is not of this form."""
    return msgspec.toml.decode(path.read_bytes(), type=Truth)
