"""One Query asked of one spider, from the first spelling to the closing of its Searches.

Every request carries a callback of ours round the spider's own: it saves the answer, hands it to the spider, books what
comes back, and follows a row to its own page and its seller where the matcher says so.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from scrapy.http import Request, Response
from twisted.python.failure import Failure

from kataban.crawling.accounts import Account
from kataban.crawling.answers import Answers
from kataban.items import (
    ENDS_THE_RUN,
    Availability,
    CannotLook,
    Lead,
    Listing,
    Outcome,
    PageRead,
    Query,
    Seller,
    Verdict,
)
from kataban.items.merging import merge_sellers
from kataban.manners.failures import cannot_look_of, cannot_look_of_status
from kataban.manners.pace import host_of
from kataban.manners.redaction import redact
from kataban.results.writing import Closing
from matcher import compile_query, judge_listing

if TYPE_CHECKING:
    from kataban.crawling.middleware import Desk
    from spiders.base import SourceSpider

logger = logging.getLogger(__name__)
Yielded = AsyncIterator[Listing | Request]
# Worth asking once more: the page did not come, or the host asked for patience.
ASKED_AGAIN = frozenset({Outcome.UNREACHABLE, Outcome.RATE_LIMITED})
# Longer than any pause, gate or deadline: what has not come back by then was lost.
STALLED_SECONDS = 900.0
NOT_ASKED_AGAIN = frozenset({"refused_address", "tls", "too_large", "dns", "redirect_loop"})


@dataclass(frozen=True, slots=True)
class Stage:
    """Where in a Search a request stands: `search`, `page` (a lead's page), `detail` or `seller`; what it is about."""

    name: str
    read: Callable[..., Iterable[Any]]
    arguments: dict[str, Any]
    held: Listing | None = None
    tries: int = 0


class Asking:
    """One Query asked of one spider. `ask()` yields what Scrapy is to do; afterwards `closings()` tell how it ended."""

    def __init__(self, desk: Desk, spider: SourceSpider, query: Query, searches: dict[str, int],
                 answers: Answers) -> None:
        self.desk, self.spider, self.query, self.searches, self.answers = desk, spider, query, searches, answers
        self.asked = compile_query(query.model_number, maker=query.maker, jan=query.jan)
        self.accounts = {source: Account(source, bool(spider.follows), spider.gives_leads) for source in searches}
        self.forms: list[str] = []
        self.leads: list[Lead] = []
        self.requests = 0
        self.satisfied = False
        self._seen: set[tuple[str, str]] = set()
        self._details = desk.limits.details
        self._pages = 0
        self._pending = 0
        self._idle = asyncio.Event()
        self._waiting: dict[tuple[str, str], list[Listing]] = {}

    # --- the Search as a whole -----------------------------------------------------------------------------------

    async def ask(self, leads: Iterable[Lead] = ()) -> Yielded:
        """Ask every spelling until one gives what can be bought; the leads of other sources with the first."""
        forms = self._own(self.spider.forms, self.query) or ()
        for position, form in enumerate(forms):
            self._begin_form(form)
            for request, stage in self._first(form, leads if position == 0 else ()):
                async for out in self._send(request, stage):
                    yield out
            await self._until_idle()
            if self.satisfied or self.desk.ended:
                self._leave(forms[position + 1:])
                return

    def _begin_form(self, form: str) -> None:
        self.forms.append(form)
        self._pages = 0
        for account in self.accounts.values():
            account.begin_form()

    def _leave(self, forms: tuple[str, ...]) -> None:
        for account in self.accounts.values() if forms else ():
            if self.satisfied:
                account.satisfied = (f"an exact listing that can be bought was found with {self.forms[-1]}, so further"
                                     f" spellings were not asked: {', '.join(forms)}")
            else:
                account.cut = account.cut or f"spellings not asked: {', '.join(forms)}"

    def _first(self, form: str, leads: Iterable[Lead]) -> Iterator[tuple[Request, Stage]]:
        query = replace(self.query, spelling=form)
        found = self._own(self.spider.search, query)
        for request in [found] if isinstance(found, Request) else found or ():
            yield request, self._stage_of(request, "search", self.spider.parse)
        for lead in leads:
            request = self._own(self.spider.lead, lead, query)
            if request is not None:
                yield request, self._stage_of(request, "page", self.spider.parse_lead)

    def _own(self, method: Callable[..., Any], *arguments: Any) -> Any:
        """What a method of the spider answers; an error of its code is booked, and the run goes on without it."""
        try:
            return method(*arguments)
        except CannotLook as why:
            self._book(why)
        except Exception:
            logger.exception("%s.%s failed", self.spider.name, method.__name__)
            self._book(CannotLook(Outcome.BROKEN, "source_error", "the source's own code failed (see the log)"))
        return None

    def _stage_of(self, request: Request, name: str, default: Callable[..., Iterable[Any]],
                  held: Listing | None = None) -> Stage:
        return Stage(name, request.callback or default, dict(request.cb_kwargs), held)

    async def _until_idle(self) -> None:
        """Wait until nothing is on its way; give up when nothing moved for so long that it was lost."""
        while self._pending:
            before = (self._pending, self.requests)
            self._idle.clear()
            try:
                await asyncio.wait_for(self._idle.wait(), STALLED_SECONDS)
            except TimeoutError:
                if before == (self._pending, self.requests):
                    self._book(CannotLook(Outcome.UNREACHABLE, "stalled", "an answer never came back"))
                    return

    def _done_one(self) -> None:
        self._pending -= 1
        if not self._pending:
            self._idle.set()

    # --- one request -----------------------------------------------------------------------------------------------

    async def _send(self, request: Request, stage: Stage) -> Yielded:
        """Take the saved answer, or yield the request once the host's gate is open."""
        saved = self.answers.load(request, self.desk.run.now())
        if saved is not None:
            self._pending += 1
            async for out in self._answered(stage, request, saved[0], seen_at=saved[1]):
                yield out
            return
        try:
            self.desk.may_ask(request)
            await self.desk.pace.reserve(request.url)
        except CannotLook as why:
            for listing in self._failed(stage, why):
                yield listing
            return
        self._pending += 1
        yield request.replace(
            callback=partial(self._answered, stage, request), errback=partial(self._not_answered, stage, request),
            cb_kwargs={}, dont_filter=True, meta={**request.meta, "asking": self})

    async def _answered(self, stage: Stage, request: Request, response: Response,
                        seen_at: datetime | None = None) -> Yielded:
        try:
            async for out in self._take_answer(stage, request, response, seen_at):
                yield out
        except Exception:
            logger.exception("%s: %s", self.spider.name, request.url)
            self._book(CannotLook(Outcome.BROKEN, "internal_error", "an answer could not be processed (see the log)"))
        finally:
            self._done_one()

    async def _take_answer(self, stage: Stage, request: Request, response: Response,
                           seen_at: datetime | None) -> Yielded:
        try:
            found = self._read(stage, response)
        except CannotLook as why:
            async for out in self._cannot_look(stage, request, why):
                yield out
            return
        if seen_at is None:
            seen_at = self.desk.run.now()
            if not request.meta.get("secret_answer"):  # a token is never written anywhere
                self.answers.save(request, response, seen_at)
            if self.spider.follows:
                await self.desk.pace.answered(host_of(request.url))
        async for out in self._take(stage, found, seen_at):
            yield out

    def _read(self, stage: Stage, response: Response) -> list[Any]:
        """What the spider reads of an answer. A refusal is one whatever its page shows; a 404 can be a site's zero."""
        status = cannot_look_of_status(response)
        try:
            found = list(stage.read(response, **stage.arguments))
        except CannotLook as why:
            # What the source knows of this answer is finer than its status, but for "another layout than known".
            raise (status if status is not None and why.reason_code == "layout_changed" else why) from None
        except Exception as error:
            logger.exception("%s cannot read %s", self.spider.name, response.url)
            broken = CannotLook(Outcome.BROKEN, "parser_error", "the page could not be read (see the log)")
            raise status or broken from error
        if status is not None and (status.outcome is not Outcome.BROKEN or not found):
            raise status
        return found

    async def _not_answered(self, stage: Stage, request: Request, failure: Failure) -> Yielded:
        try:
            async for out in self._cannot_look(stage, request, cannot_look_of(failure)):
                yield out
        finally:
            self._done_one()

    async def _cannot_look(self, stage: Stage, request: Request, why: CannotLook) -> Yielded:
        """Ask again after a pause where that is worth it, else book the failure and let a held row go as it is."""
        pause = self._pause(stage, why)
        if pause is None and why.outcome in ENDS_THE_RUN and self.spider.follows:  # of many hosts this one rests alone
            await self.desk.pace.rest(host_of(request.url), why.retry_after, why.reason)
        if pause is None:
            for listing in self._failed(stage, why):
                yield listing
            return
        await asyncio.sleep(pause)
        async for out in self._send(request, replace(stage, tries=stage.tries + 1)):
            yield out

    def _pause(self, stage: Stage, why: CannotLook) -> float | None:
        """Seconds to wait before asking again, or None: give up."""
        limits = self.desk.limits
        if why.outcome not in ASKED_AGAIN or why.reason_code in NOT_ASKED_AGAIN or stage.tries >= limits.again:
            return None
        if why.retry_after is not None and why.retry_after > limits.pause_max:
            return None
        return max(why.retry_after or 0.0, limits.pause * 2**stage.tries)

    def _failed(self, stage: Stage, why: CannotLook) -> Iterator[Listing]:
        if stage.name == "seller":  # an unread seller page leaves the seller unknown, not the model
            yield from self._with_seller(stage, ())
            return
        self._book(why)
        if stage.held is not None:
            yield from self._emit(stage.held)

    def _book(self, why: CannotLook) -> None:
        logger.info("%s: %s: %s", self.spider.name, self.query.model_number, why)
        for account in self.accounts.values():
            account.problem(why)
        if why.outcome in ENDS_THE_RUN and not self.spider.follows:
            self.desk.end(why)

    # --- what an answer held ---------------------------------------------------------------------------------------

    async def _take(self, stage: Stage, found: list[Any], seen_at: datetime) -> Yielded:
        if stage.name == "seller":
            for listing in self._with_seller(stage, found):
                yield listing
            return
        if stage.name == "detail" and stage.held is not None and not any(isinstance(f, Listing) for f in found):
            found = [*found, _gone(stage.held)]
        goes_on = any(isinstance(item, Request) for item in found)
        for item in found:
            if isinstance(item, PageRead):
                self._page(item, goes_on=goes_on)
            elif isinstance(item, Lead):
                self.leads.append(item)
            elif isinstance(item, Request):
                async for out in self._next(stage, item):
                    yield out
            elif isinstance(item, Listing):
                async for out in self._listing(stage, item, seen_at):
                    yield out

    def _page(self, read: PageRead, *, goes_on: bool) -> None:
        for source, account in self.accounts.items():
            if read.source in (None, source):
                account.page(read)
                if not read.last and not goes_on:
                    account.cut = account.cut or "the page shows only a part of its rows"

    async def _next(self, stage: Stage, request: Request) -> Yielded:
        """The next page of results, or a further request of an item's own page; both within the budget of pages."""
        self._pages += 1
        if stage.name == "search" and self._pages >= self.desk.limits.pages:
            for account in self.accounts.values():
                account.cut = account.cut or f"read {self._pages} pages of more"
            return
        async for out in self._send(request, self._stage_of(request, stage.name, stage.read, stage.held)):
            yield out

    async def _listing(self, stage: Stage, listing: Listing, seen_at: datetime) -> Yielded:
        key = (listing.source, listing.listing_id)
        if stage.name != "detail":
            if key in self._seen:  # a further spelling shows the same rows again
                return
            self._seen.add(key)
        listing = replace(listing, seen_at=seen_at, query_id=self.query.query_id,
                          search_id=self.searches.get(listing.source) or next(iter(self.searches.values())))
        verdict = judge_listing(self.asked, listing).verdict
        request = None if listing.detail_read or stage.name == "detail" else self._own(self.spider.detail, listing)
        follow = self._follow(listing, verdict, request)
        if follow is None:
            for out in self._emit(listing):
                yield out
            return
        send = self._ask_seller if follow[1].name == "seller" else self._send
        async for found in send(*follow):
            yield found

    def _follow(self, listing: Listing, verdict: Verdict, detail: Request | None) -> tuple[Request, Stage] | None:
        """The request that a Listing is held for: its own page while undecided or exact, then its seller's."""
        if detail is not None and verdict in (Verdict.EXACT, Verdict.UNCLEAR):
            if self._details <= 0:
                return None
            self._details -= 1
            return detail, self._stage_of(detail, "detail", self.spider.parse_detail, listing)
        if verdict is not Verdict.EXACT or listing.seller is None:
            return None
        known = self.desk.known_seller(listing.seller)
        if known is not None:
            listing.seller = merge_sellers(known, listing.seller)
            return None
        request = self._own(self.spider.seller, listing)
        if request is None:
            return None
        return request, self._stage_of(request, "seller", self.spider.parse_seller, listing)

    async def _ask_seller(self, request: Request, stage: Stage) -> Yielded:
        """Ask for a seller's page once; further Listings of the seller wait for the same answer."""
        assert stage.held is not None  # noqa: S101 - a seller's page is only asked for a held Listing
        key = _seller_key(stage.held)
        if key in self._waiting:
            self._waiting[key].append(stage.held)
            return
        self._waiting[key] = [stage.held]
        async for out in self._send(request, stage):
            yield out

    def _with_seller(self, stage: Stage, found: Iterable[Any]) -> Iterator[Listing]:
        """The Listings that waited for the seller, filled where the page could be read."""
        assert stage.held is not None  # noqa: S101
        read = next((item for item in found if isinstance(item, Seller)), None)
        if read is not None:
            self.desk.keep_seller(read)
        for listing in self._waiting.pop(_seller_key(stage.held), [stage.held]):
            # A copy for each: the pipelines take the profile off what they are given.
            yield from self._emit(replace(listing, seller=replace(read)) if read else listing)

    def _emit(self, listing: Listing) -> Iterator[Listing]:
        self._pending += 1
        yield listing

    def item_stored(self, listing: Listing) -> None:
        """A Listing went through all pipelines."""
        account = self.accounts.get(listing.source)
        verdict = listing.judgement.verdict if listing.judgement else None
        if account is not None:
            account.stored(verdict, detail_read=listing.detail_read)
        self.satisfied = self.satisfied or (verdict is Verdict.EXACT and self.desk.purchasable(self.query, listing))
        self._done_one()

    def item_dropped(self, *, repeated: bool) -> None:
        """A pipeline took a Listing out: one that was there before, or one that cannot be used."""
        if not repeated:
            for account in self.accounts.values():
                account.unreadable += 1
        self._done_one()

    def item_failed(self) -> None:
        """A pipeline failed on a Listing: the Search is not whole."""
        self._book(CannotLook(Outcome.BROKEN, "pipeline_error", "a listing could not be processed (see the log)"))
        self._done_one()

    def closings(self, now: datetime) -> list[Closing]:
        """How each Source's Search ended."""
        assert self.query.query_id is not None  # noqa: S101 - it came from the database
        closings = []
        for source, account in self.accounts.items():
            ending = account.ending()
            closings.append(Closing(
                search_id=self.searches[source], query_id=self.query.query_id, source=source, outcome=ending.outcome,
                closed_at=now, reason_code=ending.reason_code, complete=ending.complete,
                reason=None if ending.reason is None else redact(ending.reason),
                hits_reported=account.hits_reported, rows_read=account.rows_read, pages_read=account.pages_read,
                requests=self.requests, exact_count=account.exact_count, forms=tuple(self.forms),
                rest_until=self.desk.rest_until, leads=tuple(self.leads)))
        return closings


def _seller_key(listing: Listing) -> tuple[str, str]:
    assert listing.seller is not None  # noqa: S101
    return listing.seller.source, listing.seller.seller_id


def _gone(listing: Listing) -> Listing:
    """The row of an item whose own page shows nothing for sale any more: kept, so that the answer says so."""
    return replace(listing, availability=Availability.SOLD_OUT, detail_read=True,
                   availability_evidence="the item's own page shows nothing for sale")
