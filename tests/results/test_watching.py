"""Watched SKUs over a stored crawl: which are watched, what is concluded of them, and what is kept of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from kataban.intake import CatalogueEntry, Fulfilment
from kataban.items import Availability, Condition, Outcome, Supply, Verdict, WantedState
from kataban.offers import LookAgain, Margins, Rules, Terms
from kataban.results import queue
from kataban.results.catalogue import add_catalogue
from kataban.results.database import Database
from kataban.results.tables import order_lines, source_states, takedowns, wanted, watch_events, watches
from kataban.results.watching import Grounds, currency_of_orders, open_watches, renew, sync, watch_shapes
from tests.results.makers import NOW, add, judgement, listing, search
from tests.results.makers import wanted as order

DAY = timedelta(days=1)
SOURCES: dict[str, tuple[str, ...]] = {"rakuma": (), "mercari": ()}


def grounds(**rates: Decimal) -> Grounds:
    return Grounds(Rules(), SOURCES, Margins(Terms(rates or {"USD": Decimal(150)}), floor=1_000))


def put(database: Database, *skus: str, now: datetime = NOW, listed: bool = True, **fields: Any) -> None:
    """Catalogue rows as a listings report shows them."""
    usual: dict[str, Any] = {"model_number": "AB-1200C", "maker": "CASIO", "price": Decimal(100), "quantity": 3,
                             "fulfilment": Fulfilment.MERCHANT, "status": "Active"}
    with database.writing() as connection:
        add_catalogue(connection, [CatalogueEntry(sku, **{**usual, **fields}) for sku in skus], now, listed=listed)


def synced(database: Database, now: datetime = NOW) -> list[str]:
    with database.writing() as connection:
        sync(connection, now)
        return [watched.sku for watched in open_watches(connection)]


def renewed(database: Database, now: datetime = NOW, of: Grounds | None = None) -> dict[str, Supply]:
    with database.writing() as connection:
        found = renew(connection, now, of or grounds())
    return {entry.watched.sku: entry.conclusion.state for entry in found}


@pytest.mark.parametrize(("fields", "is_watched"), [
    ({}, True),
    ({"status": "出品中"}, True),
    ({"status": None, "quantity": None, "fulfilment": None}, True),
    ({"model_number": None, "jan": "4549292109412"}, True),
    ({"fulfilment": Fulfilment.AMAZON}, False),
    ({"status": "Inactive"}, False),
    ({"quantity": 0}, False),
    ({"model_number": None}, False),
])
def test_which_skus_are_watched(database: Database, fields: dict[str, Any], is_watched: bool) -> None:
    put(database, "S1", **fields)
    assert synced(database) == (["S1"] if is_watched else [])


def test_a_sku_that_an_order_report_called_amazons_is_never_watched(database: Database) -> None:
    put(database, "S1", fulfilment=None)
    with database.writing() as connection:
        connection.execute(sa.insert(order_lines).values(order_id="250-1", sku="S1", status="shipped",
                                                         fulfilment="amazon", updated_at=NOW))
    assert synced(database) == []


def test_who_left_is_ended_and_who_comes_back_is_watched_again(database: Database) -> None:
    put(database, "S1", "S2", max_price=9_000)
    assert synced(database) == ["S1", "S2"]
    put(database, "S1", quantity=0)
    assert synced(database) == ["S2"]
    with database.reading() as connection:
        states = {row.sku: row.state for row in connection.execute(sa.select(wanted.c.sku, wanted.c.state))}
        assert connection.execute(sa.select(sa.func.count()).select_from(watches)).scalar() == 2
    assert states == {"S1": WantedState.DONE.value, "S2": WantedState.OPEN.value}
    put(database, "S1", quantity=2)
    put(database, "S2", now=NOW - 8 * DAY)  # no report has shown it for a week
    assert synced(database) == ["S1"]


def test_what_a_file_of_ours_took_off_sale_stays_watched(database: Database) -> None:
    put(database, "S1", quantity=0, status="Inactive")
    with database.writing() as connection:
        connection.execute(sa.insert(takedowns).values(sku="S1", quantity_before=3, why="gone", file="f",
                                                       written_at=NOW))
    assert synced(database) == ["S1"]


def test_a_watched_sku_is_no_order_but_asked_as_one(database: Database) -> None:
    put(database, "S1")
    synced(database)
    with database.reading() as connection:
        assert not queue.due(connection, "rakuma", NOW)
        found = queue.due(connection, "rakuma", NOW, watching=True)
    assert [entry.query.model_number for entry in found] == ["AB-1200C"]


@pytest.mark.parametrize(("hours", "state"), [(95, Supply.UNKNOWN), (97, Supply.GONE)])
def test_a_blocked_source_is_waited_for_while_it_answered_lately(database: Database, hours: int, state: Supply) -> None:
    """For whatever model: this one it was asked long ago."""
    put(database, "S1")
    synced(database)
    look(database, NOW - 6 * DAY)
    look(database, NOW, mercari=Outcome.BLOCKED)
    with database.writing() as connection:
        connection.execute(sa.insert(source_states).values(
            source="mercari", rest_level=1, answered_at=NOW - timedelta(hours=hours)))
    assert renewed(database, of=Grounds(Rules(coverage=0.5), SOURCES, grounds().margins)) == {"S1": state}


def look(database: Database, now: datetime = NOW, **outcomes: Outcome) -> None:
    """A complete look at both sources without a listing, or as told."""
    for source in SOURCES:
        outcome = outcomes.get(source, Outcome.NOTHING)
        search(database, outcome=outcome, source=source, now=now, complete=outcome is Outcome.NOTHING)


def test_from_supplied_to_gone_and_back(database: Database) -> None:
    put(database, "S1")
    synced(database)
    assert renewed(database) == {"S1": Supply.UNKNOWN}, "never looked"
    two = [listing("a", seen_at=NOW), listing("b", seen_at=NOW, url="https://shop.example/b", price=4_000,
                                              title="AB-1200C 未使用", seller=None)]
    search(database, *two, complete=True)
    search(database, outcome=Outcome.NOTHING, source="mercari", complete=True)
    assert renewed(database) == {"S1": Supply.SUPPLIED}
    with database.reading() as connection:
        (shape,) = watch_shapes(connection, NOW)
    assert (shape["suppliers"], shape["cheapest"], shape["cheapest_source"]) == (2, 4_000, "rakuma")
    assert (shape["margin"], shape["coverage"], shape["checked_at"]) == (11_000, 1.0, NOW.isoformat())
    assert [entry["listing_id"] for entry in shape["evidence"]] == ["b", "a"]

    later = NOW + DAY
    gone = [listing(name, seen_at=later, availability=Availability.SOLD_OUT, title="AB-1200C") for name in "ab"]
    search(database, *gone, complete=True, now=later)
    search(database, outcome=Outcome.BLOCKED, source="mercari", now=later, reason_code="challenge")
    assert renewed(database, later) == {"S1": Supply.UNKNOWN}, "half of the sources is not enough"
    look(database, later + timedelta(hours=2))
    assert renewed(database, later + timedelta(hours=2)) == {"S1": Supply.GONE}
    with database.reading() as connection:
        events = connection.execute(sa.select(watch_events.c.state).order_by(watch_events.c.id)).scalars().all()
    assert events == ["supplied", "unknown", "gone"]
    renewed(database, later + timedelta(hours=3))
    with database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(watch_events)).scalar() == 3, "no change"
        assert [s["sku"] for s in watch_shapes(connection, later, [Supply.GONE])] == ["S1"]
        assert not watch_shapes(connection, later, [Supply.THIN])
        assert not watch_shapes(connection, later, sku="S2")


def test_a_supplier_behind_a_block_is_not_gone(database: Database) -> None:
    put(database, "S1")
    synced(database)
    search(database, listing("a", seen_at=NOW), complete=True)
    search(database, outcome=Outcome.NOTHING, source="mercari", complete=True)
    later = NOW + 2 * DAY
    search(database, outcome=Outcome.BLOCKED, now=later)
    search(database, outcome=Outcome.NOTHING, source="mercari", complete=True, now=later)
    one_source = Grounds(Rules(coverage=0.5), SOURCES)
    assert renewed(database, later, one_source) == {"S1": Supply.UNKNOWN}
    with database.reading() as connection:
        (shape,) = watch_shapes(connection, later)
    assert {entry["rule"] for entry in shape["evidence"]} == {"not_seen_again", "not_looked"}


def test_what_listings_say_of_the_end(database: Database) -> None:
    put(database, "S1")
    synced(database)
    search(database, listing("a", title="AB-1200C 生産終了品", availability=Availability.SOLD_OUT), complete=True)
    search(database, listing("b", title="カシオ AB-1300C (旧型番 AB-1200C)", judgement=judgement(Verdict.DIFFERENT)),
           outcome=Outcome.NOTHING, source="mercari", complete=True)
    assert renewed(database) == {"S1": Supply.DISCONTINUED}
    with database.reading() as connection:
        (shape,) = watch_shapes(connection, NOW)
    assert shape["successor"] == "AB-1300C"
    assert [(entry["rule"], entry["span"]) for entry in shape["evidence"]][:2] == [
        ("maker_ended", "生産終了"), ("successor", "旧型番 AB-1200C")]


def test_a_rise_is_measured_against_the_days_before(database: Database) -> None:
    put(database, "S1", model_number="AB-1200C")
    synced(database)
    for day, price in enumerate([4_000, 4_000, 4_200, 5_200]):
        now = NOW + day * DAY
        found = [listing(name, seen_at=now, price=price + at, title=f"AB-1200C {name}", seller=None)
                 for at, name in enumerate("a")]
        search(database, *found, complete=True, now=now)
        assert renewed(database, now) == {"S1": Supply.THIN}
    with database.reading() as connection:
        (shape,) = watch_shapes(connection, now)
    assert "price_rise" in {entry["rule"] for entry in shape["evidence"]}
    assert shape["days"] == 3


def test_only_used_ones_for_a_fortnight(database: Database) -> None:
    put(database, "S1")
    synced(database)
    search(database, listing("a", seen_at=NOW), complete=True)
    later = NOW + 15 * DAY
    used = listing("u", seen_at=later, condition=Condition.GOOD, seller=None, title="AB-1200C 中古")
    search(database, used, listing("a", seen_at=later, availability=Availability.SOLD_OUT), complete=True, now=later)
    search(database, outcome=Outcome.NOTHING, source="mercari", complete=True, now=later)
    assert renewed(database, later) == {"S1": Supply.DISCONTINUED}


def test_no_leads_to_follow_is_a_look_where_web_search_answered(database: Database) -> None:
    put(database, "S1")
    synced(database)
    of = Grounds(Rules(), {"independent_shops": ("web_search",)})
    search(database, outcome=Outcome.NOT_ASKED, source="independent_shops", reason_code="no_leads")
    assert renewed(database, of=of) == {"S1": Supply.UNKNOWN}
    search(database, outcome=Outcome.ANSWERED, source="web_search", complete=True)
    assert renewed(database, of=of) == {"S1": Supply.GONE}


def test_the_currency_of_the_orders(database: Database) -> None:
    def line(currency: str, order_id: str) -> None:
        with database.writing() as connection:
            connection.execute(sa.insert(order_lines).values(order_id=order_id, sku="S", status="shipped",
                                                             sale_currency=currency, updated_at=NOW))

    with database.reading() as connection:
        assert currency_of_orders(connection) is None
    line("GBP", "1")
    with database.reading() as connection:
        assert currency_of_orders(connection) == "GBP"
    line("USD", "2")
    with database.reading() as connection:
        assert currency_of_orders(connection) is None


def test_an_order_of_the_same_model_shares_its_looks(database: Database) -> None:
    put(database, "S1")
    synced(database)
    add(database, order())
    look(database)
    assert renewed(database) == {"S1": Supply.GONE}
    with database.reading() as connection:
        assert not queue.due(connection, "rakuma", NOW + timedelta(hours=11), watching=True,
                             again=LookAgain(watch=timedelta(hours=12)))
        assert queue.due(connection, "rakuma", NOW + timedelta(hours=12), watching=True,
                         again=LookAgain(watch=timedelta(hours=12)))
