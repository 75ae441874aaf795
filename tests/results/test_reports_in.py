"""Reports one after the other, as a seller drops them: what they do to the queue, on both databases."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kataban.crawling.queue_files import take_in
from kataban.items import Ending
from kataban.results import tables
from kataban.results.database import Database
from kataban.results.order_lines import BUYER_ASKED, BY_AMAZON
from kataban.results.resolutions import resolution_of
from tests.intake.files import put
from tests.intake.reports import as_bytes, heading
from tests.intake.reports import rows as cells
from tests.results.makers import NOW

CATALOGUE = b"sku,model_number\nSKU-1,AB-100\nSKU-2,AB-200\nSKU-3,AB-300\n"


class Seller:
    """Drops files and looks at the queue."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.folder, self.files = database, folder, 0

    def drop(self, content: bytes) -> list[str]:
        """Read a file; returns the codes of its notes."""
        self.files += 1
        path = put(self.folder, f"{self.files}.txt", content)
        taken, = take_in(self.database, [path], self.folder / "state", NOW + self.files * timedelta(minutes=1))
        assert taken.error is None
        return [note.code for note in taken.notes]

    def report(self, kind: str, *numbers: int, **changes: str) -> list[str]:
        """Rows of these numbers under a kind's heading; changed cells by heading, _ for -."""
        named = {name.replace("_", "-"): text for name, text in changes.items()}
        return self.drop(as_bytes(heading(kind), cells(heading(kind), numbers, changes=named)))

    def queue(self) -> list[tuple[Any, ...]]:
        """(SKU, model number, quantity, state) of every row."""
        with self.database.reading() as connection:
            rows = connection.execute(sa.select(tables.wanted).order_by(tables.wanted.c.id)).mappings()
            return [(row["sku"], row["model_number"], row["quantity"], row["state"]) for row in rows]

    def endings(self) -> dict[int, tuple[Ending, str | None]]:
        """How the rows ended."""
        with self.database.reading() as connection:
            return {key: (one.kind, one.note) for key, one in resolution_of(connection, range(1, 10)).items()}


@pytest.fixture
def seller(database: Database, tmp_path: Path) -> Seller:
    """One whose SKUs are known."""
    found = Seller(database, tmp_path)
    found.drop(CATALOGUE)
    return found


def test_an_order_comes_is_partly_sent_and_goes(seller: Seller) -> None:
    seller.report("pending_jp", 1)
    assert seller.queue() == []
    seller.report("unshipped_jp", 1, quantity_purchased="3", quantity_to_ship="3")
    seller.report("all_orders", 1, quantity="3")
    assert seller.queue() == [("SKU-1", "AB-100", 3, "open")]
    seller.report("unshipped_jp", 1, quantity_purchased="3", quantity_to_ship="1", quantity_shipped="2")
    assert seller.queue() == [("SKU-1", "AB-100", 1, "open")]
    seller.report("all_orders", 1, quantity="3", order_status="PartiallyShipped", item_status="")
    assert seller.queue() == [("SKU-1", "AB-100", 1, "open")]
    seller.report("all_orders", 1, quantity="3", order_status="Shipped", item_status="Shipped")
    assert (seller.queue(), seller.endings()) == ([("SKU-1", "AB-100", 1, "done")], {1: (Ending.SHIPPED, None)})
    notes = seller.report("unshipped_jp", 1)
    assert seller.queue() == [("SKU-1", "AB-100", 1, "done")]
    assert "left_out" in notes


def test_what_left_the_unshipped_report_is_not_over(seller: Seller) -> None:
    seller.report("unshipped_jp", 1, 2)
    seller.report("unshipped_jp", 2)
    assert [row[-1] for row in seller.queue()] == ["open", "open"]


def test_the_newest_report_first_and_the_oldest_last(seller: Seller) -> None:
    seller.report("all_orders", 1, 2, order_status="Shipped", item_status="Shipped")
    assert "left_out" in seller.report("unshipped_jp", 1, 2, 3)
    assert seller.queue() == [("SKU-3", "AB-300", 2, "open")]


def test_a_buyers_cancellation_is_told_apart(seller: Seller) -> None:
    seller.report("unshipped_us", 1, is_buyer_requested_cancellation="true")
    seller.report("unshipped_us", 2)
    seller.report("all_orders", 1, 2, order_status="Cancelled", item_status="Cancelled", quantity="0")
    assert seller.endings() == {1: (Ending.CANCELLED, BUYER_ASKED), 2: (Ending.CANCELLED, None)}


@pytest.mark.parametrize("first", ["listings", "order"])
def test_what_amazon_sends_is_never_touched(seller: Seller, first: str) -> None:
    """SKU-1 by the order's own channel, SKU-2 by the listings report, SKU-3 is the seller's by the order's channel."""
    steps = [lambda: seller.report("listings_all", 2, 3, fulfillment_channel="AMAZON_NA", quantity=""),
             lambda: seller.report("all_orders", 1, fulfillment_channel="Amazon"),
             lambda: seller.report("all_orders", 3)]
    for step in steps if first == "listings" else []:
        step()
    seller.report("unshipped_jp", 1, 2, 3)
    for step in steps if first == "order" else []:
        step()
    assert [row[0] for row in seller.queue() if row[-1] == "open"] == ["SKU-3"]
    by_amazon = (Ending.SHIPPED, BY_AMAZON)
    assert seller.endings() == ({} if first == "listings" else {1: by_amazon, 2: by_amazon})


def test_sku_asin_and_jan_are_joined_over_reports(database: Database, tmp_path: Path) -> None:
    """The order names SKU-7 only; the all-orders report gives its ASIN; another SKU of this ASIN has the JAN."""
    seller = Seller(database, tmp_path)
    seller.report("unshipped_jp", 7)
    seller.report("listings_all", 9, asin1="B0TEST0007", product_id="4549526241659")
    assert [row[-1] for row in seller.queue()] == ["needs_model"]
    seller.report("all_orders", 7)
    with database.reading() as connection:
        row = connection.execute(sa.select(tables.wanted)).mappings().one()
    assert (row["jan"], row["asin"], row["state"]) == ("4549526241659", "B0TEST0007", "open")
    assert row["query_id"] is not None


def test_a_listing_is_as_the_newest_report_shows_it(seller: Seller) -> None:
    seller.report("listings_all", 1, 2)
    seller.report("open_listings_jp", 1, 価格="99.00", 数量="0")
    with seller.database.reading() as connection:
        rows = connection.execute(sa.select(tables.catalogue).order_by(tables.catalogue.c.sku)).mappings().all()
    assert [(row["sku"], row["price"], row["quantity"], row["fulfilment"], row["status"]) for row in rows] == [
        ("SKU-1", "99.00", 0, "merchant", "Active"), ("SKU-2", "129.90", 2, "merchant", "Active"),
        ("SKU-3", None, None, None, None)]
    assert [row["listed_at"] - NOW if row["listed_at"] else None for row in rows] == [
        timedelta(minutes=3), timedelta(minutes=2), None]
