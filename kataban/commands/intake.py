"""`intake`: read queue files and reports into the database; nobody is asked anything."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from kataban.crawling.queue_files import Taken, take_in, take_in_folder
from kataban.crawling.verb import CrawlingCommand
from kataban.results import queue
from kataban.results.database import Database


class Command(CrawlingCommand):
    """Without a FILE the queue folder; `search` reads that folder too, so this is for reports between its turns."""

    def syntax(self) -> str:
        """The usage line."""
        return "[-v] [FILE ...]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Read queue files and Amazon reports into the queue; ask nobody"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our option beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("-v", "--verbose", action="store_true", help="what became of each file")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Read; 2 when a file cannot be read at all, the others are read all the same."""
        database, now = self.open_database(), datetime.now(UTC)
        taken = self._read(database, [Path(name) for name in args], now)
        self.tell(taken, verbose=opts.verbose)
        for entry in taken if opts.verbose else ():
            counts = entry.counts
            self.say(f"{entry.path.name}: {counts.added} added, {counts.changed} changed, "
                     f"{counts.unchanged} unchanged, {entry.rejected} set aside")
        with database.writing() as connection:
            queue.expire(connection, now)
        return 2 if any(entry.error is not None for entry in taken) else 0

    def _read(self, database: Database, paths: list[Path], now: datetime) -> list[Taken]:
        if not paths:
            return take_in_folder(database, Path(self.setting("KATABAN_QUEUE")), self.state, now)
        return take_in(database, paths, self.state, now)
