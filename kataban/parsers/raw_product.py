"""RawProduct: a product as a page shows it, in any currency, before it becomes a Listing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from stdnum import ean

from kataban.items import Availability, Condition, PriceKind
from kataban.parsers.text import one_line

_NO_VALUE = frozenset(
    {
        "",
        "-",
        "--",
        "n/a",
        "na",
        "none",
        "null",
        "undefined",
        "false",
        "true",
        "0",
        "no brand",
        "なし",
        "無し",
        "不明",
        "unknown",
        "nan",
        "[object object]",
        "該当なし",
        "ー",
        "tbd",
        "default",
        "default title",
    }
)
_GTIN = re.compile(r"(?<!\d)\d{8}(?:\d{4,6})?(?!\d)")


@dataclass(slots=True)
class RawProduct:
    """One product, or one variant of it, as one layer of a page (or all layers together) says.

    `price` is what is paid, in `currency` (ISO 4217, or None when the page does not say); with kind `range` it is the
    lower end and `highest` the upper. `list_price` is the undiscounted one. `tax_included` is None when not said.
    `gtin` has passed its check digit. `options` are a variant's choices as shown. `origin` says which layer a field is
    from. Everything not shown stays None.
    """

    name: str | None = None
    price: Decimal | None = None
    currency: str | None = None
    price_kind: PriceKind = PriceKind.NONE
    highest: Decimal | None = None
    list_price: Decimal | None = None
    tax_included: bool | None = None
    brand: str | None = None
    mpn: str | None = None
    sku: str | None = None
    gtin: str | None = None
    availability: Availability = Availability.UNKNOWN
    availability_evidence: str | None = None
    quantity: int | None = None
    condition: Condition = Condition.UNKNOWN
    condition_label: str | None = None
    description: str | None = None
    image_url: str | None = None
    url: str | None = None
    variant_id: str | None = None
    options: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    seller: str | None = None
    shipping: str | None = None
    ships_in: str | None = None
    variants: list[RawProduct] = field(default_factory=list)
    origin: dict[str, str] = field(default_factory=dict)

    def fill(self, other: RawProduct, layer: str, *names: str) -> None:
        """Take from `other` the named fields (all simple ones without names) that are empty here."""
        for name in names or _SIMPLE:
            value = getattr(other, name)
            if is_empty(getattr(self, name)) and not is_empty(value):
                setattr(self, name, value)
                self.origin[name] = layer

    def take_variants(self) -> None:
        """Price (or range), and stock of the whole out of its variants: in stock when one of them is."""
        priced = [one for one in self.variants if one.price is not None]
        buyable = [one for one in priced if one.availability is not Availability.SOLD_OUT] or priced
        prices = [one.price for one in buyable if one.price is not None]
        if prices:
            self.price, highest = min(prices), max(one.highest or one.price or prices[0] for one in buyable)
            self.currency = self.currency or buyable[0].currency
            self.highest = highest if highest > self.price else None
            self.price_kind = PriceKind.RANGE if self.highest else PriceKind.FIXED
        for availability in _STRENGTH:
            first = next((one for one in self.variants if one.availability is availability), None)
            if first is not None:
                self.availability, self.availability_evidence = availability, first.availability_evidence
                return


_STRENGTH = (Availability.IN_STOCK, Availability.BACKORDER, Availability.RESERVED, Availability.SOLD_OUT)
_SIMPLE = tuple(
    one.name for one in fields(RawProduct)
    if one.name not in {"variants", "origin", "options", "attributes", "price_kind", "highest"}
)


def is_empty(value: Any) -> bool:
    """Does a field say nothing?"""
    return value in (None, "", Availability.UNKNOWN, Condition.UNKNOWN, PriceKind.NONE) or value == {}


def named(value: object, *, limit: int = 200) -> str | None:
    """A short text of a page, or None for the words with which pages fill an empty field."""
    text = one_line(value, limit=limit)
    return None if text.casefold() in _NO_VALUE else text


# "Visit the ACME Store", "Brand: ACME", "ブランド: ACME", "ACMEのストアを表示" of bylines.
_BYLINE = re.compile(
    r"^(?:visit the|besuche(?:n sie)? den|visiter la boutique|visita lo store di|visita la tienda de"
    r"|(?:brand|marque|marke|marca|ブランド)\s*[:：])\s*"
    r"|(?:\s+store|-store|のストアを表示)$",
    re.IGNORECASE,
)


def brand_name(value: object) -> str | None:
    """A brand without the words of a byline around it."""
    text = named(value)
    return named(_BYLINE.sub("", text)) if text else None


def checked_gtin(value: object) -> str | None:
    """The GTIN (8, 12, 13 or 14 digits, right check digit) that `value` holds and that is no other number's part."""
    text = unicodedata.normalize("NFKC", str(value or ""))
    for found in _GTIN.finditer(text.replace("-", "") if re.fullmatch(r"[\d -]+", text) else text):
        digits = found[0]
        if ean.is_valid(digits) and digits.strip("0") and len(set(digits)) > 1:
            return digits
    return None
