"""Yahoo! Auctions: what can be bought at a fixed price there, and the flea market's rows that its search shows."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, quote, urlsplit

from scrapy.http import Request, Response

from kataban.items import CannotLook, Listing, Outcome, PageKind, PageRead, Query
from kataban.parsers.page_kind import challenge_of
from spiders import yahoo_auctions_pages as pages
from spiders import yahoo_fleamarket_pages as flea
from spiders.base import Parsed, SourceSpider

MARKS = pages.MARKS


class YahooAuctionsSpider(SourceSpider):
    """Yahoo! Auctions (auctions.yahoo.co.jp).

    Documentation: none; the official web API was closed (its page is a 404, 2026-08).
    Rate: no limit is published; many requests at once were answered 500 (2026-01).
    Terms: Yahoo! JAPAN's common terms and the auctions' guideline restrict collecting and using what others posted,
    beyond a purchase of one's own; the source stays off until the user names it.
    Caveats: a bid is no price: only a buy-now price or a fixed price counts as one. In a store's row the price
    includes tax and the buy-now price does not. An empty search is a 404 full of unrelated goods. Rows of Yahoo! Flea
    Market stand among the others and are stored under that source. Visitors from Europe are refused (403).
    """

    name = "yahoo_auctions"
    label = "Yahoo!オークション"
    access = "html"
    site = "https://auctions.yahoo.co.jp/"
    terms = (
        "Yahoo! JAPANの規約とガイドラインは、取引に必要な範囲を超えた投稿内容の収集・利用を制限しています。"
        " Yahoo! JAPAN's terms and guideline restrict collecting and using what others posted beyond what a purchase"
        " needs."
    )
    canary = "WH-1000XM4"

    def search(self, query: Query) -> Request:
        """The first 50 rows; only the parameters that robots.txt leaves open are sent."""
        return self._search_page(query, 1)

    def _search_page(self, query: Query, first: int) -> Request:
        address = f"{MARKS.text('address.search')}?p={quote(query.text, safe='')}"
        return Request(address + (f"&b={first}" if first > 1 else ""), callback=self.parse, cb_kwargs={"query": query})

    def parse(self, response: Response, query: Query) -> Parsed:
        """The rows. Boxes on a 404 are other people's goods and are never read."""
        first = first_row(response.url)
        if pages.is_zero(response) or (response.status == 404 and first > 1):
            yield PageRead(kind=PageKind.EMPTY, hits_reported=0 if first == 1 else None)
            return
        rows = list(response.css(MARKS.text("search.row")))
        if response.status != 200 or not rows:
            flea.refuse_region(response)
            challenge_of(response)
            raise _unreadable(response)
        hits = pages.hits(response)
        more = pages.has_next(response, hits, first, len(rows))
        yield from self.cards(rows, pages.read_row, hits_reported=hits, last=not more)
        if more:
            yield self._search_page(query, first + int(MARKS.text("search.per_page")))

    def detail(self, listing: Listing) -> Request:
        """The item's page, on the flea market's own site for its rows."""
        return Request(listing.url, callback=self.parse_detail, cb_kwargs={"listing": listing})

    def parse_detail(self, response: Response, listing: Listing) -> Iterator[Listing]:
        """The listing from its page's JSON, seller and rating points included."""
        if listing.source == flea.SOURCE:
            yield flea.read_item_page(response, listing)
        else:
            yield pages.read_item_page(response, listing)


def first_row(address: str) -> int:
    """The number of the first row of a search page: the parameter b, 1 without."""
    number = parse_qs(urlsplit(address).query).get("b", ["1"])[0]
    return int(number) if number.isdecimal() else 1


def _unreadable(response: Response) -> CannotLook:
    code = "layout_changed" if response.status == 200 else f"status_{response.status}"
    return CannotLook(Outcome.BROKEN, code,
                      f"the page (status {response.status}) shows neither rows nor the sentence of none",
                      page_kind=PageKind.BROKEN)
