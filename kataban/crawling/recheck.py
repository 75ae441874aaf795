"""The pages of an order's best alternatives, fetched again right before buying: with all manners, and nothing else.

No Search is opened: what is read renews the Listings and their sightings, and the coverage stays what it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.http import Request, Response

from kataban.crawling.answers import Answers
from kataban.crawling.asking import Asking, Stage, Yielded
from kataban.crawling.middleware import RESTS, Desk, QueueMiddleware
from kataban.crawling.run import Run
from kataban.crawling.sources import all_sources, standing
from kataban.items import Availability, CannotLook, Listing, Outcome, Purchase, Query
from kataban.results import queries, queue
from kataban.results.queries import Answer, Offer
from kataban.results.writing import Closing, note_sellers_read, store
from spiders.base import SourceSpider

Key = tuple[str, str]
Task = tuple[Query, list[Listing]]
MOST = 5


def _key(listing: Listing) -> Key:
    return listing.source, listing.listing_id


def best(answer: Answer) -> list[Offer]:
    """The offers worth a second look: what can be bought, and what could be when it was last seen."""
    stale = [offer for offer in answer.not_purchasable if offer.purchase in (Purchase.NOW, Purchase.ASK_FIRST)]
    return [*answer.alternatives, *stale][:MOST]


@dataclass(slots=True)
class Recheck(Run):
    """A run over known Listings. `tasks` are by spider; `failed` says afterwards whose page could not be read."""

    tasks: dict[str, list[Task]] = field(default_factory=dict)
    failed: dict[Key, CannotLook] = field(default_factory=dict)


class _Unsaved(Answers):
    """No answers: one of before is no look at now."""

    def save(self, request: Request, response: Response, seen_at: datetime) -> None:
        """Keep nothing."""

    def load(self, request: Request, now: datetime) -> None:
        """Know nothing."""

    def drop(self) -> None:
        """There is nothing to remove."""


class RecheckAsking(Asking):
    """Asks for the Listings' own pages only."""

    def __init__(self, desk: Desk, spider: SourceSpider, query: Query, listings: Sequence[Listing],
                 failed: dict[Key, CannotLook]) -> None:
        super().__init__(desk, spider, query, dict.fromkeys(spider.sources(), 0), _Unsaved(desk.run.state))
        self._listings, self._failed_at = listings, failed

    async def pages(self) -> Yielded:
        """The requests for the pages; an API without pages of items is asked its search once instead."""
        without: list[Listing] = []
        for listing in self._listings:
            unseen = _unseen(listing)
            request = self._own(self.spider.detail, _item(unseen))
            if request is None:
                without.append(listing)
                continue
            stage = self._stage_of(request, "detail", self.spider.parse_detail, unseen)
            async for out in self._send(request, stage):
                yield out
        if without and self.spider.access == "api":
            self._details = 0
            for request, stage in self._first((self._own(self.spider.forms, self.query) or ("",))[0], ()):
                async for out in self._send(request, stage):
                    yield out
        elif without:
            self._failed_at |= dict.fromkeys(map(_key, without), CannotLook(
                Outcome.NOT_ASKED, "no_page", "this source shows an item in its results only: open the link"))
        await self._until_idle()

    def _failed(self, stage: Stage, why: CannotLook) -> Iterator[Listing]:
        """What could not be looked at stays as it was."""
        if stage.name == "seller":
            yield from super()._failed(stage, why)
            return
        self._book(why)
        about = [stage.held] if stage.held is not None else self._listings
        self._failed_at |= dict.fromkeys(map(_key, about), why)


def _item(listing: Listing) -> Listing:
    """The item whose page shows this variant, among others; the Listing itself when it is none."""
    if listing.variant_of is None:
        return listing
    return replace(listing, listing_id=listing.variant_of, variant_of=None)


def _unseen(listing: Listing) -> Listing:
    """The Listing as a row of results would be: stock must be seen anew.

    Price and shipping stay, as some pages leave to the row what they do not say themselves (Yahoo! Auctions: buy-now
    and the yen of shipping); a page that says them overrules the row.
    """
    return replace(listing, points=None, coupon=None, availability=Availability.UNKNOWN, availability_evidence=None,
                   store_stock={}, quantity=None, detail_read=False, judgement=None, appraisal=None)


class RecheckDesk(Desk):
    """The desk of a recheck: it claims nothing and closes nothing."""

    run: Recheck

    async def ask_all(self) -> AsyncIterator[Any]:
        """Ask for the pages of every task of this spider."""
        for query, listings in self.run.tasks[self.spider.name]:
            with self.run.database.reading() as connection:
                rest = queue.source_rest(connection, self.sources[0], self.run.now())
                self._wanted = queries.wanted_of_query(connection, query.query_id or 0)
            if rest is not None:
                why = CannotLook(Outcome.RESTING, "resting", f"rests after a block until {rest:%Y-%m-%d %H:%M} UTC")
                self.run.failed |= dict.fromkeys(map(_key, listings), why)
                continue
            asking = RecheckAsking(self, self.spider, query, listings, self.run.failed)
            self.asking = asking
            async for out in asking.pages():
                yield out
            self.asking = None
            await asyncio.to_thread(self._store_closings, asking)

    def _store_closings(self, asking: Asking) -> list[Closing]:
        found, self._buffer = self._buffer, []
        if self.ended is not None and self.ended.outcome in RESTS:
            self._rest(self.ended)
        with self.run.database.writing() as connection:
            store(connection, found)
            note_sellers_read(connection, self._sellers_read, self.run.now())
        return []

    def end_run(self, reason: str) -> None:
        """There is no Run to close, and open Searches belong to others."""


