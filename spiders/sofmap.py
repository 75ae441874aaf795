"""Sofmap, new and used electronics: pages in Shift_JIS, used items with a rank and the stores that have them."""

from __future__ import annotations

import re
from dataclasses import replace

from parsel import Selector
from scrapy.http import Response

from kataban.items import Listing, Query
from kataban.parsers.stock import stock_word
from kataban.parsers.text import one_line, visible_text
from spiders import shop_site_pages as pages
from spiders.landmarks import Landmarks
from spiders.shop_site import ShopSiteSpider
from spiders.values import is_jan

MARKS = Landmarks("sofmap")


class SofmapSpider(ShopSiteSpider):
    """Sofmap.com, new and used goods of the net shop and its stores.

    Site: https://www.sofmap.com/
    Documentation: none; there is no API for the public.
    Rate: none published; its robots.txt was not seen by us and is read before anything else is asked.
    Terms: not read by us; they are on the site.
    Caveats: the address wants Shift_JIS. It takes a JAN as well, asked first. How an empty search looks was not seen,
    so a page without rows and without one of the usual sentences is `broken`, not `nothing`.
    """

    name = "sofmap"
    label = "ソフマップ"
    site = "https://www.sofmap.com/"
    terms = (
        "利用規約は未確認です。robots.txtを読んでから巡回します。"
        " Its terms were not read by us; its robots.txt is read before anything is asked."
    )
    canary = "WH-1000XM5"
    encoding = "cp932"
    marks = MARKS

    def forms(self, query: Query) -> tuple[str, ...]:
        """The JAN, which the site compares exactly, then the number as written and without separators."""
        by_jan = (query.jan,) if query.jan and is_jan(query.jan) else ()
        return tuple(dict.fromkeys((*by_jan, *super().forms(query))))

    def address(self, words: str, number: int) -> str:
        """A JAN has a parameter of its own."""
        if is_jan(words):
            return MARKS.text("address.search_jan").format(q=words)
        return super().address(words, number)

    def read_card(self, card: Selector) -> Listing:
        """A row; the mark of a used item and the picture of its rank name the condition."""
        row = pages.card_row(card, MARKS, self.name)
        row.seller, row.store_stock = self.shop(), _stores(card, "search.stores")
        if card.css(MARKS.text("search.used")):
            rank = re.search(MARKS.text("search.used_rank"), " ".join(card.css("img::attr(src)").getall()))
            pages.take_condition(row, f"中古 ランク{rank[1]}" if rank else "中古")
        return row

    def read_item(self, response: Response, row: Listing) -> list[Listing]:
        """The item; its own row 在庫 counts before everything else on the page."""
        found = pages.item(response, row, MARKS)
        if found is None:
            return []
        word = stock_word(pages.first_of(pages.rows_of(response, MARKS), MARKS, "item.stock_rows"))
        if word.span:
            found.availability, found.availability_evidence = word.availability, word.span
        return [replace(found, seller=self.shop(), store_stock=_stores(response, "item.stores") or row.store_stock)]


def _stores(node: Selector | Response, name: str) -> dict[str, str]:
    """The stores that have the item, by the links that name them."""
    names = [one_line(visible_text(link)) for selector in MARKS.texts(name) for link in node.css(selector)]
    return {store: "在庫あり" for store in names if store}
