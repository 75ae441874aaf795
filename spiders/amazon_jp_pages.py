"""Amazon by its pages: off unless the user sets AMAZON_PAGES, since the conditions of use forbid it to programs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote, urlsplit

from parsel import Selector
from scrapy.http import Request, Response, TextResponse

from kataban.items import Availability, Condition, Listing, Outcome, PageKind, PageRead, PriceKind, Query, Seller
from kataban.parsers.raw_product import brand_name
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
            yield from self.spider.cards(page.cards, self._tile, last=page.is_last)
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
        """Seller and condition of the offer that the button buys; used offers alone are no stock of the item."""
        found.brand = brand_name(found.brand)
        row = next(iter(response.css(MARKS.text("item.new_row"))), None)
        self._take_seller(found, response if row is None else row)
        if response.css(MARKS.text("item.used_only")):
            return replace(found, price=None, price_kind=PriceKind.NONE, availability=Availability.UNKNOWN)
        if row is not None:
            pages.take_price(found, parse_yen(pages.said(row, MARKS, "item.new_price")))
        if not response.css(MARKS.text("item.buy")):
            stock = found.availability
            return replace(found, availability=Availability.UNKNOWN if stock is Availability.IN_STOCK else stock)
        condition, label = _condition(found.title, response, has_new_row=row is not None)
        return replace(found, condition=condition, condition_label=label)

    def _take_seller(self, found: Listing, place: Response | Selector) -> None:
        said = pages.shown(place, MARKS, "item.seller")
        name = re.sub(MARKS.text("item.seller_words"), "", said).strip()
        profile = place.css("#sellerProfileTriggerId::attr(href)").get() or ""
        seller_id = re.search(r"[?&]seller=([A-Z0-9]+)", profile)
        if seller_id:
            found.seller = self.spider.seller_of(seller_id[1], name=name or None)
        elif name:
            found.seller = Seller(self.spider.name, name, name=name)


def _condition(title: str, response: Response, *, has_new_row: bool) -> tuple[Condition, str | None]:
    """New only where the page says so: the same button also sells renewed and returned goods."""
    if has_new_row:
        return Condition.NEW, None
    renewed = re.search(MARKS.text("item.renewed_words"), title)
    if renewed or pages.shown(response, MARKS, "item.renewed"):
        return Condition.GOOD, renewed[0] if renewed else "整備済み品"
    text = response.text if isinstance(response, TextResponse) else ""
    kinds = set(re.findall(r"[A-Z][A-Z_0-9]+", " ".join(re.findall(MARKS.text("item.kinds"), text))))
    if kinds == {"NEW"}:
        return Condition.NEW, None
    return (Condition.GOOD, ", ".join(sorted(kinds))) if kinds and "NEW" not in kinds else (Condition.UNKNOWN, None)
