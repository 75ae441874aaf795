"""Text files as numbered lines and, cut at a delimiter, as rows. A broken line is told by number, others are kept."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kataban.intake.encodings import Encoding
from kataban.intake.shapes import RowError

LONGEST_LINE = 32_000
# A quoted cell may hold line breaks, but not this many: then somebody forgot to close a quote.
_MOST_LINES_IN_A_ROW = 30
DELIMITERS = (",", "\t", ";")


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end, numbered from 1; `text` is None when it is longer than any sensible line."""

    number: int
    text: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row and the number of its first line; `error` instead of cells when it cannot be cut."""

    line: int
    cells: tuple[object, ...] = ()
    error: RowError | None = None


def numbered_lines(path: Path, encoding: Encoding) -> Iterator[Line]:
    """The lines of a text file (ends CRLF, LF or CR, also mixed), read as they are asked for."""
    with path.open(encoding=encoding.name, errors=encoding.errors, newline="") as file:
        number = 0
        while piece := file.readline(LONGEST_LINE + 2):
            number += 1
            too_long = not piece.endswith(("\n", "\r")) and len(piece) > LONGEST_LINE
            while too_long and piece and not piece.endswith(("\n", "\r")):
                piece = file.readline(1 << 16)
            yield Line(number, None if too_long else piece.rstrip("\r\n"))


def unquoted_rows(lines: Iterable[Line], delimiter: str) -> Iterator[Row]:
    """Rows of a file without quoting: Amazon's reports hold bare " marks in product names."""
    for line in lines:
        if line.text is None:
            yield _too_long(line)
        elif line.text.strip():
            yield Row(line.number, tuple(line.text.split(delimiter)))


def quoted_rows(lines: Iterable[Line], delimiter: str, width: int) -> Iterator[Row]:
    """Rows of a file with CSV quoting; `width` is how many columns the heading has.

    A quote that is never closed costs its own line only: a row over several lines must have the heading's width.
    """
    source = iter(lines)
    waiting: deque[Line] = deque()
    while (line := _next(waiting, source)) is not None:
        if line.text is None:
            yield _too_long(line)
            continue
        cells = cut(line.text, delimiter)
        if cells is None:  # a quoted cell goes on in the next line, or its quote was forgotten
            cells = _joined(line.text, delimiter, width, waiting, source)
        if cells is None:
            yield Row(line.number, (line.text,), RowError("unbalanced_quote"))
        elif any(cell.strip() for cell in cells):
            yield Row(line.number, tuple(cells))


def cut(text: str, delimiter: str) -> list[str] | None:
    """The cells of one line by CSV's rules; None when a quoted cell does not end in it."""
    try:
        return _strictly(text, delimiter)
    except csv.Error:
        pass
    try:  # a stray quote in the middle of a cell
        return next(csv.reader([text], delimiter=delimiter), [])
    except csv.Error:
        return text.split(delimiter)


def _strictly(text: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            return None
        raise


def _next(waiting: deque[Line], source: Iterator[Line]) -> Line | None:
    return waiting.popleft() if waiting else next(source, None)


def _joined(
    text: str, delimiter: str, width: int, waiting: deque[Line], source: Iterator[Line]
) -> list[str] | None:
    """The row that begins with `text` and goes on over the next lines; the lines stay waiting when there is none."""
    taken: list[Line] = []
    cells = None
    while cells is None and len(taken) < _MOST_LINES_IN_A_ROW and len(text) < LONGEST_LINE:
        line = _next(waiting, source)
        if line is None:
            break
        taken.append(line)
        text = f"{text}\n{line.text or ''}"
        try:
            cells = _strictly(text, delimiter)
        except csv.Error:  # the opening quote of a later row closed this one: it was never this row's end
            break
    if cells is not None and len(cells) == width:
        return cells
    waiting.extendleft(reversed(taken))
    return None


def _too_long(line: Line) -> Row:
    return Row(line.number, (), RowError("line_too_long", limit=LONGEST_LINE))
