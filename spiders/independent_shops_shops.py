"""The shops of shops.toml: each block with what its cart system says, checked."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

import msgspec


class Shop(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One shop: how its search is asked and how its page of results is read (see shops.toml)."""

    name: str
    label: str
    host: str
    search: str
    cart: str = ""
    encoding: str = "utf-8"
    answer: Literal["html", "shopify", "woocommerce"] = "html"
    rows: str = ""
    link: str = "a"
    item: str = ""
    title: str = ""
    price: str = ""
    stock: str = ""
    hits: str = ""
    next: str = 'link[rel="next"], a[rel="next"]'
    none: str = ""
    none_words: str = ""
    similarity: bool = False

    def __post_init__(self) -> None:
        re.compile(self.item)
        re.compile(self.none_words)

    def search_url(self, keyword: str) -> str:
        """The address of the first page for `keyword`, in the shop's own encoding; what it lacks is left out."""
        return self.search.format(host=self.host, keyword=quote(keyword.encode(self.encoding, "ignore"), safe=""))


@cache
def shops(more: str = "") -> dict[str, Shop]:
    """The shops by host: ours, and those of the user's own file `more`, which win. Raises for wrong keys."""
    own = tomllib.loads((Path(__file__).parent / "shops.toml").read_text(encoding="utf-8"))
    added = tomllib.loads(Path(more).read_text(encoding="utf-8")) if more else {}
    carts = own.get("carts", {}) | added.get("carts", {})
    found = [_shop(block, carts) for block in [*own.get("shops", []), *added.get("shops", [])]]
    return {shop.host: shop for shop in found}


def _shop(block: dict[str, Any], carts: dict[str, dict[str, Any]]) -> Shop:
    cart = block.get("cart", "")
    if cart and cart not in carts:
        raise ValueError(f"shop {block.get('name')}: no [carts.{cart}]")
    return msgspec.convert({**carts.get(cart, {}), **block}, Shop)
