"""The benchmark of the matcher: python tests/matcher/bench.py [folder of the labelled sets]."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from matcher.table import judge_row, measure, unescape
from tests.matcher.split import half

HERE = Path(__file__).parent


def rows(path: Path) -> list[dict[str, str]]:
    lines = path.read_text(encoding="utf-8").split("\n")
    header = lines[0].split("\t")
    return [dict(zip(header, map(unescape, line.split("\t")), strict=False)) for line in lines[1:] if line]


if __name__ == "__main__":
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ["KATABAN_CAPTURES"]) / "matching"
    cases = rows(folder / "dev_cases.tsv")
    show = os.environ.get("SHOW")
    for name in ("work", "held"):
        part = [row for row in cases if half(row["family"]) == name]
        judged = [(row, judge_row(row)) for row in part]
        m = measure((row["verdict"], j.verdict.value) for row, j in judged)
        print(name, m.cases, "P", m.precision, "R", m.recall, "acc", m.accuracy, "F", m.macro_f1, m.leaks)
        if show and name == "work":
            for row, j in judged:
                if row["verdict"] != j.verdict.value:
                    print(
                        " ",
                        row["case_id"],
                        row["verdict"],
                        "->",
                        j.verdict.value,
                        "|",
                        row["model_number"],
                        "|",
                        row["title"],
                        "|",
                        row["description"],
                        "|",
                        [(e.rule, e.span) for e in j.evidence[:2]],
                    )
