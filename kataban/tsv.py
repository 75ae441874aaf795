"""TSV as our verbs read and write it: UTF-8, a header, no quoting; tab, line break, backslash as \\t, \\n, \\\\."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TextIO

_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_MEANINGS = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}


class TableError(Exception):
    """The file is no such table; the message is one line."""


def read_table(path: Path, needed: Iterable[str]) -> tuple[list[str], Iterator[dict[str, str]]]:
    """The columns of the table at `path` and its rows. Raises TableError when the file or a needed column lacks."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(f"{path.name}: {getattr(error, 'strerror', None) or 'is not UTF-8'}") from error
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    columns = lines[0].split("\t")
    missing = [name for name in needed if name not in columns]
    if missing:
        raise TableError(f"{path.name}: no column {', '.join(missing)} (columns are: {', '.join(columns)})")
    return columns, _rows(columns, lines[1:])


def _rows(columns: Sequence[str], lines: Iterable[str]) -> Iterator[dict[str, str]]:
    for line in lines:
        if line:
            cells = [unescape(cell) for cell in line.split("\t")]
            yield dict(zip(columns, cells + [""] * (len(columns) - len(cells)), strict=False))


def write_row(out: TextIO, cells: Iterable[object]) -> None:
    """One row."""
    out.write("\t".join(escape("" if cell is None else str(cell)) for cell in cells) + "\n")


def write_rows(out: TextIO, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """The header and one line per row, in the order of `columns`."""
    write_row(out, columns)
    for row in rows:
        write_row(out, (row.get(name) for name in columns))


def escape(text: str) -> str:
    """A cell as it stands in the file."""
    return re.sub(r"[\\\t\n\r]", lambda found: _ESCAPES[found[0]], text)


def unescape(text: str) -> str:
    """A cell as it is meant; an unknown escape stays as it stands."""
    return re.sub(r"\\[\\tnr]", lambda found: _MEANINGS[found[0]], text)
