"""`backup`: a copy of the SQLite file while it is in use."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from kataban.results.backup import STAMP, back_up, keep_newest
from kataban.results.database import Database
from kataban.verbs import InputError, KatabanCommand


class Command(KatabanCommand):
    """Copies a database of any revision, since nothing of it is read."""

    def syntax(self) -> str:
        """The usage line."""
        return "[FILE] [--keep N]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Copy the database while it is in use"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our option beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--keep", type=int, metavar="N", help="remove all but the newest N in backups/")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Make the copy; prints where it is."""
        if len(args) > 1 or (opts.keep is not None and (opts.keep < 1 or args)):
            raise InputError(f"say: backup {self.syntax()} (--keep is for the folder backups/ only)")
        folder = self.state / "backups"
        path = Path(args[0]) if args else folder / f"kataban-{datetime.now(UTC).strftime(STAMP)}.db"
        if path.exists():
            raise InputError(f"{path} exists already")
        print(back_up(Database(self.setting("KATABAN_DATABASE")), path))  # noqa: T201 - where to find it
        if opts.keep is not None:
            keep_newest(folder, opts.keep)
        return 0
