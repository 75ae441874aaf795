"""A Shopify shop: ProductGroup or Product in JSON-LD, product JSON beside the page (prices in hundredths in .js)."""

from __future__ import annotations

from typing import Any

from kataban.sample_market.answers import Answer, as_json, esc, script_json, yen
from kataban.sample_market.answers import page as template
from kataban.sample_market.catalogue import Page, Placed
from kataban.sample_market.sites import shop_parts as parts
from kataban.sample_market.tables import Shop

ENCODING = "utf-8"


def address(placed: Placed) -> str:
    """/products/{handle}."""
    return f"/products/{placed.offer.path or placed.offer.id}"


def other(wanted: str, page: Page, shop: Shop) -> Answer | None:
    """The two product documents that every Shopify shop serves."""
    if wanted == f"{address(page[0])}.js":
        return as_json(_product(page, shop) | {"variants": [_variant(p, in_hundredths=True) for p in page],
                                               "price": page[0].offer.price * 100})
    if wanted == f"{address(page[0])}.json":
        return as_json({"product": _product(page, shop) | {"variants": [_variant(p) for p in page]}})
    return None


def _product(page: Page, shop: Shop) -> dict[str, Any]:
    offer = page[0].offer
    return {"id": int(offer.id), "title": offer.title, "handle": offer.path or offer.id,
            "vendor": page[0].product.maker, "description": parts.lines(offer.text),
            "type": page[0].product.category, "tags": [], "shop": shop.name,
            "available": any(p.offer.stock != 0 for p in page)}


def _variant(placed: Placed, *, in_hundredths: bool = False) -> dict[str, Any]:
    offer = placed.offer
    price: int | str = offer.price * 100 if in_hundredths else f"{offer.price}.00"
    found = {"id": int(offer.variant or offer.id), "title": offer.variant_label or "Default Title", "sku": sku(placed),
             "price": price, "requires_shipping": True}
    return found | ({"available": offer.stock != 0, "barcode": parts.shown_jan(placed) or ""} if in_hundredths else {})


def sku(placed: Placed) -> str:
    """The shop's own number, usually the maker's."""
    return placed.offer.attributes.get("SKU", placed.product.model.replace(" ", "-"))


def page_html(page: Page, shop: Shop) -> str:
    """The page of a usual theme."""
    offer, here = page[0].offer, f"https://{shop.host}{address(page[0])}"
    chosen = next((p for p in page if p.offer.stock != 0), page[0])
    return template(
        "shop_shopify", title=esc(offer.title), shop=esc(shop.name), url=here, maker=esc(page[0].product.maker),
        price=yen(chosen.offer.price), json_ld=script_json(_json_ld(page, here)), options=_options(page),
        shipping=esc(parts.shipping_words(chosen, shop)), button=parts.button(chosen), text=parts.lines(offer.text),
    )


def _options(page: Page) -> str:
    return "".join(f'<option value="{p.offer.variant or p.offer.id}"{" disabled" if p.offer.stock == 0 else ""}>'
                   f'{esc(p.offer.variant_label or "Default Title")} - ¥{p.offer.price:,}</option>' for p in page)


def _json_ld(page: Page, here: str) -> dict[str, Any]:
    offer, product = page[0].offer, page[0].product
    common = {"@context": "http://schema.org/", "@id": f"{here}#product", "name": offer.title, "url": here,
              "brand": {"@type": "Brand", "name": product.maker}, "description": offer.text.strip()}
    if len(page) == 1:
        return common | {"@type": "Product", "sku": sku(page[0]), **_gtin(page[0]), "offers": [_offer(page[0], here)]}
    return common | {"@type": "ProductGroup", "productGroupID": offer.id, "hasVariant": [_group(p, here) for p in page]}


def _group(placed: Placed, here: str) -> dict[str, Any]:
    name = f"{placed.offer.title} - {placed.offer.variant_label}"
    return {"@type": "Product", "@id": f"{address(placed)}?variant={placed.offer.variant}#variant", "name": name,
            "sku": sku(placed), **_gtin(placed), "offers": _offer(placed, here)}


def _gtin(placed: Placed) -> dict[str, str]:
    jan = parts.shown_jan(placed)
    return {"gtin": jan} if jan else {}


def _offer(placed: Placed, here: str) -> dict[str, Any]:
    state = "OutOfStock" if placed.offer.stock == 0 else "InStock"
    variant = f"?variant={placed.offer.variant}" if placed.offer.variant else ""
    return {"@type": "Offer", "availability": f"http://schema.org/{state}", "price": str(placed.offer.price),
            "priceCurrency": "JPY", "itemCondition": "http://schema.org/NewCondition", "url": f"{here}{variant}"}
