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

    Of an item with several variants only the variants' own rows say what can be bought at which price.
    """
    page = _data(response)
    item = next(filter(None, (_at(page, path) for path in MARKS.texts("page.item"))), None)
    skus = [sku for sku in (item or {}).get("sku") or () if not sku.get("hidden")]
    if not item or not skus:
        raise refusal(MARKS, response, label)
    whole = _item(item, page, listing)
    filled = [_variant(sku, item, whole) for sku in skus]
    if len(filled) == 1:
        yield replace(filled[0], listing_id=whole.listing_id, variant_of=None)
        return
    yield _of_several(whole, filled)
    yield from filled


def _data(response: Response) -> dict[str, Any]:
    if not isinstance(response, TextResponse):
        return {}
    if response.encoding == "euc_jp":
        response = response.replace(encoding=_WHOLE_EUC_JP)
    try:
        data = json.loads(response.css(MARKS.text("page.data")).get("{}"))
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _at(node: Any, path: str) -> Any:
    """The value at a dotted path, None where any step is missing."""
    for step in path.split("."):
        node = node.get(step) if isinstance(node, dict) else None
    return node


def _item(item: dict[str, Any], page: dict[str, Any], listing: Listing) -> Listing:
    """What holds for all variants."""
    shop = page.get("shop") or {}
    code = f"{shop.get('shopUrl')}:{item.get('itemId')}"
    images = _at(item, "media.images") or ()
    seller = listing.seller or Seller(
        listing.source, str(shop.get("shopUrl") or ""), name=shop.get("shopName"), business=True,
        url=f"https://www.rakuten.co.jp/{shop.get('shopUrl')}/")
    title = one_line(_text(item.get("title"))) or listing.title
    condition, label = condition_in(title)
    return replace(
        listing, listing_id=listing.listing_id or code, title=title, condition=condition, condition_label=label,
        description=_text(_at(item, "pcFields.productDescription")) or listing.description, seller=seller,
        image_url=images[0].get("location") if images else listing.image_url, detail_read=True,
    )


def _text(markup: Any) -> str:
    """Titles and descriptions may hold <br> and other tags."""
    return clean_text(visible_text(Selector(text=f"<div>{markup}</div>")), limit=20_000) if markup else ""


def _variant(sku: dict[str, Any], item: dict[str, Any], whole: Listing) -> Listing:
    """One variant. Raises KeyError where its id is missing."""
    attributes = {**whole.attributes, **_choices(sku, item), **_attributes(sku)}
    jan = str(_at(sku, "articleNumber.value") or "")
    price = parse_yen(sku.get("taxIncludedPrice")).amount
    included = _first(_at(sku, "shipping.postageIncluded"), _at(item, "shipping.postageIncluded"))
    purchase = _purchase(str(sku["variantId"]), item)
    quantity = purchase.get("quantity")
    availability, evidence = _stock(quantity, item)
    state = _named(attributes, "page.condition_attributes")
    return replace(
        whole, listing_id=f"{whole.listing_id}:{sku['variantId']}", variant_of=whole.listing_id, attributes=attributes,
        brand=_named(attributes, "page.brand_attributes"), mpn=_named(attributes, "page.number_attributes"),
        sku=sku.get("merchantDefinedSkuId") or str(sku["variantId"]), gtin=jan if jan.isdigit() else None,
        price=price, price_kind=PriceKind.FIXED if price else PriceKind.NONE, points=sku.get("point"),
        shipping_included=included, shipping=0 if included else None, quantity=quantity,
        availability=availability, availability_evidence=evidence,
        ships_in_days=ships_in_days(purchase.get("deliveryMessage")),
        condition=condition_of(state) if state else whole.condition, condition_label=state or whole.condition_label,
    )


def _of_several(whole: Listing, filled: list[Listing]) -> Listing:
    """The item itself: it cannot be bought without a choice, so its price is a range and its stock the variants'."""
    prices = [one.price for one in filled if one.price]
    all_out = all(one.availability is Availability.SOLD_OUT for one in filled)
    return replace(
        whole, price=min(prices, default=None), price_kind=PriceKind.RANGE if prices else PriceKind.NONE,
        availability=Availability.SOLD_OUT if all_out else Availability.UNKNOWN,
        availability_evidence=f"{len(filled)} variants" + (", all sold out" if all_out else ""),
    )


def _choices(sku: dict[str, Any], item: dict[str, Any]) -> dict[str, str]:
    """The variant's choices under the selectors' names: カラー -> ブラック."""
    selectors = item.get("variantSelectors") or ()
    names = [one_line(selector.get("label") or selector.get("key")) for selector in selectors]
    return dict(zip(names, map(one_line, sku.get("selectorValues") or ()), strict=False))


def _attributes(sku: dict[str, Any]) -> dict[str, str]:
    rows = sku.get("attributes") or ()
    return {one_line(row.get("title")): one_line(f"{row.get('value')}{row.get('unit') or ''}")
            for row in rows if row.get("title") and row.get("value") not in (None, "")}


def _named(attributes: dict[str, str], names: str) -> str | None:
    return next((attributes[name] for name in MARKS.texts(names) if attributes.get(name)), None)


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _purchase(variant_id: str, item: dict[str, Any]) -> dict[str, Any]:
    """The variant's delivery message and quantity: from its purchase row, the quantity rather from the stock table."""
    bought = _rows(item, "purchaseInfo.sku", "variantId", variant_id)
    stocked = _rows(item, "purchaseInfo.variantMappedInventories", "sku", variant_id)
    return {**(bought.get("newPurchaseSku") or {}), **stocked}


def _rows(item: dict[str, Any], path: str, key: str, variant_id: str) -> dict[str, Any]:
    return next((row for row in _at(item, path) or () if str(row.get(key)) == variant_id), {})


def _stock(quantity: int | None, item: dict[str, Any]) -> tuple[Availability, str | None]:
    """In stock needs pieces (or a stock without limit) and an enabled purchase; the period of sale may be over."""
    condition = _at(item, "purchaseInfo.purchaseBySellType.purchaseCondition")
    evidence = f"quantity={quantity}, purchaseCondition={condition}"
    if quantity == 0:
        return Availability.SOLD_OUT, evidence
    if condition != MARKS.text("page.enabled"):
        return Availability.UNKNOWN, evidence
    if item.get("unlimitedInventoryFlag") is True:
        return Availability.IN_STOCK, f"unlimitedInventoryFlag, purchaseCondition={condition}"
    return (Availability.IN_STOCK, evidence) if quantity else (Availability.UNKNOWN, evidence)
