"""Rows of a tab-separated upload: no quoting exists there, so a cell that would break its row is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

# What ends a cell or a row for Amazon, for Excel, or for str.splitlines.
_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
LINE_END = "\r\n"


class CellError(ValueError):
    """A value that cannot stand in the file: it holds a tab or a line break, or the encoding has no such character."""


def cell(value: str, encoding: str) -> str:
    """`value` as it stands in the file, unchanged: these files are read with quoting off. Raises CellError."""
    if _BREAKS.search(value):
        raise CellError(f"{value!r} holds a tab, a line break or another control character")
    try:
        same = value.encode(encoding).decode(encoding) == value
    except UnicodeError:
        same = False
    if not same:
        raise CellError(f"{value!r} cannot be written in {encoding}")
    return value


def tab_separated(rows: Iterable[Sequence[str]], encoding: str) -> bytes:
    """The file: every row ends with CR LF, as Amazon's own templates do. Raises CellError."""
    return "".join("\t".join(cell(value, encoding) for value in row) + LINE_END for row in rows).encode(encoding)
