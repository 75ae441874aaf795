"""The composed cases of this folder, as rows."""

from __future__ import annotations

from pathlib import Path

from matcher.table import unescape

HERE = Path(__file__).parent


def read_rows(path: Path) -> list[dict[str, str]]:
    """Rows of a TSV by the rule of the project: a header, no quoting, \\t, \\n and \\\\ inside fields."""
    lines = path.read_text(encoding="utf-8").split("\n")
    header = lines[0].split("\t")
    return [dict(zip(header, map(unescape, line.split("\t")), strict=True)) for line in lines[1:] if line]


CASES = read_rows(HERE / "cases.tsv")

# Composed by another reader, labelled before any run; split by tests.matcher.split like the captured cases.
BLIND = read_rows(HERE / "blind_cases.tsv")
