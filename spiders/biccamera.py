"""BicCamera, a chain of electronics stores: its net shop (search in Shift_JIS), and which stores have an item."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from parsel import Selector
from scrapy.http import Request, Response

from kataban.items import Availability, Listing
from kataban.parsers.stock import stock_word
from kataban.parsers.text import one_line, visible_text
from spiders import shop_site_pages as pages
from spiders.landmarks import Landmarks
from spiders.refusals import refusal
from spiders.shop_site import ShopSiteSpider

MARKS = Landmarks("biccamera")


class BiccameraSpider(ShopSiteSpider):
    """BicCamera.com.

    Site: https://www.biccamera.com/
    Documentation: none; there is no API for the public.
    Rate: none published; its robots.txt was not seen by us and is read before anything else is asked.
    Terms: not read by us; they are on the site. Two tools met 403 and took it for a refusal, and so does this.
    Caveats: the address wants Shift_JIS. The selectors of the list are from 2021: where none fits, the page is
    `broken`. The page of the stores' stock is known from 2018-2020 and read only where the net shop has none.
    """

    name = "biccamera"
    label = "ビックカメラ.com"
    site = "https://www.biccamera.com/"
    terms = (
        "利用規約は未確認です。robots.txtを読んでから巡回し、403は拒否として扱います。"
        " Its terms were not read by us; its robots.txt is read first, and a 403 is taken as a refusal."
    )
    canary = "WH-1000XM5"
    encoding = "cp932"
    marks = MARKS

    def read_card(self, card: Selector) -> Listing:
        """A row."""
        return replace(pages.card_row(card, MARKS, self.name), seller=self.shop())

    def read_item(self, response: Response, row: Listing) -> list[Listing]:
        """The item; the availability of its microdata counts first."""
        found = pages.item(response, row, MARKS)
        if found is None:
            return []
        state = pages.said(response, MARKS, "item.availability")
        word = stock_word(state, "schema_org")
        if word.availability is not Availability.UNKNOWN:
            found.availability, found.availability_evidence = word.availability, word.span
        return [replace(found, seller=self.shop())]

    def parse_detail(self, response: Response, listing: Listing) -> Iterator[Listing | Request]:
        """The item's page; of one that the net shop has not, the stores' stock as well."""
        for found in super().parse_detail(response, listing):
            yield found
            if isinstance(found, Listing) and found.detail_read and response.status == 200 \
                    and found.availability is not Availability.IN_STOCK:
                yield Request(MARKS.text("address.stores").format(id=found.listing_id), callback=self.parse_stores,
                              cb_kwargs={"listing": found})

    def parse_stores(self, response: Response, listing: Listing) -> Iterator[Listing]:
        """The same listing with the stores that have it."""
        rows = pages.nodes(response, MARKS, "stores.row") if response.status == 200 else []
        if not rows and MARKS.text("stores.none") not in visible_text(response.css("body")):
            raise refusal(MARKS, response, self.label)
        yield replace(listing, store_stock=dict(filter(None, map(_store, rows))))


def _store(row: Selector) -> tuple[str, str] | None:
    """A store's name and what stands beside it; None where it has none."""
    name = pages.shown(row, MARKS, "stores.name")
    beside = one_line(visible_text(row)).replace(name, "", 1).strip()
    if not name or stock_word(beside).availability is Availability.SOLD_OUT:
        return None
    return name, beside or "在庫あり"
