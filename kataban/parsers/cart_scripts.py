"""The data that cart systems write into their own pages: one reader per system, each variant on its own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import chompjs
from parsel import Selector

from kataban.items import Availability, PriceKind
from kataban.parsers.money import iso_currency, parse_number
from kataban.parsers.raw_product import RawProduct, checked_gtin, named
from kataban.parsers.stock import stock_word
from kataban.parsers.text import html_selector, visible_text

Data = dict[str, Any]
# A script's object beyond this is a whole shop, not a product.
_LONGEST = 2_000_000
# EC-CUBE writes "ホワイト (品切れ中)" into its choices.
_SOLD_OUT = re.compile(r"\s*[(（](?:品切れ中?|在庫切れ|売り?切れ)[)）]\s*$")


def script_product(selector: Selector, cart: str | None, url: str) -> RawProduct | None:
    """The product that the page's cart system wrote into a script or attribute, with its variants; None without one."""
    reader = _READERS.get(cart or "")
    product = reader(selector, url) if reader else None
    if product is None:
        return None
    if product.variants:
        product.take_variants()
        if len(product.variants) == 1:
            only = product.variants[0]
            product.fill(only, "script", "sku", "mpn", "gtin", "quantity", "list_price")
            product.variants = []
    return product


# --- Shopify ---------------------------------------------------------------------------------------------------------


def shopify_product(data: Data, *, currency: str | None = None, in_minor_units: bool = True) -> RawProduct | None:
    """Shopify's product object. Themes and .js give minor units, a hundredth of the currency for yen too (so 10000
    is 100 yen); products.json and suggest.json give decimals as text, which are taken as they are."""
    variants = data.get("variants")
    if not isinstance(variants, list) or not (data.get("title") or data.get("handle") or data.get("vendor")):
        return None
    product = RawProduct(name=named(data.get("title"), limit=500), brand=named(data.get("vendor")),
                         variant_id=named(data.get("id")), currency=currency)
    for one in variants:
        if isinstance(one, dict):
            product.variants.append(_shopify_variant(one, data, currency, in_minor_units))
    return product if product.variants else None


def _shopify_variant(one: Data, data: Data, currency: str | None, in_minor_units: bool) -> RawProduct:
    names = [name.get("name") if isinstance(name, dict) else name for name in data.get("options") or []]
    values = one.get("options") or [one.get(f"option{number}") for number in (1, 2, 3)]
    variant = RawProduct(
        variant_id=named(one.get("id")),
        sku=named(one.get("sku")),
        gtin=checked_gtin(one.get("barcode")),
        currency=currency,
        options={
            str(name): str(value)
            for name, value in zip(names, values, strict=False)
            if value and value != "Default Title"
        },
        price=_shopify_money(one.get("price"), in_minor_units),
        list_price=_shopify_money(one.get("compare_at_price"), in_minor_units),
    )
    variant.price_kind = PriceKind.FIXED if variant.price is not None else PriceKind.NONE
    _set_stock(variant, one.get("available"), "shopify", "available")
    quantity = one.get("inventory_quantity")
    variant.quantity = quantity if isinstance(quantity, int) and quantity > 0 else None
    return variant


def _shopify_money(value: Any, in_minor_units: bool) -> Decimal | None:
    if isinstance(value, str) and "." in value:
        return parse_number(value)
    number = parse_number(value)
    return number / 100 if number is not None and in_minor_units else number


def _shopify(selector: Selector, url: str) -> RawProduct | None:
    currency = iso_currency(_match(selector, r'Shopify\.currency\s*=\s*\{\s*"active"\s*:\s*"(\w{3})"') or None)
    currency = currency or iso_currency(selector.css('meta[property="og:price:currency"]::attr(content)').get())
    for data in _shopify_objects(selector, url):
        product = shopify_product(data, currency=currency)
        if product is not None:
            return product
    return None


def _shopify_objects(selector: Selector, url: str) -> Iterator[Data]:
    """Product objects of themes, those of this page's handle first; last the analytics object, which lacks stock."""
    handle = urlsplit(url).path.rstrip("/").rsplit("/", 1)[-1]
    found: list[Data] = []
    for script in selector.css('script[type="application/json"]::text, script[data-product-json]::text').getall():
        data = _json(script)
        if isinstance(data, dict):
            found.extend(one for one in (data, data.get("product")) if isinstance(one, dict) and one.get("variants"))
    yield from sorted(found, key=lambda one: one.get("handle") != handle)
    analytics = _object(selector, r"var\s+meta\s*=\s*(?=\{)")
    if analytics and isinstance(analytics.get("product"), dict):
        yield analytics["product"]


# --- WooCommerce -----------------------------------------------------------------------------------------------------


def _woocommerce(selector: Selector, _url: str) -> RawProduct | None:
    variations = _json(selector.css("form.variations_form::attr(data-product_variations)").get() or "")
    if not isinstance(variations, list):
        return None
    product = RawProduct()
    for one in variations:
        if isinstance(one, dict):
            product.variants.append(_woocommerce_variant(one))
    return product if product.variants else None


