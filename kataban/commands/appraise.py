"""`appraise`: phrases, sellers or arrivals of a table, judged as the crawl judges them."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from kataban.offers import arrival_columns
from kataban.sellers.table import phrase_columns, seller_columns
from kataban.tsv import TableError, read_table, write_row
from kataban.verbs import InputError, KatabanCommand

Columns = Callable[[Mapping[str, str]], dict[str, str]]


class Command(KatabanCommand):
    """A TSV with place and text, or with a Seller's fields, or with days_to_ship, method, from_area, ship_by, now."""

    def syntax(self) -> str:
        """The usage line."""
        return "FILE.tsv"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Appraise the phrases, sellers or arrivals of a table"

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Print the table with the found columns added."""
        if len(args) != 1:
            raise InputError(f"say: appraise {self.syntax()}")
        path = Path(args[0])
        try:
            columns, rows = read_table(path, ())
        except TableError as error:
            raise InputError(str(error)) from error
        kinds = _kinds(columns)
        if not kinds:
            raise InputError(f"{path.name}: needs the columns place and text, or a seller's figures and now, or "
                             f"days_to_ship, method, from_area, ship_by and now")
        for line, row in enumerate(rows, 2):
            try:
                found = {name: value for kind in kinds for name, value in kind(row).items()}
            except (KeyError, ValueError) as error:
                raise InputError(f"{path.name}: line {line}: {error}") from error
            if line == 2:
                write_row(sys.stdout, [*columns, *found])
            write_row(sys.stdout, [*(row[name] for name in columns), *found.values()])
        return 0


def _kinds(columns: Sequence[str]) -> list[Columns]:
    """What the table asks for, by its columns."""
    named = set(columns)
    kinds: list[Columns] = []
    if {"place", "text"} <= named:
        kinds.append(phrase_columns)
    if "now" in named and named & {"good", "stars", "percent_good", "review_average", "review_count", "sold_count"}:
        kinds.append(seller_columns)
    if {"method", "ship_by", "now"} <= named:
        kinds.append(_arrival)
    return kinds


def _arrival(row: Mapping[str, str]) -> dict[str, str]:
    return arrival_columns(row, ship_to=os.environ.get("KATABAN_SHIP_TO") or "東京都",
                           handling_days=int(os.environ.get("KATABAN_HANDLING_DAYS") or 0))
