"""`sources`: every source, on or off, why, and which line of .env changes it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
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
        """Print the table."""
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before a command runs
        table = Table("source", "what", "asked by", "state", "what changes it; terms", show_lines=True)
        for name, spider in all_sources(self.settings).items():
            why = standing(spider, self.settings)
            state = Text("on", "green") if why is None else Text(why.outcome.value, "yellow")
            told = "\n".join(filter(None, (why.reason if why else None, spider.terms)))
            table.add_row(name, spider.label, spider.access, state, Text(told))
        Console().print(table)
        return 0
