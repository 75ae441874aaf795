"""Shop software recognised by its marks, read by the selectors of carts.toml and by its own data in scripts."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import msgspec
from parsel import Selector

from kataban.items import Availability, PriceKind
from kataban.parsers.money import parse_number, sums
from kataban.parsers.raw_product import RawProduct, brand_name, named
from kataban.parsers.stock import stock_word
from kataban.parsers.text import visible_text


class Cart(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One entry of carts.toml: its marks, and CSS selectors for each field, the best first."""

    name: str
    sure: str
    recognise: tuple[str, ...]
    item: str = ""
    name_shown: tuple[str, ...] = ()
    price: tuple[str, ...] = ()
    list_price: tuple[str, ...] = ()
    availability: tuple[str, ...] = ()
    sku: tuple[str, ...] = ()
    brand: tuple[str, ...] = ()
    description: tuple[str, ...] = ()
    sold_out: tuple[str, ...] = ()
    buyable: tuple[str, ...] = ()


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    carts: list[Cart]


CARTS = msgspec.toml.decode((Path(__file__).parent / "carts.toml").read_bytes(), type=_Table).carts


def cart_of(selector: Selector) -> Cart | None:
    """The shop software of the page, or None when no mark of one is there."""
    return next((cart for cart in CARTS if any(selector.css(mark) for mark in cart.recognise)), None)


def cart_product(selector: Selector, cart: Cart, *, country: str | None = None) -> RawProduct:
    """What the software's own selectors show."""
    product = RawProduct(
        name=named(_first(selector, cart.name_shown), limit=500), sku=named(_first(selector, cart.sku)),
        brand=brand_name(_first(selector, cart.brand)),
    )
    price, currency = _money(_first(selector, cart.price), country)
    if price is not None:
        product.price, product.currency, product.price_kind = price, currency, PriceKind.FIXED
    product.list_price = _money(_first(selector, cart.list_price), country)[0]
    _take_stock(product, selector, cart)
    return product


def _take_stock(product: RawProduct, selector: Selector, cart: Cart) -> None:
    """Words, then the signs of being sold out, then a button that can be pressed."""
    word = stock_word(_first(selector, cart.availability))
    if word.availability is not Availability.UNKNOWN:
        product.availability, product.availability_evidence = word.availability, f"{cart.name}: {word.span}"
        return
    for signs, availability in ((cart.sold_out, Availability.SOLD_OUT), (cart.buyable, Availability.IN_STOCK)):
        sign = next((sign for sign in signs if selector.css(sign)), None)
        if sign is not None:
            kind = "button" if availability is Availability.IN_STOCK else "sign"
            product.availability, product.availability_evidence = availability, f"{kind}: {sign}"
            return


def _first(selector: Selector, paths: tuple[str, ...]) -> str:
    for path in paths:
        css, _, attribute = path.partition("::attr(")
        for node in selector.css(css)[:3]:
            text = node.attrib.get(attribute.rstrip(")"), "") if attribute else visible_text(node, limit=300)
            if text.strip():
                return text.strip()
    return ""


def _money(text: str, country: str | None) -> tuple[Decimal | None, str | None]:
    money = next(sums(text, country=country), None)
    if money is not None:
        return money.amount, money.currency
    return parse_number(text), None
