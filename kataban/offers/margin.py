"""What a SKU would earn at its own price if the next order were bought at the cheapest offer."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from kataban.items import Wanted
from kataban.offers.profit import Terms, profit


@dataclass(frozen=True, slots=True)
class Margins:
    """How margins are reckoned: the user's terms, the currency of their listings (ISO 4217), and the floor in yen
    under which a SKU is better not sold; None: there is none."""

    terms: Terms = field(default_factory=Terms)
    currency: str = "USD"
    floor: int | None = None

    def of(self, price: Decimal | None, cost: int | None) -> int | None:
        """Yen left of one piece's `price` after fee, costs and `cost`, the goods' total in yen.

        None while the price, its rate or the cost is unknown: unknown is no loss.
        """
        return profit(cost, Wanted(sale_price=price, sale_currency=self.currency), self.terms)

    def is_under(self, price: Decimal | None, least: int | None) -> bool:
        """Is the margin surely under the floor, even at the least that an offer may cost?"""
        left = self.of(price, least)
        return self.floor is not None and left is not None and left < self.floor
