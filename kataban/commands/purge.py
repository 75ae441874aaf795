"""`purge`: let go of what is old, or of everything about one seller."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from kataban.results.retention import archive_listings, purge_seller, purge_sellers, remove_files, thin_sightings
from kataban.verbs import InputError, KatabanCommand


class Command(KatabanCommand):
    """For cron, once a week; the figures stand in settings/base.py (KEEP_..._DAYS)."""

    def syntax(self) -> str:
        """The usage line."""
        return "[--older-than DAYS] | --seller SOURCE:ID"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Thin old looks, archive listings not seen for long, remove old logs and what is known of sellers"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--older-than", type=int, metavar="DAYS", help="for all of them, instead of the settings")
        what.add_argument("--seller", metavar="SOURCE:ID", help="remove this seller and what was concluded about them")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Purge, and say on a terminal what went."""
        if args or (opts.older_than is not None and opts.older_than < 1):
            raise InputError(f"say: purge {self.syntax()}")
        database = self.open_database()
        if opts.seller is not None:
            source, colon, identity = opts.seller.partition(":")
            if not colon or not purge_seller(database, source, identity):
                raise InputError(f"no seller {opts.seller} (say SOURCE:ID)")
            return 0
        now = datetime.now(UTC)
        archive = self.state / "archive" / f"listings-{now:%Y%m%dT%H%M%S}.jsonl.gz"
        try:
            counts = (archive_listings(database, self._before(opts, now, "KEEP_LISTINGS_DAYS"), archive),
                      purge_sellers(database, self._before(opts, now, "KEEP_SELLERS_DAYS")),
                      thin_sightings(database, self._before(opts, now, "KEEP_SIGHTINGS_DAYS")),
                      remove_files([self.state / "logs", self.state / "runs"],
                                   self._before(opts, now, "KEEP_LOGS_DAYS")))
        except OSError as error:
            raise InputError(f"cannot write or remove {error.filename}: {error.strerror}") from error
        if sys.stdout.isatty():
            print("{} listings archived, {} sellers removed, {} looks thinned, "  # noqa: T201
                  "{} old logs and run reports removed".format(*counts))
        return 0

    def _before(self, opts: argparse.Namespace, now: datetime, name: str) -> datetime:
        return now - timedelta(days=opts.older_than or int(self.setting(name)))
