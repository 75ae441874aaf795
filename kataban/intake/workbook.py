"""XLSX workbooks as rows, read as a stream; numbers keep their digits, dates stay dates."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

from openpyxl import load_workbook  # its stubs are another package

from kataban.intake.lines import Row
from kataban.intake.shapes import IntakeError

_MOST_BYTES_UNPACKED = 256 * 1024 * 1024
_ZEROS = re.compile(r"0{2,20}")


def is_workbook(path: Path) -> bool:
    """Is it an XLSX file by its content, whatever its name says?"""
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def sheet_rows(path: Path) -> Iterator[tuple[str, Iterator[Row]]]:
    """(name, rows) of each sheet. Cells are text, or datetime, date and time where Excel has them.

    Raises IntakeError when the workbook is damaged, which can show as late as in the middle of a sheet.
    """
    _refuse_bombs(path)
    # An open file, since the library judges a path by its ending.
    with path.open("rb") as file:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it warns about styles it does not know
                book = load_workbook(file, read_only=True, data_only=True)
        except Exception as error:  # it raises whatever the broken part of the file leads to
            raise IntakeError("unreadable_workbook", name=path.name) from error
        for sheet in book.worksheets:
            # The size a file claims can be a million rows; the cells that are there decide.
            sheet.reset_dimensions()
            yield sheet.title, _rows(path, sheet)


def _refuse_bombs(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        size = sum(part.file_size for part in archive.infolist())
    if size > _MOST_BYTES_UNPACKED:
        raise IntakeError("too_large", name=path.name, size=size >> 20, limit=_MOST_BYTES_UNPACKED >> 20)


def _rows(path: Path, sheet: object) -> Iterator[Row]:
    try:
        for number, cells in enumerate(sheet.iter_rows(), start=1):  # type: ignore[attr-defined]
            values = tuple(_value(cell) for cell in cells)
            if any(value != "" for value in values):
                yield Row(number, values)
    except Exception as error:
        raise IntakeError("unreadable_workbook", name=path.name) from error


def _value(cell: object) -> str | datetime | date | time:
    value = getattr(cell, "value", None)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _digits(value, str(getattr(cell, "number_format", "")))
    return value if isinstance(value, datetime | date | time) else str(value)


def _digits(value: float, number_format: str) -> str:
    """A JAN kept as a number stays 13 digits; a format of zeros brings back the zeros that Excel shows."""
    if isinstance(value, float) and not value.is_integer():  # NaN and infinity are none either
        return repr(value)
    # Excel keeps 15 digits: what is longer has lost its end, so it is shown as the exponent it is.
    text = str(int(value)) if abs(value) < 10**15 else f"{value:.14E}"
    return text.zfill(len(number_format)) if _ZEROS.fullmatch(number_format) else text
