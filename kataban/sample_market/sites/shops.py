"""Independent shops: which shop system answers for a host, and what all of them share."""

from __future__ import annotations

from typing import Protocol

from kataban.sample_market.answers import Answer, Ask, as_html, esc, not_found, yen
from kataban.sample_market.answers import page as page_of
from kataban.sample_market.catalogue import Catalogue, Page, Placed, Shop

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


def systems() -> dict[str, System]:
    """Shop systems by the catalogue's word for them."""
    from kataban.sample_market.sites import colorme, eccube4, plain_shop, shopify, woocommerce  # noqa: PLC0415

    return {"colorme": colorme, "eccube4": eccube4, "plain": plain_shop, "shopify": shopify,
            "woocommerce": woocommerce}


def page_url(placed: Placed, catalogue: Catalogue) -> str:
    """The canonical address of the product's page."""
    return f"https://{placed.offer.seller}{systems()[catalogue.shops[placed.offer.seller].kind].address(placed)}"


def answer(ask: Ask, catalogue: Catalogue) -> Answer:
    """A product page, the legal page, or 404."""
    shop = catalogue.shops[ask.host]
    system = systems()[shop.kind]
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


def shown_jan(placed: Placed) -> str | None:
    """The JAN, where the shop shows it."""
    return None if "no_jan" in placed.offer.quirks else placed.product.jan


def stock_words(placed: Placed) -> str:
    """Stock as such a shop writes it."""
    stock = placed.offer.stock
    if stock == 0:
        return "SOLD OUT"
    return "在庫あり" if stock is None or stock > 3 else f"在庫あり（残り{stock}点）"


def button(placed: Placed) -> str:
    """The cart's button, or its absence in words."""
    if placed.offer.stock == 0:
        return '<p class="soldout">ただいま品切れ中です。</p><button type="button" disabled>品切れ</button>'
    return '<button type="submit" name="cart">カートに入れる</button>'


def price_words(placed: Placed) -> str:
    """The price as shown; some shops lead with the price without tax."""
    price = placed.offer.price
    if "tax_excluded" in placed.offer.quirks:
        return f"{yen(-(-price * 10 // 11))}円（税抜）　税込 {yen(price)}円"
    return f"{yen(price)}円（税込）"


def shipping_words(placed: Placed, shop: Shop) -> str:
    """What the page says of shipping: free, a fee, or only where to read about it."""
    shipping = placed.offer.shipping
    if shipping is None:
        return shop.shipping_note or "送料はお届け先により異なります"
    return "送料無料" if shipping == 0 else f"送料：全国一律{yen(shipping)}円"


def rows(pairs: dict[str, str]) -> str:
    """A table of the product's properties."""
    return "".join(f"<tr><th>{esc(key)}</th><td>{esc(value)}</td></tr>" for key, value in pairs.items())


def properties(placed: Placed) -> dict[str, str]:
    """The rows of a property table: what the shop wrote, and the JAN where it shows it."""
    jan = shown_jan(placed)
    return placed.offer.attributes | ({"JANコード": jan} if jan else {})


def lines(text: str) -> str:
    """A seller's text with its line breaks."""
    return "<br>\n".join(esc(line) for line in text.strip().splitlines())
