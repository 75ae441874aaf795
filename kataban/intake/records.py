"""A row under its heading: only known fields are kept, so nothing personal goes further than this file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from kataban.intake.columns import SECOND_CHOICE, Heading
from kataban.intake.guard import unguard
from kataban.intake.lines import Row
from kataban.intake.shapes import RowError
from kataban.parsers.text import one_line

_THOUSANDS = re.compile(r"\D?\d{1,3}")
_REST = re.compile(r"\d{3}(?:\D.*)?")


@dataclass(slots=True)
class Record:
    """The known cells of one row by field. `values` holds the first cell that is not blank where columns double.

    `surplus` is by how many cells a row that was cut from a line is longer than the heading; below 0 it is shorter.
    """

    line: int
    values: dict[str, object]
    raw: dict[str, str]
    error: RowError | None = None
    surplus: int = 0

    def __getitem__(self, field: str) -> object:
        return self.values.get(field, "")


def record(row: Row, heading: Heading, *, guarded: bool, delimited: bool) -> Record:
    """The Record of `row`.

    `guarded` says that cells may carry the mark that guard.py puts on; `delimited` that the row was cut from a line:
    there, more cells than columns mean that the cut went wrong, and every value may stand under the wrong heading.
    """
    found = Record(row.line, {}, {}, row.error, len(row.cells) - len(heading.fields) if delimited else 0)
    if row.error is not None and row.error.code == "unbalanced_quote":
        return found
    for field, header, cell in _known(row, heading):
        value = unguard(cell) if guarded and isinstance(cell, str) else cell
        if isinstance(value, str) and not value.strip():
            continue
        found.raw.setdefault(header, one_line(value))
        _put(found, field, value)
    for second, field in SECOND_CHOICE.items():
        if second in found.values:
            found.values.setdefault(field, found.values[second])
    if delimited and found.error is None and _is_cut_wrongly(row, len(heading.fields)):
        found.error = RowError("too_many_cells", cells=len(row.cells), columns=len(heading.fields))
        found.raw.clear()  # a name or an address may stand under any heading now
    return found


def _is_cut_wrongly(row: Row, width: int) -> bool:
    """More cells than columns; blank ones are a trailing delimiter, unless 12,800 was cut in two before them."""
    surplus = row.cells[width:]
    pairs = pairwise(str(cell).strip() for cell in row.cells)
    in_two = any(_THOUSANDS.fullmatch(first) and _REST.fullmatch(second) for first, second in pairs)
    return any(str(cell).strip() for cell in surplus) or (bool(surplus) and in_two)


def _known(row: Row, heading: Heading) -> Iterator[tuple[str, str, object]]:
    for field, header, cell in zip(heading.fields, heading.headers, row.cells, strict=False):
        if field is not None:
            yield field, header, cell


def _put(found: Record, field: str, value: object) -> None:
    """Two columns may mean one field (model and 型番) as long as they agree."""
    first = found.values.setdefault(field, value)
    if first is not value and found.error is None and one_line(first) != one_line(value):
        found.error = RowError("two_values", field=field, first=first, second=value)
