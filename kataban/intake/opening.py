"""A file of any format as one Table: its heading and its rows, found out from the content, never from the name."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from kataban.intake.columns import Heading, recognise
from kataban.intake.encodings import Encoding, find_encoding
from kataban.intake.json_lines import json_records, json_rows
from kataban.intake.lines import DELIMITERS, Line, Row, cut, numbered_lines, quoted_rows, unquoted_rows
from kataban.intake.shapes import LISTING_REPORTS, ORDER_REPORTS, FileKind, IntakeError, Note, RowError, note
from kataban.intake.workbook import is_workbook, sheet_rows

LARGEST = 256 * 1024 * 1024
# Titles and template lines may stand above a heading, but not many.
_HEADING_WITHIN = 15
_MOST_KEYS = 300
_MARKUP = re.compile(r"<(?:[a-z]|[!?]|/)", re.IGNORECASE)
_NAMES_DELIMITER = re.compile(r"sep=.?", re.IGNORECASE)
_JSON_ARRAY = re.compile(r"\[\s*(?:\{|$)")
# What Amazon's templates begin with, and what only a feed of listings has.
_TEMPLATE = re.compile(r"templatetype=|feedtype=", re.IGNORECASE)
_FEED = re.compile(r'"(?:sellerId|operationType)"\s*:')
_PLAIN = Heading(FileKind.PLAIN_LIST, ("model_number",), ("model_number",))


@dataclass(slots=True)
class Table:
    """What a file holds as rows under a heading. `rows` is read once, as it is asked for.

    `guarded`: cells may carry the mark of guard.py. `delimited`: rows were cut from lines at a delimiter.
    """

    heading: Heading
    rows: Iterable[Row]
    guarded: bool
    delimited: bool
    notes: list[Note] = field(default_factory=list)


def open_table(path: Path) -> Table:
    """The Table of the file at `path`. Raises IntakeError for what holds none."""
    check_file(path)
    if is_workbook(path):
        return _downloaded(_workbook_table(path), path)
    encoding = find_encoding(path)
    first = list(islice(_content(numbered_lines(path, encoding)), _HEADING_WITHIN + 5))
    lead = next((line.text.lstrip("\ufeff \t") for line in first if line.text), "")
    if not first:
        raise IntakeError("empty", name=path.name)
    if _MARKUP.match(lead):
        raise IntakeError("markup", name=path.name)
    if _JSON_ARRAY.match(lead):
        raise IntakeError("json_array", name=path.name)
    is_json = lead.startswith("{")
    if _TEMPLATE.match(lead) or (is_json and _FEED.search("".join(line.text or "" for line in first))):
        raise IntakeError("upload", name=path.name)
    table = _json_table(path, encoding) if is_json else _delimited_table(path, encoding, first)
    table.notes[:0] = _encoding_notes(encoding)
    return _downloaded(table, path)


def _downloaded(table: Table, path: Path) -> Table:
    if table.heading.kind is FileKind.UPLOAD:
        raise IntakeError("upload", name=path.name)
    return table


def check_file(path: Path) -> None:
    """Raise IntakeError unless `path` is a regular file with something in it, and not too much."""
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise IntakeError("missing", name=path.name) from error
    except (OSError, ValueError) as error:
        raise IntakeError("not_permitted", name=path.name, why=getattr(error, "strerror", None) or error) from error
    if stat.S_ISDIR(status.st_mode):
        raise IntakeError("directory", name=path.name)
    if not stat.S_ISREG(status.st_mode):
        raise IntakeError("not_regular", name=path.name)
    if status.st_size == 0:
        raise IntakeError("empty", name=path.name)
    if status.st_size > LARGEST:
        raise IntakeError("too_large", name=path.name, size=status.st_size >> 20, limit=LARGEST >> 20)


def _content(lines: Iterable[Line]) -> Iterator[Line]:
    """Lines that hold something and are neither a comment nor Excel's line that names the delimiter."""
    for line in lines:
        text = None if line.text is None else line.text.strip("\ufeff \t,;")
        if text is None or (text and not text.startswith("#") and not _NAMES_DELIMITER.fullmatch(text)):
            yield line


def _encoding_notes(encoding: Encoding) -> list[Note]:
    notes = [note("encoding", encoding=encoding.name)]
    return notes if encoding.errors == "strict" else [*notes, note("replaced_characters")]


# --- tables of text ---


