"""A WooCommerce shop: JSON-LD in a @graph, offers as a list with priceSpecification, the post id as sku."""

from __future__ import annotations

import json
from typing import Any

from kataban.sample_market.answers import esc, script_json, yen
from kataban.sample_market.answers import page as template
from kataban.sample_market.catalogue import Page, Placed
from kataban.sample_market.sites import shop_parts as parts
from kataban.sample_market.tables import Shop

ENCODING = "utf-8"


def address(placed: Placed) -> str:
    """/product/{slug}/."""
    return f"/product/{placed.offer.path or placed.offer.id}/"


def other(wanted: str, page: Page, shop: Shop) -> None:
    """Nothing beside the page."""


def page_html(page: Page, shop: Shop) -> str:
    """A product page with variations in a data attribute of the form."""
    offer, here = page[0].offer, f"https://{shop.host}{address(page[0])}"
    in_stock = any(p.offer.stock != 0 for p in page)
    stock = '<p class="stock in-stock">在庫あり</p>' if in_stock else '<p class="stock out-of-stock">在庫切れ</p>'
    cart = '<button type="submit" class="single_add_to_cart_button button alt">お買い物カゴに追加</button>'
    graph = [{"@type": "WebSite", "name": shop.name}, _json_ld(page, here)]
    return template(
        "shop_woocommerce", title=esc(offer.title), shop=esc(shop.name), url=here, host=shop.host,
        json_ld=script_json({"@context": "https://schema.org/", "@graph": graph}),
        price=yen(min(p.offer.price for p in page)), text=parts.lines(offer.text), stock=stock,
        form=_form(page), cart=cart if in_stock else "",
        shipping=esc(parts.shipping_words(page[0], shop)), table=parts.rows(parts.properties(page[0])),
    )


def _form(page: Page) -> str:
    """A variable product's form carries all its variations in one attribute."""
    if not page[0].offer.variant:
        return 'class="cart"'
    variations = esc(json.dumps([_variation(p) for p in page], ensure_ascii=False))
    return f'class="variations_form cart" data-product_id="{page[0].offer.id}" data-product_variations="{variations}"'


def _variation(placed: Placed) -> dict[str, Any]:
    return {"variation_id": int(placed.offer.variant), "attributes": {"attribute_model": placed.offer.variant_label},
            "display_price": placed.offer.price, "display_regular_price": placed.offer.price,
            "is_in_stock": placed.offer.stock != 0, "sku": placed.product.model}


def _json_ld(page: Page, here: str) -> dict[str, Any]:
    offer = page[0].offer
    stocked = "InStock" if any(p.offer.stock != 0 for p in page) else "OutOfStock"
    return {"@type": "Product", "@id": f"{here}#product", "name": offer.title, "url": here,
            "description": offer.text.strip(), "sku": int(offer.id),
            "offers": [_prices(page) | {"url": here, "availability": f"https://schema.org/{stocked}"}]}


def _prices(page: Page) -> dict[str, Any]:
    """One price stands in a specification below the offer, several as lowest and highest."""
    prices = sorted({placed.offer.price for placed in page})
    if len(prices) > 1:
        return {"@type": "AggregateOffer", "lowPrice": str(prices[0]), "highPrice": str(prices[-1]),
                "offerCount": len(page), "priceCurrency": "JPY"}
    return {"@type": "Offer", "priceSpecification": [
        {"@type": "UnitPriceSpecification", "price": str(prices[0]), "priceCurrency": "JPY",
         "valueAddedTaxIncluded": True}]}
