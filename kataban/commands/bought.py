"""`bought`: say that an order's goods were bought, where, from whom and for how much."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime

from kataban.ending_verbs import EndingCommand
from kataban.items import Wanted, WantedState
from kataban.results.database import Connection
from kataban.results.order_kit import buy, listing_and_seller, rows_judged
from kataban.verbs import InputError

ENDED = (WantedState.BOUGHT, WantedState.DONE)


class Command(EndingCommand):
    """The row leaves the queue. Bought at a Listing, it also counts in its seller's record."""

    def syntax(self) -> str:
        """The usage line."""
        return "ORDER [--at SOURCE:LISTING_ID | --where TEXT] [--price YEN] [--seller ID] [--note TEXT]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Say that an order's goods were bought: where, from whom, for how much"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        place = parser.add_mutually_exclusive_group()
        place.add_argument("--at", metavar="SOURCE:LISTING_ID", help="one of the order's alternatives")
        place.add_argument("--where", metavar="TEXT", help="somewhere else, in your own words")
        parser.add_argument("--price", metavar="YEN", help="paid for the whole row, shipping included")
        parser.add_argument("--seller", metavar="ID", help="the source's own number of the seller")
        parser.add_argument("--note", help="for yourself")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Keep the word."""
        if len(args) != 1:
            raise InputError(f"say: bought {self.syntax()}")
        source, listing_id = _place(opts)
        database = self.open_database()
        rows = self.rows_of_order(database, args[0])
        with database.writing() as connection:
            row = _the_row(connection, rows, source, listing_id)
            buy(connection, row, datetime.now(UTC), source=source, listing_id=listing_id, seller_id=opts.seller,
                price=_yen(opts.price), note=opts.note)
        return 0


def _place(opts: argparse.Namespace) -> tuple[str | None, str | None]:
    if opts.at is None:
        return opts.where, None
    source, _, listing_id = opts.at.partition(":")
    if not source or not listing_id:
        raise InputError(f"--at {opts.at}: say SOURCE:LISTING_ID, for example mercari:m12345678901")
    return source, listing_id


def _the_row(connection: Connection, rows: Sequence[Wanted], source: str | None, listing_id: str | None) -> Wanted:
    """The one row that was bought: of several, the one that is not ended and whose model the Listing is."""
    pk = None
    if listing_id is not None:
        pk, _ = listing_and_seller(connection, source or "", listing_id)
        if pk is None:
            raise InputError(f"{source} has no listing {listing_id}")
    if len(rows) > 1:
        rows = [row for row in rows if row.state not in ENDED]
        rows = rows if pk is None else rows_judged(connection, rows, pk)
    if len(rows) != 1:
        ids = ", ".join(str(row.wanted_id) for row in rows)
        raise InputError(f"the order has {len(rows)} rows that this could be: say which by its id"
                         + (f" ({ids})" if ids else ""))
    return rows[0]


def _yen(text: str | None) -> int | None:
    digits = (text or "").replace(",", "").removeprefix("¥")
    if text is not None and not (digits.isascii() and digits.isdecimal() and len(digits) < 12):
        raise InputError(f"--price {text} is no amount of whole yen")
    return int(digits) if digits else None
