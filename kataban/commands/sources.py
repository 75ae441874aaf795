"""`sources`: every source, on or off, why, and which line of .env changes it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from kataban.crawling.sources import all_sources, standing
from kataban.verbs import KatabanCommand


class Command(KatabanCommand):
    """Reads only settings and environment."""

    def syntax(self) -> str:
        """The usage line."""
        return ""

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "List the sources: on or off, why, and what changes it"

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Print one block per source."""
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before a command runs
        console = Console(width=None if sys.stdout.isatty() else 120)
        for name, spider in all_sources(self.settings).items():
            why = standing(spider, self.settings)
            state = "on" if why is None else why.outcome.value
            heading = Text(f"{name:<18}").append(f"{state:<11}", "green" if why is None else "yellow")
            console.print(heading.append(f"{spider.label} ({spider.access}, {spider.site})"))
            told = [*([why.reason] if why else []), *spider.terms.splitlines()]
            console.print(Padding(Text("\n".join(line.strip() for line in told), "dim"), (0, 0, 0, 18)))
        return 0
