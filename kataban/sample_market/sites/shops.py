"""Independent shops: which shop system answers for a host, and what all of them share."""

from __future__ import annotations

from typing import Protocol

from kataban.sample_market.answers import Answer, Ask, as_html, esc, not_found
from kataban.sample_market.answers import page as page_of
from kataban.sample_market.catalogue import Catalogue, Page, Placed
from kataban.sample_market.sites import colorme, eccube4, plain_shop, shopify, woocommerce
from kataban.sample_market.tables import Shop

SOURCE = "independent_shops"


class System(Protocol):
    """A shop system: a module that knows its addresses, its page, and perhaps JSON of its own."""

    ENCODING: str

    def address(self, placed: Placed) -> str:
        """The product page's address without the host, as the shop links it."""

    def other(self, wanted: str, page: Page, shop: Shop) -> Answer | None:
        """What else the system serves at an address of this product."""

    def page_html(self, page: Page, shop: Shop) -> str:
        """The product page."""


# Shop systems by the catalogue's word for them.
SYSTEMS: dict[str, System] = {"colorme": colorme, "eccube4": eccube4, "plain": plain_shop, "shopify": shopify,
                              "woocommerce": woocommerce}


def page_url(placed: Placed, catalogue: Catalogue) -> str:
    """The canonical address of the product's page."""
    return f"https://{placed.offer.seller}{SYSTEMS[catalogue.shops[placed.offer.seller].kind].address(placed)}"


def answer(ask: Ask, catalogue: Catalogue) -> Answer:
    """A product page, the legal page, or 404."""
    shop = catalogue.shops[ask.host]
    system = SYSTEMS[shop.kind]
    wanted = _address(ask)
    for page in catalogue.pages(SOURCE):
        if page[0].offer.seller != ask.host:
            continue
        if extra := system.other(wanted, page, shop):
            return extra
        if system.address(page[0]) == wanted:
            return as_html(system.page_html(page, shop), encoding=system.ENCODING)
    if ask.path in {"/", "/law", "/policies/legal-notice"}:
        return as_html(law_html(shop), encoding=system.ENCODING)
    return not_found()


def _address(ask: Ask) -> str:
    """The path, with the one query parameter by which Color Me shops name their pages."""
    return f"{ask.path}?pid={ask.query['pid']}" if "pid" in ask.query else ask.path


def law_html(shop: Shop) -> str:
    """The page of the Specified Commercial Transactions Act, which every Japanese shop must have."""
    return page_of("shop_law", shop=esc(shop.name), law=esc(shop.law), shipping=esc(shop.shipping_note))
