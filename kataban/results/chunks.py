"""Long lists cut into pieces: a statement takes 32,766 values on SQLite and 65,535 on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Value = TypeVar("Value")
CHUNK = 500


def chunks(values: Iterable[Value], size: int = CHUNK) -> Iterator[list[Value]]:
    """`values` in lists of at most `size`."""
    rest = iter(values)
    while piece := list(islice(rest, size)):
        yield piece
