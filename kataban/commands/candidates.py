"""`candidates`: orders without a model number, with the numbers that their product names may state, to be filled in."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kataban.exporting import replace_file
from kataban.intake import guard
from kataban.items import Wanted
from kataban.results.settling import waiting_orders
from kataban.verbs import InputError, KatabanCommand
from matcher import candidates

OFFERED = 3
COLUMNS = ("sku", "order_id", "asin", "product_name", *(f"candidate_{number}" for number in range(1, OFFERED + 1)),
           "model_number", "maker")


class Command(KatabanCommand):
    """Reads the database only. The same file with model numbers in it, dropped into the queue folder, settles them."""

    def syntax(self) -> str:
        """The usage line."""
        return "[OUT.csv]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Write the orders without a model number as a file to fill in and drop into the queue folder"

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Write the file, or CSV to standard output."""
        if len(args) > 1 or (args and Path(args[0]).suffix.lower() != ".csv"):
            raise InputError(f"say: candidates {self.syntax()}")
        with self.open_database().reading() as connection:
            waiting = waiting_orders(connection)
        lines = csv_lines(waiting)
        if not args:
            sys.stdout.buffer.writelines(lines)
            return 0
        try:
            replace_file(Path(args[0]), lines)
        except OSError as error:
            raise InputError(f"cannot write {error.filename}: {error.strerror}") from error
        return 0


def csv_lines(waiting: Iterable[Wanted]) -> Iterator[bytes]:
    """CSV for a spreadsheet (UTF-8 with BOM), cells guarded against formulas; nothing is filled in for the user."""
    yield "\ufeff".encode()
    for cells in (COLUMNS, *map(_cells, waiting)):
        line = io.StringIO()
        csv.writer(line, lineterminator="\r\n").writerow([guard(cell) for cell in cells])
        yield line.getvalue().encode("utf-8", "replace")


def _cells(order: Wanted) -> list[str]:
    offered = [found.model_number for found in candidates(order.name or "", order.maker)[:OFFERED]]
    known = [order.sku, order.order_id, order.asin, order.name]
    return [*(cell or "" for cell in known), *offered, *[""] * (OFFERED - len(offered)), "", order.maker or ""]
