"""Rakuten's item pages: addresses without tracking, and the variants in the JSON that each page carries."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit

from parsel import Selector
from scrapy.http import Response, TextResponse

from kataban.items import Availability, Condition, Listing, PriceKind, Seller
from kataban.parsers.condition import condition_of
from kataban.parsers.shipping import ships_in_days
from kataban.parsers.text import clean_text, one_line, visible_text
from kataban.parsers.yen import parse_yen
from spiders.landmarks import Landmarks
from spiders.refusals import refusal
from spiders.values import at, link_if, needed, rows, table, text, whole

MARKS = Landmarks("rakuten_ichiba")
# The same table with the letters of Windows (①, №, ㈱) that shops write: with euc_jp one of them spoils its line.
_WHOLE_EUC_JP = "euc_jis_2004"
_BEST_FIRST = [Condition.UNKNOWN, *(condition for condition in Condition if condition is not Condition.UNKNOWN)]


def plain_url(url: str) -> str:
    """The shop's own address: out of an affiliate link, without tracking (which holds the user's own id), https."""
    affiliate = MARKS.table("api.addresses.affiliate")
    parts = urlsplit(str(url).strip())
    if parts.hostname == affiliate["host"]:
        inner = parse_qs(parts.query).get(affiliate["parameter"], [""])[0]
        if not inner:
            raise ValueError("an affiliate link without the shop's address")
        parts = urlsplit(inner)
    if not parts.hostname:
        raise ValueError("no address")
    tracking = MARKS.texts("api.addresses.tracking")
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in tracking]
    return urlunsplit(("https", parts.netloc, parts.path or "/", urlencode(kept), ""))


def is_item_page(url: str) -> bool:
    """Is it a page of a shop in the mall? A redirect may have led elsewhere."""
    return urlsplit(url).hostname == "item.rakuten.co.jp"


def condition_in(title: str) -> tuple[Condition, str | None]:
    """The condition that marks in a title say, and the mark; the worst of several, and `unknown` without any."""
    marks = [mark for pattern in MARKS.texts("api.condition_marks") for mark in re.findall(pattern, title)]
    said = [(condition_of(mark), mark) for mark in marks]
    return max(said, key=lambda one: _BEST_FIRST.index(one[0]), default=(Condition.UNKNOWN, None))


def gone(listing: Listing, status: int) -> Listing:
    """The listing whose page is no more: it cannot be bought."""
    return replace(listing, availability=Availability.SOLD_OUT, availability_evidence=f"HTTP {status}",
                   detail_read=True)


def variants(response: Response, listing: Listing, label: str) -> Iterator[Listing]:
    """What the page says of its variants: the listing itself where there is one, else the item and one of each.

    Of an item with several variants only the variants' own rows say what can be bought at which price. A variant that
    cannot be read is left out; where none can be read the page is `broken`.
    """
    page = _data(response)
    item = next(filter(None, (table(at(page, path)) for path in MARKS.texts("page.item"))), {})
    shown = [sku for sku in rows(item.get("sku")) if sku.get("hidden") is not True]
    whole_item = _item(item, page, listing) if item else listing
    filled = [_variant(sku, item, whole_item) for sku in shown if text(sku.get("variantId"))]
    if not any(one.price for one in filled):
        raise refusal(MARKS, response, label)
    if len(shown) == 1:
        yield replace(filled[0], listing_id=whole_item.listing_id, variant_of=None)
        return
    yield _of_several(whole_item, filled)
    yield from filled


def _data(response: Response) -> dict[str, Any]:
    if not isinstance(response, TextResponse):
        return {}
    if response.encoding == "euc_jp":
        response = response.replace(encoding=_WHOLE_EUC_JP)
    try:
        return table(json.loads(response.css(MARKS.text("page.data")).get("{}")))
    except (ValueError, RecursionError):
        return {}


def _item(item: dict[str, Any], page: dict[str, Any], listing: Listing) -> Listing:
    """What holds for all variants."""
    path = text(at(page, "shop.shopUrl"))
    image = next((link_if(image.get("location")) for image in rows(at(item, "media.images"))), None)
    title = one_line(_shown(item.get("title"))) or listing.title
    condition, label = condition_in(title)
    return replace(
        listing, listing_id=listing.listing_id or f"{path}:{text(item.get('itemId'))}", title=title,
        description=_shown(at(item, "pcFields.productDescription")) or listing.description,
        condition=condition, condition_label=label, image_url=image or listing.image_url, detail_read=True,
        seller=listing.seller or _shop(listing.source, path, text(at(page, "shop.shopName"))),
    )


def _shop(source: str, path: str | None, name: str | None) -> Seller | None:
    """The mall admits businesses only."""
    if path is None:
        return None
    return Seller(source, path, name=name, business=True, url=f"https://www.rakuten.co.jp/{path}/")


def _shown(markup: Any) -> str:
    """Titles and descriptions may hold <br> and other tags."""
    if not isinstance(markup, str) or not markup:
        return ""
    return clean_text(visible_text(Selector(text=f"<div>{markup}</div>")), limit=20_000)


def _variant(sku: dict[str, Any], item: dict[str, Any], whole_item: Listing) -> Listing:
    """One variant, with its own number, JAN, price and stock."""
    variant_id = needed(sku.get("variantId"))
    attributes = {**whole_item.attributes, **_choices(sku, item), **_attributes(sku)}
    jan = text(at(sku, "articleNumber.value")) or ""
    price = yen(sku.get("taxIncludedPrice"))
    purchase = _purchase(variant_id, item)
    state = _named(attributes, "page.condition_attributes")
    found = replace(
        whole_item, listing_id=f"{whole_item.listing_id}:{variant_id}", variant_of=whole_item.listing_id,
        attributes=attributes, brand=_named(attributes, "page.brand_attributes"),
        mpn=_named(attributes, "page.number_attributes"), gtin=jan if jan.isdigit() else None,
        sku=text(sku.get("merchantDefinedSkuId")) or variant_id, points=whole(sku.get("point")),
        price=price, price_kind=PriceKind.FIXED if price else PriceKind.NONE, quantity=whole(purchase.get("quantity")),
        ships_in_days=ships_in_days(text(purchase.get("deliveryMessage"))),
    )
    if state:
        found.condition, found.condition_label = condition_of(state), state
    found.availability, found.availability_evidence = _stock(found.quantity, item)
    found.shipping_included = _postage(sku, item)
    found.shipping = 0 if found.shipping_included else None
    return found


def yen(value: Any) -> int | None:
    """Whole yen of a price field, a number or a string; None for placeholders and for anything else."""
    return parse_yen(value).amount if isinstance(value, str | int | float) else None


def _of_several(whole_item: Listing, filled: list[Listing]) -> Listing:
    """The item itself: it cannot be bought without a choice, so its price is a range and its stock the variants'."""
    all_out = all(one.availability is Availability.SOLD_OUT for one in filled)
    return replace(
        whole_item, price=min(one.price for one in filled if one.price), price_kind=PriceKind.RANGE,
        availability=Availability.SOLD_OUT if all_out else Availability.UNKNOWN,
        availability_evidence=f"{len(filled)} variants" + (", all sold out" if all_out else ""),
    )


