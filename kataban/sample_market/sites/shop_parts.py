"""What the pages of all shop systems share: stock, price and shipping in words, property tables, texts."""

from __future__ import annotations

from kataban.sample_market.answers import esc, yen
from kataban.sample_market.catalogue import Placed
from kataban.sample_market.tables import Shop


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
