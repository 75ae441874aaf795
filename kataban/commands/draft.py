"""`draft`: the text of a message to an order's buyer, for you to read, change and send."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime

from kataban.draft_text import draft_lines
from kataban.drafts import DraftError, Library, buyers_language, facts_of
from kataban.ending_verbs import EndingCommand
from kataban.results.order_kit import rows_to_tell
from kataban.verbs import InputError

USUAL = "out_of_stock"


class Command(EndingCommand):
    """Prints; nothing is ever sent, and no buyer's name or address is known."""

    def syntax(self) -> str:
        """The usage line."""
        return "ORDER [TEMPLATE] [--new-ship-by DATE] [--coupon CODE] [--language CODE]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Draft a message to an order's buyer inside Amazon's guidelines; never sends it"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--new-ship-by", metavar="YYYY-MM-DD", help="when it will be shipped, for the delay notice")
        parser.add_argument("--coupon", metavar="CODE", help="for templates that have a place for it")
        parser.add_argument("--language", metavar="CODE", help="the buyer's, for example en, de; default by currency")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Print the draft."""
        library = self.library
        if len(args) not in (1, 2):
            raise InputError(f"say: draft {self.syntax()}; templates: {', '.join(library.names())}")
        name = args[1] if len(args) == 2 else USUAL
        database = self.open_database()
        rows = self.rows_of_order(database, args[0])
        with database.reading() as connection:
            told = rows_to_tell(connection, rows)
        buyers = opts.language or buyers_language(told)
        try:
            _refuse_coupon(library, name, opts.coupon)
            facts = facts_of(told, datetime.now(UTC), new_ship_by=_day(opts.new_ship_by), coupon=opts.coupon)
            draft = library.draft(name, facts, buyers)
        except DraftError as error:
            raise InputError(str(error)) from error
        sys.stdout.write("\n".join(draft_lines(draft, self.language, buyers)) + "\n")
        return 0


def _refuse_coupon(library: Library, name: str, coupon: str | None) -> None:
    if coupon is not None and not library.takes_coupon(name):
        raise DraftError(f"{name} has no place for a coupon: the guidelines forbid marketing in messages")


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InputError(f"--new-ship-by {text} is no date: say 2026-12-01") from error
