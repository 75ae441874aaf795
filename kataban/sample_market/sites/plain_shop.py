"""A shop on pages made by hand: no structured data at all, the model number in a row 型番 of a table."""

from __future__ import annotations

from kataban.sample_market.answers import esc
from kataban.sample_market.answers import page as template
from kataban.sample_market.catalogue import Page, Placed
from kataban.sample_market.sites import shop_parts as parts
from kataban.sample_market.tables import Shop

ENCODING = "utf-8"


# Shops that are real by name have the item addresses of their own.
ADDRESSES = {"shop.tsukumo.co.jp": "/goods/{}/", "iosys.co.jp": "/items/sample/{}"}


def address(placed: Placed) -> str:
    """/item/{id}.html."""
    return ADDRESSES.get(placed.offer.seller, "/item/{}.html").format(placed.offer.path or placed.offer.id)


def other(wanted: str, page: Page, shop: Shop) -> None:
    """Nothing beside the page."""


def page_html(page: Page, shop: Shop) -> str:
    """One table with everything, and a list of other goods below that is not about this one."""
    placed = page[0]
    table = parts.rows({"メーカー": placed.product.maker_ja or placed.product.maker, "型番": placed.product.model}
                       | parts.properties(placed)
                       | {"価格": parts.price_words(placed), "在庫": parts.stock_words(placed),
                          "送料": parts.shipping_words(placed, shop)})
    return template("shop_plain", title=esc(placed.offer.title), shop=esc(shop.name), table=table,
                    id=esc(placed.offer.id), button=parts.button(placed), text=parts.lines(placed.offer.text))
