"""`mark`: the user's word about a listing or a seller; it wins over every conclusion of ours."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime

from kataban.results.words import LISTING_MARKS, SELLER_MARKS, mark_listing, mark_seller
from kataban.verbs import InputError, KatabanCommand


class Command(KatabanCommand):
    """KIND SOURCE ID: a listing_id for wrong_model, right_model and bought, a seller_id for the other kinds."""

    def syntax(self) -> str:
        """The usage line."""
        kinds = f"{'|'.join(LISTING_MARKS)} SOURCE LISTING_ID  or  {'|'.join(SELLER_MARKS)} SOURCE SELLER_ID"
        return f"[--note TEXT] {kinds}"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Say that a listing is the wrong model, or that a seller is not OK"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our option beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--note", help="why, for yourself")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Keep the mark and conclude anew what it concerns."""
        if len(args) != 3 or args[0] not in (*LISTING_MARKS, *SELLER_MARKS):
            raise InputError(f"say: mark {self.syntax()}")
        kind, source, identity = args
        now = datetime.now(UTC)
        with self.open_database().writing() as connection:
            if kind in SELLER_MARKS:  # a seller may be marked before anything of theirs was seen
                mark_seller(connection, kind, source, identity, now, note=opts.note)
            elif not mark_listing(connection, kind, source, identity, now, note=opts.note):
                raise InputError(f"{source} has no listing {identity}")
        return 0
