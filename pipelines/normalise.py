"""100: one form of text, numbers and addresses at the boundary, so that no later step meets odd bytes."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from scrapy.exceptions import DropItem

from kataban.items import Listing, PriceKind, Seller
from kataban.manners.redaction import without_keys
from kataban.parsers import clean_text

TITLE_MAX = 1_000
TEXT_MAX = 20_000
# No yen price of goods is larger; sites use such figures to say "no price".
PRICE_MAX = 99_999_999


class NormalisePipeline:
    """Cleans every text of a Listing and its Seller, and drops figures that are no price."""

    def process_item(self, item: Any) -> Any:
        """The Listing in normal form; one without an address or a title is dropped."""
        if not isinstance(item, Listing):
            return item
        _clean(item, TEXT_MAX)
        item.title, item.url = item.title[:TITLE_MAX], without_keys(item.url)
        item.attributes = {_text(key, 100): _text(value, TITLE_MAX) for key, value in item.attributes.items()}
        if item.seller is not None:
            _clean(item.seller, TEXT_MAX)
        if item.price is not None and not 0 < item.price < PRICE_MAX:
            item.price, item.price_kind = None, PriceKind.NONE
        if not item.title or not item.url.startswith(("http://", "https://")):
            raise DropItem("a listing needs a title and a web address")
        return item


def _clean(item: Listing | Seller, longest: int) -> None:
    for f in fields(item):
        value = getattr(item, f.name)
        if type(value) is str:  # not the enumerations, which are strings too
            setattr(item, f.name, _text(value, longest))


def _text(value: str, longest: int) -> str:
    return clean_text(value)[:longest]
