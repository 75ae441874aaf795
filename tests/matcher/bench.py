"""The benchmark of the matcher: python -m tests.matcher.bench FOLDER

FOLDER holds matching/dev_cases.tsv and matching/public_pairs_dev.tsv (or KATABAN_CAPTURES names it). Prints precision,
recall and F1 of `exact`, seven-way accuracy, macro-F1 and leaks, beside simple baselines computed in the same run, for
both halves of the labelled cases, our own composed cases and the public pairs; then decisions per second on one core.
"""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from kataban.items import Verdict
from matcher import compile_query, judge
from matcher.folding import squashed
from matcher.table import Measured, confusion_table, judge_row, label_of, measure
from tests.matcher.data import BLIND, BLIND_2, BLIND_3, BLIND_4, BLIND_5, BLIND_6, BLIND_7, BLIND_8, CASES, read_rows
from tests.matcher.split import half

Row = dict[str, str]
Judge = Callable[[Row], str]
VETO = re.compile(
    r"用|対応|互換|専用|のみ|だけ|空箱|部品|ジャンク|セット|まとめ|ケース|カバー|フィルム|リモコン|for |compatible"
)
RELIABLE = {
    "reliable_exact",
    "reliable_exact_title",
    "reliable_exact_desc",
    "reliable_neg",
    "neg_no_number",
    "neg_number_in_title",
}
FILLER = "ご覧いただきありがとうございます。数回使用しましたが目立つ傷はありません。付属品は写真の通りです。"


def _answer(exact: bool) -> str:
    return Verdict.EXACT.value if exact else Verdict.DIFFERENT.value


def ours(row: Row) -> str:
    return judge_row(row).verdict.value


def squashed_substring(row: Row) -> str:
    return _answer(squashed(row["model_number"]) in squashed(row["title"]))


def joined_tokens(row: Row) -> str:
    """Some run of neighbouring tokens, glued, equals the number."""
    key, tokens = squashed(row["model_number"]), re.findall(r"[0-9a-z+]+", row["title"].casefold())
    runs = ("".join(tokens[i:j]) for i in range(len(tokens)) for j in range(i + 1, min(len(tokens), i + 6) + 1))
    return _answer(key in runs)


def joined_with_veto(row: Row) -> str:
    return joined_tokens(row) if not VETO.search(row["title"]) else _answer(False)


JUDGES: dict[str, Judge] = {
    "matcher": ours,
    "squashed substring": squashed_substring,
    "joined tokens": joined_tokens,
    "joined tokens + veto words": joined_with_veto,
}


def _figures(measured: Measured) -> list[str]:
    rates = [measured.precision, measured.recall, measured.f1, measured.accuracy, measured.macro_f1]
    leaks = ", ".join(f"{label} {count}" for label, count in sorted(measured.leaks.items()))
    return [str(measured.cases), *("-" if rate is None else f"{rate:.3f}" for rate in rates), leaks]


def compare(table: Table, name: str, rows: list[Row]) -> None:
    """One line per judge for one set."""
    for who, judged in JUDGES.items():
        pairs = [(label_of(row) or "", judged(row)) for row in rows]
        figures = _figures(measure(pairs))
        if who != "matcher":
            figures[4] = figures[5] = "-"
        table.add_row(name, who, *figures)


def per_second(rows: Iterable[Row], description: str | None) -> float:
    """Whole decisions with evidence, per second of processor time."""
    asked = [(compile_query(row["model_number"], maker=row["brand"]), row["title"]) for row in rows]
    for one, title in asked:
        judge(one, title=title, description=description)
    start = time.process_time()
    for one, title in asked:
        judge(one, title=title, description=description)
    return len(asked) / (time.process_time() - start)


def main(folder: Path) -> None:
    """Read the sets, print the tables."""
    cases = read_rows(folder / "matching" / "dev_cases.tsv")
    pairs = read_rows(folder / "matching" / "public_pairs_dev.tsv")
    console = Console(width=150)
    table = Table("set", "judge", "cases", "precision", "recall", "F1", "accuracy", "macro F1", "leaks into exact")
    for name in ("work", "held"):
        compare(table, f"dev_cases {name}", [row for row in cases if half(row["family"]) == name])
    for name in ("work", "held"):
        compare(table, f"blind {name}", [row for row in BLIND if half(row["family"]) == name])
    compare(table, "blind, second set", BLIND_2)
    compare(table, "blind, third set", BLIND_3)
    compare(table, "blind, fourth set", BLIND_4)
    compare(table, "blind, fifth set", BLIND_5)
    compare(table, "blind, sixth set", BLIND_6)
    compare(table, "blind, seventh set", BLIND_7)
    compare(table, "blind, eighth set", BLIND_8)
    compare(table, "composed", CASES)
    compare(table, "public, reliable", [row for row in pairs if row["reliability"] in RELIABLE])
    compare(table, "public, all rows", pairs)
    console.print(table)
    for name in ("work", "held"):
        found = measure((row["verdict"], ours(row)) for row in cases if half(row["family"]) == name)
        header, *lines = confusion_table(found)
        shown = Table(*header, title=f"dev_cases {name}")
        for line in lines:
            shown.add_row(*line)
        console.print(shown)
    long = FILLER * (2000 // len(FILLER) + 1)
    console.print(
        f"decisions per second on one core: titles {per_second([*cases, *CASES], None):,.0f}, "
        f"with 2,000 characters of description {per_second(cases, long[:2000]):,.0f}"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else os.environ["KATABAN_CAPTURES"]))
