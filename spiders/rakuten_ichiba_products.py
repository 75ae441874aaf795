"""Rakuten's product search by JAN: under which number the maker's thing stands in Rakuten's own catalogue.

It holds no offers, so it gives no Listings: its answer names one more keyword for the item search, whose rows and
pages are judged like all others. What it says of name and maker is no proof of what a shop sells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode, urlsplit

from kataban.parsers.raw_product import checked_gtin
from spiders.landmarks import Landmarks
from spiders.values import text

# The spelling that stands for this way of asking in the list of spellings.
PREFIX = "productCode="


def form_of(jan: str | None) -> str:
    """The spelling that asks the product search, or "" for no JAN or a wrong one."""
    code = checked_gtin(jan)
    return f"{PREFIX}{code}" if code else ""


def address(marks: Landmarks, version: str, form: str, application_id: str) -> str:
    """The request for a JAN: productCode alone, since one author warns against hits, page and sort beside it."""
    parameters = {"applicationId": application_id, "format": "json", "formatVersion": 2,
                  "productCode": form.removeprefix(PREFIX)}
    return f"{marks.text('product_api.endpoint')}{version}?{urlencode(parameters)}"


def is_answer(marks: Landmarks, url: str) -> bool:
    """Is it the product search that answered?"""
    return urlsplit(url).path.startswith(urlsplit(marks.text("product_api.endpoint")).path)


def products_of(marks: Landmarks, answer: Any) -> list[dict[str, Any]]:
    """The products, wrapped or flat, under any of the keys that were seen; [] for none and for an error's body."""
    if not isinstance(answer, dict):
        return []
    rows = next((answer[key] for key in marks.texts("product_api.rows") if isinstance(answer.get(key), list)), [])
    wraps = marks.texts("product_api.row")
    flat = [next((row[wrap] for wrap in wraps if isinstance(row, dict) and wrap in row), row) for row in rows]
    return [row for row in flat if isinstance(row, dict)]


def number_of(products: Iterable[dict[str, Any]], asked: Iterable[str]) -> str | None:
    """The maker's number of the first product that has one which was not asked yet. ISBNs and JANs are none."""
    known = {_squashed(one) for one in asked}
    for product in products:
        number = text(product.get("productNo"))
        if number and any(map(str.isdigit, number)) and not checked_gtin(number) and _squashed(number) not in known:
            return number
    return None


def _squashed(number: str) -> str:
    return re.sub(r"[\W_]", "", number.casefold())
