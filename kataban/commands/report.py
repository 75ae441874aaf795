"""`report`: write the page as one HTML file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from kataban.verbs import InputError, KatabanCommand
from kataban.web.report import write_report


class Command(KatabanCommand):
    """Reads the database only; every run of `search` and `crawl` writes the same file."""

    def syntax(self) -> str:
        """The usage line."""
        return "[-o FILE]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Write the answer as one HTML file that works from disk, on a phone and printed"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our option beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("-o", "--output", metavar="FILE", type=Path,
                            help="default: report.html in the state folder")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Write the file; says where on a terminal."""
        if args:
            raise InputError(f"say: report {self.syntax()}")
        try:
            path = write_report(self.open_database(), self.state, self.language, self.terms, opts.output)
        except OSError as error:
            raise InputError(f"cannot write {error.filename}: {error.strerror}") from error
        if sys.stdout.isatty():
            print(path)  # noqa: T201 - where to look
        return 0