def _woocommerce_variant(one: Data) -> RawProduct:
    options = one.get("attributes") if isinstance(one.get("attributes"), dict) else {}
    variant = RawProduct(
        variant_id=named(one.get("variation_id")),
        sku=named(one.get("sku")),
        price=parse_number(one.get("display_price")),
        list_price=parse_number(one.get("display_regular_price")),
        gtin=checked_gtin(one.get("global_unique_id")),
        options={
            name.removeprefix("attribute_").removeprefix("pa_"): str(value)
            for name, value in (options or {}).items()
            if value
        },
    )
    variant.price_kind = PriceKind.FIXED if variant.price is not None else PriceKind.NONE
    word = stock_word(visible_text(html_selector(one.get("availability_html") or "")))
    if word.availability in {Availability.BACKORDER, Availability.SOLD_OUT}:
        variant.availability, variant.availability_evidence = word.availability, f"woocommerce: {word.span}"
    elif one.get("is_purchasable") is not False:
        _set_stock(variant, one.get("is_in_stock"), "woocommerce", "is_in_stock")
    return variant


def woocommerce_product(data: Data) -> RawProduct | None:
    """A product of the Store API: amounts are text in the unit that `currency_minor_unit` names (0 for yen)."""
    prices = data.get("prices")
    if not isinstance(prices, dict) or "currency_minor_unit" not in prices:
        return None
    unit = 10 ** int(prices["currency_minor_unit"])
    amounts = {name: parse_number(prices.get(name)) for name in ("price", "regular_price")}
    product = RawProduct(
        name=named(visible_text(html_selector(str(data.get("name") or ""))), limit=500),
        sku=named(data.get("sku")),
        url=data.get("permalink"),
        variant_id=named(data.get("id")),
        currency=iso_currency(prices.get("currency_code")),
        price=amounts["price"] / unit if amounts["price"] else None,
        list_price=amounts["regular_price"] / unit if amounts["regular_price"] else None,
        quantity=data.get("low_stock_remaining"),
    )
    _woocommerce_range(product, prices.get("price_range"), unit)
    if data.get("is_on_backorder"):
        product.availability, product.availability_evidence = Availability.BACKORDER, "woocommerce: is_on_backorder"
    elif data.get("is_purchasable") is not False:
        _set_stock(product, data.get("is_in_stock"), "woocommerce", "is_in_stock")
    return product


def _woocommerce_range(product: RawProduct, amounts: Any, unit: int) -> None:
    product.price_kind = PriceKind.FIXED if product.price is not None else PriceKind.NONE
    high = parse_number(amounts.get("max_amount")) if isinstance(amounts, dict) else None
    if high is not None and product.price is not None and high / unit > product.price:
        product.highest, product.price_kind = high / unit, PriceKind.RANGE


# --- Japanese carts --------------------------------------------------------------------------------------------------


def _color_me(selector: Selector, _url: str) -> RawProduct | None:
    """`Colorme.product`: model_number is the maker's number. A stock_num that is null is not managed: unknown, not 0.
    The object also holds basket and customer, which are not read."""
    data = (_object(selector, r"\bColorme\s*=\s*(?=\{)") or {}).get("product")
    if not isinstance(data, dict):
        return None
    product = RawProduct(
        name=named(data.get("name"), limit=500),
        mpn=named(data.get("model_number")),
        variant_id=named(data.get("id")),
        price=parse_number(data.get("sales_price_including_tax") or data.get("sales_price")),
        currency="JPY",
        price_kind=PriceKind.FIXED,
        tax_included=True if data.get("sales_price_including_tax") else None,
    )
    _set_count(product, data.get("stock_num"), "Colorme.stock_num")
    for one in data.get("variants") or []:
        if isinstance(one, dict):
            product.variants.append(_color_me_variant(one, product))
    return product


def _color_me_variant(one: Data, product: RawProduct) -> RawProduct:
    options = {f"規格{number}": str(value) for number in (1, 2) if (value := one.get(f"option{number}_value"))}
    price = parse_number(one.get("option_price_including_tax") or one.get("option_price"))
    variant = RawProduct(
        variant_id=named(one.get("id")) or "-".join(options.values()) or None,
        mpn=named(one.get("model_number")),
        options=options,
        gtin=checked_gtin(one.get("jan_code")),
        price=price or product.price,
        currency="JPY",
        price_kind=PriceKind.FIXED,
        tax_included=product.tax_included,
    )
    _set_count(variant, one.get("stock_num"), "Colorme.stock_num")
    return variant


