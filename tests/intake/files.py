"""Writes rows as files of every format and encoding, independently of the reader."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook

from kataban.intake import guard

Cells = Sequence[object]


def csv_bytes(rows: Sequence[Cells], *, delimiter: str = ",", encoding: str = "utf-8", end: str = "\r\n") -> bytes:
    """Rows with CSV quoting and the guard against formulas."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(
        [guard(str(cell)) if cell is not None else "" for cell in row] for row in rows
    )
    return out.getvalue().encode(encoding)


def json_bytes(rows: Sequence[Cells]) -> bytes:
    """Rows under the heading `rows[0]` as JSON Lines, empty cells left out."""
    records = [{str(key): cell for key, cell in zip(rows[0], row, strict=True) if cell is not None} for row in rows[1:]]
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def xlsx_bytes(rows: Sequence[Cells], *, title: str = "Sheet", formats: dict[int, str] | None = None) -> bytes:
    """Rows as a workbook: strings stay strings; `formats` gives columns a number format."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for number, row in enumerate(rows, start=1):
        for place, cell in enumerate(row, start=1):
            target = sheet.cell(number, place)
            target.value = cell
            if isinstance(cell, str):
                target.data_type = "s"
                target.value = cell
                target.data_type = "s"
            if formats and place in formats:
                target.number_format = formats[place]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(folder: Path, name: str, content: bytes) -> Path:
    """`content` as a file of `folder`."""
    path = folder / name
    path.write_bytes(content)
    return path
