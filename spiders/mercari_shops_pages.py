"""Reading a product page of Mercari Shops: its own JSON, then what it draws; one Listing per variant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from scrapy.http import Response

from kataban.items import Availability, Listing, PriceKind, Seller
from kataban.parsers.condition import condition_of
from kataban.parsers.page_kind import challenge_of
from kataban.parsers.shipping import shipping_of
from kataban.parsers.stock import stock_word
from kataban.parsers.text import LONG, clean_text, one_line, visible_text
from kataban.parsers.yen import parse_yen
from spiders import mercari_pages as pages
from spiders.embedded import ODD_FORM, identity, record
from spiders.mercari_json import MARKS, SHOPS, days, loaded, shop, whole

READY = ", ".join([*MARKS.texts("shops.title"), ".merEmptyState"])
SOLD_TAG = MARKS.text("json.sold_tag")


def read_product(response: Response, row: Listing) -> Iterator[Listing]:
    """The product's Listings, one per variant. Raises CannotLook where neither JSON nor a drawn title is there."""
    product_id = row.variant_of or row.listing_id or pages.last_segment(response.url)
    status, data = _answer(response, product_id)
    if status == 404:
        yield pages.gone(row, "status 404")
    elif status == 200:
        yield from (replace(found, found_via=row.found_via, query_id=row.query_id, search_id=row.search_id,
                            seller=pages.filled(found.seller, row.seller)) for found in _known_form(data, product_id))
    else:
        yield pages.settled(row, None, _from_page(response, product_id))


def _answer(response: Response, product_id: str) -> tuple[int, dict[str, Any]]:
    """(status, JSON) of the page's own request for this product; (0, {}) where there was none."""
    for url, status, answer in loaded(response, "shops_product"):
        if isinstance(answer, dict) and re.search(rf"/{re.escape(product_id)}(?:[?/]|$)", url):
            return status, answer
    return 0, {}


def _known_form(data: dict[str, Any], product_id: str) -> list[Listing]:
    try:
        if identity(data["name"]) != product_id:
            raise ValueError(f"the record is of {data['name']}")
        return list(from_json(data))
    except ODD_FORM as problem:
        raise pages.broken(f"the product's JSON has changed: {problem!r}") from problem


def from_json(data: dict[str, Any]) -> Iterator[Listing]:
    """The product's Listings: itself where it has one variant, else itself without a choice and one of each.

    The price is the product's: variants have none of their own (captured 2026-09-02).
    """
    product = _product(data)
    variants = record(data, "productDetail").get("variants") or []
    if len(variants) <= 1:
        only = variants[0] if variants else {}
        yield _with_stock(_labelled(product, only), data, only)
        return
    filled = [_with_stock(_variant(product, variant), data, variant) for variant in variants]
    yield _of_several(product, filled)
    yield from filled


def _variant(product: Listing, variant: dict[str, Any]) -> Listing:
    own_id = f"{product.listing_id}:{identity(variant['variantId'])}"
    return replace(_labelled(product, variant), listing_id=own_id, variant_of=product.listing_id)


def _labelled(product: Listing, variant: dict[str, Any]) -> Listing:
    """With the variant's label behind the product's title: "2個セット" or "iPhone15用" speaks of the whole offer."""
    label = one_line(variant.get("displayName"))
    if not label:
        return product
    return replace(product, title=f"{product.title} {label}",
                   attributes={**product.attributes, MARKS.text("shops.variant"): label})


def _of_several(product: Listing, filled: list[Listing]) -> Listing:
    """The product itself: it cannot be bought without a choice, so its price is no fixed one and its stock unknown."""
    all_out = all(one.availability is Availability.SOLD_OUT for one in filled)
    return replace(
        product, price_kind=PriceKind.RANGE if product.price else PriceKind.NONE,
        availability=Availability.SOLD_OUT if all_out else Availability.UNKNOWN,
        availability_evidence=f"{len(filled)} variants" + (", all sold out" if all_out else ""),
    )


