"""JSON that a page carries in itself: __NEXT_DATA__, JSON-LD, and values at dotted paths of either."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from scrapy.http import Response


def next_data(response: Response) -> dict[str, Any]:
    """The page's __NEXT_DATA__, {} where there is none that can be read."""
    try:
        data = json.loads(response.css("script#__NEXT_DATA__::text").get("{}"))
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def at(node: Any, path: str) -> Any:
    """The value at a dotted path ("props.initialState.item"), None where any step is missing."""
    for step in path.split("."):
        node = node.get(step) if isinstance(node, dict) else None
    return node


def first_at(node: Any, paths: Iterable[str]) -> Any:
    """The first value that is there, of several paths in the order of trust."""
    return next((value for path in paths if (value := at(node, path)) is not None), None)


def json_ld_product(response: Response) -> dict[str, Any]:
    """The Product of the page's JSON-LD, each block read on its own; {} where none can be read."""
    for text in response.css('script[type="application/ld+json"]::text').getall():
        try:
            block = json.loads(text)
        except ValueError:
            continue
        nodes = block if isinstance(block, list) else block.get("@graph", [block]) if isinstance(block, dict) else []
        for node in nodes:
            if isinstance(node, dict) and node.get("@type") == "Product":
                return node
    return {}


def offer_of(product: dict[str, Any]) -> dict[str, Any]:
    """The Product's first Offer, {} where it has none."""
    offers = product.get("offers")
    offer = offers[0] if isinstance(offers, list) and offers else offers
    return offer if isinstance(offer, dict) else {}


# What reading a record of an unknown form can raise: the page is `broken` then, not our program.
ODD_FORM = (AttributeError, ArithmeticError, LookupError, TypeError, ValueError)


def identity(value: object) -> str:
    """A site's own id as text. Raises ValueError where it is no plain id: nothing may be stored under such a name."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}", text):
        raise ValueError(f"{str(value)[:40]!r} is no id")
    return text


def record(node: Any, path: str) -> dict[str, Any]:
    """The object at a dotted path, {} where there is none; anything but an object raises TypeError."""
    value = at(node, path)
    if value is not None and not isinstance(value, dict):
        raise TypeError(f"{path} is no object")
    return value or {}
