"""The product of a page, whatever it carries: schema.org, OpenGraph, a cart system's own data, the visible page."""

from __future__ import annotations

from dataclasses import dataclass, field

from parsel import Selector

from kataban.parsers.raw_product import RawProduct
from kataban.parsers.schema_org import is_offering, is_product, product_of
from kataban.parsers.structured import nodes


@dataclass(slots=True)
class ProductPage:
    product: RawProduct
    layers: dict[str, list[RawProduct]] = field(default_factory=dict)


def read_product(text: str, url: str) -> ProductPage:
    selector = Selector(text=text.replace("\x00", ""))
    found = list(nodes(selector))
    ns = [n for n in found if is_product(n)] or [n for n in found if is_offering(n)]
    ps = [product_of(n) for n in ns]
    ps.sort(key=lambda p: p.price is None)
    return ProductPage(ps[0] if ps else RawProduct())
