"""A few looks at one source outside the queue: for the first live probe and for saving answers.

Nothing is stored in the database; robots.txt, pace, rest and egress hold as in every crawl, since the same middlewares
carry the requests.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.http import Request, Response

from kataban.items import ENDS_THE_RUN, Availability, CannotLook, Lead, Listing, Outcome, PageRead, Query, Seller
from kataban.manners.failures import cannot_look_of, cannot_look_of_status

if TYPE_CHECKING:
    from twisted.python.failure import Failure

    from spiders.base import SourceSpider

# A number that nobody sells: its answer shows how the site says that it has none.
NOBODY_SELLS = "QZX-77K41-VWJ"
MOST_HOSTS = 10  # of a source that is many shops
MOST_STEPS = 3  # requests that lead to one answer: a token first


@dataclass(slots=True)
class Look:
    """One look. `kind` is the callback's (search, detail, seller), `name` what it is for; `found` what the source read.

    `why` says that it was no look. `response` is None when nothing came.
    """

    name: str
    kind: str
    asked: Request
    query: Query
    about: Listing | Seller | None = None
    response: Response | None = None
    found: list[Any] = field(default_factory=list)
    why: CannotLook | None = None

    @property
    def page(self) -> PageRead | None:
        """What the page of results was."""
        return next((one for one in self.found if isinstance(one, PageRead)), None)

    @property
    def listings(self) -> list[Listing]:
        """The Listings read."""
        return [one for one in self.found if isinstance(one, Listing)]


class Looking:
    """The looks at one source, in order: search, the first item, its seller, and the search for what nobody sells.

    `wanted` narrows them. Each needs the one before it, and a block ends them all.
    """

    def __init__(self, query: Query, wanted: Iterable[str] = ("search", "detail", "seller", "nothing")) -> None:
        self.query = query
        self.wanted = frozenset(wanted)
        self.looks: list[Look] = []
        self._idle = asyncio.Event()

    async def ask(self, spider: SourceSpider) -> AsyncIterator[Request]:
        """Yield one request after the other, each when the answer before it was read."""
        async for request in self._search(spider, "search", self.query):
            yield request
        async for request in self._item(spider):
            yield request
        if "nothing" in self.wanted and not self._is_over:
            async for request in self._search(spider, "nothing", Query(NOBODY_SELLS)):
                yield request

    async def _search(self, spider: SourceSpider, name: str, query: Query) -> AsyncIterator[Request]:
        try:
            asked = spider.search(query)
        except CannotLook as why:
            self.looks.append(Look(name, "search", Request(spider.site), query, why=why))
            return
        requests = [asked] if isinstance(asked, Request) else list(asked)[:MOST_HOSTS]
        for request in requests:
            label = name if len(requests) == 1 else f"{name} {urlsplit(request.url).hostname}"
            look = Look(label, "search", request, query)
            async for sent in self._go(look, partial(spider.parse, query=query)):
                yield sent

    async def _item(self, spider: SourceSpider) -> AsyncIterator[Request]:
        rows = [listing for look in self.looks for listing in look.listings]
        row = min(rows, key=lambda one: one.availability is Availability.SOLD_OUT, default=None)
        request = spider.detail(row) if row is not None and {"detail", "seller"} & self.wanted else None
        if request is None or row is None or self._is_over:
            return
        look = Look("detail", "detail", request, self.query, row)
        read = request.callback or spider.parse_detail
        async for sent in self._go(look, partial(read, listing=row)):
            yield sent
        async for sent in self._seller(spider, next(iter(look.listings), row)):
            yield sent

    async def _seller(self, spider: SourceSpider, listing: Listing) -> AsyncIterator[Request]:
        request = spider.seller(listing) if listing.seller and "seller" in self.wanted else None
        if request is None or listing.seller is None or self._is_over:
            return
        look = Look("seller", "seller", request, self.query, listing.seller)
        async for sent in self._go(look, partial(request.callback or spider.parse_seller, seller=listing.seller)):
            yield sent

    @property
    def _is_over(self) -> bool:
        return any(look.why is not None and look.why.outcome in ENDS_THE_RUN for look in self.looks)

    async def _go(self, look: Look, read: Callable[[Response], Iterable[Any]]) -> AsyncIterator[Request]:
        self.looks.append(look)
        following: Request | None = look.asked
        for _ in range(MOST_STEPS):
            if following is None:
                return
            self._idle.clear()
            yield following.replace(callback=partial(self._answered, look, read), cb_kwargs={}, dont_filter=True,
                                    errback=partial(self._lost, look))
            await self._idle.wait()
            following = _leads_on(look)
        self._idle.set()

    def _answered(self, look: Look, read: Callable[[Response], Iterable[Any]], response: Response) -> None:
        look.response = response
        try:
            look.found = list(read(response))
        except CannotLook as why:
            look.why = why
        except Exception as error:
            look.why = cannot_look_of_status(response) or CannotLook(
                Outcome.BROKEN, "parser_error", f"{type(error).__name__}: {error}")
        self._idle.set()

    def _lost(self, look: Look, failure: Failure) -> None:
        look.why = cannot_look_of(failure)
        self._idle.set()


def _leads_on(look: Look) -> Request | None:
    """The request that this answer was only a step to (a token); None when it was an answer itself."""
    if look.why is not None or any(isinstance(one, PageRead | Lead | Seller) for one in look.found):
        return None
    read = [one for one in look.listings if one.detail_read]
    return next((one for one in look.found if isinstance(one, Request)), None) if not read else None


class LookMiddleware:
    """Spider middleware: the start of a spider that was given a `looking` is that Looking's requests."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        return cls(crawler)

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """The looks, instead of the spider's own start."""
        spider: Any = self.crawler.spider
        looking: Looking | None = getattr(spider, "looking", None)
        if looking is None:
            async for entry in start:
                yield entry
            return
        async for request in looking.ask(spider):
            yield request


def hosts_asked(looks: Iterable[Look]) -> Iterator[str]:
    """The hosts that the looks went to, each once."""
    yield from dict.fromkeys(urlsplit(look.asked.url).netloc for look in looks)
