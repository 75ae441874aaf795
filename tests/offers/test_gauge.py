"""The gauge: unknown is never 0 %, and the limit is a limit of orders."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from kataban.items import Purchase, Wanted
from kataban.offers import Terms
from kataban.offers.gauge import Cheapest, Gauge, percent, savings

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
TERMS = Terms({"USD": Decimal(150)})


@pytest.mark.parametrize(("orders", "cancelled", "given_up", "rate", "one_more", "room", "over"), [
    (100, 0, 0, "0.00", "1.00", 2, False),
    (40, 0, 0, "0.00", "2.50", 0, False),  # one of 40 is 2.5 %, which is not under 2.5 %
    (41, 0, 0, "0.00", "2.44", 1, False),
    (200, 2, 1, "1.50", "2.00", 1, False),
    (200, 4, 1, "2.50", "3.00", 0, True),
    (3, 1, 0, "33.33", "66.67", 0, True),
    (1, 0, 1, "100.00", "100.00", 0, True),  # no more can be cancelled than there are
])
def test_rate_and_room(orders: int, cancelled: int, given_up: int, rate: str, one_more: str, room: int,
                       over: bool) -> None:
    gauge = Gauge(orders, cancelled, given_up, NOW)
    assert (str(percent(gauge.rate())), str(percent(gauge.rate(1)))) == (rate, one_more)
    assert (gauge.room, gauge.over) == (room, over)
    limit = Decimal("0.025") * orders
    assert cancelled + given_up + room < limit or room == 0
    assert cancelled + given_up + room + 1 >= limit


@pytest.mark.parametrize(("gauge", "why"), [(Gauge(50, 1, 1), "no_report"), (Gauge(read_at=NOW), "no_orders")])
def test_nothing_known_is_never_zero_percent(gauge: Gauge, why: str) -> None:
    assert gauge.why_unknown == why
    assert (gauge.rate(), gauge.rate(1), gauge.room, gauge.over) == (None, None, None, False)
    assert percent(gauge.rate()) is None


def order(order_id: str, total: int | None, days: int = 3) -> tuple[Wanted, Cheapest]:
    row = Wanted("X-1", order_id=order_id, sale_price=Decimal(100), sale_currency="USD",
                 ship_by=NOW + timedelta(days=days))
    return row, Cheapest("rakuma", "a", total, Purchase.NOW)


def test_the_cheapest_to_save_come_first_and_unknown_profit_is_told_apart() -> None:
    found = savings([order("dear", 18_000), order("gain", 9_000), order("near", 15_500), order("open", None, days=1),
                     order("late-unknown", None, days=2),
                     (Wanted("Z", order_id="none", ship_by=NOW), None)], TERMS)
    assert [(saving.order_id, saving.profit) for saving in found.ranked] == [
        ("gain", 6_000), ("near", -500), ("dear", -3_000)]
    assert [saving.order_id for saving in found.unknown] == ["open", "late-unknown"]
    assert [saving.order_id for saving in found.without] == ["none"]


def test_an_order_is_saved_only_with_all_its_rows() -> None:
    found = savings([order("two", 14_000), order("two", 16_000), order("half", 1_000),
                     (Wanted("Z", order_id="half"), None)], TERMS)
    assert [(saving.order_id, saving.profit) for saving in found.ranked] == [("two", 0)]
    assert [saving.order_id for saving in found.without] == ["half"]
    assert savings([], TERMS).ranked == []