def _ec_cube(selector: Selector, _url: str) -> RawProduct | None:
    """`classCategories`: {class 1: {"#class 2": {product_code, stock_find, price02_inc_tax ...}}}, prices as text."""
    data = _object(selector, r"\b(?:eccube\.)?classCategories\s*=\s*(?=\{)") or _object(
        selector, r"\bproductsClassCategories\s*=\s*(?=\{)"
    )
    if data is None:
        return None
    names = [_option_names(selector, f"classcategory_id{number}") for number in (1, 2)]
    product = RawProduct(currency="JPY")
    for first, group in data.items():
        for second, one in group.items() if isinstance(group, dict) else ():
            # The entries of "please choose" have no id; those of a product without classes stand under __unselected2.
            if isinstance(one, dict) and one.get("product_class_id", one.get("product_code")):
                chosen = "" if first.startswith("__") else names[0].get(first, first)
                other = one.get("name") or names[1].get(second.lstrip("#"), "")
                product.variants.append(_ec_cube_variant(one, chosen, other))
    return product if product.variants else None


def _ec_cube_variant(one: Data, first: str, second: str) -> RawProduct:
    with_tax = parse_number(one.get("price02_inc_tax"))
    variant = RawProduct(
        variant_id=named(one.get("product_class_id")) or named(one.get("product_code")),
        sku=named(one.get("product_code")),
        price=with_tax or parse_number(one.get("price02")),
        currency="JPY",
        price_kind=PriceKind.FIXED,
        tax_included=True if with_tax else None,
        options={
            f"規格{number}": _SOLD_OUT.sub("", str(value)) for number, value in ((1, first), (2, second)) if value
        },
    )
    _set_stock(variant, one.get("stock_find"), "ec_cube", "stock_find")
    return variant


def _option_names(selector: Selector, name: str) -> dict[str, str]:
    options = selector.css(f'select[name="{name}"] option')
    return {option.attrib.get("value", ""): (option.xpath("string()").get() or "").strip() for option in options}


def _stores(selector: Selector, _url: str) -> RawProduct | None:
    price = parse_number(_match(selector, r"detailCtrl\.salesPrice\s*=\s*['\"]?(\d[\d,]*)"))
    return RawProduct(price=price, currency="JPY", price_kind=PriceKind.FIXED, tax_included=True) if price else None


def _prestashop(selector: Selector, _url: str) -> RawProduct | None:
    data = _json(selector.css("#product-details::attr(data-product)").get() or "")
    if not isinstance(data, dict):
        return None
    product = RawProduct(
        name=named(data.get("name"), limit=500),
        sku=named(data.get("reference")),
        gtin=checked_gtin(data.get("ean13") or data.get("upc")),
        mpn=named(data.get("mpn")),
        brand=named(data.get("manufacturer_name")),
        price=parse_number(data.get("price_amount")),
        variant_id=named(data.get("id_product_attribute")),
    )
    product.price_kind = PriceKind.FIXED if product.price is not None else PriceKind.NONE
    state = {"available": True, "last_remaining_items": True, "unavailable": False}.get(str(data.get("availability")))
    _set_stock(product, state, "shopify", "availability")
    return product


_READERS: dict[str, Callable[[Selector, str], RawProduct | None]] = {
    "shopify": _shopify,
    "woocommerce": _woocommerce,
    "color_me": _color_me,
    "ec_cube_4": _ec_cube,
    "ec_cube_2": _ec_cube,
    "stores": _stores,
    "prestashop": _prestashop,
}


# --- helpers ---------------------------------------------------------------------------------------------------------


def _set_stock(product: RawProduct, state: Any, table: str, name: str) -> None:
    if state is None:
        return
    word = stock_word(state, table)
    if word.availability is not Availability.UNKNOWN:
        product.availability, product.availability_evidence = word.availability, f"{name}: {word.span}"


def _set_count(product: RawProduct, count: Any, name: str) -> None:
    number = int(count) if isinstance(count, int | str) and re.fullmatch(r"-?\d{1,9}", str(count)) else None
    if number is not None:
        product.availability = Availability.IN_STOCK if number > 0 else Availability.SOLD_OUT
        product.availability_evidence, product.quantity = f"{name}: {number}", max(number, 0)


def _json(text: str) -> Any:
    try:
        return json.loads(text[:_LONGEST])
    except (ValueError, RecursionError):
        return None


def _scripts(selector: Selector) -> list[str]:
    return [text for text in selector.xpath("//script[not(@src)]/text()").getall() if len(text) <= _LONGEST]


def _match(selector: Selector, pattern: str) -> str:
    return next((found[1] for text in _scripts(selector) if (found := re.search(pattern, text))), "")


def _object(selector: Selector, start: str) -> Data | None:
    """The object literal after `start` in one of the page's scripts; chompjs reads what json refuses."""
    for text in _scripts(selector):
        found = re.search(start, text)
        if found:
            try:
                data: Any = chompjs.parse_js_object(text[found.end() :], loader_kwargs={"strict": False})
            except (ValueError, RecursionError):
                continue
            if isinstance(data, dict):
                return data
    return None