def _product(data: dict[str, Any]) -> Listing:
    detail = record(data, "productDetail")
    product_id = identity(data["name"])
    found = Listing(SHOPS, product_id, MARKS.text("address.shops_product") + product_id,
                    one_line(data["displayName"]), detail_read=True)
    price = parse_yen(str(data["price"]))
    found.price, found.price_kind = price.amount, price.kind
    found.description = clean_text(detail.get("description"), limit=LONG) or None
    found.brand = _label(detail, "brand")
    found.condition_label = _label(detail, "condition")
    found.condition = condition_of(found.condition_label)
    payer = shipping_of(_label(detail, "shippingPayer") or "")
    found.shipping, found.shipping_included = payer.cost, payer.included
    found.shipping_method = _label(detail, "shippingMethod")
    found.ships_from = _label(detail, "shippingFromArea")
    found.ships_in_days = days(record(detail, "shippingDuration"), "minDays", "maxDays")
    found.image_url = next(iter(detail.get("photos") or ()), None) or data.get("thumbnail")
    # createTime moves with every update, so it is no age of the listing.
    found.updated_at = _moment(data.get("updateTime"))
    found.seller = _seller(record(detail, "shop"))
    return found


def _with_stock(found: Listing, data: dict[str, Any], variant: dict[str, Any]) -> Listing:
    """Sold by the product's tag, else by the variant's own quantity; neither said is unknown."""
    quantity = whole(variant.get("quantity"))
    if SOLD_TAG in (data.get("productTags") or ()):
        said = stock_word(SOLD_TAG, SHOPS)
        return replace(found, availability=said.availability, availability_evidence=f"productTags {SOLD_TAG}")
    if quantity is None:
        return found
    if record(data, "productDetail").get("productPreOrder"):
        return replace(found, availability=Availability.BACKORDER, availability_evidence="productPreOrder")
    stock = Availability.IN_STOCK if quantity else Availability.SOLD_OUT
    return replace(found, availability=stock, availability_evidence=f"quantity {quantity}", quantity=quantity)


def _seller(data: dict[str, Any]) -> Seller | None:
    if not data.get("name"):
        return None
    found = shop(identity(data["name"]), data.get("displayName"))
    stats = record(data, "shopStats")
    found.review_count = whole(stats.get("reviewCount"))
    score = stats.get("score")
    found.review_average = float(score) if isinstance(score, int | float) and score and found.review_count else None
    names = (one_line(badge.get("displayName") or badge.get("name")) for badge in data.get("badges") or ()
             if isinstance(badge, dict))
    found.badges = tuple(name for name in names if name)
    return found


def _label(detail: dict[str, Any], key: str) -> str | None:
    value = detail.get(key)
    return one_line(value.get("displayName")) or None if isinstance(value, dict) else None


def _moment(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(str(value)).astimezone(UTC)
    except ValueError:
        return None


def _from_page(response: Response, product_id: str) -> Listing:
    """The product as drawn. Its variants cannot be read there, so its stock is known only when it is out."""
    title = _drawn(response, "shops.title")
    if not title:
        challenge_of(response)
        raise pages.unreadable(response)
    found = Listing(SHOPS, product_id, MARKS.text("address.shops_product") + product_id, one_line(title))
    price = parse_yen(_drawn(response, "shops.price"))
    found.price, found.price_kind = price.amount, price.kind
    found.description = clean_text(_drawn(response, "shops.description"), limit=LONG) or None
    badge = response.css(MARKS.text("item.sold_badge"))
    if badge:
        found.availability = Availability.SOLD_OUT
        found.availability_evidence = one_line(visible_text(badge[0])) or MARKS.text("item.sold_badge")
    return found


def _drawn(response: Response, mark: str) -> str:
    return next((text for each in MARKS.texts(mark) if (text := visible_text(response.css(each)[:1]))), "")
