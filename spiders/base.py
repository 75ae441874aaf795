"""The contract of a source: what every spider declares and codes, and the helpers that keep a spider short.

A spider is PURE: no network, clock, randomness, database or matcher. The queue (kataban.crawling) calls `search` with a
Query, sends the Request, hands the answer to `parse`, and follows `detail` and `seller` where the matcher says so.
Everything a spider reads comes from one envelope: response.url, status, headers, body, and
`response.meta["page_json"]`, the JSON that a rendered page itself loaded: a list of {"url", "status", "json"}.
"""

from __future__ import annotations

import os
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, TypeVar

import scrapy
from scrapy.http import Request, Response

from kataban.items import CannotLook, Lead, Listing, Outcome, PageKind, PageRead, Query, Seller

Card = TypeVar("Card")
Parsed = Iterator[Listing | Lead | PageRead | Request]


class SourceSpider(scrapy.Spider):
    """Base of all sources. A subclass's docstring says: site, API documentation, rate limits, terms, caveats.

    `name` is the Source's name, the module's, the fixture folder's and the row's on the page. `serves` names the
    Sources whose rows this site's answers hold. `access` is `api`, `html` or `browser`. `needs` are environment keys
    that must be set (a tuple inside means: one of these). `terms` is shown to the person; `off_by_default` keeps the
    source off until KATABAN_ENABLE names it. `canary` is a model number that always has hits.
    """

    serves: ClassVar[tuple[str, ...]] = ()
    label: ClassVar[str]
    access: ClassVar[str]
    site: ClassVar[str]
    documentation: ClassVar[str] = ""
    needs: ClassVar[tuple[str | tuple[str, ...], ...]] = ()
    terms: ClassVar[str]
    # Nobody is asked until the user names the source in KATABAN_ENABLE, terms being what they are; a key of the user's
    # own names it as well.
    off_by_default: ClassVar[bool] = True
    # A source of Leads says where else to look; no Lead is never "not sold here", so it ends `answered` as well.
    gives_leads: ClassVar[bool] = False
    # The sources whose Leads this one reads; it waits for them and looks at many hosts, each of which fails alone.
    follows: ClassVar[tuple[str, ...]] = ()
    canary: ClassVar[str]
    # Statuses that mean something reach parse; our own back-off decides about the rest.
    handle_httpstatus_list: ClassVar[list[int]] = [400, 401, 403, 404, 410, 422, 429, 451, 500, 502, 503]

    @classmethod
    def sources(cls) -> tuple[str, ...]:
        """The Sources that get a Search of their own for each Query, the spider's own first."""
        return cls.serves or (cls.name,)

    def key(self, name: str) -> str:
        """The user's key `name` from the environment; CannotLook(no_key) when it is not set."""
        value = os.environ.get(name, "").strip()
        if not value:
            raise CannotLook(Outcome.NO_KEY, "no_key", f"{name} is not set in .env")
        return value

    def optional_key(self, name: str, default: str = "") -> str:
        """The user's setting `name` from the environment, or `default`."""
        return os.environ.get(name, "").strip() or default

    # No ABC: with its metaclass dir() names an attribute that getattr does not find, and Scrapy's feeds stumble on it.
    # A guard test sees to it that every source codes search and parse.

    # --- what a source codes -------------------------------------------------------------------------------------

    def forms(self, query: Query) -> tuple[str, ...]:
        """The spellings worth asking, cheapest first. Default: as written, then without separators."""
        joined = "".join(c for c in query.model_number if c.isalnum())
        return tuple(dict.fromkeys((query.model_number, joined)))

    @abstractmethod
    def search(self, query: Query) -> Request | Iterable[Request]:
        """The first request for `query.text`. cb_kwargs must hold {"query": query}.

        A source that is many shops returns an iterable of first requests, one per shop, which may be empty.
        """

    @abstractmethod
    def parse(self, response: Response, query: Query) -> Parsed:
        """Listings or Leads of one page of results, exactly one PageRead, and perhaps the next page's Request."""

    def lead(self, lead: Lead, query: Query) -> Request | None:
        """The request for the page of a stored Lead (callback parse_lead, cb_kwargs query and lead), or None.

        Only `independent_shops` follows Leads; a Lead on a host that a declared source owns is not offered to it.
        """
        return None

    def parse_lead(self, response: Response, query: Query, lead: Lead) -> Parsed:
        """The Listings of the page that a Lead named, and exactly one PageRead."""
        yield PageRead(kind=PageKind.EMPTY)

    def detail(self, listing: Listing) -> Request | None:
        """The request for the item's own page (cb_kwargs {"listing": listing}, callback parse_detail), or None."""
        return None

    def parse_detail(self, response: Response, listing: Listing) -> Iterator[Listing | Request]:
        """The Listing filled from its own page (detail_read=True), or one Listing per variant."""
        yield listing

    def seller(self, listing: Listing) -> Request | None:
        """The request for the seller's public page (cb_kwargs {"seller": seller}, callback parse_seller), or None."""
        return None

    def parse_seller(self, response: Response, seller: Seller) -> Iterator[Seller]:
        """The Seller filled from the public page."""
        yield seller

    # --- helpers -------------------------------------------------------------------------------------------------

    def cards(self, nodes: Iterable[Card], read: Callable[[Card], Listing | None], **page: Any) -> Parsed:
        """Read every card on its own, so that one odd card does not lose the rest, then say what the page was.

        `read` returns None for a card that is no listing (an advertisement). A card that raises is counted as
        unreadable; when all are, the page is `broken`. `page` are further fields of PageRead.
        """
        rows = unreadable = 0
        for node in nodes:
            try:
                listing = read(node)
            except (AttributeError, IndexError, KeyError, TypeError, ValueError):
                self.logger.warning("unreadable card", exc_info=True)
                unreadable += 1
                rows += 1
                continue
            if listing is not None:
                rows += 1
                yield listing
        if rows and rows == unreadable:
            raise CannotLook(Outcome.BROKEN, "layout_changed", f"none of {rows} rows could be read",
                             page_kind=PageKind.BROKEN)
        yield PageRead(kind=PageKind.RESULTS if rows else PageKind.EMPTY, rows=rows, unreadable=unreadable, **page)

    def rendered(self, url: str, *, ready: str, page_json: tuple[str, ...] = (), **request: Any) -> Request:
        """A Request that a browser renders.

        `ready` is a CSS selector whose appearance means that there is something to read (results, or the sign of
        none); `page_json` are regular expressions of the page's own JSON addresses, which are awaited (with a limit)
        and collected into response.meta["page_json"]. kataban.manners.browser turns these into browser work.
        """
        meta = {"playwright": True, "render": {"ready": ready, "page_json": page_json}, **request.pop("meta", {})}
        return Request(url, meta=meta, **request)
