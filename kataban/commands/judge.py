"""`judge`: the matcher's verdict for every row of a table; against labels also its confusion, precision and recall."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kataban.tsv import TableError, read_table, write_row
from kataban.verbs import InputError, KatabanCommand
from matcher.table import confusion_table, judged_row, label_of, measure

NEEDED = ("model_number", "brand", "title", "description", "attributes")
FOUND = ("verdict_found", "evidence")


class Command(KatabanCommand):
    """TSV with model_number, brand, title, description, attributes (JSON); jan, verdict and label are optional."""

    def syntax(self) -> str:
        """The usage line."""
        return "FILE.tsv"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Judge the rows of a table: exact model or not, with evidence"

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Print the table with verdict_found and evidence; figures go to stderr."""
        if len(args) != 1:
            raise InputError(f"say: judge {self.syntax()}")
        try:
            columns, rows = read_table(Path(args[0]), NEEDED)
        except TableError as error:
            raise InputError(str(error)) from error
        write_row(sys.stdout, [*columns, *FOUND])
        labelled = list(self._judged(columns, rows))
        if labelled:
            _print_figures(labelled)
        return 0

    @staticmethod
    def _judged(columns: Sequence[str], rows: Iterator[Mapping[str, str]]) -> Iterator[tuple[str, str]]:
        """Print every row; yields (label, verdict found) of the labelled ones."""
        for row in rows:
            found = judged_row(row)
            write_row(sys.stdout, (found[name] for name in (*columns, *FOUND)))
            label = label_of(row)
            if label is not None:
                yield label, found["verdict_found"]


def _print_figures(labelled: Sequence[tuple[str, str]]) -> None:
    measured = measure(labelled)
    for row in confusion_table(measured):
        sys.stderr.write("\t".join(row) + "\n")
    for name in ("precision", "recall", "f1", "accuracy", "macro_f1"):
        value = getattr(measured, name)
        if value is not None:
            sys.stderr.write(f"{name}\t{value:.4f}\n")