def _delimited_table(path: Path, encoding: Encoding, first: Sequence[Line]) -> Table:
    found = _best_heading(first)
    if found is None:
        return _plain_table(path, encoding, first)
    at, delimiter, heading = found
    lines = (line for line in numbered_lines(path, encoding) if line.number > at)
    if delimiter == "\t" and heading.kind in ORDER_REPORTS | LISTING_REPORTS:
        return Table(heading, unquoted_rows(lines, delimiter), guarded=False, delimited=True)
    rows = quoted_rows(lines, delimiter, len(heading.fields))
    return Table(heading, _without_comments(rows), guarded=True, delimited=True)


def _best_heading(first: Sequence[Line]) -> tuple[int, str, Heading] | None:
    """(line number, delimiter, Heading) of the line and the cut that make the most sense."""
    best: tuple[int, str, Heading] | None = None
    for place, line in enumerate(first[:_HEADING_WITHIN]):
        for delimiter in DELIMITERS:
            cells = cut((line.text or "").lstrip("\ufeff"), delimiter) or []
            heading = _heading(cells, place)
            if heading and (best is None or heading.known > best[2].known):
                best = line.number, delimiter, heading
    return best


def _heading(cells: Sequence[object], place: int) -> Heading | None:
    """A Heading below the first row needs two known columns: a lone word there is more likely data."""
    heading = recognise([cell if isinstance(cell, str) else "" for cell in cells])
    return heading if heading and (place == 0 or heading.known > 1) else None


def _without_comments(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        if not (str(row.cells[0] if row.cells else "").startswith("#") and not any(row.cells[1:])):
            yield row


# --- plain lists ---


def _plain_table(path: Path, encoding: Encoding, first: Sequence[Line]) -> Table:
    cut_up = sum(1 for line in first if _is_cut_up(line.text or ""))
    if cut_up * 2 > len(first):
        raise IntakeError("no_header", name=path.name)
    rows = _plain_rows(numbered_lines(path, encoding))
    return Table(_PLAIN, rows, guarded=True, delimited=False)


def _is_cut_up(text: str) -> bool:
    return any(len(cut(text, delimiter) or ()) > 1 for delimiter in DELIMITERS)


def _plain_rows(lines: Iterable[Line]) -> Iterator[Row]:
    """One model number a line; a comment begins with # at the start of the line or after a blank."""
    for line in lines:
        if line.text is None:
            yield next(unquoted_rows([line], "\t"))
            continue
        text = re.sub(r"(?:^|(?<=\s))#.*", "", line.text.lstrip("\ufeff")).strip()
        if text:
            error = RowError("several_cells") if _is_cut_up(text) else None
            # What follows the first cell may be anything, somebody's address too: it goes no further.
            yield Row(line.number, (re.split(r"[,;\t]", text)[0] if error else (cut(text, ",") or [text])[0],), error)


# --- JSON Lines ---


def _json_table(path: Path, encoding: Encoding) -> Table:
    records = list(json_records(numbered_lines(path, encoding)))
    keys: dict[str, None] = {}
    for _, record in records:
        if isinstance(record, dict) and len(keys) < _MOST_KEYS:
            keys.update(dict.fromkeys(record))
    headers = list(keys)[:_MOST_KEYS]
    heading = recognise(headers)
    if heading is None:
        raise IntakeError("no_header", name=path.name)
    return Table(heading, json_rows(records, headers), guarded=False, delimited=False)


# --- workbooks ---


def _workbook_table(path: Path) -> Table:
    """The first sheet that has a heading; without any, a first sheet of one column is a plain list."""
    sheets = sheet_rows(path)
    plain: list[Row] | None = None
    for number, (name, rows) in enumerate(sheets):
        first = list(islice(rows, _HEADING_WITHIN))
        best = max(enumerate(first), key=lambda pair: _known(pair[1], pair[0]), default=(0, Row(0)))
        heading = _heading(best[1].cells, best[0])
        if heading is not None:
            notes = [note("other_sheets", name=name)] if number or next(sheets, None) else []
            rest = _kept_open(sheets, first[best[0] + 1 :], rows)
            return Table(heading, rest, guarded=True, delimited=False, notes=notes)
        if number == 0 and first and all(not any(row.cells[1:]) for row in first):
            plain = [*first, *rows]
    if plain is None:
        raise IntakeError("no_header", name=path.name)
    return Table(_PLAIN, plain, guarded=True, delimited=False)


def _known(row: Row, place: int) -> int:
    heading = _heading(row.cells, place)
    return heading.known if heading else 0


def _kept_open(sheets: Iterator[object], first: Iterable[Row], rest: Iterable[Row]) -> Iterator[Row]:
    """The rows; `sheets` is held until the last of them, since letting it go closes the workbook."""
    yield from first
    yield from rest
    del sheets


