"""OpenGraph and its like: what a page says of its product in meta tags."""

from __future__ import annotations

from parsel import Selector

from kataban.items import Availability, PriceKind
from kataban.parsers.condition import condition_of
from kataban.parsers.money import iso_currency, parse_number, sums
from kataban.parsers.raw_product import RawProduct, checked_gtin, named
from kataban.parsers.stock import stock_word
from kataban.parsers.text import LONG, clean_text

_PRICE = ("product:sale_price:amount", "product:price:amount", "og:price:amount", "product:price", "og:price",
          "twitter:product:price", "price", "product_price")
_CURRENCY = ("product:sale_price:currency", "product:price:currency", "og:price:currency", "og:currency", "currency")
_STOCK = ("product:availability", "og:availability", "availability")


def meta_product(selector: Selector, *, country: str | None = None) -> RawProduct:
    """The product of the page's meta tags; most fields stay empty on most pages."""
    said = _said(selector)
    product = RawProduct(
        name=named(said.get("og:title"), limit=500),
        image_url=said.get("og:image"),
        url=said.get("og:url"),
        description=clean_text(said.get("og:description") or said.get("description"), limit=LONG) or None,
        brand=_of(said, "product:brand", "og:brand", "brand"),
        mpn=_of(said, "product:mfr_part_no"),
        sku=_of(said, "product:retailer_item_id", "product:retailer_part_no", "og:sku", "product:sku"),
        gtin=next(
            (
                gtin
                for name in (
                    "product:ean",
                    "product:upc",
                    "product:isbn",
                    "product:gtin",
                    "og:upc",
                    "og:ean",
                    "og:isbn",
                )
                if (gtin := checked_gtin(said.get(name)))
            ),
            None,
        ),
    )
    _take_price(product, said, country)
    word = next((word for name in _STOCK if (word := stock_word(said.get(name, ""), "open_graph")).span), None)
    if word is not None and word.availability is not Availability.UNKNOWN:
        product.availability, product.availability_evidence = word.availability, f"meta: {word.span}"
    product.condition_label = _of(said, "product:condition", "og:condition")
    product.condition = condition_of(product.condition_label, "schema_org")
    return product


def _take_price(product: RawProduct, said: dict[str, str], country: str | None) -> None:
    for name in _PRICE:
        text = said.get(name, "")
        money = next(sums(text, country=country), None)
        amount = money.amount if money else parse_number(text)
        if amount is not None:
            currency = next((one for one in (iso_currency(said.get(key)) for key in _CURRENCY) if one), None)
            product.price, product.price_kind = amount, PriceKind.FIXED
            product.currency = currency or (money.currency if money else None)
            return


def _said(selector: Selector) -> dict[str, str]:
    """Names in lower case -> content; the first of a name counts, as later ones are often those of other boxes."""
    said: dict[str, str] = {}
    for tag in selector.xpath("//meta[@content]"):
        name = (tag.attrib.get("property") or tag.attrib.get("name") or "").strip().casefold()
        content = tag.attrib["content"].strip()
        if name and content:
            said.setdefault(name, content[:LONG])
    return said


def _of(said: dict[str, str], *names: str) -> str | None:
    return next((value for name in names if (value := named(said.get(name)))), None)
