"""JSON that a page carries in itself: __NEXT_DATA__, JSON-LD, and values at dotted paths of either."""

from __future__ import annotations

import json
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
