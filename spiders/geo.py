"""GEO's online store: used and new phones, consoles and other electronics; pages in Shift_JIS."""

from __future__ import annotations

from dataclasses import replace

from parsel import Selector
from scrapy.http import Response

from kataban.items import Listing
from spiders import shop_site_pages as pages
from spiders.landmarks import Landmarks
from spiders.shop_site import ShopSiteSpider

MARKS = Landmarks("geo")


class GeoSpider(ShopSiteSpider):
    """GEO Online Store.

    Site: https://ec.geo-online.co.jp/
    Documentation: none; there is no API for the public.
    Rate: none published; its robots.txt was not seen by us and is read before anything else is asked.
    Terms: not read by us; they are on the site.
    Caveats: the address wants Shift_JIS. Only the list was known from a parser of 2026; the item's page is read as any
    product page is. How an empty search looks was not seen: without a known sentence it is `broken`, not `nothing`.
    """

    name = "geo"
    label = "ゲオオンラインストア"
    site = "https://ec.geo-online.co.jp/"
    terms = (
        "利用規約は未確認です。robots.txtを読んでから巡回します。"
        " Its terms were not read by us; its robots.txt is read before anything is asked."
    )
    canary = "iPhone"
    encoding = "cp932"
    marks = MARKS

    def read_card(self, card: Selector) -> Listing:
        """A row; a phone's carrier is part of what it is."""
        row = pages.card_row(card, MARKS, self.name)
        carrier = pages.said(card, MARKS, "search.carrier")
        row.attributes = {"キャリア": carrier} if carrier else {}
        row.seller = self.shop()
        return row

    def read_item(self, response: Response, row: Listing) -> list[Listing]:
        """The item."""
        return [replace(found, seller=self.shop()) for found in super().read_item(response, row)]
