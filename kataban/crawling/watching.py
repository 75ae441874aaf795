"""Watching SKUs with as few requests as will do: known suppliers' own pages first, a full search only where they fail.

One process, two kinds of crawlers. Those of the second look (crawling.recheck) read the pages of what could be bought
last time. Meanwhile the search crawlers ask the orders that are due, since orders come first; when the second looks are
over it is decided once which SKUs to search, and before each of them orders that became due are asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess, Crawler

from kataban.crawling.launch import Launched, launch
from kataban.crawling.middleware import Desk, QueueMiddleware
from kataban.crawling.recheck import Recheck, begin
from kataban.crawling.run import Run
from kataban.items import Outcome, Purchase
from kataban.offers import LookAgain, Seen
from kataban.results import queue
from kataban.results.queries import Answer, Offer, answers
from kataban.results.watching import Grounds, Renewed, Watched, concluded, open_watches
from spiders.base import SourceSpider

# Pages of known suppliers read per SKU and round: two would do for "supplied", one may be sold out.
PAGES = 3
# How often the search crawlers look for new orders while the second looks go on.
ORDERS_EVERY = 30.0
# An order that was asked here is asked again after this time at the earliest, whatever the queue says.
ORDER_AGAIN = timedelta(minutes=30)


@dataclass(slots=True)
class Watch(Run):
    """A run over watched SKUs. Whom to search is known only after the second looks: until then `only` is nobody.

    `lacking` are the Queries without a supplier that was seen just now, or whose margin is under the floor; `supplied`
    the others: of these a source is asked only when its last answer is old.
    """

    grounds: Grounds = field(default_factory=Grounds)
    due: list[Watched] = field(default_factory=list)
    rechecks: Recheck | None = None
    lacking: frozenset[int] = frozenset()
    supplied: frozenset[int] = frozenset()
    _looks: list[asyncio.Task[None]] = field(default_factory=list)
    _decided: bool = False
    _deciding: asyncio.Lock = field(default_factory=asyncio.Lock)

    def begin_second_looks(self, process: AsyncCrawlerProcess) -> None:
        """Plan the pages to read again, and their crawlers."""
        now = self.now()
        with self.database.reading() as connection:
            found = answers(connection, now, ids=[watched.wanted_id for watched in self.due])
        order = {watched.wanted_id: at for at, watched in enumerate(self.due)}
        found.sort(key=lambda answer: order[answer.wanted.wanted_id or 0])
        self.rechecks = Recheck(self.database, self.state, max_minutes=self.max_minutes)
        self._looks = begin(process, self.rechecks, [(answer, pages_of(answer, now, self.grounds)) for answer in found])

    async def second_looks_over(self, seconds: float) -> bool:
        """Wait so long for the second looks to end; once they have, whom to search is decided."""
        if self._looks:
            _, going = await asyncio.wait(self._looks, timeout=seconds)
            if going:
                return False
        async with self._deciding:
            if not self._decided:
                await asyncio.to_thread(self._decide)
                self._decided = True
        return True

    def _decide(self) -> None:
        now = self.now()
        with self.database.reading() as connection:
            found = concluded(connection, self.due, now, self.grounds)
        lacking = {renewed.watched.query_id for renewed, seen in found if not self._is_supplied(renewed, seen, now)}
        self.lacking = frozenset(lacking)
        self.supplied = frozenset(watched.query_id for watched in self.due) - lacking

    def _is_supplied(self, renewed: Renewed, seen: Seen, now: datetime) -> bool:
        """Is there a supplier that was seen in this round, at a price that leaves enough?"""
        seen_now = any(offer.purchase is not Purchase.NO and offer.listing.seen_at is not None
                       and now - offer.listing.seen_at < self.grounds.rules.again for offer in seen.offers)
        return renewed.conclusion.suppliers > 0 and seen_now and not renewed.under_floor


def pages_of(answer: Answer, now: datetime, grounds: Grounds) -> list[Offer]:
    """The offers whose pages tell whether it is still supplied, the cheapest first; those seen in this round need no
    second look, and take the place of one."""
    could = [offer for offer in (*answer.alternatives, *answer.not_purchasable)
             if offer.purchase in (Purchase.NOW, Purchase.ASK_FIRST)]
    could.sort(key=lambda offer: (offer.purchase is not Purchase.NOW, offer.price_doubt, offer.total is None,
                                  offer.total or offer.listing.price or 0))
    fresh = [offer for offer in could if offer.listing.seen_at is not None
             and now - offer.listing.seen_at < grounds.rules.again]
    return [offer for offer in could if offer not in fresh][:max(0, PAGES - len(fresh))]


class WatchDesk(Desk):
    """The desk of a watch: orders first, then the SKUs without a supplier, then those not searched for long."""

    run: Watch

    def __init__(self, crawler: Crawler, spider: SourceSpider, run: Watch) -> None:
        super().__init__(crawler, spider, run)
        self._ordered: dict[int, datetime] = {}

    async def ask_all(self) -> AsyncIterator[Any]:
        """Ask all of that, one Query at a time."""
        await asyncio.to_thread(self._begin)
        async for out in self._ask_orders():
            yield out
        while not self._is_over and not await self.run.second_looks_over(ORDERS_EVERY):
            async for out in self._ask_orders():
                yield out
        skus = await asyncio.to_thread(self._skus)
        while skus and not self._is_over:
            async for out in self.ask_each([skus.pop(0)]):
                yield out
            async for out in self._ask_orders():
                yield out
        async for out in self.ask_each(skus):  # leaves what is left
            yield out
        async for out in self.prove_zeros():
            yield out

    @property
    def _is_over(self) -> bool:
        return self.ended is not None or self.run.out_of_time

    async def _ask_orders(self) -> AsyncIterator[Any]:
        if not self._is_over:
            async for out in self.ask_each(await asyncio.to_thread(self._orders)):
                yield out

    def _orders(self) -> list[queue.Due]:
        """The orders that are due here and were not just asked."""
        now = self.run.now()
        with self.run.database.reading() as connection:
            found = queue.due(connection, self.sources[0], now, again=self.run.again)
        late = [entry for entry in found if entry.query.query_id is not None
                and now - self._ordered.get(entry.query.query_id, now - ORDER_AGAIN) >= ORDER_AGAIN]
        self._ordered |= {entry.query.query_id: now for entry in late if entry.query.query_id is not None}
        return self._awake(late)

    def _skus(self) -> list[queue.Due]:
        now, run, source = self.run.now(), self.run, self.sources[0]
        rules = run.grounds.rules
        with run.database.reading() as connection:
            found = [entry for skus, every in ((run.lacking, rules.again), (run.supplied, rules.search))
                     for entry in queue.due(connection, source, now, skus, watching=True,
                                            again=LookAgain(watch=every))]
        return self._awake(found)

    def _awake(self, due: list[queue.Due]) -> list[queue.Due]:
        """These, or none when the source rests; counted as due, and said of each."""
        now = self.run.now()
        for name in self.sources:
            self.run.report(name).due += len(due)
        if not due:
            return due
        with self.run.database.writing() as connection:
            rest = queue.source_rest(connection, self.sources[0], now)
            if rest is None:
                return due
            self._say_resting(connection, due, rest, now)
        return []


class WatchMiddleware(QueueMiddleware):
    """Feeds a spider with orders and watched SKUs."""

    desk_class = WatchDesk


def watch(process: AsyncCrawlerProcess, run: Watch, names: Sequence[str]) -> Launched:
    """Look at the SKUs that are due, and wait until all is done."""
    with run.database.reading() as connection:
        now = run.now()
        run.due = [watched for watched in open_watches(connection) if watched.is_due(now, run.grounds.rules)]
    run.only, run.watching = frozenset(), True
    run.begin_second_looks(process)
    return launch(process, run, names, lambda spider: _crawler(process, spider))


def _crawler(process: AsyncCrawlerProcess, spider: type[SourceSpider]) -> Crawler:
    crawler = process.create_crawler(spider)
    crawler.settings.set("SPIDER_MIDDLEWARES", {
        "kataban.crawling.middleware.QueueMiddleware": None, "kataban.crawling.watching.WatchMiddleware": 900,
    }, priority="cmdline")
    return crawler


def pages_unread(run: Watch) -> int:
    """How many known suppliers' pages could not be looked at, other than by the user's choice or for want of time."""
    failed = run.rechecks.failed.values() if run.rechecks is not None else ()
    return sum(why.outcome not in {Outcome.OFF, Outcome.NO_KEY, Outcome.NO_BROWSER, Outcome.RESTING, Outcome.NOT_ASKED}
               for why in failed)
