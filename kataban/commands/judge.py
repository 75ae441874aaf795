"""`judge`: the matcher's verdict for every row of a table; against labels also its confusion, precision and recall."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from kataban.results.judging import judge_stored, marked_cases
from kataban.tsv import TableError, read_table, write_row, write_rows
from kataban.verbs import InputError, KatabanCommand
from matcher.table import confusion_table, judged_row, label_of, measure

NEEDED = ("model_number", "brand", "title", "description", "attributes")
FOUND = ("verdict_found", "evidence")
CASE = ("model_number", "brand", "jan", "title", "description", "attributes", "label", "verdict_then")
CHANGED = ("model_number", "source", "listing_id", "verdict_before", "verdict_now", "why", "title")


class Command(KatabanCommand):
    """TSV with model_number, brand, title, description, attributes (JSON); jan, verdict and label are optional."""

    def syntax(self) -> str:
        """The usage line."""
        return "FILE.tsv | --from-database | --marks"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Judge the rows of a table: exact model or not, with evidence"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--from-database", action="store_true",
                            help="judge all stored listings anew after a rule changed, and list what changed")
        parser.add_argument("--marks", action="store_true",
                            help="print your marks (wrong model, right model) as cases that this verb reads")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Print the table with verdict_found and evidence; figures go to stderr."""
        if opts.from_database:
            return self._judge_stored()
        if opts.marks:
            with self.open_database().reading() as connection:
                write_rows(sys.stdout, CASE, marked_cases(connection))
            return 0
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

    def _judge_stored(self) -> int:
        write_row(sys.stdout, CHANGED)
        with self.open_database().writing() as connection:
            for found in judge_stored(connection, datetime.now(UTC)):
                why = found.after.evidence[0].text_en if found.after.evidence else ""
                write_row(sys.stdout, (found.model_number, found.source, found.listing_id, found.before,
                                       found.after.verdict.value, why, found.title))
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
