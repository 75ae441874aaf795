"""Yahoo! Flea Market: pages drawn on the server, which carry their data as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from scrapy.http import Request, Response

from kataban.items import CannotLook, Listing, Outcome, PageKind, Query
from kataban.parsers.page_kind import challenge_of
from spiders import yahoo_fleamarket_pages as pages
from spiders.base import Parsed, SourceSpider

MARKS = pages.MARKS


class YahooFleamarketSpider(SourceSpider):
    """Yahoo! Flea Market (paypayfleamarket.yahoo.co.jp).

    Documentation: none; there is no API for the public.
    Rate: no limit is published; others pause 2 s.
    Terms: Yahoo! JAPAN's common terms restrict collecting and using what others posted, beyond a purchase of one's own;
    the source stays off until the user names it.
    Caveats: the search answers by similarity, so a model that nobody sells brings unrelated rows, not zero; only its
    own count of 0 is a zero. robots.txt forbids every parameter but the page, so sold rows stand among the others and
    are told by their state. Visitors from Europe are refused (403). All prices include shipping.
    """

    name = "yahoo_fleamarket"
    label = "Yahoo!フリマ"
    access = "html"
    site = "https://paypayfleamarket.yahoo.co.jp/"
    terms = (
        "Yahoo! JAPANの規約は、取引に必要な範囲を超えた投稿内容の収集・利用を制限しています。"
        " Yahoo! JAPAN's terms restrict collecting and using what others posted beyond what a purchase needs."
    )
    canary = "WH-1000XM4"

    def search(self, query: Query) -> Request:
        """The first page; nothing but the keyword is sent."""
        return self._search_page(query, 1)

    def _search_page(self, query: Query, number: int) -> Request:
        address = MARKS.text("address.search") + quote(query.text, safe="")
        return Request(address + (f"?page={number}" if number > 1 else ""), callback=self.parse,
                       cb_kwargs={"query": query})

    def parse(self, response: Response, query: Query) -> Parsed:
        """The rows of the page's JSON."""
        items, total = pages.rows_of(pages.search_result(response))
        if response.status != 200 or items is None or total is None:
            pages.refuse_region(response)
            challenge_of(response)
            raise _unreadable(response)
        if not items and total and _page_number(response.url) == 1:
            raise _unreadable(response)
        yield from self._rows(response, query, items, total)

    def _rows(self, response: Response, query: Query, items: list[Any], total: int) -> Parsed:
        number = _page_number(response.url)
        before = (number - 1) * int(MARKS.text("search.per_page"))
        more = bool(items) and before + len(items) < total
        yield from self.cards(items, pages.read_row, hits_reported=total, last=not more, similarity=True)
        if more:
            yield self._search_page(query, number + 1)

    def detail(self, listing: Listing) -> Request:
        """The item's page."""
        return Request(listing.url, callback=self.parse_detail, cb_kwargs={"listing": listing})

    def parse_detail(self, response: Response, listing: Listing) -> Iterator[Listing]:
        """The listing from its page's JSON, seller and rating included."""
        yield pages.read_item_page(response, listing)


def _page_number(address: str) -> int:
    number = parse_qs(urlsplit(address).query).get("page", ["1"])[0]
    return int(number) if number.isdecimal() else 1


def _unreadable(response: Response) -> CannotLook:
    code = "layout_changed" if response.status == 200 else f"status_{response.status}"
    return CannotLook(Outcome.BROKEN, code, f"the page (status {response.status}) does not carry the search's result",
                      page_kind=PageKind.BROKEN)
