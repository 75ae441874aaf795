"""Who supplies a watched SKU: the rules as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kataban.items import Availability, Condition, Outcome, Purchase, Seller, Supply
from kataban.offers import Look, Margins, Offered, Rules, Seen, Sign, SupplyEvidence, Terms, supply
from tests.results.makers import NOW, listing

RULES = Rules()
SOURCES = ("rakuma", "mercari", "yodobashi", "biccamera", "yahoo_auctions")
HOUR = timedelta(hours=1)


def offered(name: str = "a", seller: str | None = "s1", *, purchase: Purchase = Purchase.NOW, total: int | None = 5_000,
            age: timedelta = HOUR, source: str = "rakuma", doubtful: bool = False, **fields: Any) -> Offered:
    found = listing(name, seen_at=NOW - age, seller=Seller(source, seller) if seller else None,
                    title=f"AB-1200C {name}", **fields)
    found.source = source
    return Offered(found, purchase, total, doubtful)


def looks(*failed: str, outcome: Outcome = Outcome.NOTHING, age: timedelta = HOUR, complete: bool = True) -> list[Look]:
    return [Look(source, Outcome.BLOCKED if source in failed else outcome, complete and source not in failed, NOW - age,
                 began=NOW - age - timedelta(minutes=5)) for source in SOURCES]


def sign(rule: str, source: str = "rakuma", number: str | None = None) -> Sign:
    return Sign(SupplyEvidence(rule, "", "", source), number)


SOLD = offered(purchase=Purchase.NO)
STALE = offered(age=timedelta(hours=40))


@pytest.mark.parametrize(("why", "seen", "state", "suppliers"), [
    ("two sellers", Seen([offered(), offered("b", "s2")], looks()), Supply.SUPPLIED, 2),
    ("two places", Seen([offered(), offered("b", None, source="yodobashi")], looks()), Supply.SUPPLIED, 2),
    ("one seller twice", Seen([offered(), offered("b")], looks()), Supply.THIN, 1),
    ("one page found twice", Seen([offered(), offered("b", "s2", source="yahoo_auctions",
                                                      url="https://shop.example/a?utm_source=x")], looks()),
     Supply.THIN, 1),
    ("only after asking", Seen([offered(purchase=Purchase.ASK_FIRST), offered("b", "s2", purchase=Purchase.ASK_FIRST)],
                               looks()), Supply.THIN, 2),
    ("far too cheap", Seen([offered(), offered("b", "s2", doubtful=True)], looks()), Supply.THIN, 2),
    ("nobody", Seen([], looks()), Supply.GONE, 0),
    ("sold out", Seen([SOLD], looks()), Supply.GONE, 0),
    # could not look is never gone
    ("never looked", Seen([], []), Supply.UNKNOWN, 0),
    ("never asked", Seen([], [Look(source) for source in SOURCES]), Supply.UNKNOWN, 0),
    ("one of five blocked", Seen([], looks("mercari")), Supply.GONE, 0),
    ("two of five blocked", Seen([], looks("mercari", "yodobashi")), Supply.UNKNOWN, 0),
    ("the one that had it is blocked", Seen([SOLD], looks("rakuma")), Supply.UNKNOWN, 0),
    ("one blocked since yesterday", Seen([], [*looks()[1:], Look(
        SOURCES[0], Outcome.BLOCKED, at=NOW, answered_at=NOW - timedelta(hours=30))]), Supply.UNKNOWN, 0),
    ("one blocked for long", Seen([], [*looks()[1:], Look(
        SOURCES[0], Outcome.BLOCKED, at=NOW, answered_at=NOW - timedelta(hours=97))]), Supply.GONE, 0),
    ("old looks", Seen([], looks(age=timedelta(hours=37))), Supply.UNKNOWN, 0),
    ("half read", Seen([], looks(outcome=Outcome.PARTIAL, complete=False)), Supply.UNKNOWN, 0),
    ("found, not read to the end", Seen([SOLD], looks(outcome=Outcome.FOUND, complete=False)), Supply.UNKNOWN, 0),
    ("not seen again", Seen([STALE], looks("rakuma")), Supply.UNKNOWN, 0),
    ("looked at before it was last seen", Seen([STALE], looks(age=timedelta(hours=50))), Supply.UNKNOWN, 0),
    ("no longer shown by a whole look", Seen([STALE], looks()), Supply.GONE, 0),
    ("seen yesterday, no longer shown", Seen([offered(age=timedelta(hours=20))], looks()), Supply.GONE, 0),
    ("seen by a look that was taken up again", Seen([offered(age=timedelta(hours=2))], looks()), Supply.THIN, 1),
    ("seen by the whole look itself", Seen([offered(age=timedelta(minutes=62))], looks()), Supply.THIN, 1),
    ("seen yesterday, source blocked since", Seen([offered(age=timedelta(hours=20))], looks("rakuma")), Supply.THIN, 1),
    ("a page that web search no longer finds", Seen([offered(age=timedelta(hours=20))], [
        replace(look, lists_all=False) for look in looks()]), Supply.THIN, 1),
    # the maker's end
    ("ended, nobody", Seen([], looks(), [sign("maker_ended")]), Supply.DISCONTINUED, 0),
    ("ended, still supplied", Seen([offered(), offered("b", "s2")], looks(), [sign("maker_ended")]),
     Supply.DISCONTINUED, 2),
    ("ended, could not look", Seen([], looks("mercari", "yodobashi"), [sign("maker_ended")]), Supply.UNKNOWN, 0),
    ("successor", Seen([], looks(), [sign("successor", number="AB-1300")]), Supply.DISCONTINUED, 0),
    ("one shop ends its sale", Seen([], looks(), [sign("sale_ended")]), Supply.GONE, 0),
    ("one shop says it twice", Seen([], looks(), [sign("sale_ended"), sign("sale_ended")]), Supply.GONE, 0),
    ("two shops end it", Seen([], looks(), [sign("sale_ended"), sign("sale_ended", "yodobashi")]),
     Supply.DISCONTINUED, 0),
])
def test_states(why: str, seen: Seen, state: Supply, suppliers: int) -> None:
    found = supply(seen, NOW, RULES)
    assert (found.state, found.suppliers) == (state, suppliers), why
    assert found.evidence, "every state has a reason"
    assert all(entry.rule for entry in found.evidence)


def test_where_and_from_what_price() -> None:
    found = supply(Seen([offered(total=9_000), offered("b", "s2", total=8_000, source="mercari"),
                         offered("c", "s3", total=None, price=7_000)], looks()), NOW, RULES)
    assert (found.cheapest, found.cheapest_source, found.least) == (8_000, "mercari", 7_000)
    assert [entry.span for entry in found.evidence] == ["AB-1200C c", "AB-1200C b", "AB-1200C a"]
    assert "shipping unknown" in found.evidence[0].text_en


@pytest.mark.parametrize(("prices", "total", "state"), [
    ([4_000, 4_000, 4_100], 4_599, Supply.SUPPLIED),
    ([4_000, 4_000, 4_100], 4_600, Supply.THIN),
    ([4_000, 4_000], 9_000, Supply.SUPPLIED),  # two days are no history
    ([8_000, 8_000, 8_000], 4_000, Supply.SUPPLIED),
])
def test_a_rising_price_is_thin(prices: list[int], total: int, state: Supply) -> None:
    offers = [offered(total=total), offered("b", "s2", total=total + 10)]
    days = {f"2026-11-{day:02}": price for day, price in enumerate(prices, start=1)}
    found = supply(Seen(offers, looks(), prices=days), NOW, RULES)
    assert found.state is state
    assert ("price_rise" in [entry.rule for entry in found.evidence]) is (state is Supply.THIN)


@pytest.mark.parametrize(("new_at", "since", "state"), [
    (NOW - timedelta(days=14), None, Supply.DISCONTINUED),
    (NOW - timedelta(days=13), NOW - timedelta(days=90), Supply.GONE),
    (None, NOW - timedelta(days=14), Supply.DISCONTINUED),
    (None, NOW - timedelta(days=2), Supply.GONE),
])
def test_only_used_ones_left(new_at: datetime | None, since: datetime | None, state: Supply) -> None:
    used = offered(purchase=Purchase.NO, condition=Condition.GOOD, availability=Availability.IN_STOCK)
    assert supply(Seen([used], looks(), new_at=new_at, since=since), NOW, RULES).state is state


def test_coverage_is_the_share_that_answered_completely() -> None:
    assert supply(Seen([], looks("mercari")), NOW, RULES).coverage == 0.8
    week_old = looks(age=timedelta(days=6))
    assert supply(Seen([offered()], week_old), NOW, RULES).coverage == 1.0, "a supplied SKU is searched once a week"
    assert supply(Seen([], week_old), NOW, RULES).coverage == 0.0


@pytest.mark.parametrize(("price", "rates", "cost", "left"), [
    ("100", {"USD": Decimal(150)}, 9_000, 3_000),
    ("100", {}, 9_000, None),
    (None, {"USD": Decimal(150)}, 9_000, None),
    ("100", {"USD": Decimal(150)}, None, None),
])
def test_the_margin(price: str | None, rates: dict[str, Decimal], cost: int | None, left: int | None) -> None:
    margins = Margins(Terms(rates, fee_percent=Decimal(15), costs=750), floor=3_001)
    asked = None if price is None else Decimal(price)
    assert margins.of(asked, cost) == left
    assert margins.is_under(asked, cost) is (left is not None), "unknown is never under the floor"
    assert not Margins(margins.terms).is_under(asked, cost), "without a floor nothing is"
