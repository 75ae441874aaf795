"""Listings, Wanted rows and stored Searches for the tests of the results room."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from kataban.items import (
    Availability,
    Condition,
    Evidence,
    Judgement,
    Listing,
    Outcome,
    PriceKind,
    Seller,
    Verdict,
    Wanted,
)
from kataban.results import queue
from kataban.results.database import Database
from kataban.results.writing import Closing, store

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SOURCE = "rakuma"


def listing(listing_id: str = "a", **fields: Any) -> Listing:
    """An exact, purchasable Listing."""
    usual: dict[str, Any] = {
        "url": f"https://shop.example/{listing_id}", "title": "カシオ AB-1200C 新品", "price": 5_000,
        "price_kind": PriceKind.FIXED, "shipping": 0, "shipping_included": True, "availability": Availability.IN_STOCK,
        "availability_evidence": "cart button", "condition": Condition.NEW, "seen_at": NOW, "query_id": 1,
        "judgement": judgement(Verdict.EXACT), "seller": Seller(SOURCE, "s1", name="店", good=120, bad=1),
    }
    return Listing(SOURCE, listing_id, **{**usual, **fields})


def judgement(verdict: Verdict) -> Judgement:
    """A Judgement with one piece of evidence."""
    return Judgement(verdict, (Evidence("number_equal", "AB-1200C", "title", "型番が一致", "the number is equal"),))


def wanted(model: str = "AB-1200C", **fields: Any) -> Wanted:
    """An open Wanted that must ship in five days."""
    usual: dict[str, Any] = {"maker": "CASIO", "order_id": "250-1", "order_item_id": "1",
                             "ship_by": NOW + timedelta(days=5)}
    return Wanted(model, **{**usual, **fields})


def add(database: Database, *rows: Wanted, now: datetime = NOW) -> queue.Counts:
    """Put rows into the queue."""
    with database.writing() as connection:
        return queue.add_wanted(connection, rows, now)[0]


def search(database: Database, *found: Listing, outcome: Outcome = Outcome.FOUND, query_id: int = 1,
           source: str = SOURCE, now: datetime = NOW, **fields: Any) -> int:
    """Open a Search, store what it found and close it; returns its id."""
    with database.writing() as connection:
        run_id = queue.open_run(connection, source, now, 1)
        opened = queue.open_search(connection, query_id, [source], run_id, now)
        assert opened is not None
        store(connection, found, [Closing(opened[source], query_id, source, outcome, now, **fields)])
    return opened[source]
