"""`watch`: look at the user's own SKUs, which are to be found still supplied before an order comes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime

from scrapy.crawler import AsyncCrawlerProcess

from kataban.crawling.launch import DONE, LOCKED, NOT_ALL_LOOKED, Launched
from kataban.crawling.sources import all_sources
from kataban.crawling.verb import CrawlingCommand, Progress
from kataban.crawling.watch_plan import watch_plan_lines
from kataban.crawling.watch_settings import grounds_of
from kataban.crawling.watching import Watch, pages_unread, watch
from kataban.results.database import Database
from kataban.results.locks import source_lock
from kataban.results.watching import Grounds, Synced, concluded, currency_of_orders, keep, open_watches, sync
from kataban.verbs import InputError
from kataban.web.words import word

WORDS = {
    "en": {"synced": "{watched} SKUs watched ({begun} new, {ended} ended); {nameless} have no model number and no JAN",
           "changed": "{sku}: {before} -> {state}: {why}", "locked": "another watch is running",
           "pages": "{number} known suppliers' pages could not be looked at"},
    "ja": {"synced": "{watched} SKUを見張り中(新しく{begun}、終了{ended})。型番もJANもないSKU: {nameless}",
           "changed": "{sku}: {before} → {state}: {why}", "locked": "見張りは別の実行が進行中です",
           "pages": "仕入れ先のページ{number}件を確認できませんでした"},
}


class Command(CrawlingCommand):
    """All enabled sources, or the named ones, in one process; orders that are due come first."""

    requires_crawler_process = True

    def syntax(self) -> str:
        """The usage line."""
        return "[--plan] [--max-minutes N] [SOURCE ...]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Look whether your own SKUs are still supplied, before an order comes"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--plan", action="store_true", help="print how long a full round takes; ask nothing")
        parser.add_argument("--max-minutes", type=float, metavar="N", help="stop asking after N minutes")
        parser.add_argument("-v", "--verbose", action="store_true", help="a line a minute, and a summary")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Bring the watches into line with the catalogue, look at what is due, and conclude all of them anew."""
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before a command runs
        known = all_sources(self.settings)
        unknown = [name for name in args if name not in known]
        if unknown:
            raise InputError(f"unknown source {', '.join(unknown)}; known are: {', '.join(known)}")
        database, names = self.begin(), list(args) or list(known)
        grounds = self.grounds(database)
        if opts.plan:
            return self._plan(database, grounds, names)
        with source_lock(database, self.state / "locks", "watch") as free:
            if not free:
                self.say(WORDS[self.language]["locked"])
                return LOCKED
            return self._watch(database, grounds, names, opts)

    def grounds(self, database: Database) -> Grounds:
        """What conclusions stand on. InputError names a setting that cannot be used."""
        assert self.settings is not None  # noqa: S101
        with database.reading() as connection:
            currency = currency_of_orders(connection)
        try:
            return grounds_of(self.settings, self.terms, currency)
        except ValueError as error:
            raise InputError(str(error)) from error

    def _plan(self, database: Database, grounds: Grounds, names: list[str]) -> int:
        """Syncing asks nobody, and a plan for SKUs of yesterday's catalogue would be none."""
        assert self.settings is not None  # noqa: S101
        self._sync(database, verbose=False)
        with database.reading() as connection:
            skus = len(open_watches(connection))
        for line in watch_plan_lines(database, self.settings, names, skus=skus, rules=grounds.rules,
                                     language=self.language):
            print(line)  # noqa: T201 - this is what --plan is asked for
        return DONE

    def _sync(self, database: Database, *, verbose: bool) -> Synced:
        with database.writing() as connection:
            synced = sync(connection, datetime.now(UTC))
        if verbose:
            self.say(WORDS[self.language]["synced"].format(
                watched=synced.watched, begun=synced.begun, ended=synced.ended, nameless=synced.nameless))
        return synced

    def _watch(self, database: Database, grounds: Grounds, names: list[str], opts: argparse.Namespace) -> int:
        self._sync(database, verbose=opts.verbose)
        progress = Progress(verbose=opts.verbose)
        run = Watch(database, self.state, max_minutes=opts.max_minutes, progress=progress, grounds=grounds,
                    again=self.look_again)
        assert isinstance(self.crawler_process, AsyncCrawlerProcess)  # noqa: S101
        launched = watch(self.crawler_process, run, names)
        progress.end()
        self._renew(database, grounds, verbose=opts.verbose)
        return self._code(database, launched, pages_unread(run), verbose=opts.verbose)

    def _renew(self, database: Database, grounds: Grounds, *, verbose: bool) -> None:
        now = datetime.now(UTC)
        with database.reading() as connection:  # thousands of SKUs take seconds, in which others may write
            found = concluded(connection, open_watches(connection), now, grounds)
        with database.writing() as connection:
            renewed = keep(connection, found, now)
        for entry in renewed if verbose else ():
            if entry.changed:
                why = next((getattr(told, f"text_{self.language}") for told in entry.conclusion.evidence), "")
                states = (word(f"supply.{state.value}", self.language)
                          for state in (entry.watched.state, entry.conclusion.state))
                before, state = states
                self.say(WORDS[self.language]["changed"].format(sku=entry.watched.sku, before=before, state=state,
                                                                why=why))

    def _code(self, database: Database, launched: Launched, unread: int, *, verbose: bool) -> int:
        code = self.conclude(database, launched, verbose=verbose)
        if unread:
            self.say(WORDS[self.language]["pages"].format(number=unread))
        return NOT_ALL_LOOKED if code == DONE and unread else code
