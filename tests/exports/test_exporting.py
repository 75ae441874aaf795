"""Exports: no cell is a formula, and what was written is read back as the same orders."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import zipfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from kataban.exporting import COLUMNS, csv_bytes, export_rows, json_lines, replace_file, write_xlsx
from kataban.intake import key_of, read, unguard
from kataban.items import Condition, Outcome, Seller, Wanted, WantedState
from kataban.offers import Terms
from kataban.results.database import Database
from kataban.results.queries import answers
from kataban.results.schema import prepare
from kataban.results.shapes import answer_shape
from tests.results import makers

FORMULAS = ["=HYPERLINK(\"http://evil.example\")", "+1+1", "-2+3", "@SUM(1)", "\t=1", "＝1+1", "'=1", "'plain"]
Rows = Iterable[dict[str, Any]]


def write_csv(path: Path, rows: Rows) -> None:
    replace_file(path, csv_bytes(rows))


def write_cp932(path: Path, rows: Rows) -> None:
    replace_file(path, csv_bytes(rows, "cp932"))


def write_json(path: Path, rows: Rows) -> None:
    replace_file(path, json_lines(rows))


WRITERS = [(write_csv, "a.csv"), (write_cp932, "b.csv"), (write_xlsx, "c.xlsx"), (write_json, "d.jsonl")]


@pytest.fixture
def rows(tmp_path: Path) -> list[dict[str, Any]]:
    """Orders with hostile texts of the user's and of a listing's."""
    now = datetime.now(UTC)
    database = Database(f"sqlite:///{tmp_path}/k.db")
    prepare(database)
    ship_by = (now + timedelta(days=3)).replace(microsecond=0)
    makers.add(
        database,
        makers.wanted(ship_by=ship_by, sale_price=Decimal("99.90"), sale_currency="USD", name="=1+1 〜時計",
                      max_price=9_000, quantity=2, jan="4549526123450", sku="-SKU", condition=Condition.LIKE_NEW),
        makers.wanted("+X-9", order_id="250-2", maker="カシオ", ship_by=None),
        Wanted(sku="@S-3", order_id="250-3", name="'plain", state=WantedState.NEEDS_MODEL),
        now=now)
    makers.search(database, *(makers.listing(f"l{n}", seen_at=now, title=text, condition_label=text, quantity=5,
                                             seller=Seller("rakuma", f"s{n}", name=text))
                              for n, text in enumerate(FORMULAS)),
                  outcome=Outcome.FOUND, now=now)
    with database.reading() as connection:
        terms = Terms({"USD": Decimal(150)})
        return list(export_rows(answer_shape(answer, terms) for answer in answers(connection, now)))


def orders(rows: Rows) -> list[Wanted]:
    with_ids = dict.fromkeys(row["order_id"] for row in rows)
    return [next(row for row in rows if row["order_id"] == order) for order in with_ids]


def test_every_order_is_there_and_every_alternative_has_a_row(rows: list[dict[str, Any]]) -> None:
    assert [row["order_id"] for row in rows[:2]] == ["250-2", "250-3"]
    assert [row["offer_title"] for row in rows[2:]] == FORMULAS
    assert all(tuple(row) == COLUMNS or set(row) == set(COLUMNS) for row in rows)
    assert rows[2]["offer_profit"] == 14_985 - 2 * 5_000


@pytest.mark.parametrize(("write", "name"), WRITERS)
def test_what_was_written_is_read_back_as_the_same_orders(rows: list[dict[str, Any]], tmp_path: Path, name: str,
                                                          write: Callable[[Path, Rows], None]) -> None:
    write(tmp_path / name, rows)
    intake = read(tmp_path / name)
    assert not intake.rejects
    found = {key_of(row): row for row in intake.wanted}
    assert len(found) == 3
    for order in orders(rows):
        row = next(row for row in found.values() if row.order_id == order["order_id"])
        told = dataclasses.asdict(row)
        assert told["ship_by"] == (datetime.fromisoformat(order["ship_by"]) if order["ship_by"] else None)
        assert (told["name"] or "").replace("～", "〜") == (order["name"] or "")  # Shift_JIS has one of the two
        for field in ("model_number", "maker", "jan", "sku", "quantity", "max_price", "sale_currency", "state"):
            assert told[field] == order[field], field
        assert str(row.condition) == order["condition"]
        assert (None if row.sale_price is None else str(row.sale_price)) == order["sale_price"]


def test_no_cell_of_csv_is_a_formula(rows: list[dict[str, Any]]) -> None:
    text = b"".join(csv_bytes(rows)).decode("utf-8-sig")
    read_back = list(csv.DictReader(io.StringIO(text)))
    for row in read_back:
        for cell in row.values():
            assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")), cell
    assert [unguard(row["offer_title"]) for row in read_back[2:]] == FORMULAS


def test_cells_of_a_workbook_are_typed(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    write_xlsx(tmp_path / "a.xlsx", rows)
    sheet = load_workbook(tmp_path / "a.xlsx").active
    header = [cell.value for cell in sheet[1]]
    assert tuple(header) == COLUMNS
    kinds = {header[cell.column - 1]: cell.data_type for cell in sheet[4] if cell.value is not None}
    assert "f" not in kinds.values()
    assert (kinds["jan"], kinds["offer_price"], kinds["offer_shipping_included"]) == ("s", "n", "b")
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())


def test_a_workbook_takes_any_text(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    row = {**rows[0], "name": "a\x00b\x0bc\ud800" + "x" * 40_000}
    write_xlsx(tmp_path / "a.xlsx", [row])
    value = load_workbook(tmp_path / "a.xlsx").active.cell(2, COLUMNS.index("name") + 1).value
    assert value.startswith("abcxxx")
    assert len(value) == 32_767


def test_what_shift_jis_lacks_is_marked(rows: list[dict[str, Any]]) -> None:
    text = b"".join(csv_bytes([{**rows[0], "name": "時計😀〜−"}], "cp932")).decode("cp932")
    assert "時計〓～－" in text


def test_json_lines_keep_types(rows: list[dict[str, Any]]) -> None:
    objects = [json.loads(line) for line in b"".join(json_lines(rows)).splitlines()]
    assert objects[2]["offer_price"] == 5_000
    assert objects[2]["offer_shipping_included"] is True
    assert objects[0]["offer_price"] is None
    assert [entry["offer_title"] for entry in objects[2:]] == FORMULAS
