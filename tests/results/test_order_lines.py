"""Rows of order reports merged whatever the order of the files, and what they end in the queue."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kataban.intake import CatalogueEntry, Fulfilment, OrderLine, OrderStatus
from kataban.items import Ending, WantedState
from kataban.results import tables
from kataban.results.catalogue import add_catalogue
from kataban.results.database import Database
from kataban.results.order_lines import (
    BUYER_ASKED,
    BY_AMAZON,
    add_order_lines,
    close_orders,
    leave_amazon,
    lines_of,
    still_to_ship,
    with_rest,
)
from kataban.results.resolutions import resolution_of, resolve
from tests.results.makers import NOW, add, wanted

S = OrderStatus
UNSHIPPED = OrderLine("250-1", "77", "S-1", name="camera", status=S.UNSHIPPED, quantity=2, is_rest=True,
                      ship_by=NOW + timedelta(days=3))
ALL_ORDERS = OrderLine("250-1", sku="S-1", asin="B0TEST0001", status=S.UNSHIPPED, fulfilment=Fulfilment.MERCHANT,
                       quantity=2, purchased_at=NOW, sale_price=Decimal("129.90"), sale_currency="USD")


def keep(database: Database, *lines: OrderLine) -> list[OrderLine]:
    with database.writing() as connection:
        return list(add_order_lines(connection, lines, NOW))


def stored(database: Database) -> list[OrderLine]:
    with database.reading() as connection:
        orders = connection.execute(sa.select(tables.order_lines.c.order_id).distinct().order_by(
            tables.order_lines.c.order_id)).scalars()
        return list(lines_of(connection, orders.all()))


@pytest.mark.parametrize("lines", list(permutations([UNSHIPPED, ALL_ORDERS])),
                         ids=["unshipped_first", "all_orders_first"])
def test_two_reports_of_one_item_are_one_line_with_what_both_say(database: Database,
                                                                lines: tuple[OrderLine, ...]) -> None:
    for line in lines:
        keep(database, line)
    assert stored(database) == [replace(UNSHIPPED, is_rest=False, asin="B0TEST0001", fulfilment=Fulfilment.MERCHANT,
                                        purchased_at=NOW, sale_price=Decimal("129.90"), sale_currency="USD")]


@pytest.mark.parametrize(("first", "second", "status"), [
    (S.PENDING, S.UNSHIPPED, S.UNSHIPPED), (S.UNSHIPPED, S.PENDING, S.UNSHIPPED),
    (S.UNSHIPPED, S.PARTIALLY_SHIPPED, S.PARTIALLY_SHIPPED), (S.PARTIALLY_SHIPPED, S.UNSHIPPED, S.PARTIALLY_SHIPPED),
    (S.SHIPPED, S.UNSHIPPED, S.SHIPPED), (S.CANCELLED, S.PENDING, S.CANCELLED), (S.SHIPPED, S.UNKNOWN, S.SHIPPED),
    (S.UNKNOWN, S.PENDING, S.PENDING)])
def test_an_old_report_read_after_a_new_one_takes_nothing_back(database: Database, first: S, second: S,
                                                              status: S) -> None:
    keep(database, replace(ALL_ORDERS, status=first, name="first"))
    keep(database, replace(ALL_ORDERS, status=second, name="second", fulfilment=None))
    line = stored(database)[0]
    assert (line.status, line.fulfilment) == (status, Fulfilment.MERCHANT)
    assert line.name == ("second" if status is second else "first")


def test_two_items_of_one_sku_share_the_status_of_the_report_without_item_ids(database: Database) -> None:
    one, other = replace(UNSHIPPED, quantity=1), replace(UNSHIPPED, order_item_id="78", quantity=1)
    keep(database, one, other)
    keep(database, replace(ALL_ORDERS, status=S.SHIPPED))
    assert [(line.order_item_id, line.status, line.quantity, line.sale_price, line.asin) for line in stored(database)
            ] == [("77", S.SHIPPED, 1, None, "B0TEST0001"), ("78", S.SHIPPED, 1, None, "B0TEST0001")]


def test_the_item_told_first_takes_the_row_that_had_no_item_id(database: Database) -> None:
    keep(database, ALL_ORDERS, replace(ALL_ORDERS, sku="S-2"))
    keep(database, UNSHIPPED, replace(UNSHIPPED, order_item_id="78"), replace(UNSHIPPED, order_id="250-2"))
    assert [(line.order_id, line.order_item_id, line.sku) for line in stored(database)] == [
        ("250-1", "77", "S-1"), ("250-1", None, "S-2"), ("250-1", "78", "S-1"), ("250-2", "77", "S-1")]


def test_a_partly_sent_order_stays_with_the_rest(database: Database) -> None:
    keep(database, replace(UNSHIPPED, quantity=1, status=S.PARTIALLY_SHIPPED))
    with database.writing() as connection:
        lines = add_order_lines(connection, [replace(ALL_ORDERS, quantity=3, status=S.PARTIALLY_SHIPPED)], NOW)
        rows = with_rest([wanted(order_item_id=None, sku="S-1", quantity=3)], lines)
    assert [(row.quantity, row.asin) for row in rows] == [(1, "B0TEST0001")]


def test_items_that_are_told_apart_are_not_bought_a_second_time_by_sku(database: Database) -> None:
    with database.writing() as connection:
        lines = add_order_lines(connection, [UNSHIPPED, replace(UNSHIPPED, order_item_id="78"), ALL_ORDERS], NOW)
        assert with_rest([wanted(order_item_id=None, sku="S-1")], lines) == []
        assert len(with_rest([wanted(order_item_id="77", sku="S-1"), wanted(order_item_id="78", sku="S-1")],
                             lines)) == 2


def test_what_a_newer_report_knows_as_over_does_not_enter_the_queue(database: Database) -> None:
    keep(database, replace(ALL_ORDERS, status=S.SHIPPED), replace(ALL_ORDERS, order_id="250-2"))
    with database.writing() as connection:
        lines = add_order_lines(connection, [UNSHIPPED, replace(UNSHIPPED, order_id="250-2")], NOW)
        rows = [wanted(order_item_id="77", sku="S-1", order_id=order_id) for order_id in ("250-1", "250-2")]
        assert [row.order_id for row in still_to_ship(connection, rows, lines)] == ["250-2"]


def fba(connection: Connection) -> None:
    add_catalogue(connection, [CatalogueEntry("FBA", fulfilment=Fulfilment.AMAZON)], NOW, listed=True)


def test_what_amazon_sends_never_enters_whichever_report_said_so(database: Database) -> None:
    """By the order's own line; by its SKU, unless the order's own line says that the seller sends it."""
    with database.writing() as connection:
        fba(connection)
        add_order_lines(connection, [OrderLine("1", sku="A", fulfilment=Fulfilment.AMAZON),
                                     OrderLine("2", sku="FBA", fulfilment=Fulfilment.MERCHANT)], NOW)
        rows = [wanted(order_id=order_id, sku=sku, order_item_id=None)
                for order_id, sku in (("1", "A"), ("2", "FBA"), ("3", "FBA"), ("4", "A"))]
        kept = still_to_ship(connection, rows, lines_of(connection, ["1", "2", "3", "4"]))
    assert [row.order_id for row in kept] == ["2", "4"]


def test_what_turns_out_to_be_sent_by_amazon_leaves_the_queue(database: Database) -> None:
    add(database, *(wanted(order_id=order_id, sku=sku, order_item_id=None) for order_id, sku in (
        ("1", "A"), ("2", "FBA"), ("3", "FBA"), ("4", "A"))), wanted(order_id=None, sku="FBA", order_item_id=None),
        wanted("W-1", order_id=None, order_item_id=None, sku="FBA", watch=True))
    with database.writing() as connection:
        fba(connection)
        add_order_lines(connection, [OrderLine("1", sku="A", fulfilment=Fulfilment.AMAZON),
                                     OrderLine("2", sku="FBA", fulfilment=Fulfilment.MERCHANT)], NOW)
        assert leave_amazon(connection, NOW) == [1, 3]
        states = connection.execute(sa.select(tables.wanted.c.state).order_by(tables.wanted.c.id)).scalars().all()
        found = resolution_of(connection, [1, 2, 3])
    assert {key: (one.kind, one.note) for key, one in found.items()} == dict.fromkeys(
        [1, 3], (Ending.SHIPPED, BY_AMAZON))
    assert states == ["done", "open", "done", "open", "open", "open"]


@pytest.mark.parametrize(("status", "asked", "ending"), [
    (S.SHIPPED, None, (Ending.SHIPPED, None)), (S.CANCELLED, None, (Ending.CANCELLED, None)),
    (S.CANCELLED, True, (Ending.CANCELLED, BUYER_ASKED)), (S.UNSHIPPED, True, None),
    (S.PARTIALLY_SHIPPED, None, None)])
def test_a_report_ends_an_order_and_says_how(database: Database, status: S, asked: bool | None,
                                             ending: tuple[Ending, str | None] | None) -> None:
    add(database, wanted(sku="S-1"), wanted("X-2", order_id="250-2"))
    with database.writing() as connection:
        line = OrderLine("250-1", sku="S-1", status=status, buyer_asks_to_cancel=asked)
        assert close_orders(connection, [line], NOW) == (ending is not None)
        states = connection.execute(sa.select(tables.wanted.c.state).order_by(tables.wanted.c.id)).scalars().all()
        found = resolution_of(connection, [1, 2])
    assert states == ["done" if ending else "open", "open"]
    assert {key: (one.kind, one.note, one.by) for key, one in found.items()} == (
        {1: (*ending, "report")} if ending else {})


def test_an_item_ends_alone_and_the_users_word_stays(database: Database) -> None:
    add(database, wanted(order_item_id="1", sku="S-1"), wanted("X-2", order_item_id="2", sku="S-1"),
        wanted("X-3", order_id="250-3", sku="S-1"))
    with database.writing() as connection:
        resolve(connection, [3], Ending.BOUGHT, "user", NOW, price=500)
        lines = [OrderLine("250-1", "2", "S-1", status=S.SHIPPED), OrderLine("250-3", sku="S-1", status=S.SHIPPED)]
        assert close_orders(connection, lines, NOW) == 1
        found = resolution_of(connection, [1, 2, 3])
    assert {key: one.kind for key, one in found.items()} == {2: Ending.SHIPPED, 3: Ending.BOUGHT}


def test_an_expired_order_learns_how_it_ended(database: Database) -> None:
    add(database, wanted(sku="S-1", state=WantedState.EXPIRED))
    with database.writing() as connection:
        assert close_orders(connection, [OrderLine("250-1", sku="S-1", status=S.CANCELLED)], NOW) == 1
