"""`health`: each source against its own history; 3 when one is sick."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kataban.crawling.health import Symptom, symptoms
from kataban.crawling.sources import all_sources
from kataban.results.health import FIELDS, Figures, History, history_of
from kataban.verbs import InputError, KatabanCommand

WELL, SICK = 0, 3


class Command(KatabanCommand):
    """Reads the database only."""

    def syntax(self) -> str:
        """The usage line."""
        return "[SOURCE ...] [--format table|json]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Compare each source with its own history; exit 3 when one is sick"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--format", choices=("table", "json"), default="table")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Print the figures."""
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before a command runs
        known = [name for spider in all_sources(self.settings).values() for name in spider.sources()]
        odd = set(args) - set(known)
        if odd:
            raise InputError(f"unknown source {', '.join(sorted(odd))}; known are: {', '.join(known)}")
        with self.open_database().reading() as connection:
            histories = [history_of(connection, name, datetime.now(UTC)) for name in args or known]
        found = {history.source: symptoms(history) for history in histories}
        if opts.format == "json":
            json.dump([_shape(one, found[one.source]) for one in histories], sys.stdout, ensure_ascii=False, indent=1)
            sys.stdout.write("\n")
        else:
            Console(width=None if sys.stdout.isatty() else 200).print(_table(histories, found, self.language))
        return SICK if any(found.values()) else WELL


def _shape(history: History, found: list[Symptom]) -> dict[str, Any]:
    shape = asdict(history)
    shape["last_at"] = history.last_at.isoformat() if history.last_at else None
    return {**shape, "sick": bool(found), "symptoms": [asdict(symptom) for symptom in found]}


def _table(histories: list[History], found: dict[str, list[Symptom]], language: str) -> Table:
    table = Table("source", "searches", "failed in a row", "rows/search", "unreadable", "unclear", *FIELDS, "state")
    for history in histories:
        now, before = history.now, history.before
        table.add_row(
            history.source, f"{now.answered}/{now.searches} ({before.answered}/{before.searches})",
            str(history.failures_in_a_row), _pair(now.rows_per_search, before.rows_per_search, ".1f"),
            _pair(now.unreadable, before.unreadable), _pair(now.unclear, before.unclear),
            *(_pair(now.coverage.get(name), before.coverage.get(name)) for name in FIELDS),
            _state(history, found[history.source], language))
    return table


def _pair(now: float | None, before: float | None, form: str = ".0%") -> str:
    """The figure of the last run, the earlier one in brackets; - where nothing was there to count."""
    shown = "-" if now is None else format(now, form)
    return shown if before is None else f"{shown} ({format(before, form)})"


def _state(history: History, found: list[Symptom], language: str) -> Text:
    if found:
        lines = [getattr(symptom, f"text_{language}") for symptom in found]
        return Text("\n".join(filter(None, (*lines, history.last_reason))), "red")
    if history.now == Figures():
        return Text("never asked", "dim")
    return Text("well", "green")
