"""Labelled pages beside what the product layer reads: python tests/parsers/truth.py [captures] prints the table.

Each field counts right, wrong, missing (labelled, not read), extra (read, not labelled) and none (neither).
"""

from __future__ import annotations

import gzip
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from scrapy.http import HtmlResponse

from kataban.items import Availability
from kataban.parsers.money import parse_number
from kataban.parsers.product import RawProduct, read_product
from kataban.parsers.schema_org import is_product, product_of
from kataban.parsers.structured import json_ld
from kataban.parsers.text import html_selector

FIELDS = ("price", "availability", "brand", "mpn", "sku", "gtin")
_STATES = {Availability.IN_STOCK: "InStock", Availability.SOLD_OUT: "OutOfStock", Availability.BACKORDER: "OutOfStock"}
Reader = Callable[[str, str], RawProduct]


def whole(text: str, url: str) -> RawProduct:
    """All layers."""
    return read_product(text, url).product


_MACHINES = re.compile(
    r"<script\b.*?</script>|<meta[^>]+availab[^>]*>|itemprop=[\"']?availability[\"']?", re.IGNORECASE | re.DOTALL)


def seen_alone(text: str, url: str) -> RawProduct:
    """What is left where a shop has no data for machines: without scripts and marked availability."""
    return read_product(_MACHINES.sub("", text), url).product


def json_ld_alone(text: str, _url: str) -> RawProduct:
    """What a plain reading of the first JSON-LD Product gives."""
    node = next((node for node in json_ld(html_selector(text)) if is_product(node)), None)
    return product_of(node) if node else RawProduct()


def measure(folder: Path, read: Reader) -> dict[str, Counter[str]]:
    """The counts of each field over product_pages/ of the captures."""
    labels = json.loads((folder / "ground-truth.json").read_text(encoding="utf-8"))
    counts: dict[str, Counter[str]] = {field: Counter() for field in FIELDS}
    for name, truth in labels.items():
        body = gzip.decompress((folder / "html" / f"{name}.html.gz").read_bytes())
        product = read(HtmlResponse(truth["url"], body=body).text, truth["url"])
        for field in FIELDS:
            counts[field][compare(field, product, truth.get(field, []))] += 1
    return counts


def compare(field: str, product: RawProduct, labelled: list[str]) -> str:
    """right, wrong, missing, extra or none."""
    value = getattr(product, field)
    if field == "availability":
        value = _STATES.get(value)
    if value is None:
        return "missing" if labelled else "none"
    if not labelled:
        return "extra"
    return "right" if any(_same(field, value, label) for label in labelled) else "wrong"


def _same(field: str, value: str | Decimal, label: str) -> bool:
    if isinstance(value, Decimal):
        # Three labels give $24.990 of Chile as 24.99: the labeller's program, not the page.
        return parse_number(label.strip()) in {value, value / 1000}
    if field == "gtin":
        return value.lstrip("0") == label.lstrip("0")
    return re.sub(r"[\W_]", "", value.casefold()) == re.sub(r"[\W_]", "", label.casefold())


if __name__ == "__main__":
    captures = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ["KATABAN_CAPTURES"])
    for title, reader in (("all layers", whole), ("JSON-LD alone", json_ld_alone), ("seen alone", seen_alone)):
        for field, count in measure(captures / "product_pages", reader).items():
            print(
                f"{title:14} {field:13}",
                *(f"{verdict} {count[verdict]:3}" for verdict in ("right", "wrong", "missing", "extra", "none")),
            )
