"""Base of the shops whose own web site is read: search pages and item pages drawn on the server, told by landmarks."""

from __future__ import annotations

import unicodedata
from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import quote

from parsel import Selector
from scrapy.http import Request, Response

from kataban.items import CannotLook, Listing, Outcome, PageKind, PageRead, Query, Seller
from spiders import shop_site_pages as pages
from spiders.base import Parsed, SourceSpider
from spiders.landmarks import Landmarks
from spiders.refusals import refusal


class ShopSiteSpider(SourceSpider):
    """A shop that sells its own goods. A subclass says where its landmarks are and how a card and an item are read.

    `encoding` is that of the words in a search address. Landmarks that every such shop has: `address.search` (with {q}
    and perhaps {page}), `address.item` (a pattern with the group id), `address.item_page` (with {id}), `search.card`,
    `search.link`, `search.title`, `search.price`, `search.zero_words`; the others are read where they are named.
    """

    access = "html"
    encoding: ClassVar[str] = "utf-8"
    marks: ClassVar[Landmarks]

    @abstractmethod
    def read_card(self, card: Selector) -> Listing:
        """One card of the result list. Raises ValueError where address or title is missing."""

    def read_item(self, response: Response, row: Listing) -> list[Listing]:
        """`row` filled from the item's own page; one Listing per variant; [] where the page shows no item."""
        found = pages.item(response, row, self.marks)
        return [found] if found else []

    # --- search ----------------------------------------------------------------------------------------------------

    def search(self, query: Query) -> Request:
        """The first page of results."""
        return self._page(query, 1)

    def _page(self, query: Query, number: int) -> Request:
        return Request(self.address(query.text, number), callback=self.parse, cb_kwargs={"query": query})

    def address(self, words: str, number: int) -> str:
        """The address of a page of results. What the shop's encoding does not hold is left out of the words."""
        said = unicodedata.normalize("NFKC", words).encode(self.encoding, "ignore")
        if not said.strip():
            raise CannotLook(Outcome.NOT_ASKED, "keyword_not_encodable", f"{self.label} has no letters for {words!r}")
        name = "address.search" if number == 1 else "address.search_page"
        return self.marks.text(name).format(q=quote(said, safe=""), page=number)

    def parse(self, response: Response, query: Query) -> Parsed:
        """The page's cards. The site's own zero is looked for first: boxes of other goods can stand below it."""
        page = pages.ResultPage(response, self.marks)
        if response.status == 200 and pages.item_id(response.url, self.marks):
            yield from self._only_hit(response)
        elif page.is_zero:
            yield PageRead(kind=PageKind.EMPTY, hits_reported=0 if page.number == 1 else None)
        elif response.status != 200 or not page.cards:
            raise refusal(self.marks, response, self.label)
        else:
            yield from self.cards(page.cards, self.read_card, hits_reported=page.hits, last=page.is_last)
            if page.has_next:
                yield self._next(page, query)

    def _next(self, page: pages.ResultPage, query: Query) -> Request:
        """The next page by the site's own link, else by counting."""
        if page.next_url is None:
            return self._page(query, page.number + 1)
        return Request(page.next_url, callback=self.parse, cb_kwargs={"query": query})

    def _only_hit(self, response: Response) -> Parsed:
        """A search with a single hit that leads to the item's own page."""
        found = self.read_item(response, self.bare_row(response))
        if not found:
            raise refusal(self.marks, response, self.label)
        yield from found
        yield PageRead(kind=PageKind.PRODUCT, hits_reported=1, rows=1)

    def bare_row(self, response: Response) -> Listing:
        """A row for the item whose page this is, where no row of a list led to it."""
        found = pages.item_id(response.url, self.marks)
        return Listing(self.name, found, self.item_page(found), "", seller=self.shop())

    def item_page(self, listing_id: str) -> str:
        """The item's own address."""
        return self.marks.text("address.item_page").format(id=listing_id)

    def shop(self) -> Seller:
        """The shop as the seller of its own goods."""
        return Seller(self.name, self.name, name=self.label, url=self.site, business=True)

    # --- the item's own page -----------------------------------------------------------------------------------------

    def detail(self, listing: Listing) -> Request | None:
        """The item's page."""
        return Request(listing.url, callback=self.parse_detail, cb_kwargs={"listing": listing})

    def parse_detail(self, response: Response, listing: Listing) -> Iterator[Listing | Request]:
        """The listing from its page. One that is gone is sold out; one that leads to another page stays unread."""
        if response.status in {404, 410}:
            why = refusal(self.marks, response, self.label)
            if why.outcome is not Outcome.BROKEN:
                raise why
            yield pages.gone(listing, f"HTTP {response.status}")
            return
        found = self.read_item(response, listing) if response.status == 200 else []
        sentence = "" if found else pages.gone_sentence(response, self.marks)
        if sentence:
            yield pages.gone(listing, sentence)
        elif not found and response.status == 200 and self._led_elsewhere(response, listing):
            yield listing
        elif not found:
            raise refusal(self.marks, response, self.label)
        else:
            yield from found

    def _led_elsewhere(self, response: Response, listing: Listing) -> bool:
        asked = pages.item_id(listing.url, self.marks)
        return bool(asked) and pages.item_id(response.url, self.marks) != asked
