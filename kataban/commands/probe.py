"""`probe`: one canary search, one item and one empty search per source, compared with what the source expects."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from kataban.crawling.capture import encoding_of, envelope_of, masked, write_case
from kataban.crawling.health import canary_query
from kataban.crawling.look_verb import LookingCommand
from kataban.crawling.looking import Look, Looking
from kataban.crawling.probe import Finding, findings_of, robots_texts
from kataban.items import BY_CHOICE, CannotLook

AS_EXPECTED, DIFFERS, NOTHING_CHECKED = 0, 3, 4


class Command(LookingCommand):
    """Asks the real sites, politely: at most four requests a source."""

    def syntax(self) -> str:
        """The usage line."""
        return "[SOURCE ...] [--all]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Look at each source once and tell what is not as expected (the first live run)"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--all", action="store_true", help="show what is as expected, too")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Look, compare, save, and print the differences."""
        spiders = self.spiders(list(args))
        lookings = {spider: Looking(canary_query(spider)) for spider in spiders.values()}
        left = self.look(lookings)
        folder = self.state / "probe" / f"{datetime.now(UTC):%Y%m%dT%H%M%S}"
        robots = robots_texts(self.state / "robots")
        found: list[Finding] = []
        for spider, looking in lookings.items():
            if spider.name not in left:
                found += findings_of(spider, looking.looks, robots)
                _save(folder / spider.name, looking.looks)
        _write_report(folder, found, left)
        self._print(found, left, folder, everything=opts.all)
        return _exit_code(found, left)

    def _print(self, found: list[Finding], left: dict[str, CannotLook], folder: Path, *, everything: bool) -> None:
        console = Console(width=None if sys.stdout.isatty() else 200)
        table = Table("source", "look", "what", "expected", "seen")
        for one in found:
            if everything or one.differs or one.what == "answer" or one.what.startswith("robots.txt"):
                table.add_row(one.source, one.look, one.what, Text(one.expected),
                              Text(one.seen, "red" if one.differs else "green"))
        for name, why in left.items():
            table.add_row(name, "-", "-", "-", Text(f"{why.outcome.value}: {why.reason}", "yellow"))
        console.print(table)
        console.print(f"{sum(one.differs for one in found)} differences; all that was seen is in {folder}")


def _exit_code(found: list[Finding], left: dict[str, CannotLook]) -> int:
    if not found:
        return NOTHING_CHECKED
    wrong = any(one.differs for one in found) or any(why.outcome not in BY_CHOICE for why in left.values())
    return DIFFERS if wrong else AS_EXPECTED


def _save(folder: Path, looks: list[Look]) -> None:
    """Each answer as a case that `replay SOURCE ENVELOPE.json` reads, without keys and private names."""
    for number, look in enumerate(looks, 1):
        if look.response is not None:
            envelope = masked(envelope_of(look), [*look.found, look.about], encoding_of(look.response))
            write_case(folder / f"{number}-{look.kind}", envelope)


def _write_report(folder: Path, found: list[Finding], left: dict[str, CannotLook]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    report = {"findings": [asdict(one) for one in found],
              "not_asked": {name: {"outcome": why.outcome.value, "reason": why.reason} for name, why in left.items()}}
    (folder / "report.json").write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
