"""How a person ends an order on the command line: bought, given up, told; and the gauge."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from kataban.results.database import Database
from kataban.results.schema import prepare
from kataban.results.tables import order_lines, queue_files
from tests.commands.test_bad_input import one_line, scrapy
from tests.results.makers import SOURCE, add, listing, search, wanted

ORDER = "112-1234567-1234567"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """One order of two rows with an alternative each, one without an item id, one row of a plain list."""
    now, home = datetime.now(UTC), tmp_path / "home"
    database = Database(f"sqlite:///{home}/kataban.db")
    prepare(database)
    sold = {"order_id": ORDER, "sale_price": Decimal("99.90"), "sale_currency": "USD", "sku": "S-1",
            "ship_by": now + timedelta(days=3)}
    add(database, wanted(**sold, name="Watch AB-1200C"),
        wanted("ZZ-9", **{**sold, "order_item_id": "2", "name": "Case"}),
        wanted("YY-1", order_id="250-2", order_item_id=None, sku="S-3", sale_currency="EUR"),
        wanted("PL-1", order_id=None, order_item_id=None), now=now)
    search(database, listing(seen_at=now), now=now)
    with database.writing() as connection:
        connection.execute(sa.insert(queue_files).values(
            content_hash="h", name="all.txt", kind="all_orders", read_at=now, rows_kept=41, rows_rejected=0))
        connection.execute(sa.insert(order_lines), [
            {"order_id": f"o{n}", "sku": "S", "status": "shipped", "fulfilment": "merchant",
             "purchased_at": now - timedelta(days=n % 6), "updated_at": now} for n in range(80)])
    database.close()
    return home


def rows(home: Path, statement: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(home / "kataban.db") as connection:
        return connection.execute(statement).fetchall()


ENDINGS = 'SELECT wanted_id, kind, "by", source, seller_id, price, note FROM resolutions ORDER BY wanted_id'


def test_bought_at_an_alternative_or_elsewhere(home: Path) -> None:
    assert scrapy(home, "bought", ORDER, "--at", f"{SOURCE}:a", "--price", "5,000").returncode == 0
    assert scrapy(home, "bought", ORDER, "--where", "駅前の店", "--seller", "x", "--note", "cash").returncode == 0
    assert rows(home, ENDINGS) == [(1, "bought", "user", SOURCE, "s1", 5_000, None),
                                   (2, "bought", "user", "駅前の店", "x", None, "cash")]
    assert rows(home, "SELECT kind, seller_id FROM marks") == [("bought", "s1")]
    assert rows(home, "SELECT state FROM wanted ORDER BY id")[:2] == [("bought",), ("bought",)]


@pytest.mark.parametrize(("arguments", "said"), [
    ((ORDER,), "2 rows that this could be: say which by its id (1, 2)"),
    (("999-9",), "no wanted row or order 999-9"),
    (("4",), "belongs to no order"),
    ((ORDER, "--at", "rakuma"), "say SOURCE:LISTING_ID"),
    ((ORDER, "--at", "rakuma:none"), "rakuma has no listing none"),
    ((ORDER, "--at", f"{SOURCE}:a", "--price", "5 thousand"), "no amount of whole yen"),
])
def test_what_cannot_be_meant_is_one_line(home: Path, arguments: tuple[str, ...], said: str) -> None:
    done = scrapy(home, "bought", *arguments)
    assert done.returncode == 2
    assert said in one_line(done)
    assert rows(home, ENDINGS) == []


def test_giving_up_writes_the_file_and_says_the_order_of_steps(home: Path, tmp_path: Path) -> None:
    done = scrapy(home, "giveup", ORDER, "--out", str(tmp_path / "files"))
    assert done.returncode == 0, done.stderr
    (path,) = (tmp_path / "files").iterdir()
    head, columns, *lines = path.read_text(encoding="utf-8").splitlines()
    assert head.startswith("TemplateType=OrderCancellation\t")
    assert columns.split("\t") == ["order-id", "cancellation-reason-code", "amazon-order-item-code"]
    assert [line.split("\t") for line in lines] == [[ORDER, "NoInventory", "1"], [ORDER, "NoInventory", "2"]]
    first, second, third = done.stdout.splitlines()[:3]
    assert first.startswith("1. Set the quantity")
    assert second.endswith(str(path))
    assert third.startswith("3. Only when it is cancelled")
    assert "- Watch AB-1200C\n- Case\n" in done.stdout
    assert "Cancellation rate 1.23 %" in done.stdout, "81 orders with this one"
    assert [row[1] for row in rows(home, ENDINGS)] == ["given_up", "given_up"]
    again = scrapy(home, "giveup", ORDER, "--out", str(tmp_path / "files"))
    assert again.returncode == 0
    assert again.stdout == done.stdout


def test_giving_up_without_an_item_id_says_how_to_cancel_by_hand(home: Path) -> None:
    done = scrapy(home, "giveup", "250-2")
    assert done.returncode == 0
    assert "by hand in Seller Central" in done.stdout
    assert not (home / "outgoing").exists()
    assert "buyer's language is not known" in done.stdout


def test_a_folder_that_cannot_be_written_gives_nothing_up(home: Path) -> None:
    done = scrapy(home, "giveup", ORDER, "--out", "/dev/null/x")
    assert done.returncode == 2
    assert "cannot write" in one_line(done)
    assert rows(home, ENDINGS) == []


def test_what_was_bought_is_not_given_up(home: Path) -> None:
    assert scrapy(home, "bought", "1").returncode == 0
    assert scrapy(home, "bought", "2").returncode == 0
    done = scrapy(home, "giveup", ORDER)
    assert done.returncode == 2
    assert "ended already" in one_line(done)


def test_drafts_are_printed_in_both_languages(home: Path) -> None:
    english = scrapy(home, "draft", ORDER, "delay", "--new-ship-by", "2026-12-01").stdout
    assert "1 December 2026" in english
    assert "2026年12月1日" in english
    assert english.index("To send (English)") < english.index("Translation (Japanese)")
    japanese = scrapy(home, "draft", ORDER, KATABAN_LANG="ja").stdout
    assert japanese.startswith("在庫切れのお知らせ - 下書きです。")
    assert "送る文(英語)" in japanese


@pytest.mark.parametrize(("arguments", "extra", "said"), [
    ((ORDER, "please_cancel"), {}, "is off. Amazon's Communication Guidelines forbid"),
    ((ORDER, "nothing_such"), {}, "no draft is called nothing_such: there are delay, out_of_stock"),
    ((ORDER, "out_of_stock", "--coupon", "X"), {}, "has no place for a coupon"),
    ((ORDER, "delay", "--new-ship-by", "soon"), {}, "is no date"),
    ((), {}, "templates: delay, out_of_stock"),
    ((ORDER,), {"KATABAN_TEMPLATES": "/nowhere"}, "KATABAN_TEMPLATES is no folder"),
    ((ORDER,), {"KATABAN_DRAFTS": "nothing_such"}, "KATABAN_DRAFTS names no template"),
])
def test_what_cannot_be_drafted_is_one_line(home: Path, arguments: tuple[str, ...], extra: dict[str, str],
                                            said: str) -> None:
    done = scrapy(home, "draft", *arguments, **extra)
    assert done.returncode == 2
    assert said in one_line(done)


def test_the_forbidden_draft_says_so_above_itself(home: Path) -> None:
    done = scrapy(home, "draft", ORDER, "please_cancel", "--coupon", "SORRY5", KATABAN_DRAFTS="please_cancel")
    assert done.returncode == 0
    above, text = done.stdout.split("--- To send", 1)
    assert "forbid asking the buyer to cancel" in above
    assert "a coupon is marketing" in above
    assert "SORRY5" in text


def test_the_gauge(home: Path) -> None:
    shape = json.loads(scrapy(home, "gauge", "--format", "json").stdout)
    assert (shape["orders"], shape["rate"], shape["with_one_more"], shape["room"]) == (80, "0.00", "1.25", 1)
    assert [entry["order_id"] for entry in shape["without_alternative"]] == [ORDER, "250-2"]
    told = scrapy(home, "gauge").stdout
    assert told.startswith("Cancellation rate 0.00 % (must stay under 2.50 %)\n"
                           "Cancellations that still fit under the limit: 1. One more makes it 1.25 %.\n")
    with sqlite3.connect(home / "kataban.db") as connection:
        connection.execute("DELETE FROM queue_files")
    told = scrapy(home, "gauge", KATABAN_LANG="ja").stdout
    assert "キャンセル率は不明です" in told
    assert "%" not in told
