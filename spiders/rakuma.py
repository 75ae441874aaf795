"""Rakuma (fril.jp), Rakuten's flea market: pages drawn on the server."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, quote, urlsplit

from scrapy.http import Request, Response

from kataban.items import CannotLook, Listing, Outcome, PageKind, PageRead, Query, Seller
from kataban.parsers.page_kind import challenge_of
from spiders import rakuma_pages as pages
from spiders.base import Parsed, SourceSpider

MARKS = pages.MARKS


class RakumaSpider(SourceSpider):
    """Rakuma (fril.jp, item pages on item.fril.jp).

    Documentation: none; there is no API for the public.
    Rate: no limit is published; a 429 is answered by waiting. Addresses of cloud machines get 403 (2026), which is
    reported as blocked, with no way around it.
    Terms: Rakuma's published rules forbid dealers to list or buy, and goods not in hand to be listed. A reseller's
    purchase is in conflict with them, so the source stays off until the user names it.
    Caveats: an empty search is a 404 that can show unrelated items. A card names neither condition nor stock (only a
    ribbon when sold), so the item page decides. Some sellers must approve a purchase first (購入申請).
    """

    name = "rakuma"
    label = "ラクマ"
    access = "html"
    site = "https://fril.jp/"
    terms = (
        "ラクマのルールは、事業者としての出品・購入を禁じています。転売のための購入はこれに触れるおそれがあります。"
        " Rakuma's rules forbid dealers to list or buy: a purchase for resale conflicts with them."
    )
    canary = "WH-1000XM4"

    def search(self, query: Query) -> Request:
        """The first page of what is on sale. Price and condition are judged by us: their filters did nothing (2026)."""
        return self._search_page(query, 1)

    def _search_page(self, query: Query, number: int) -> Request:
        address = f"{MARKS.text('address.search')}?query={quote(query.text, safe='')}&transaction=selling"
        return Request(address + (f"&page={number}" if number > 1 else ""), callback=self.parse,
                       cb_kwargs={"query": query})

    def parse(self, response: Response, query: Query) -> Parsed:
        """The page's cards. The site's own zero is looked for first: boxes of other items can stand beside it."""
        number, cards = page_number(response.url), pages.cards(response)
        if pages.is_zero(response) or (response.status == 404 and number > 1):
            yield PageRead(kind=PageKind.EMPTY, hits_reported=0 if number == 1 else None)
            return
        if response.status != 200 or not cards:
            challenge_of(response)
            raise _unreadable(response)
        hits = pages.hits(response)
        more = pages.has_next(response, hits, number, len(cards))
        yield from self.cards(cards, pages.read_card, hits_reported=hits, last=not more)
        if more:
            yield self._search_page(query, number + 1)

    def detail(self, listing: Listing) -> Request:
        """The item's page."""
        return Request(listing.url, callback=self.parse_detail, cb_kwargs={"listing": listing})

    def parse_detail(self, response: Response, listing: Listing) -> Iterator[Listing]:
        """The listing from its page: meta tags, JSON-LD, rows and what is drawn."""
        found = pages.read_item(response, listing) if response.status == 200 else None
        if found is None:
            challenge_of(response)
            sentence = pages.gone_sentence(response)
            if not sentence and response.status not in {404, 410}:
                raise _unreadable(response)
            found = pages.gone(listing, sentence or f"status {response.status}")
        yield found

    def seller(self, listing: Listing) -> Request | None:
        """The seller's shop page, whose address only the item page shows."""
        if listing.seller is None or not listing.seller.url:
            return None
        return Request(listing.seller.url, callback=self.parse_seller, cb_kwargs={"seller": listing.seller})

    def parse_seller(self, response: Response, seller: Seller) -> Iterator[Seller]:
        """The seller with the ratings of the shop page, those for selling where both kinds are shown."""
        found = pages.read_seller(response, seller) if response.status == 200 else None
        if found is None:
            challenge_of(response)
            raise _unreadable(response)
        yield found


def page_number(address: str) -> int:
    """The page number in a search address; 1 without."""
    number = parse_qs(urlsplit(address).query).get("page", ["1"])[0]
    return int(number) if number.isdecimal() else 1


def _unreadable(response: Response) -> CannotLook:
    return CannotLook(Outcome.BROKEN, "layout_changed" if response.status == 200 else f"status_{response.status}",
                      f"the page (status {response.status}) shows neither results nor the mark of none",
                      page_kind=PageKind.BROKEN)
