"""Amazon by its pages: off unless the user sets AMAZON_PAGES, since the conditions of use forbid it to programs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote, urlsplit

from parsel import Selector
from scrapy.http import Request, Response

from kataban.items import Availability, Condition, Listing, Outcome, PageKind, PageRead, PriceKind, Query
from kataban.parsers.yen import parse_yen
from spiders import shop_site_pages as pages
from spiders.amazon_jp_way import MARKS, Way
from spiders.base import Parsed
from spiders.values import needed


class Pages(Way):
    """The search page and the product page. Every kind of block ends the run."""

    switch = "AMAZON_PAGES"

    def owns(self, url: str) -> bool:
        """The site's own host."""
        return urlsplit(url).hostname == "www.amazon.co.jp"

    def search(self, query: Query) -> Request:
        """The first page of results."""
        return self._page(query, 1)

    def _page(self, query: Query, number: int) -> Request:
        name = "address.search" if number == 1 else "address.search_page"
        return Request(MARKS.text(name).format(q=quote(query.text, safe=""), page=number), callback=self.spider.parse,
                       cb_kwargs={"query": query})

    def parse(self, response: Response, query: Query) -> Parsed:
        """The tiles. A page with a captcha or a login in their place is no look."""
        page = pages.ResultPage(response, MARKS)
        if page.is_zero:
            yield PageRead(PageKind.EMPTY, hits_reported=0 if page.number == 1 else None)
        elif response.status != 200 or not page.cards:
            raise self.refused(response)
        else:
            yield from self.spider.cards(page.cards, self._tile, last=not page.has_next)
            if page.has_next:
                yield self._page(query, page.number + 1)

    def _tile(self, tile: Selector) -> Listing:
        """A tile; one without a price (a quarter of them) is a row whose page decides."""
        asin = needed(tile.attrib.get(MARKS.text("search.asin")))
        row = Listing(self.spider.name, asin, MARKS.text("address.item_page").format(id=asin),
                      needed(pages.said(tile, MARKS, "search.title")))
        pages.take_price(row, parse_yen(pages.said(tile, MARKS, "search.price")))
        row.image_url = pages.picture(tile, MARKS, "search.picture")
        return row

    def detail(self, listing: Listing) -> Request:
        """The product page."""
        return Request(listing.url, callback=self.spider.parse_detail, cb_kwargs={"listing": listing})

    def parse_detail(self, response: Response, listing: Listing) -> Iterator[Listing | Request]:
        """The product page. One that shows another variant than asked leaves the row as it is."""
        if response.status in {404, 410}:
            why = self.refused(response)
            if why.outcome is not Outcome.BROKEN:
                raise why
            yield pages.gone(listing, f"HTTP {response.status}")
            return
        landing = pages.said(response, MARKS, "item.landing") if response.status == 200 else None
        if landing and landing != listing.listing_id:
            yield listing
            return
        found = pages.item(response, listing, MARKS) if response.status == 200 else None
        if found is None:
            raise self.refused(response)
        yield self._completed(found, response)

    def _completed(self, found: Listing, response: Response) -> Listing:
        """Seller and condition. In stock needs the button of a new offer; used offers alone are no stock of it."""
        name = pages.shown(response, MARKS, "item.seller")
        profile = response.css("#sellerProfileTriggerId::attr(href)").get() or ""
        seller_id = re.search(r"[?&]seller=([A-Z0-9]+)", profile)
        if name:
            found.seller = self.spider.seller_of(seller_id[1] if seller_id else name, name=name)
        found.brand = re.sub(r"^ブランド\s*[:：]\s*|のストアを表示$", "", found.brand or "").strip() or None
        if response.css(MARKS.text("item.used_only")):
            return replace(found, price=None, price_kind=PriceKind.NONE, availability=Availability.UNKNOWN)
        if response.css(MARKS.text("item.buy")):
            return replace(found, condition=Condition.NEW)
        stock = found.availability
        return replace(found, availability=Availability.UNKNOWN if stock is Availability.IN_STOCK else stock)
