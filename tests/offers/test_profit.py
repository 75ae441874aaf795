"""Profit by the user's own rates; unknown stays unknown."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kataban.items import Wanted
from kataban.offers import Terms, break_even, profit, rates_of
from kataban.offers.places import canonical_url

TERMS = Terms({"USD": Decimal("150.5")}, Decimal(15), 1_200)


def sold(**fields: object) -> Wanted:
    return Wanted("X-1", **{"sale_price": Decimal(100), "sale_currency": "USD", **fields})  # type: ignore[arg-type]


def test_fees_and_costs_are_taken_off() -> None:
    assert break_even(sold(), TERMS) == 15_050 * 85 // 100 - 1_200
    assert profit(8_000, sold(), TERMS) == 12_792 - 1_200 - 8_000
    assert profit(8_000, sold(quantity=2), TERMS) == 12_792 - 1_200 - 16_000
    assert break_even(sold(sale_currency="JPY", sale_price=Decimal(9_000)), Terms()) == 9_000


@pytest.mark.parametrize("need", [sold(sale_currency="EUR"), sold(sale_currency=None), sold(sale_price=None)])
def test_without_price_or_rate_there_is_no_profit(need: Wanted) -> None:
    assert break_even(need, TERMS) is None
    assert profit(8_000, need, TERMS) is None


def test_an_unknown_total_has_no_profit() -> None:
    assert profit(None, sold(), TERMS) is None


def test_rates_are_read_strictly() -> None:
    assert rates_of(["usd=150.5", " EUR:163 "]) == {"USD": Decimal("150.5"), "EUR": Decimal(163)}
    for word in ("USD", "USD=", "USD=x", "USD=-1", "USD=0", "USD=NaN", "DOLLAR=1"):
        with pytest.raises(ValueError, match="no rate"):
            rates_of([word])


@pytest.mark.parametrize(("url", "canonical"), [
    ("https://www.shop.example/a/?utm_source=x&id=2&gclid=3#top", "shop.example/a?id=2"),
    ("http://m.shop.example/a/index.html", "shop.example/a"),
    ("https://shop.example/A?b=2&a=1", "shop.example/A?a=1&b=2"),
])
def test_addresses_are_compared_without_what_changes_nothing(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical
