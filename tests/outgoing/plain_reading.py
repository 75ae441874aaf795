"""The written files read again by other means than those that wrote them."""

from __future__ import annotations

import csv
import io
from pathlib import Path


def rows_of(data: bytes, encoding: str) -> list[list[str]]:
    """The cells of a tab-separated upload, by the csv module with quoting off, as Amazon reads it."""
    text = io.StringIO(data.decode(encoding), newline="")
    return list(csv.reader(text, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\r\n"))


def head_of(path: Path, lines: int) -> list[list[str]]:
    """The first lines of a captured template."""
    return [line.split("\t") for line in path.read_bytes().decode("utf-8").splitlines()[:lines]]
