"""`alternatives`: what can be bought for every order, and how complete the look was."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from kataban.answer_table import print_answers
from kataban.intake import guard
from kataban.results.queries import answers
from kataban.results.shapes import answer_shape, flat_rows
from kataban.verbs import InputError, KatabanCommand


class Command(KatabanCommand):
    """Reads the database only."""

    def syntax(self) -> str:
        """The usage line."""
        return "[MODEL] [--order ID] [--format table|json|csv]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Show what can be bought for every order, orders without anything first"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--order", metavar="ID", help="only this order")
        parser.add_argument("--format", choices=("table", "json", "csv"), default="table")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Print the answers."""
        database, now = self.open_database(), datetime.now(UTC)
        with database.reading() as connection:
            found = answers(connection, now, model=args[0] if args else None, order=opts.order)
        if not found and (args or opts.order):
            raise InputError(f"{args[0] if args else opts.order} is not in the queue, or no longer open")
        if opts.format == "table":
            width = None if sys.stdout.isatty() else 160
            print_answers(Console(width=width), found, self.language, now)
            return 0
        shapes = [answer_shape(answer, self.terms) for answer in found]
        if opts.format == "json":
            json.dump(shapes, sys.stdout, ensure_ascii=False, indent=1)
            sys.stdout.write("\n")
        else:
            _write_csv([row for shape in shapes for row in flat_rows(shape)])
        return 0


def _write_csv(rows: list[dict[str, Any]]) -> None:
    """CSV whose cells no spreadsheet takes for a formula; the guard is taken off again on reading."""
    if not rows:
        return
    writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: guard(value) if isinstance(value, str) else value for name, value in row.items()})
