"""Model numbers offered in a file, filled in by the user, dropped again."""

from __future__ import annotations

import csv
import io
import sqlite3
from pathlib import Path

import pytest

from tests.commands.test_bad_input import home, kept, one_line, scrapy
from tests.intake.files import put, xlsx_bytes
from tests.intake.reports import as_bytes, heading, rows

__all__ = ["home"]
NAMES = ("カシオ 腕時計 G-SHOCK GW-M5610U-1JF メンズ", "Krups XN110BRD capsule machine", "Lithium-ion Battery 850mAh")


def orders(home: Path, tmp_path: Path) -> list[list[str]]:
    """Three orders of SKUs that nobody knows, and a second one of the first; returns the file's rows."""
    headers = heading("unshipped_jp")
    cells = [row for number, name in enumerate((*NAMES, NAMES[0]), start=1)
             for row in rows(headers, [number], changes={"product-name": name, "sku": f"S-{number % 4 or 1}"})]
    path = put(tmp_path, "orders.txt", as_bytes(headers, cells))
    assert scrapy(home, "intake", str(path)).returncode == 0
    done = scrapy(home, "candidates", str(tmp_path / "out.csv"))
    assert (done.returncode, done.stdout) == (0, "")
    return list(csv.reader(io.StringIO((tmp_path / "out.csv").read_text("utf-8-sig"))))


def states(home: Path) -> list[tuple[str, str | None, str]]:
    with sqlite3.connect(home / "kataban.db") as connection:
        return connection.execute("SELECT sku, model_number, state FROM wanted ORDER BY id").fetchall()


def test_what_is_offered(home: Path, tmp_path: Path) -> None:
    table = orders(home, tmp_path)
    assert table[0] == ["sku", "order_id", "asin", "product_name", "candidate_1", "candidate_2", "candidate_3",
                        "model_number", "maker"]
    assert [[row[0], row[3], *row[4:]] for row in table[1:]] == [
        ["S-1", NAMES[0], "GW-M5610U-1JF", "", "", "", ""], ["S-2", NAMES[1], "XN110BRD", "", "", "", ""],
        ["S-3", NAMES[2], "", "", "", "", ""]]
    assert kept(home) == [None] * 4  # offered, never taken


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_the_user_fills_in_settles_the_orders_and_those_that_come(home: Path, tmp_path: Path, form: str) -> None:
    table = orders(home, tmp_path)
    table[1][-2:] = ["GW-M5610U-1JF", "CASIO"]
    text = io.StringIO()
    csv.writer(text).writerows(table)
    content = text.getvalue().encode("utf-8-sig") if form == "csv" else xlsx_bytes(table)
    done = scrapy(home, "intake", str(put(tmp_path, f"filled.{form}", content)))
    assert (done.returncode, done.stderr) == (0, "")  # what is left blank is no bad row
    assert states(home) == [("S-1", "GW-M5610U-1JF", "open"), ("S-2", None, "needs_model"),
                            ("S-3", None, "needs_model"), ("S-1", "GW-M5610U-1JF", "open")]
    headers = heading("unshipped_jp")
    later = rows(headers, [77], changes={"sku": "S-1"})
    assert scrapy(home, "intake", str(put(tmp_path, "later.txt", as_bytes(headers, later)))).returncode == 0
    assert states(home)[-1] == ("S-1", "GW-M5610U-1JF", "open")


def test_a_word_that_is_no_model_number_is_set_aside(home: Path, tmp_path: Path) -> None:
    table = orders(home, tmp_path)
    table[1][-2], table[2][-2] = "https://shop.example/1", "XN110BRD"
    text = io.StringIO()
    csv.writer(text).writerows(table)
    done = scrapy(home, "intake", str(put(tmp_path, "filled.csv", text.getvalue().encode())))
    assert "1 bad rows set aside" in one_line(done)
    assert [state for _, _, state in states(home)] == ["needs_model", "open", "needs_model", "needs_model"]


def test_usage(home: Path, tmp_path: Path) -> None:
    for words in (["a.csv", "b.csv"], ["out.xlsx"], [str(tmp_path / "none" / "out.csv")]):
        done = scrapy(home, "candidates", *words)
        assert done.returncode == 2
        assert one_line(done)
    done = scrapy(home, "candidates")
    assert done.stdout.lstrip("\ufeff").split(",")[-2:] == ["model_number", "maker\n"]
