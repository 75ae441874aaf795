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
from kataban.parsers.scene import PATTERN, Scene, Spot
from kataban.parsers.shipping import shipping_of
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
    label
    for field in _TABLE.fields
    if field.name in {"mpn", "gtin", "brand", "sku", "stock", "condition"}
    for label in field.labels
    if label not in {"id", "item", "label", "ref", "配送"}
)
# A label and its value in running text need a colon (or 【】) between them.
_INLINE = re.compile(
    rf"(?:^|[\s/|・、。,;>(\[【〈《■●◆○▼★※])(?P<label>{_ANY_LABEL})\s*(?::|】|\]|#)\s*(?=(?P<value>[^\s/|、。,;<>()【】\[\]][^|、。;<>【】〈〉》\[\]\n]{{0,60}}))",
    re.IGNORECASE,
)
# A model number is no sentence; one without a digit (HVC-SM) is capitals with a hyphen.
_NUMBER = re.compile(r"^[\w][\w .+/#&*()-]{0,48}$")
_CODE = re.compile(r"[A-Z]{2,}(?:[-/][A-Z]+)+")
_MARKS = re.compile(r"^[\s:*・■●◆○▼★※#-]+|[\s:*・■●◆○#—-]+$")
_BRACKETED = re.compile(r"[【\[(][^】\])]*[】\])]")
_MARK = re.compile(r"[:】\]#]")
_RANGE = re.compile(r"[~〜～]")
_LONGEST_LABEL = 40
_LONGEST_VALUE = 400
_MOST_ROWS = 80
MOST_WORDS = 2
_SHIPPING_LINE = 60
# A description may hold a dozen line breaks; a wrapper of the page holds other things.
_MOST_PARTS = 30


def rows(scene: Scene) -> list[Row]:
    """The rows of the page that are about its product, in reading order; twice the same one is one."""
    found: dict[tuple[str, str], Row] = {}
    for row in _all(scene):
        if row.label and row.value and len(row.label) <= _LONGEST_LABEL:
            found.setdefault((row.label, row.value), row)
    return list(found.values())


def product_of_rows(found: list[Row]) -> RawProduct:
    """Maker's number, GTIN, brand, shop's number, condition and shipping words as the rows say."""
    product = RawProduct(attributes={row.label: row.value for row in reversed(found[:_MOST_ROWS])})
    product.mpn = _first(found, "mpn", _number)
    product.gtin = _first(found, "gtin", checked_gtin)
    product.brand = _first(found, "brand", _name)
    product.sku = _first(found, "sku", _shop_number)
    product.condition_label = _first(found, "condition", named)
    product.shipping = _first(found, "shipping", named)
    product.ships_in = _first(found, "ships_in", named)
    return product


def marked_number(scene: Scene, names: str, *, digits: int) -> str | None:
    """A number by the names of its element (class="sku", data-testid="product-code"), alone in it."""
    for spot in scene.spots:
        if not spot.aside and PATTERN[names].search(spot.name) and not len(spot.element):
            text = _shop_number(spot.text)
            if text and len(text) <= 30 and sum(char.isdigit() for char in text) >= digits:
                return text
    return None


def shipping_line(scene: Scene) -> str | None:
    """The first short line about shipping under the title: 送料無料, 送料 550円. A free-shipping limit is none."""
    for spot in scene.spots:
        about = spot.order > scene.after_title and not spot.aside and len(spot.text) <= _SHIPPING_LINE
        if about and "送料" in spot.text and shipping_of(spot.text).included is not None:
            return spot.text
    return None


def is_number_label(label: str) -> bool:
    """Does the label name a maker's, shop's or trade number?"""
    return any(pattern.fullmatch(label.casefold()) for name in ("mpn", "sku", "gtin") for pattern in _LABELS[name])


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
    if text is None or _RANGE.search(text) or not _NUMBER.fullmatch(text) or len(text.split()) > 4:
        return None
    return text if any(char.isdigit() for char in text) or _CODE.fullmatch(text) else None


def _shop_number(value: str) -> str | None:
    """A shop's own number is one word or two: "PC APPLE MQ2Y2SL/A" is how its staff call the thing."""
    text = _number(value)
    return text if text and len(text.split()) <= MOST_WORDS else None


def _name(value: str) -> str | None:
    text = named(value, limit=100)
    return text if text and len(text) <= 60 and not text.startswith(("http", "www")) else None


def _all(scene: Scene) -> Iterator[Row]:
    for spot in scene.spots:
        if spot.aside:
            continue
        tag = spot.element.tag
        if tag in {"th", "dt"} or (tag == "td" and _is_label_cell(spot)):
            yield from _pair(scene, spot, "td" if tag != "dt" else "dd")
        elif tag in {"span", "div", "b", "strong", "p", "label", "h3", "h4", "h5", "em"}:
            yield from _neighbours(scene, spot)
        if tag in {"p", "li", "div", "span", "td", "dd", "pre", "h1", "h2", "h3"} and len(spot.element) <= _MOST_PARTS:
            yield from _inline(spot)


def _pair(scene: Scene, spot: Spot, tag: str) -> Iterator[Row]:
    following = spot.element.getnext()
    if following is not None and following.tag == tag and following in scene.by_element:
        yield _row(spot.text, scene.by_element[following].text, spot.order)


def _is_label_cell(spot: Spot) -> bool:
    """Cells alternate between label and value: two, four or six in a row."""
    row = spot.element.getparent()
    return row is not None and row.tag == "tr" and len(row) in {2, 4, 6} and list(row).index(spot.element) % 2 == 0


def _neighbours(scene: Scene, spot: Spot) -> Iterator[Row]:
    """<span>Brand</span><span>ACME</span>, or <b>Brand:</b> ACME: only labels that we know."""
    label = _label(spot.text)
    if not 1 < len(label) <= _LONGEST_LABEL or not any(
        pattern.fullmatch(label) for patterns in _LABELS.values() for pattern in patterns
    ):
        return
    tail = one_line(spot.element.tail).lstrip(":：").strip()
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
    if not _has_own_text(spot):
        return
    text = unicodedata.normalize("NFKC", spot.lines)
    if not _MARK.search(text):
        return
    for found in _INLINE.finditer(text):
        value = re.split(rf"\s+(?=(?:{_ANY_LABEL})\s*:)", found["value"], flags=re.IGNORECASE)[0]
        value = re.split(r"\s/\s|\s/$", value)[0]
        yield _row(found["label"], _leading_number(value) if is_number_label(found["label"]) else value, spot.order)


def _has_own_text(spot: Spot) -> bool:
    """Text between its children, not only in them: wrappers have none."""
    parts = [spot.element.text, *(child.tail for child in spot.element)]
    return any(part and part.strip() for part in parts)


def _leading_number(value: str) -> str:
    """In running text a number ends where words begin: "83050303 PC Mag" is 83050303, "HMP 2000 weiß" is HMP 2000.
    A range of numbers stays whole, so that it is not taken for its first."""
    words = value.split()
    if _RANGE.search(value):
        return value
    for count in (1, 2):
        if len(words) > count and any(char.isdigit() for char in words[count - 1]):
            return " ".join(words[:count])
    return value


def _row(label: str, value: str, order: int) -> Row:
    return Row(_label(label), one_line(value, limit=_LONGEST_VALUE).lstrip(":：").strip(), order)


def _label(text: str) -> str:
    """A label without the marks around it: "■型番：" and "【型番】" are 型番, "販売価格(税込)" keeps its bracket."""
    bare = _MARKS.sub("", unicodedata.normalize("NFKC", text))
    return bare[1:-1].strip() if _BRACKETED.fullmatch(bare) else bare
