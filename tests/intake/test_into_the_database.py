"""From the folder into the database: the same file changes nothing, and nobody's data is in any file of the state."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kataban.crawling.queue_files import take_in, take_in_folder
from kataban.results.database import Database
from kataban.results.schema import prepare
from tests.intake.files import csv_bytes, put
from tests.intake.test_amazon import ALL_ORDERS, LISTINGS, SECRET, UNSHIPPED, listing, order, report

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/state.db")
    prepare(database)
    yield database
    database.close()


def test_personal_data_reaches_nothing_that_is_kept(database: Database, tmp_path: Path) -> None:
    queue = tmp_path / "queue"
    queue.mkdir()
    put(queue, "orders.txt", report(UNSHIPPED, order(1), order(2, order_id=""), encoding="cp932"))
    all_orders = {"amazon-order-id": "112-9", "sku": "S9", "order-status": "Unshipped", "ship-city": SECRET}
    put(queue, "all.txt", report(ALL_ORDERS, all_orders))
    put(queue, "listings.txt", report(LISTINGS, listing("SKU-1", "4549526241659")))
    own = [["型番", "数量", "氏名", "電話番号", "住所"], ["A-100", 0, *[SECRET] * 3], ["B-200", 1, SECRET, None, None]]
    put(queue, "own.csv", csv_bytes(own))
    put(queue, "plain.txt", f"C-300\nD-400, {SECRET}\nE-500 # {SECRET}\n".encode())
    taken = take_in_folder(database, queue, tmp_path / "state", NOW)
    assert [one.error for one in taken] == [None] * 5
    assert sum(one.rejected for one in taken) == 3
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and queue not in path.parents]
    assert len(kept) > 3
    assert not [path for path in kept if SECRET.encode() in path.read_bytes()]


def test_the_same_content_changes_nothing(database: Database, tmp_path: Path) -> None:
    queue = tmp_path / "queue"
    queue.mkdir()
    path = put(queue, "orders.txt", report(UNSHIPPED, order(1), order(2)))
    first = take_in_folder(database, queue, tmp_path / "state", NOW)
    assert first[0].counts.added == 2
    assert take_in_folder(database, queue, tmp_path / "state", NOW) == []
    again = take_in(database, [path], tmp_path / "state", NOW)
    assert (again[0].counts.added, again[0].counts.changed, again[0].counts.unchanged) == (0, 0, 2)
    put(queue, "orders.txt", report(UNSHIPPED, order(1), order(2, quantity_to_ship="2"), order(3)))
    changed = take_in_folder(database, queue, tmp_path / "state", NOW)
    assert (changed[0].counts.added, changed[0].counts.changed, changed[0].counts.unchanged) == (1, 1, 1)
