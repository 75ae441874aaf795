"""Rows of label and value on a page: tables, definition lists, "型番：ER-GN70-K" lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from kataban.parsers.raw_product import RawProduct, checked_gtin, named
from kataban.parsers.scene import Scene, Spot
from kataban.parsers.text import one_line


class _Field(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    labels: list[str]


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    fields: list[_Field]


@dataclass(frozen=True, slots=True)
class Row:
    """A label and its value as shown, and where the row stands."""

    label: str
    value: str
    order: int


_TABLE = msgspec.toml.decode((Path(__file__).parent / "labels.toml").read_bytes(), type=_Table)
_LABELS = {field.name: [re.compile(label, re.IGNORECASE) for label in field.labels] for field in _TABLE.fields}
_ANY_LABEL = "|".join(
    label for field in _TABLE.fields if field.name in {"mpn", "gtin", "brand", "sku", "stock", "condition"} for label in field.labels
    if label not in {"id", "item", "label", "model", "ref", "配送"}
)
# A label and its value in running text need a colon (or 【】) between them.
_INLINE = re.compile(
    rf"(?:^|[\s/|・、。,;>(\[【■●◆○▼★※])(?P<label>{_ANY_LABEL})\s*(?:[::]|】|\]|#)\s*(?P<value>[^\s/|、。,;<>()【】\[\]][^|、。;<>【】\[\]\n]{{0,60}})",
    re.IGNORECASE,
)
# A model number has a digit, or is at least no sentence.
_NUMBER = re.compile(r"^[\w][\w .+/#&*()-]{0,48}$")
_RANGE = re.compile(r"[~〜～]")
_LONGEST_LABEL = 40
_LONGEST_VALUE = 400


def rows(scene: Scene) -> list[Row]:
    """The rows of the page that are about its product, in reading order; twice the same one is one."""
    found: dict[tuple[str, str], Row] = {}
    for row in _all(scene):
        if row.label and row.value and len(row.label) <= _LONGEST_LABEL:
            found.setdefault((row.label, row.value), row)
    return list(found.values())


def product_of_rows(found: list[Row]) -> RawProduct:
    """Maker's number, GTIN, brand, shop's number, condition and shipping words as the rows say."""
    product = RawProduct(attributes={row.label: row.value for row in reversed(found)})
    product.mpn = _first(found, "mpn", _number)
    product.gtin = _first(found, "gtin", checked_gtin)
    product.brand = _first(found, "brand", _name)
    product.sku = _first(found, "sku", _number)
    product.condition_label = _first(found, "condition", named)
    product.shipping = _first(found, "shipping", named)
    return product


def value_of(found: list[Row], field: str) -> str | None:
    """The value of the first row whose label names `field` (a name of labels.toml)."""
    return _first(found, field, named)


def _first(found: list[Row], field: str, read: Any) -> str | None:
    for pattern in _LABELS[field]:
        for row in found:
            if pattern.fullmatch(row.label.casefold()):
                value: str | None = read(row.value)
                if value:
                    return value
    return None


def _number(value: str) -> str | None:
    """A number as one cell states it; ranges of several numbers ("A ～ Z" of EC-CUBE) and sentences are none."""
    text = named(unicodedata.normalize("NFKC", value), limit=100)
    if text is None or _RANGE.search(text) or not _NUMBER.fullmatch(text) or not any(char.isdigit() for char in text):
        return None
    return text if len(text.split()) <= 4 else None


def _name(value: str) -> str | None:
    text = named(value, limit=100)
    return text if text and len(text) <= 60 and not text.startswith(("http", "www")) else None


def _all(scene: Scene) -> Iterator[Row]:
    for spot in scene.spots:
        if spot.aside:
            continue
        tag = spot.element.tag
        if tag in {"th", "dt"} or (tag == "td" and _is_first_of_two(spot)):
            yield from _pair(scene, spot, "td" if tag != "dt" else "dd")
        elif tag in {"span", "div", "b", "strong", "p", "label", "h3", "h4", "h5", "em"}:
            yield from _neighbours(scene, spot)
        if tag in {"p", "li", "div", "span", "td", "dd", "pre", "h1", "h2", "h3"} and len(spot.element) <= 6:
            yield from _inline(spot)


def _pair(scene: Scene, spot: Spot, tag: str) -> Iterator[Row]:
    following = spot.element.getnext()
    if following is not None and following.tag == tag and following in scene.by_element:
        yield _row(spot.text, scene.by_element[following].text, spot.order)


def _is_first_of_two(spot: Spot) -> bool:
    row = spot.element.getparent()
    return row is not None and row.tag == "tr" and len(row) == 2 and row[0] is spot.element


def _neighbours(scene: Scene, spot: Spot) -> Iterator[Row]:
    """<span>Brand</span><span>ACME</span>, or <b>Brand:</b> ACME: only labels that we know."""
    label = _label(spot.text)
    if not 1 < len(label) <= _LONGEST_LABEL or not any(
        pattern.fullmatch(label) for patterns in _LABELS.values() for pattern in patterns
    ):
        return
    tail = one_line(spot.element.tail).lstrip("::").strip()
    if tail:
        yield _row(label, tail, spot.order)
        return
    following = spot.element.getnext()
    if following is not None and following in scene.by_element and not _is_known(scene.by_element[following].text):
        yield _row(label, scene.by_element[following].text, spot.order)


def _is_known(text: str) -> bool:
    label = _label(text)
    return any(pattern.fullmatch(label) for patterns in _LABELS.values() for pattern in patterns)


def _inline(spot: Spot) -> Iterator[Row]:
    text = unicodedata.normalize("NFKC", spot.text)
    for found in _INLINE.finditer(text):
        value = re.split(rf"\s+(?=(?:{_ANY_LABEL})\s*[::])", found["value"], flags=re.IGNORECASE)[0]
        value = re.split(r"\s/\s|\s/$", value)[0]
        yield _row(found["label"], _leading_number(value) if _is_number_label(found["label"]) else value, spot.order)


def _is_number_label(label: str) -> bool:
    return any(pattern.fullmatch(label.casefold()) for name in ("mpn", "sku", "gtin") for pattern in _LABELS[name])


def _leading_number(value: str) -> str:
    """In running text a number ends where words begin: "83050303 PC Mag" is 83050303, "HMP 2000 weiß" is HMP 2000."""
    words = value.split()
    for count in (1, 2):
        if len(words) > count and any(char.isdigit() for char in words[count - 1]):
            return " ".join(words[:count])
    return value


def _row(label: str, value: str, order: int) -> Row:
    return Row(_label(label), one_line(value, limit=_LONGEST_VALUE).lstrip("::").strip(), order)


def _label(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip(" \t::*・■●◆○【】[]()#-—").strip()