class RecheckMiddleware(QueueMiddleware):
    """Feeds a spider with the pages to look at again."""

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """The pages' requests instead of the spider's own start."""
        spider = self.crawler.spider
        assert isinstance(spider, SourceSpider)  # noqa: S101 - only `recheck` puts this middleware in
        self.desk = RecheckDesk(self.crawler, spider, spider.run)  # type: ignore[attr-defined]
        async for out in self.desk.ask_all():
            yield out


def recheck(process: AsyncCrawlerProcess, run: Recheck, found: Iterable[Answer]) -> None:
    """Fetch again the pages of the best alternatives of these answers; `run.failed` says whose could not be read."""
    if begin(process, run, ((answer, best(answer)) for answer in found)):
        process.start()


def begin(process: AsyncCrawlerProcess, run: Recheck,
          found: Iterable[tuple[Answer, Sequence[Offer]]]) -> list[asyncio.Task[None]]:
    """The crawlers that fetch these offers' pages again, once the process starts; each ends with its Task."""
    spiders = all_sources(process.settings)
    by_source = {source: name for name, spider in spiders.items() for source in spider.sources()}
    for answer, offers in found:
        _plan(run, answer, offers, by_source)
    for name in list(run.tasks):
        why = standing(spiders[name], process.settings)
        if why is not None:
            keys = [_key(listing) for _, listings in run.tasks.pop(name) for listing in listings]
            run.failed |= dict.fromkeys(keys, why)
    return [process.crawl(_crawler(process, spiders[name]), run=run) for name in run.tasks]


def _plan(run: Recheck, answer: Answer, offers: Iterable[Offer], by_source: dict[str, str]) -> None:
    """Share out the Listings to the spiders that read them, each once however many Wanted of the order it is for."""
    planned = {_key(listing) for tasks in run.tasks.values() for _, group in tasks for listing in group}
    listings: dict[str, list[Listing]] = {}
    for offer in offers:
        if _key(offer.listing) in planned:
            continue
        name = by_source.get(offer.listing.source)
        if name is None:
            run.failed[_key(offer.listing)] = CannotLook(
                Outcome.NOT_ASKED, "no_source", "no source of this program reads it: open the link")
            continue
        listings.setdefault(name, []).append(offer.listing)
    assert answer.query is not None or not listings  # noqa: S101 - what was judged was judged for a Query
    for name, group in listings.items():
        if answer.query is not None:
            run.tasks.setdefault(name, []).append((answer.query, group))


def _crawler(process: AsyncCrawlerProcess, spider: type[SourceSpider]) -> Crawler:
    crawler = process.create_crawler(spider)
    crawler.settings.set("SPIDER_MIDDLEWARES", {
        "kataban.crawling.middleware.QueueMiddleware": None, "kataban.crawling.recheck.RecheckMiddleware": 900,
    }, priority="cmdline")
    return crawler


@dataclass(frozen=True, slots=True)
class Change:
    """One Listing before and after. `failed` is why it could not be looked at; `after` counts only without it."""

    before: Offer
    after: Offer | None
    failed: CannotLook | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """What is not as it was."""
        if self.after is None or self.failed is not None:
            return ()
        return tuple(name for name in ("price", "shipping", "total", "availability", "verdict", "purchase")
                     if _value(self.before, name) != _value(self.after, name))


def _value(offer: Offer, name: str) -> Any:
    return getattr(offer.listing, name) if name in ("price", "shipping", "availability") else getattr(offer, name)


def changes(before: Iterable[Answer], after: Iterable[Answer], failed: Mapping[Key, CannotLook]) -> list[Change]:
    """What the second look showed for each of the best alternatives; what was not seen again is never "unchanged"."""
    now = {(answer.wanted.wanted_id, _key(offer.listing)): offer for answer in after
           for offer in (*answer.alternatives, *answer.not_purchasable, *answer.look_alikes)}
    return [_change(offer, now.get((answer.wanted.wanted_id, _key(offer.listing))), failed)
            for answer in before for offer in best(answer)]


def _change(before: Offer, after: Offer | None, failed: Mapping[Key, CannotLook]) -> Change:
    why = failed.get(_key(before.listing))
    if why is None and (after is None or _seen(after) <= _seen(before)):
        why = CannotLook(Outcome.BROKEN, "not_seen_again", "it was not read again (see the log)")
    return Change(before, after, why)


def _seen(offer: Offer) -> datetime:
    return offer.listing.seen_at or datetime.min.replace(tzinfo=UTC)
