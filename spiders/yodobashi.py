"""Yodobashi, a chain of electronics stores: its net shop, and which stores have an item."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from parsel import Selector
from scrapy.http import Request, Response

from kataban.items import Availability, Condition, Listing
from kataban.parsers.text import one_line, visible_text
from spiders import shop_site_pages as pages
from spiders.landmarks import Landmarks
from spiders.refusals import refusal
from spiders.shop_site import ShopSiteSpider
from spiders.values import whole

MARKS = Landmarks("yodobashi")
STORES = "在庫のある店舗"


class YodobashiSpider(ShopSiteSpider):
    """Yodobashi's net shop, new goods only.

    Site: https://www.yodobashi.com/
    Documentation: none; there is no API for the public.
    Rate: none published; its robots.txt was not seen by us and is read before anything else is asked.
    Terms: not read by us; they are on the site.
    Caveats: a search with a single hit leads to the item's own page. Which stores have an item stands on a page of its
    own, read only where the net shop cannot send it. Points are a share of the price, not a discount.
    """

    name = "yodobashi"
    label = "ヨドバシ.com"
    site = "https://www.yodobashi.com/"
    terms = (
        "利用規約は未確認です。robots.txtを読んでから巡回します。"
        " Its terms were not read by us; its robots.txt is read before anything is asked."
    )
    canary = "WH-1000XM5"
    marks = MARKS

    def read_card(self, card: Selector) -> Listing:
        """A row: maker and name stand in two lines, the last line of the figures says how it can be had."""
        row = pages.card_row(card, MARKS, self.name)
        lines = [text for line in card.css(MARKS.text("search.name_lines")) if (text := one_line(visible_text(line)))]
        if len(lines) > 1:
            row.brand, row.title = lines[0], lines[-1]
        row.seller = self.shop()
        _take_condition(row)
        stores = pages.shown(card, MARKS, "search.stores")
        row.store_stock = {STORES: stores} if stores else {}
        return row

    def read_item(self, response: Response, row: Listing) -> list[Listing]:
        """The item, with what its page says of stores."""
        found = pages.item(response, row, MARKS)
        if found is None:
            return []
        stores = pages.shown(response, MARKS, "item.stores")
        store_stock = {STORES: stores} if stores else row.store_stock
        _take_condition(found)
        return [replace(found, seller=self.shop(), store_stock=store_stock)]

    def parse_detail(self, response: Response, listing: Listing) -> Iterator[Listing | Request]:
        """The item's page; where the net shop does not send it and stores have it, their page is read too."""
        for found in super().parse_detail(response, listing):
            yield found
            if isinstance(found, Listing) and _only_in_stores(found):
                yield Request(MARKS.text("address.stores").format(id=found.listing_id), callback=self.parse_stores,
                              cb_kwargs={"listing": found})

    def parse_stores(self, response: Response, listing: Listing) -> Iterator[Listing]:
        """The same listing with each store that has it."""
        rows = response.css(MARKS.text("stores.row")) if response.status == 200 else []
        if not rows:
            raise refusal(MARKS, response, self.label)
        told = ((pages.shown(row, MARKS, "stores.name"), pages.shown(row, MARKS, "stores.stock")) for row in rows)
        yield replace(listing, store_stock={name: stock for name, stock in told if name and stock})


def _take_condition(row: Listing) -> None:
    """The shop sells new goods; what is not says so in its name."""
    other = re.search(MARKS.text("item.not_new"), row.title)
    row.condition, row.condition_label = Condition.NEW, None
    if other:
        pages.take_condition(row, other[0])


def _only_in_stores(found: Listing) -> bool:
    if found.availability is Availability.IN_STOCK:
        return False
    said = unicodedata.normalize("NFKC", found.store_stock.get(STORES, ""))
    count = re.search(MARKS.text("stores.count"), said)
    return bool(said) and (count is None or (whole(count[1]) or 0) > 0)
