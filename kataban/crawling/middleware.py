"""The queue's spider middleware: claims one Query after the other, has it asked, and closes its Searches.

A spider of ours has no `start` of its own. What is due comes from the database; one Query is asked to its end before
the next is claimed, since everything that `process_start` yields is drained at once and a claim taken early would only
grow old. Storing and claiming run in a thread, so that no answer waits for the disk.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem
from scrapy.http import Request
from scrapy.settings import BaseSettings
from scrapy.spiderloader import get_spider_loader

from kataban.crawling.answers import answers_of, kept
from kataban.crawling.asking import Asking
from kataban.crawling.health import ZeroProof
from kataban.crawling.run import Run
from kataban.items import (
    ANSWERED,
    Appraisal,
    CannotLook,
    Judgement,
    Lead,
    Listing,
    Outcome,
    Purchase,
    Query,
    Seller,
    Wanted,
)
from kataban.manners.services import Services
from kataban.offers import purchase
from kataban.results import gates, queries, queue
from kataban.results.database import Connection
from kataban.results.seller_words import words_on_sellers
from kataban.results.writing import BATCH, Closing, note_sellers_read, store
from kataban.sellers import Word
from matcher import judge_listing
from spiders.base import SourceSpider

logger = logging.getLogger(__name__)
# A seller's page is asked once in this time.
SELLER_KNOWN_FOR = timedelta(hours=24)
JST = ZoneInfo("Asia/Tokyo")
LONGEST_URL = 2000  # servers refuse longer ones
# After one of these the source is left alone, longer each time.
RESTS = frozenset({Outcome.BLOCKED, Outcome.RATE_LIMITED, Outcome.QUOTA})


@dataclass(frozen=True, slots=True)
class Limits:
    """Budgets of one Search: rows opened, pages and leads read, and how a failed request is asked again."""

    details: int
    pages: int
    leads: int
    again: int
    pause: float
    pause_max: float

    @classmethod
    def of(cls, settings: BaseSettings) -> Self:
        """The limits in the settings."""
        return cls(
            details=settings.getint("DETAILS_PER_SEARCH"),
            pages=settings.getint("PAGES_PER_SEARCH"),
            leads=settings.getint("LEADS_PER_SEARCH"),
            again=settings.getint("ASK_AGAIN_TIMES"),
            pause=settings.getfloat("ASK_AGAIN_SECONDS"),
            pause_max=settings.getfloat("ASK_AGAIN_SECONDS_MAX"),
        )


def _hosts_of_sources(crawler: Crawler) -> list[str]:
    assert crawler.spider is not None  # noqa: S101
    loader = get_spider_loader(crawler.settings)
    sites = [urlsplit(loader.load(name).site).hostname or "" for name in loader.list() if name != crawler.spider.name]
    return [host.removeprefix("www.") for host in sites if host]


def _is_on(url: str, hosts: Iterable[str]) -> bool:
    found = urlsplit(url).hostname or ""
    return any(found == host or found.endswith(f".{host}") for host in hosts)


class Desk:
    """What the Searches of one spider in one run share: the database, the host's gate, and whether to go on."""

    def __init__(self, crawler: Crawler, spider: SourceSpider, run: Run) -> None:
        self.spider, self.run = spider, run
        self.sources = spider.sources()
        self.limits = Limits.of(crawler.settings)
        self.pace = Services.of(crawler).pace
        self.ended: CannotLook | None = None
        self.rest_until: datetime | None = None
        self.run_id = 0
        self.asking: Asking | None = None
        self.left = False
        self._other_hosts = (*_hosts_of_sources(crawler), *crawler.settings.getlist("LINK_ONLY_HOSTS"))
        self._sellers: dict[tuple[str, str], Seller] = {}
        self._words: dict[tuple[str, str], Word] = {}
        self._sellers_read: set[tuple[str, str]] = set()
        self._buffer: list[Listing] = []
        self._wanted: list[Wanted] = []

    # --- asked by Asking ---------------------------------------------------------------------------------------------

    def may_ask(self, request: Request) -> None:
        """Raise what forbids this request: a block earlier in this run, the end of its time, an endless address."""
        if len(request.url) > LONGEST_URL:
            raise CannotLook(Outcome.BROKEN, "url_too_long", "the address to ask is longer than any server takes")
        if self.ended is not None:
            raise CannotLook(Outcome.NOT_ASKED, "source_ended", "the source blocked earlier in this run")
        if self.run.out_of_time:
            raise CannotLook(Outcome.NOT_ASKED, "out_of_time", "the run's time was used up")

    def end(self, why: CannotLook) -> None:
        """Ask this source nothing more in this run."""
        self.ended = self.ended or why

    def known_seller(self, seller: Seller) -> Seller | None:
        """The seller as their page showed them, when it was read within a day."""
        return self._sellers.get((seller.source, seller.seller_id))

    def keep_seller(self, seller: Seller) -> None:
        """The seller's page was read."""
        key = (seller.source, seller.seller_id)
        self._sellers[key] = seller
        self._sellers_read.add(key)

    def purchasable(self, query: Query, listing: Listing) -> bool:
        """True when some Wanted of this Query could buy it now."""
        if listing.judgement is None:
            return False
        return any(purchase(listing, listing.judgement, listing.appraisal or Appraisal(), need)[0] is Purchase.NOW
                   for need in self._wanted)

    # --- the turn of one Query ---------------------------------------------------------------------------------------

    async def ask_all(self) -> AsyncIterator[Any]:
        """Ask what is due, one Query at a time, and account for what could not be asked."""
        async for out in self.ask_each(await asyncio.to_thread(self._begin)):
            yield out
        async for out in self.prove_zeros():
            yield out

    async def ask_each(self, due: list[queue.Due]) -> AsyncIterator[Any]:
        """Ask these to their end, or leave the rest when the source or the run's time ended."""
        for position, entry in enumerate(due):
            if self.ended is not None or self.run.out_of_time:
                self.left = True
                await asyncio.to_thread(self._leave, due[position:])
                return
            claimed = await asyncio.to_thread(self._claim, entry)
            if claimed is None:
                continue
            self.asking, leads = claimed
            async for out in self.asking.ask(leads):
                yield out
            await self._close()

    async def prove_zeros(self) -> AsyncIterator[Any]:
        """A turn that read nothing but zeros asks what always has hits; without them its zeros prove nothing."""
        if self.ended is not None or self.left:
            return
        proof = ZeroProof(self.run.database, self.spider, self.run_id, self.run.now)
        async for request in proof.ask():
            yield request
        for source, number in proof.demoted.items():
            report = self.run.report(source)
            report.outcomes[Outcome.NOTHING] = report.outcomes.get(Outcome.NOTHING, 0) - number
            report.outcomes[Outcome.BROKEN] = report.outcomes.get(Outcome.BROKEN, 0) + number

    def _begin(self) -> list[queue.Due]:
        now, source = self.run.now(), self.sources[0]
        with self.run.database.writing() as connection:
            queue.interrupt_open(connection, self.sources, now)
            due = queue.due(connection, source, now, self.run.only, watching=self.run.watching,
                            again=self.run.again)
            rest = queue.source_rest(connection, source, now)
            if rest is not None:
                self._say_resting(connection, due, rest, now)
                due = []
            self.run_id = queue.open_run(connection, source, now, len(due))
            self._words = words_on_sellers(connection, self.sources)
            self._sellers = queries.sellers_read(connection, self.sources, now - SELLER_KNOWN_FOR)
            finished = queue.done_with(connection, kept(self.run.state))
        for search_id in finished:  # a kill between the closing and the removal left them
            answers_of(self.run.state, search_id, None).drop()
        for name in self.sources:
            self.run.report(name).due = len(due)
        return due

    def _claim(self, entry: queue.Due) -> tuple[Asking, list[Lead]] | None:
        query = entry.query
        assert query.query_id is not None  # noqa: S101 - it came from the database
        with self.run.database.writing() as connection:
            opened = queue.open_search(connection, query.query_id, self.sources, self.run_id, self.run.now())
            if opened is None:
                return None
            self._wanted = queries.wanted_of_query(connection, query.query_id)
            leads = self._leads(queries.leads_of(connection, query.query_id)) if self.spider.follows else []
        answers = answers_of(self.run.state, opened[self.sources[0]], entry.resumes)
        return Asking(self, self.spider, query, opened, answers), leads

    def _leads(self, stored: list[Lead]) -> list[Lead]:
        """The Leads to read: not those on a host that a source of its own owns, or that are links for a person."""
        return [lead for lead in stored if not _is_on(lead.url, self._other_hosts)][:self.limits.leads]

    async def _close(self) -> None:
        asking, self.asking = self.asking, None
        assert asking is not None  # noqa: S101
        closings = await asyncio.to_thread(self._store_closings, asking)
        asking.answers.drop()
        self.run.asked(asking.query.model_number, asking.requests)
        for closing in closings:
            report = self.run.report(closing.source)
            report.count(closing.outcome)
            report.requests += closing.requests
            self.run.progress(report)

    def _store_closings(self, asking: Asking) -> list[Closing]:
        found, self._buffer = self._buffer, []
        if self.ended is not None and self.ended.outcome in RESTS:
            self._rest(self.ended)
        closings = asking.closings(self.run.now())
        with self.run.database.writing() as connection:
            store(connection, found, closings)
            note_sellers_read(connection, self._sellers_read, self.run.now())
        self._sellers_read.clear()
        for closing in closings:
            if closing.outcome in ANSWERED and self.ended is None:
                gates.clear_source(self.run.database, closing.source)
        return closings

    def _rest(self, why: CannotLook) -> None:
        for source in self.sources:
            rest = gates.rest_source(self.run.database, source, why.reason_code, why.reason, rule=self.pace.rule,
                                     retry_after=why.retry_after)
            self.rest_until = rest.until

    def _leave(self, left: list[queue.Due]) -> None:
        """What is left unasked: `resting` after a block, `not_asked` when the time is up."""
        now = self.run.now()
        why = self.ended
        if why is None:
            why = CannotLook(Outcome.NOT_ASKED, "out_of_time", "the run's time was used up")
        with self.run.database.writing() as connection:
            if self.rest_until is not None:
                self._say_resting(connection, left, self.rest_until, now)
                return
            for source in self.sources:
                queue.record_not_looked(connection, source, left, why, now)
                self.run.report(source).outcomes[why.outcome] = len(left)

    def _say_resting(self, connection: Connection, held: list[queue.Due], until: datetime, now: datetime) -> None:
        for source in self.sources:
            told = f"rests after a block until {until.astimezone(JST):%Y-%m-%d %H:%M} JST"
            why = CannotLook(Outcome.RESTING, "resting", told)
            queue.record_not_looked(connection, source, held, why, now, rest_until=until)
            self.run.report(source).outcomes[Outcome.RESTING] = len(held)

    # --- what the pipelines ask and hand over ------------------------------------------------------------------------

    def judge(self, listing: Listing) -> Judgement | None:
        """The Judgement of a Listing for the Query that is being asked."""
        return None if self.asking is None else judge_listing(self.asking.asked, listing)

    def word_of(self, seller: Seller | None) -> Word | None:
        """The user's own word on a seller."""
        return None if seller is None else self._words.get((seller.source, seller.seller_id))

    def keep(self, listing: Listing) -> None:
        """Keep a finished Listing until its Search closes, or the batch is full."""
        self._buffer.append(listing)
        self.run.report(listing.source).listings += 1

    @property
    def full(self) -> bool:
        """True when the batch should be written."""
        return len(self._buffer) >= BATCH

    async def flush(self) -> None:
        """Write what is kept; the Search stays open."""
        found, self._buffer = self._buffer, []
        await asyncio.to_thread(self._store, found)

    def _store(self, found: list[Listing]) -> None:
        with self.run.database.writing() as connection:
            store(connection, found)

    def end_run(self, reason: str) -> None:
        """Close the Run; a Search that is still open was interrupted, and its saved answers stay for the next run."""
        now = self.run.now()
        with self.run.database.writing() as connection:
            queue.interrupt_open(connection, self.sources, now)
            reports = [self.run.report(source) for source in self.sources]
            for report in reports:
                report.finish_reason = reason
            queue.close_run(connection, self.run_id, ended_at=now, finish_reason=reason,
                            requests=reports[0].requests, listings=sum(r.listings for r in reports),
                            outcomes={r.source: {o.value: n for o, n in r.outcomes.items()} for r in reports})


