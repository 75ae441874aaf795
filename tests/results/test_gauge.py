"""What the gauge counts out of stored reports."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from kataban.items import Ending
from kataban.offers import Terms
from kataban.results import tables
from kataban.results.database import Database
from kataban.results.gauge import gauge, gauge_shape, open_savings
from kataban.results.resolutions import resolve
from tests.results.makers import NOW, add, listing, search, wanted

DAY = timedelta(days=1)


def line(order_id: str, status: str = "shipped", **fields: Any) -> dict[str, Any]:
    """One stored row of a report."""
    return {"order_id": order_id, "order_item_id": None, "sku": "S", "status": status, "fulfilment": "merchant",
            "purchased_at": NOW - 2 * DAY, "buyer_asks_to_cancel": None, "updated_at": NOW, **fields}


def read(database: Database, *lines: dict[str, Any], kind: str = "all_orders", read_at: datetime = NOW - DAY) -> None:
    """Store rows as if a report with them had been read."""
    with database.writing() as connection:
        connection.execute(sa.insert(tables.queue_files).values(
            content_hash=f"{kind}{read_at}", name="r.txt", kind=kind, read_at=read_at, rows_kept=1, rows_rejected=0))
        connection.execute(sa.insert(tables.order_lines), list(lines))


def counts(database: Database) -> tuple[int, int, int]:
    with database.reading() as connection:
        found = gauge(connection, NOW)
    return found.orders, found.cancelled, found.given_up


@pytest.mark.parametrize(("lines", "expected"), [
    ([line("1"), line("2"), line("3", "cancelled")], (3, 1, 0)),
    ([line("1"), line("1", "unshipped", sku="T"), line("2", "cancelled"), line("2", "cancelled", sku="T")], (2, 1, 0)),
    ([line("1"), line("2", "cancelled", fulfilment="amazon"), line("3", fulfilment="amazon")], (1, 0, 0)),
    ([line("1"), line("2", "pending"), line("3", purchased_at=None)], (1, 0, 0)),
    ([line("1"), line("2", "cancelled", purchased_at=NOW - 8 * DAY)], (1, 0, 0)),
    ([line("1"), line("2", "cancelled", buyer_asks_to_cancel=True)], (2, 0, 0)),
    # Two reports' rows of one SKU: the one that knows the buyer's wish speaks for it.
    ([line("1"), line("2", "cancelled"), line("2", "unshipped", order_item_id="9", buyer_asks_to_cancel=True)],
     (2, 0, 0)),
    ([line("1"), line("2", "cancelled", buyer_asks_to_cancel=True), line("2", "cancelled", sku="T")], (2, 1, 0)),
])
def test_orders_are_counted_once_and_only_our_own(database: Database, lines: list[dict[str, Any]],
                                                  expected: tuple[int, int, int]) -> None:
    read(database, *lines)
    assert counts(database) == expected


def test_without_a_fresh_report_nothing_is_known(database: Database) -> None:
    read(database, line("1"), line("2", "cancelled"), read_at=NOW - 8 * DAY)
    read(database, line("3"), kind="unshipped_orders")
    with database.reading() as connection:
        shape = gauge_shape(gauge(connection, NOW), open_savings(connection, NOW, Terms()))
    assert (shape["why_unknown"], shape["rate"], shape["with_one_more"], shape["room"]) == (
        "no_report", None, None, None)


@pytest.mark.parametrize(("seen", "expected"), [
    ([line("9")], (2, 0, 1)),  # in no report yet
    ([line("250-1", "unshipped"), line("9")], (2, 0, 1)),
    ([line("250-1", "cancelled"), line("9")], (2, 1, 0)),
    ([line("250-1"), line("9")], (2, 0, 0)),  # sent after all
    ([line("250-1", "unshipped", buyer_asks_to_cancel=True), line("9")], (2, 0, 0)),
    ([line("250-1", "unshipped", purchased_at=NOW - 9 * DAY), line("9")], (1, 0, 0)),
])
def test_what_was_given_up_counts_until_a_report_shows_it(database: Database, seen: list[dict[str, Any]],
                                                          expected: tuple[int, int, int]) -> None:
    add(database, wanted())
    with database.writing() as connection:
        resolve(connection, [1], Ending.GIVEN_UP, "user", NOW - DAY)
    read(database, *seen)
    assert counts(database) == expected


def test_the_cheapest_to_save_by_the_alternatives_known(database: Database) -> None:
    sold = {"sale_price": Decimal(6_000), "sale_currency": "JPY"}
    add(database, wanted(**sold), wanted(order_id="250-2", **{**sold, "sale_price": Decimal(4_000)}),
        wanted(order_id="250-3"), wanted("ZZ-9", order_id="250-4"), wanted("ZZ-9", order_id=None, order_item_id=None))
    search(database, listing("dear", price=7_000), listing("cheap", price=5_000), listing("used", price=None))
    with database.reading() as connection:
        shape = gauge_shape(gauge(connection, NOW), open_savings(connection, NOW, Terms()))
    assert [(entry["order_id"], entry["profit"]) for entry in shape["cheapest_to_save"]] == [
        ("250-1", 1_000), ("250-2", -1_000)]
    assert shape["cheapest_to_save"][0]["rows"][0]["cheapest"] == {
        "source": "rakuma", "listing_id": "cheap", "total": 5_000, "purchase": "now"}
    assert [entry["order_id"] for entry in shape["profit_unknown"]] == ["250-3"]
    assert [entry["order_id"] for entry in shape["without_alternative"]] == ["250-4"]