def _choices(sku: dict[str, Any], item: dict[str, Any]) -> dict[str, str]:
    """The variant's choices under the selectors' names: カラー -> ブラック."""
    names = [text(one.get("label")) or text(one.get("key")) for one in rows(item.get("variantSelectors"))]
    values = sku.get("selectorValues")
    chosen = map(text, values if isinstance(values, list) else ())
    return {name: value for name, value in zip(names, chosen, strict=False) if name and value}


def _attributes(sku: dict[str, Any]) -> dict[str, str]:
    found = {}
    for row in rows(sku.get("attributes")):
        title, value = text(row.get("title")), text(row.get("value"))
        if title and value:
            found[title] = value + (text(row.get("unit")) or "")
    return found


def _named(attributes: dict[str, str], names: str) -> str | None:
    return next((attributes[name] for name in MARKS.texts(names) if attributes.get(name)), None)


def _postage(sku: dict[str, Any], item: dict[str, Any]) -> bool | None:
    """Is shipping in the price? The variant's own word counts before the item's."""
    said = (at(node, "shipping.postageIncluded") for node in (sku, item))
    return next((one for one in said if isinstance(one, bool)), None)


def _purchase(variant_id: str, item: dict[str, Any]) -> dict[str, Any]:
    """The variant's delivery message and quantity: from its purchase row, the quantity rather from the stock table."""
    bought = _row_of(variant_id, at(item, "purchaseInfo.sku"), "variantId")
    stocked = _row_of(variant_id, at(item, "purchaseInfo.variantMappedInventories"), "sku")
    return {**table(bought.get("newPurchaseSku")), **stocked}


def _row_of(variant_id: str, found: Any, key: str) -> dict[str, Any]:
    return next((row for row in rows(found) if text(row.get(key)) == variant_id), {})


def _stock(quantity: int | None, item: dict[str, Any]) -> tuple[Availability, str | None]:
    """In stock needs pieces (or a stock without limit) and an enabled purchase; the period of sale may be over."""
    condition = text(at(item, "purchaseInfo.purchaseBySellType.purchaseCondition"))
    evidence = f"quantity={quantity}, purchaseCondition={condition}"
    if item.get("unlimitedInventoryFlag") is True:
        quantity, evidence = 1, f"unlimitedInventoryFlag, purchaseCondition={condition}"
    if quantity is not None and quantity <= 0:
        return Availability.SOLD_OUT, evidence
    if quantity is None or condition != MARKS.text("page.enabled"):
        return Availability.UNKNOWN, evidence
    return Availability.IN_STOCK, evidence
