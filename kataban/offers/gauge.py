"""The cancellation gauge: how near the account is to Amazon's limit, and which open orders are the cheapest to save.

Amazon's help of Japan (200285210, read 2026): orders that the seller cancelled, over all orders the seller sends
himself, over seven days, must stay under 2.5 %; above it the offers may be deactivated.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from kataban.items import Purchase, Wanted
from kataban.offers.profit import Terms, profit

LIMIT = Fraction(25, 1000)
_LATEST = float("inf")


@dataclass(frozen=True, slots=True)
class Gauge:
    """Cancelled among all orders that the seller sends himself, placed in the last seven days; orders, not items.

    `cancelled` is what a report says, whoever cancelled: the report does not tell, so it is an upper bound. `given_up`
    are those whose cancellation no report shows yet. `read_at` is when the newest all-orders report was read, None
    when none was in seven days: then nothing is known. `known_since` is when the earliest order known was placed.
    """

    orders: int = 0
    cancelled: int = 0
    given_up: int = 0
    read_at: datetime | None = None
    known_since: datetime | None = None

    @property
    def why_unknown(self) -> str | None:
        """`no_report` or `no_orders` when there is no rate; it is never 0 % then."""
        if self.read_at is None:
            return "no_report"
        return None if self.orders else "no_orders"

    def rate(self, more: int = 0) -> Fraction | None:
        """The rate with `more` further cancellations of orders that are counted already; None when unknown."""
        if self.why_unknown is not None:
            return None
        return Fraction(min(self.cancelled + self.given_up + more, self.orders), self.orders)

    @property
    def room(self) -> int | None:
        """How many more cancellations keep the rate under the limit; None when unknown."""
        if self.why_unknown is not None:
            return None
        return max(math.ceil(LIMIT * self.orders) - 1 - self.cancelled - self.given_up, 0)

    @property
    def over(self) -> bool:
        """Is the rate at the limit or above it?"""
        rate = self.rate()
        return rate is not None and rate >= LIMIT


def percent(rate: Fraction | None) -> Decimal | None:
    """A rate in percent with two places."""
    return None if rate is None else round(Decimal(rate.numerator) * 100 / rate.denominator, 2)


@dataclass(frozen=True, slots=True)
class Cheapest:
    """The alternative that an order's row would be filled with. `total` is None while its shipping is unknown."""

    source: str
    listing_id: str
    total: int | None
    purchase: Purchase


@dataclass(frozen=True, slots=True)
class Saving:
    """What it takes to fill one order: its rows, each with its cheapest alternative, and what all of them earn in yen.

    `profit` is negative for a loss and None while anything of it is unknown.
    """

    rows: Sequence[tuple[Wanted, Cheapest | None]]
    profit: int | None

    @property
    def order_id(self) -> str:
        """The order's number."""
        return self.rows[0][0].order_id or ""

    @property
    def ship_by(self) -> datetime | None:
        """When the first of its rows must be shipped."""
        return min((row.ship_by for row, _ in self.rows if row.ship_by is not None), default=None)

    @property
    def can_be_filled(self) -> bool:
        """Has every row an alternative?"""
        return all(cheapest is not None for _, cheapest in self.rows)

    @property
    def _urgency(self) -> float:
        return self.ship_by.timestamp() if self.ship_by else _LATEST


@dataclass(frozen=True, slots=True)
class Savings:
    """The open orders: `ranked` by what filling them costs, the cheapest first; `unknown`, where that is not known;
    `without`, where some row has no alternative. The latter two by ship_by."""

    ranked: Sequence[Saving] = ()
    unknown: Sequence[Saving] = ()
    without: Sequence[Saving] = ()


def savings(rows: Iterable[tuple[Wanted, Cheapest | None]], terms: Terms) -> Savings:
    """Rank the open orders. An order of several rows is saved only when all of them are."""
    orders: dict[str, list[tuple[Wanted, Cheapest | None]]] = defaultdict(list)
    for row, cheapest in rows:
        orders[row.order_id or ""].append((row, cheapest))
    found = sorted((_saving(group, terms) for group in orders.values()), key=lambda saving: saving._urgency)
    ranked = [saving for saving in found if saving.can_be_filled and saving.profit is not None]
    return Savings(sorted(ranked, key=lambda saving: -(saving.profit or 0)),
                   [saving for saving in found if saving.can_be_filled and saving.profit is None],
                   [saving for saving in found if not saving.can_be_filled])


def _saving(rows: Sequence[tuple[Wanted, Cheapest | None]], terms: Terms) -> Saving:
    earned = [profit(cheapest.total if cheapest else None, row, terms) for row, cheapest in rows]
    known = [yen for yen in earned if yen is not None]
    return Saving(rows, sum(known) if len(known) == len(earned) else None)
