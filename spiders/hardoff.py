"""Hard Off's net mall: used goods, each the single piece of one store."""

from __future__ import annotations

from dataclasses import replace

from parsel import Selector
from scrapy.http import Response

from kataban.items import Availability, Listing
from spiders import shop_site_pages as pages
from spiders.landmarks import Landmarks
from spiders.shop_site import ShopSiteSpider

MARKS = Landmarks("hardoff")


class HardoffSpider(ShopSiteSpider):
    """Hard Off net mall (Off House and Hobby Off as well).

    Site: https://netmall.hardoff.co.jp/
    Documentation: none; there is no API for the public.
    Rate: none published; its robots.txt was not seen by us and is read before anything else is asked.
    Terms: not read by us; they are on the site.
    Caveats: every item is one store's single used piece, so it can be sold over the counter at any time. The selectors
    of the list come from one tool of 2026 alone: where none fits, the page is `broken`, not `nothing`.
    """

    name = "hardoff"
    label = "ハードオフ オフモール"
    site = "https://netmall.hardoff.co.jp/"
    terms = (
        "利用規約は未確認です。robots.txtを読んでから巡回します。"
        " Its terms were not read by us; its robots.txt is read before anything is asked."
    )
    canary = "iPhone"
    marks = MARKS

    def read_card(self, card: Selector) -> Listing:
        """A row and the store that has it."""
        row = pages.card_row(card, MARKS, self.name)
        store = pages.said(card, MARKS, "search.store")
        return self._of_store(row, store)

    def read_item(self, response: Response, row: Listing) -> list[Listing]:
        """The item and its store."""
        found = pages.item(response, row, MARKS)
        if found is None:
            return []
        return [self._of_store(found, pages.first_of(found.attributes, MARKS, "item.store_rows"))]

    def _of_store(self, row: Listing, store: str | None) -> Listing:
        """A single piece in one store; its condition stays unknown where no mark names it."""
        found = replace(row, seller=self.shop())
        if store:
            found.store_stock = {store: "売り切れ" if row.availability is Availability.SOLD_OUT else "1点"}
        return found