class Repeated(DropItem):
    """A Listing that this Search showed before; dropping it loses nothing."""


class QueueMiddleware:
    """Feeds a SourceSpider from the queue. Without a run (scrapy shell, another spider) it lets everything pass."""

    desk_class = Desk

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.desk: Desk | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        middleware = cls(crawler)
        connect = crawler.signals.connect
        connect(middleware.item_scraped, signal=signals.item_scraped)
        connect(middleware.item_dropped, signal=signals.item_dropped)
        connect(middleware.item_failed, signal=signals.item_error)
        connect(middleware.request_sent, signal=signals.request_reached_downloader)
        connect(middleware.spider_closed, signal=signals.spider_closed)
        return middleware

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """What Scrapy is to do first: the requests of what is due, instead of the spider's own start."""
        spider = self.crawler.spider
        run = getattr(spider, "run", None)
        if not isinstance(spider, SourceSpider) or run is None:
            async for entry in start:
                yield entry
            return
        await run.wait_for(spider.follows)
        self.desk = self.desk_class(self.crawler, spider, run)
        async for out in self.desk.ask_all():
            yield out

    def item_scraped(self, item: Any) -> None:
        """A Listing went through all pipelines."""
        asking = self._asking_of(item)
        if asking is not None:
            asking.item_stored(item)

    def item_dropped(self, item: Any, exception: Exception) -> None:
        """A pipeline took a Listing out."""
        asking = self._asking_of(item)
        if asking is not None:
            asking.item_dropped(repeated=isinstance(exception, Repeated))

    def item_failed(self, item: Any) -> None:
        """A pipeline failed on a Listing."""
        asking = self._asking_of(item)
        if asking is not None:
            asking.item_failed()

    def _asking_of(self, item: Any) -> Asking | None:
        """The open Asking that a Listing belongs to; a late one of an earlier Search belongs to none."""
        asking = self.desk.asking if self.desk is not None else None
        is_its = asking is not None and isinstance(item, Listing) and item.search_id in asking.searches.values()
        return asking if is_its else None

    def request_sent(self, request: Request) -> None:
        """Count a request for the Search that needed it."""
        asking = request.meta.get("asking")
        if asking is not None:
            asking.requests += 1

    async def spider_closed(self, reason: str) -> None:
        """Write what is left and close the Run."""
        spider = self.crawler.spider
        if self.desk is not None:
            await self.desk.flush()
            await asyncio.to_thread(self.desk.end_run, reason)
        if isinstance(spider, SourceSpider) and getattr(spider, "run", None) is not None:
            spider.run.finish(spider.name)


