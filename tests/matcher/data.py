"""The composed cases of this folder, as rows."""

from __future__ import annotations

from pathlib import Path

from kataban.tsv import read_table

HERE = Path(__file__).parent


def read_rows(path: Path) -> list[dict[str, str]]:
    """All rows of a TSV as our verbs read it."""
    return list(read_table(path, ())[1])


CASES = read_rows(HERE / "cases.tsv")

# Composed by another reader, labelled before any run; split by tests.matcher.split like the captured cases.
BLIND = read_rows(HERE / "blind_cases.tsv")

# Composed by a third reader; nothing was made on it before its first figures (docs/matching.md).
BLIND_2 = read_rows(HERE / "blind_cases_2.tsv")

# Composed by a fourth reader; the rules were first measured on it before a row was read (docs/matching.md).
BLIND_3 = read_rows(HERE / "blind_cases_3.tsv")

# Composed by further readers; measured while they were closed, then opened (docs/matching.md).
BLIND_4 = read_rows(HERE / "blind_cases_4.tsv")
BLIND_5 = read_rows(HERE / "blind_cases_5.tsv")
BLIND_6 = read_rows(HERE / "blind_cases_6.tsv")
BLIND_7 = read_rows(HERE / "blind_cases_7.tsv")
BLIND_8 = read_rows(HERE / "blind_cases_8.tsv")
