"""What an order earns: its sale price in yen by the user's own rates, less what the goods and the sale cost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from kataban.items import Wanted

_RATE = re.compile(r"([A-Za-z]{3})\s*[=:]\s*(\S+)")
_YEN = "JPY"


@dataclass(frozen=True, slots=True)
class Terms:
    """How the user sells. `rates` are yen for one unit of a currency (ISO 4217), as the user wrote them: no live rates.

    `fee_percent` is the marketplace's part of the sale price, `costs` are yen for one row beside the goods
    (international shipping, packing, duty). `ship_to` is the prefecture that goods are sent to, `handling_days` are
    the days the user needs between their arrival and ship_by.
    """

    rates: Mapping[str, Decimal] = field(default_factory=dict)
    fee_percent: Decimal = Decimal(0)
    costs: int = 0
    ship_to: str = "東京都"
    handling_days: int = 0


def rates_of(words: Iterable[str]) -> dict[str, Decimal]:
    """The rate table of words such as USD=150.5. ValueError names a word that is no rate."""
    rates = {}
    for word in words:
        found = _RATE.fullmatch(word.strip())
        try:
            rate = Decimal(found[2]) if found else Decimal("NaN")
        except InvalidOperation:
            rate = Decimal("NaN")
        if found is None or not rate.is_finite() or rate <= 0:
            raise ValueError(f"no rate: {word} (say USD=150.5: yen for one dollar)")
        rates[found[1].upper()] = rate
    return rates


def break_even(wanted: Wanted, terms: Terms) -> int | None:
    """The most that the whole row's goods may cost in yen without a loss; None without a sale price or its rate."""
    if wanted.sale_price is None or wanted.sale_currency is None:
        return None
    rate = Decimal(1) if wanted.sale_currency == _YEN else terms.rates.get(wanted.sale_currency)
    if rate is None:
        return None
    kept = wanted.sale_price * rate * (100 - terms.fee_percent) / 100
    return int(kept.to_integral_value(ROUND_HALF_EVEN)) - terms.costs


def profit(total: int | None, wanted: Wanted, terms: Terms) -> int | None:
    """Yen that the row earns when each piece costs `total`; None while anything of it is unknown."""
    most = break_even(wanted, terms)
    return None if most is None or total is None else most - total * wanted.quantity
