"""Words about stock in the languages of shops: what a stock cell or a button says, one phrase a row."""

from __future__ import annotations

from pathlib import Path

import pytest

from kataban.parsers.stock import availability_of
from kataban.tsv import read_table

ROWS = list(read_table(Path(__file__).parent / "stock_phrases.tsv", ("language", "availability", "phrase"))[1])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['language']}: {row['phrase']}")
def test_phrase(row: dict[str, str]) -> None:
    assert availability_of(row["phrase"]) == row["availability"]
