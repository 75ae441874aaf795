"""A schema.org Product node (from JSON-LD, microdata or RDFa) as a RawProduct with its variants."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from kataban.items import Availability, PriceKind
from kataban.parsers.condition import condition_of
from kataban.parsers.money import iso_currency, parse_number
from kataban.parsers.raw_product import RawProduct, checked_gtin, named
from kataban.parsers.stock import stock_word
from kataban.parsers.structured import Node, types
from kataban.parsers.text import LONG, clean_text, one_line

PRODUCT = frozenset({"product", "productgroup", "individualproduct", "productmodel", "someproducts", "vehicle", "car",
                     "book", "softwareapplication", "mobileapplication", "videogame"})
_OFFERING = frozenset({"event", "musicevent", "course", "service", "theaterevent", "webpage", "itempage"})
_OFFER = frozenset({"offer", "aggregateoffer"})
_GTIN_KEYS = ("gtin13", "gtin", "gtin14", "gtin12", "gtin8", "isbn", "ean", "jan")
# Price types of a priceSpecification that nobody pays.
_NOT_PAID = re.compile(r"listprice|strikethrough|srp|msrp|regularprice", re.IGNORECASE)


def is_product(node: Node) -> bool:
    """Is it a product (or something that is sold like one)?"""
    return bool({kind.casefold() for kind in types(node)} & PRODUCT)


def is_offering(node: Node) -> bool:
    """Is it another thing with offers (a ticket, a course)? Read only where a page has no product."""
    return bool({kind.casefold() for kind in types(node)} & _OFFERING) and bool(node.get("offers"))


def is_bare_offer(node: Node) -> bool:
    """Is it an offer of nothing? Some themes (Odoo's) mark up the price alone."""
    return bool({kind.casefold() for kind in types(node)} & _OFFER) and bool(node.get("price") or node.get("lowPrice"))


def product_of(node: Node) -> RawProduct:
    """The product that `node` describes; its variants by hasVariant, or by offers that differ in number or price."""
    product = _bare(node)
    children = [product_of(child) for child in _nodes(node.get("hasVariant"))]
    if children:
        product.variants = [_inherit(child, product) for child in children]
        _take_offers(product, _offers(node) or children)
        return product
    offers = _offers(node)
    _take_offers(product, offers)
    if len(offers) > 1 and len({_identity(one) for one in offers}) == len(offers):
        product.variants = [_inherit(one, product) for one in offers]
    return product


def _bare(node: Node) -> RawProduct:
    product = RawProduct(
        name=named(_text(node.get("name")), limit=500),
        brand=_brand(node),
        mpn=named(_text(node.get("mpn") or node.get("model"))),
        sku=named(_text(node.get("sku"))),
        gtin=_gtin(node),
        image_url=_link(node.get("image")),
        url=_link(node.get("url")),
        description=clean_text(_text(node.get("description")), limit=LONG) or None,
        attributes=_attributes(node),
        variant_id=named(_text(node.get("productID") or node.get("inProductGroupWithID"))),
    )
    _take_condition(product, node)
    for name in ("color", "size", "material", "pattern"):
        value = named(_text(node.get(name)))
        if value:
            product.options[name] = value
    return product


def _offers(node: Node) -> list[RawProduct]:
    """Every offer of the node, those inside AggregateOffers too; an AggregateOffer without any is one with a range."""
    found: list[RawProduct] = []
    for offer in _nodes(node.get("offers")):
        inner = [_offer(one) for one in _nodes(offer.get("offers"))]
        inner = [one for one in inner if one.price is not None]
        if inner and "aggregateoffer" in {kind.casefold() for kind in types(offer)}:
            for one in inner:
                one.fill(_offer(offer), "offer", "currency", "availability", "availability_evidence")
            found.extend(inner)
        else:
            found.append(_offer(offer))
    # Microdata of old themes puts price and availability on the product itself.
    if not found and (node.get("price") or node.get("availability")):
        found.append(_offer(node))
    return found


def _offer(offer: Node) -> RawProduct:
    read = RawProduct(
        sku=named(_text(offer.get("sku"))),
        mpn=named(_text(offer.get("mpn"))),
        gtin=_gtin(offer),
        url=_link(offer.get("url")),
        seller=_seller(offer),
        name=named(_text(offer.get("name")), limit=500),
    )
    _take_price(read, offer)
    _take_condition(read, offer)
    # Several values are several states of something else (delivery and collection): the first that says something.
    for state in _list(offer.get("availability")):
        word = stock_word(_text(state), "schema_org")
        if word.availability is not Availability.UNKNOWN:
            read.availability, read.availability_evidence = word.availability, f"availability: {one_line(word.span)}"
            break
    quantity = _text((_nodes(offer.get("inventoryLevel")) or [{}])[0].get("value"))
    read.quantity = int(quantity) if quantity.isdigit() else None
    return read


def _take_price(read: RawProduct, offer: Node) -> None:
    specs = [spec for spec in _nodes(offer.get("priceSpecification")) if not spec.get("referenceQuantity")]
    paid = [spec for spec in specs if not _NOT_PAID.search(_text(spec.get("priceType")) + _text(spec.get("name")))]
    currency = next(
        (one for one in (iso_currency(_text(part.get("priceCurrency"))) for part in (offer, *paid)) if one), None
    )
    read.currency = currency
    for part in (*paid, offer) if paid and not offer.get("price") else (offer,):
        low = parse_number(_price(part.get("price")), currency=currency)
        low = low or parse_number(_price(part.get("lowPrice") or part.get("minPrice")), currency=currency)
        if low is not None:
            read.price, read.price_kind = low, PriceKind.FIXED
            _take_range(read, part, currency)
            break
    for spec in specs:
        if spec not in paid:
            read.list_price = read.list_price or parse_number(_price(spec.get("price")), currency=currency)
    if paid:
        read.tax_included = _boolean(paid[0].get("valueAddedTaxIncluded"))


def _take_range(read: RawProduct, part: Node, currency: str | None) -> None:
    high = parse_number(_price(part.get("highPrice") or part.get("maxPrice")), currency=currency)
    if high is not None and read.price is not None and high > read.price:
        read.highest, read.price_kind = high, PriceKind.RANGE


def _take_offers(product: RawProduct, offers: list[RawProduct]) -> None:
    """What the offers say together: one price, or a range; sold out only when all are."""
    priced = [offer for offer in offers if offer.price is not None]
    buyable = [offer for offer in priced if offer.availability is not Availability.SOLD_OUT] or priced
    if buyable:
        first = min(buyable, key=lambda offer: offer.price or Decimal(0))
        product.fill(first, "offer", "price", "currency", "list_price", "tax_included", "seller")
        product.price_kind, product.highest = first.price_kind, first.highest
        highest = max(offer.highest or offer.price or Decimal(0) for offer in buyable)
        if product.price is not None and highest > product.price:
            product.price_kind, product.highest = PriceKind.RANGE, highest
    _take_availability(product, offers)
    if len(offers) == 1:
        product.fill(offers[0], "offer", "sku", "mpn", "gtin", "condition", "condition_label", "quantity")


_STRENGTH = (Availability.IN_STOCK, Availability.BACKORDER, Availability.RESERVED, Availability.SOLD_OUT)


def _take_availability(product: RawProduct, offers: list[RawProduct]) -> None:
    for availability in _STRENGTH:
        for offer in offers:
            if offer.availability is availability:
                product.availability, product.availability_evidence = availability, offer.availability_evidence
                return


def _inherit(variant: RawProduct, product: RawProduct) -> RawProduct:
    """A variant has its own number, price and stock; what it does not say of name, brand and text is the product's."""
    variant.fill(
        product, "product", "name", "brand", "description", "image_url", "condition", "condition_label", "currency"
    )
    variant.variant_id = variant.variant_id or variant.sku or variant.gtin or variant.url
    variant.origin.clear()
    return variant


def _identity(offer: RawProduct) -> tuple[object, ...]:
    return (offer.sku, offer.mpn, offer.gtin, offer.name, offer.url, offer.condition_label, offer.seller) if (
        offer.sku or offer.gtin or offer.mpn or offer.name or offer.condition_label or offer.url) else ()


def _take_condition(read: RawProduct, node: Node) -> None:
    label = next((text for text in map(_text, _list(node.get("itemCondition"))) if text), "")
    if label:
        read.condition_label = one_line(re.split(r"schema\.org/", label)[-1])
        read.condition = condition_of(label, "schema_org")


def _brand(node: Node) -> str | None:
    for key in ("brand", "manufacturer"):
        for value in _list(node.get(key)):
            name = _text(value.get("name") if isinstance(value, dict) else value)
            if named(name) and not name.startswith(("http://", "https://", "/")):
                return named(name)
    return None


def _gtin(node: Node) -> str | None:
    keys = [*_GTIN_KEYS, "sku", "productID", "identifier"]
    return next((gtin for key in keys for value in _list(node.get(key)) if (gtin := checked_gtin(_text(value)))), None)


def _seller(offer: Node) -> str | None:
    seller = next(iter(_nodes(offer.get("seller") or offer.get("offeredBy"))), {})
    return named(_text(seller.get("name")))


def _attributes(node: Node) -> dict[str, str]:
    pairs = ((_text(one.get("name")), _text(one.get("value"))) for one in _nodes(node.get("additionalProperty")))
    return {one_line(name, limit=80): one_line(value, limit=300) for name, value in pairs if name and value}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _nodes(value: Any) -> list[Node]:
    return list(_each_node(value))


def _each_node(value: Any) -> Iterator[Node]:
    for one in _list(value):
        if isinstance(one, dict):
            yield one
        elif isinstance(one, list):
            yield from _each_node(one)


def _text(value: Any) -> str:
    """The text of a value: itself, the first of a list, or the name, value or address of a node."""
    if isinstance(value, list):
        return next((text for text in map(_text, value[:50]) if text), "")
    if isinstance(value, dict):
        return _text(value.get("@value") or value.get("name") or value.get("value") or value.get("@id"))
    return "" if value is None or isinstance(value, bool) else str(value).strip()


def _price(value: Any) -> Any:
    """A price as a number: sites write 1,234円, "$19.99" and lists of one into it."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, str):
        found = re.search(r"\d[\d.,\s']*", value)
        return found[0] if found else None
    return None if isinstance(value, dict) else value


def _link(value: Any) -> str | None:
    link = _text(value.get("url") or value.get("contentUrl") or value.get("@id") if isinstance(value, dict) else value)
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return _link(value[0])
    return link[:2000] or None


def _boolean(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(_text(value).casefold())
