"""Product objects in a page's own data (dataLayer, __NEXT_DATA__, window.state): only those that bear its title."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import chompjs
from parsel import Selector

from kataban.items import Availability, PriceKind
from kataban.parsers.money import iso_currency, parse_number
from kataban.parsers.raw_product import RawProduct, checked_gtin, named
from kataban.parsers.stock import stock_word

_LONGEST = 1_500_000
_MOST_OBJECTS = 60_000
_NAMES = ("name", "title", "productName", "product_name", "item_name", "displayName", "productTitle")
_PRICES = ("salePrice", "sale_price", "finalPrice", "currentPrice", "current_price", "priceWithTax", "price", "value")
_BRANDS = ("brand", "brandName", "brand_name", "item_brand", "manufacturer", "maker", "manufacturerName")
_MPNS = ("mpn", "modelNumber", "model_number", "manufacturerPartNumber", "manufacturerModel", "modelNo", "partNo")
_SKUS = ("sku", "skuCode", "productCode", "product_code", "partNumber", "articleNumber")
_GTINS = ("gtin", "gtin13", "ean", "jan", "janCode", "jan_code", "barcode", "upc", "isbn")
_STOCKS = (
    "availability",
    "stockStatus",
    "stock_status",
    "availabilityStatus",
    "inStock",
    "in_stock",
    "isInStock",
    "isAvailable",
    "available",
    "canAddToCart",
    "canAddToBasket",
    "isPurchasable",
    "purchasable",
    "isBuyable",
    "buyable",
    "isOrderable",
    "orderable",
    "isSellable",
    "sellable",
)
_NO_STOCKS = ("soldOut", "sold_out", "isSoldOut", "outOfStock", "isOutOfStock", "out_of_stock")
# What follows = ( and : and set("PRODUCT", .
_START = re.compile(r"""(?:=|\(|:|\(\s*(?:"[^"]{0,40}"|'[^']{0,40}')\s*,)\s*(?=[{\[])""")


def embedded_product(selector: Selector, title: str | None) -> RawProduct | None:
    """The object among the page's data that bears its title, and has a price or says whether it can be bought.

    Bare keys such as `price` mean anything in such data (cents, the cheapest variant, an empty 0): the caller believes
    its price only where the page shows it.
    """
    wanted = _squashed(title or "")
    if len(wanted) < 6:
        return None
    best: tuple[int, RawProduct] | None = None
    for data in _objects(selector, title or ""):
        if _squashed(_text(data, _NAMES)) != wanted:
            continue
        product = _read(data)
        known = product.availability is not Availability.UNKNOWN
        score = sum(map(bool, (product.price, product.brand, product.mpn, product.sku, product.gtin, known)))
        if (product.price is not None or known) and (best is None or score > best[0]):
            best = (score, product)
    return best[1] if best else None


def _read(data: dict[str, Any]) -> RawProduct:
    product = RawProduct(
        name=named(_text(data, _NAMES), limit=500), brand=named(_text(data, _BRANDS)), mpn=named(_text(data, _MPNS)),
        sku=named(_text(data, _SKUS)), gtin=next((one for key in _GTINS if (one := checked_gtin(data.get(key)))), None),
        price=next((one for key in _PRICES if (one := _price(data.get(key))) is not None), None),
        currency=iso_currency(_text(data, ("currency", "currencyCode", "priceCurrency"))),
    )
    product.price_kind = PriceKind.FIXED if product.price is not None else PriceKind.NONE
    for key in _STOCKS:
        word = stock_word(data[key], "schema_org") if isinstance(data.get(key), str | bool) else None
        if word is not None and word.availability is not Availability.UNKNOWN:
            product.availability, product.availability_evidence = word.availability, f"{key}: {word.span}"
            return product
    for key in _NO_STOCKS:
        if isinstance(data.get(key), bool):
            product.availability = Availability.SOLD_OUT if data[key] else Availability.IN_STOCK
            product.availability_evidence = f"{key}: {data[key]}"
            break
    return product


def _price(value: Any) -> Any:
    if isinstance(value, dict):
        value = next(
            (value[key] for key in ("value", "amount", "current", "price", "formattedValue") if key in value), None
        )
    if isinstance(value, str):
        found = re.search(r"\d[\d.,]*", value)
        value = found[0] if found else None
    return None if isinstance(value, dict | list) else parse_number(value)


def _text(data: dict[str, Any], keys: tuple[str, ...]) -> str:
    for key in keys:
        value = data.get(key)
        if isinstance(value, dict):
            value = next(
                (value[name] for name in ("name", "label", "title", "value") if isinstance(value.get(name), str)), None
            )
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""


def _objects(selector: Selector, title: str) -> Iterator[dict[str, Any]]:
    start = title[:12]
    for text in selector.xpath("//script[not(@src)]/text()").getall():
        if start in text and "ld+json" not in text[:40] and len(text) <= _LONGEST:
            yield from _walk(_parsed(text))


def _parsed(text: str) -> list[Any]:
    """The outermost objects of a script: the whole of a JSON script, else what follows = and push( ."""
    bare = text.strip()
    if bare[:1] in "{[":
        return [_js(bare)]
    found: list[Any] = []
    at = 0
    while len(found) < 20 and (start := _START.search(bare, at)):
        data = _js(bare[start.end() :])
        if isinstance(data, dict | list) and data:
            found.append(data)
        at = start.end() + 1
    return found


def _js(text: str) -> Any:
    try:
        return chompjs.parse_js_object(text, loader_kwargs={"strict": False})
    except (ValueError, RecursionError):
        return None


def _walk(top: Any) -> Iterator[dict[str, Any]]:
    stack, seen = [top], 0
    while stack and seen < _MOST_OBJECTS:
        one = stack.pop()
        seen += 1
        if isinstance(one, dict):
            yield one
            stack.extend(value for value in one.values() if isinstance(value, dict | list))
        elif isinstance(one, list):
            stack.extend(value for value in one if isinstance(value, dict | list))


def _squashed(text: str) -> str:
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", text).casefold())
