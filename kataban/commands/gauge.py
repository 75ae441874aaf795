"""`gauge`: how near the account is to the limit of cancellations, and which orders are the cheapest to save."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from kataban.results.gauge import gauge, gauge_shape, open_savings
from kataban.verbs import InputError, KatabanCommand
from kataban.web.gauge_words import head, sentences
from kataban.web.shown import brief, yen
from kataban.web.words import word

PARTS = {"cheapest_to_save": "save", "profit_unknown": "unknown", "without_alternative": "without"}
COLUMNS = ("order", "goods", "earns", "from", "ship_by")


class Command(KatabanCommand):
    """Reads the database only. A rate that is not known is never shown as 0 %."""

    def syntax(self) -> str:
        """The usage line."""
        return "[--format text|json]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Show the cancellation rate against 2.5 %, and which orders are the cheapest to save"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our option beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Print the gauge."""
        if args:
            raise InputError(f"say: gauge {self.syntax()}")
        now, terms = datetime.now(UTC), self.terms
        with self.open_database().reading() as connection:
            shape = gauge_shape(gauge(connection, now), open_savings(connection, now, terms))
        if opts.format == "json":
            json.dump(shape, sys.stdout, ensure_ascii=False, indent=1)
            sys.stdout.write("\n")
        else:
            self._print(shape, now)
        return 0

    def _print(self, shape: Mapping[str, Any], now: datetime) -> None:
        console = Console(width=None if sys.stdout.isatty() else 160, highlight=False)
        for name, values in (head(shape), *sentences(shape, now)):
            console.print(Text(word(name, self.language).format(*values)))
        for part, title in PARTS.items():
            if shape[part]:
                console.print()
                console.print(Text(word(f"gauge.{title}", self.language).format(len(shape[part])), style="bold"))
                console.print(self._table(shape[part], bare=part == "without_alternative"))

    def _table(self, savings: Sequence[Mapping[str, Any]], *, bare: bool) -> Table:
        """The orders; a bare table leaves out what those without an alternative have not."""
        names = [name for name in COLUMNS if not bare or name not in {"earns", "from"}]
        table = Table(*(Column(word(f"gauge.{name}", self.language)) for name in names), box=None)
        for saving in savings:
            cells = {
                "order": saving["order_id"], "earns": yen(saving["profit"]) or "?", "ship_by": brief(saving["ship_by"]),
                "goods": ", ".join(row["model_number"] or row["name"] or "-" for row in saving["rows"]),
                "from": ", ".join(self._place(row["cheapest"]) for row in saving["rows"])}
            table.add_row(*(Text(cells[name]) for name in names))
        return table

    def _place(self, cheapest: Mapping[str, Any] | None) -> str:
        if cheapest is None:
            return "-"
        asks = "" if cheapest["purchase"] == "now" else f" ({word('gauge.ask_first', self.language)})"
        place = word(f"places.{cheapest['source']}", self.language)
        return f"{place} {yen(cheapest['total']) or '?'}{asks}"
