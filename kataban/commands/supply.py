"""`supply`: who still supplies the user's own SKUs, from what price, and on what evidence."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table

from kataban.intake import guard
from kataban.items import Supply
from kataban.results.watching import watch_shapes
from kataban.verbs import InputError, KatabanCommand
from kataban.web.shown import brief, yen
from kataban.web.words import word

COLUMNS = ("sku", "model_number", "maker", "jan", "asin", "state", "since", "suppliers", "cheapest", "cheapest_source",
           "price", "margin", "coverage", "successor", "quantity", "checked_at", "taken_down_at")
WORDS = {"en": {"none": "no SKU is watched (run watch, after a listings report was read in)",
                "none_so": "no watched SKU is so", "looked": "Looked at"},
         "ja": {"none": "見張っているSKUはありません(出品レポートを読み込んでから watch を実行)",
                "none_so": "その状態のSKUはありません", "looked": "確認"}}


class Command(KatabanCommand):
    """Reads the database only: what the last `watch` concluded."""

    def syntax(self) -> str:
        """The usage line."""
        return "[--state STATE] [--format table|json|csv] [SKU]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Show who still supplies your own SKUs, what needs you first"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--state", choices=[state.value for state in Supply], action="append", metavar="STATE",
                            help="only these: " + ", ".join(state.value for state in Supply))
        parser.add_argument("--format", choices=("table", "json", "csv"), default="table")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Print the SKUs."""
        if len(args) > 1:
            raise InputError(f"say: supply {self.syntax()}")
        states = [Supply(state) for state in opts.state] if opts.state else None
        with self.open_database().reading() as connection:
            shapes = watch_shapes(connection, datetime.now(UTC), states, args[0] if args else None)
        if args and not shapes:
            raise InputError(f"{args[0]} is not watched, or in another state")
        if opts.format == "json":
            json.dump(shapes, sys.stdout, ensure_ascii=False, indent=1)
            sys.stdout.write("\n")
        elif opts.format == "csv":
            _write_csv(shapes, self.language)
        elif shapes:
            _print(shapes, self.language, whole=bool(args))
        else:
            print(WORDS[self.language]["none_so" if states else "none"])  # noqa: T201 - what the command is asked for
        return 0


def _write_csv(shapes: Iterable[Mapping[str, Any]], language: str) -> None:
    """CSV whose cells no spreadsheet takes for a formula, with the evidence in one cell."""
    writer = csv.DictWriter(sys.stdout, [*COLUMNS, "evidence"], lineterminator="\n")
    writer.writeheader()
    for shape in shapes:
        row = {name: shape[name] for name in COLUMNS} | {"evidence": "; ".join(_told(shape, language))}
        writer.writerow({name: guard(value) if isinstance(value, str) else value for name, value in row.items()})


def _print(shapes: Iterable[Mapping[str, Any]], language: str, *, whole: bool) -> None:
    names = ("state", "suppliers", "cheapest", "margin", "coverage", "evidence")
    table = Table("SKU", word("queue.model", language), *(word(f"supply.{name}", language) for name in names),
                  WORDS[language]["looked"], box=None, pad_edge=False)
    for shape in shapes:
        told = _told(shape, language)
        share = "" if shape["coverage"] is None else f"{shape['coverage']:.0%}"
        table.add_row(shape["sku"], shape["model_number"] or shape["jan"], word(f"supply.{shape['state']}", language),
                      str(shape["suppliers"]), yen(shape["cheapest"]), yen(shape["margin"]), share,
                      "\n".join(told if whole else told[:1]), _when(shape["checked_at"]))
    Console(width=None if sys.stdout.isatty() else 160).print(table)


def _told(shape: Mapping[str, Any], language: str) -> list[str]:
    return [" ".join(filter(None, (entry[f"text_{language}"], entry["url"]))) for entry in shape["evidence"]]


def _when(text: str | None) -> str:
    return "" if text is None else brief(datetime.fromisoformat(text))
