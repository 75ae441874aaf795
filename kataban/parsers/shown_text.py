"""The description as a person reads it: where the cart system shows it, or in the product's own region of a plain page.

Shops write what decides into it (reserved for somebody, used, an empty box), and many pages repeat it in no data.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types
from parsel import Selector

from kataban.items import Availability
from kataban.parsers.scene import PATTERN, Scene, Spot, is_box_of_list
from kataban.parsers.shown_rows import Row
from kataban.parsers.stock import stock_word
from kataban.parsers.text import BLOCK_TAGS, LONG, clean_text

_STOCK = frozenset({Availability.IN_STOCK, Availability.BACKORDER, Availability.SOLD_OUT})
_CONTROLS = frozenset({"button", "select", "textarea", "input", "label", "nav", "header", "footer"})
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6", "dt", "th", "summary", "legend", "caption"})
_MARKS = ("■", "□", "◆", "◇", "●", "▼", "▽", "★", "☆", "【", "[", "<", "＜")
# It stands before a heading's line while the text is put together.
_HEADING = "\x1e"
_LONGEST_HEADING = 20
_LONGEST_LABEL = 20
# A cell as long as this, or with a full stop, is a text and no property.
_SENTENCE = 40
# More of a block's text in links than this, and it leads to other pages.
_MOSTLY = 0.6


def shown_description(scene: Scene, selector: Selector, paths: tuple[str, ...], rows: list[Row]) -> str | None:
    """The text at the cart's `paths` (CSS), else what the product's region says after the title; None where nothing.

    `rows` are the page's labels and values, which are attributes and no text.
    """
    found = _at(scene, selector, paths) or _without(rows, _of_region(scene))
    return clean_text(found, limit=LONG) or None


def _at(scene: Scene, selector: Selector, paths: tuple[str, ...]) -> str:
    """All places of the cart's list that are about this product, none within another."""
    chosen: list[Any] = []
    for node in selector.css(", ".join(paths)) if paths else ():
        spot = scene.by_element.get(node.root)
        about = spot is not None and not spot.aside and not _in_box(scene, node.root)
        if about and not any(one in chosen for one in node.root.iterancestors()):
            chosen.append(node.root)
    return "\n".join(filter(None, (_Reading(scene, one).text() for one in chosen)))


def _in_box(scene: Scene, element: Any) -> bool:
    return any(is_box_of_list(scene, one) for one in (element, *element.iterancestors()))


def _without(rows: list[Row], text: str) -> str:
    """The lines that are no row's label and value; remarks stay, whatever their label."""
    known = {_bare(row.label + row.value) for row in rows if not PATTERN["remark_label"].search(row.label)}
    return "\n".join(line for line in text.splitlines() if _bare(line) not in known)


def _bare(text: str) -> str:
    return re.sub(r"\W", "", unicodedata.normalize("NFKC", text).casefold())


def _of_region(scene: Scene) -> str:
    """What stands after the title in the part of the page that holds title and form."""
    title = scene.title
    if title is None or not scene.spots:
        return ""
    regions = (one for one in title.element.iterancestors() if _is_region(one))
    return _Reading(scene, next(regions, scene.spots[0].element), title).text()


def _is_region(element: Any) -> bool:
    """main, article or the schema.org product, with something to press in it."""
    named = element.tag in {"main", "article"} or element.get("role") == "main"
    return (named or "Product" in (element.get("itemtype") or "")) and any(
        element.find(f".//{tag}") is not None for tag in ("form", "button", "input"))


@dataclass(frozen=True, slots=True)
class _Section:
    """What stands under a heading until `element` closes. Levels are tags: "h2" stands over "h3"."""

    element: Any
    level: str
    policy: bool


class _Reading:
    """The text of one element without what is about other goods, the shop, sums, stock and properties."""

    def __init__(self, scene: Scene, top: Any, title: Spot | None = None) -> None:
        self.scene, self.top, self.title = scene, top, title
        self.linked = _shares_of_links(top)
        self.past = title is None
        self.sections: list[_Section] = []

    def text(self) -> str:
        """Lines without the sections under headings of shipping, returns, payment and the like."""
        kept, skips = [], False
        for line in map(str.strip, "".join(self._pieces()).splitlines()):
            if line.startswith(_MARKS) or (line.endswith("について") and len(line) <= _LONGEST_HEADING):
                skips = _is_policy(line)
            elif line.startswith(_HEADING):
                skips = False
            if not skips and not PATTERN["sums_alone"].fullmatch(line):
                kept.append(line.removeprefix(_HEADING).strip())
        return "\n".join(filter(None, kept))

    def _pieces(self) -> Iterator[str]:
        walk = etree.iterwalk(self.top, events=("start", "end", "comment", "pi"))
        for event, element in walk:
            if event == "start":
                piece = _break(element)
                if self._is_left_out(element):
                    walk.skip_subtree()
                elif element.tag in _HEADINGS and element is not self.top:
                    walk.skip_subtree()
                    self._open(element)
                    piece += f"{_HEADING}{self.scene.by_element[element].text}"
                else:
                    piece += _flat(element.text)
            else:
                self.past = self.past or (self.title is not None and element is self.title.element)
                self.sections = [one for one in self.sections if one.element is not element]
                piece = _break(element) + (_flat(element.tail) if element is not self.top else "")
            yield piece if self.past and not any(one.policy for one in self.sections) else ""

    def _open(self, heading: Any) -> None:
        """A heading ends the section of its own or a lower level over the same element."""
        over = _section(heading)
        self.sections = [one for one in self.sections if one.element is not over or one.level < heading.tag]
        self.sections.append(_Section(over, heading.tag, _is_policy(self.scene.by_element[heading].text)))

    def _is_left_out(self, element: Any) -> bool:
        spot = self.scene.by_element.get(element)
        if spot is None or (spot.aside and element is not self.top) or element.tag in _CONTROLS:
            return True
        if element is self.top or element in self.scene.around_title:
            return False
        if self.title is not None and (spot.order <= self.title.order or element.tag == "h1"):
            return True
        return self._is_no_text(element, spot)

    def _is_no_text(self, element: Any, spot: Spot) -> bool:
        """A policy, a box of others, links, a row of properties."""
        if spot.struck or PATTERN["policy"].search(spot.name) or is_box_of_list(self.scene, element):
            return True
        if element.tag in BLOCK_TAGS and self.linked.get(element, 0.0) > _MOSTLY:
            return True
        return _is_stock(spot) or _is_property(element)


def _is_policy(heading: str) -> bool:
    """A short heading with such a word; 【送料無料】 before a sentence is none."""
    text = unicodedata.normalize("NFKC", heading)
    return len(text) <= _LONGEST_HEADING and PATTERN["policy_headings"].search(text) is not None


def _is_stock(spot: Spot) -> bool:
    """A short word on stock or a price by its class; a remark in such a box is none."""
    short = len(spot.text) <= _SENTENCE and any(PATTERN[name].search(spot.name) for name in ("stock", "price"))
    return short and stock_word(spot.text).availability in _STOCK


def _flat(text: str | None) -> str:
    """The line breaks of the source are blanks."""
    return (text or "").replace("\n", " ")


def _section(heading: Any) -> Any:
    """What the heading stands over: its parent, and where it is alone in that, the next one out."""
    parent = heading.getparent()
    while len(parent) == 1 and parent.getparent() is not None and parent.tag != "body":
        parent = parent.getparent()
    return parent


def _break(element: Any) -> str:
    return "\n" if element.tag in BLOCK_TAGS else ""


def _is_property(element: Any) -> bool:
    """A row of a table or list whose cells are data (they are attributes): neither a remark nor a text."""
    if element.tag == "tr":
        cells = [one for one in element if one.tag in {"th", "td"}]
    elif element.tag == "dd":
        cells = [one for one in (element.getprevious(), element) if one is not None]
    else:
        return element.tag == "dt" and element.getnext() is not None and _is_property(element.getnext())
    if len(cells) not in {2, 4, 6} or any(cell.find(".//table") is not None for cell in cells):
        return False
    texts = [unicodedata.normalize("NFKC", " ".join("".join(cell.itertext()).split())) for cell in cells]
    label, value = texts[0], texts[1]
    if len(label) > _LONGEST_LABEL or PATTERN["remark_label"].search(label):
        return False
    return _is_policy(label) or not ("。" in value or len(value) >= _SENTENCE)


def _shares_of_links(top: Any) -> dict[Any, float]:
    """For each element the share of its text that stands in links, in one pass from the leaves up."""
    shares: dict[Any, float] = {}
    stack: list[list[int]] = [[0, 0]]
    for event, element in etree.iterwalk(top, events=("start", "end")):
        if event == "start":
            stack.append([len((element.text or "").strip()), 0])
            continue
        whole, linked = stack.pop()
        linked = whole if element.tag == "a" and element.get("href") else linked
        shares[element] = linked / whole if whole else 0.0
        stack[-1][0] += whole + len((element.tail or "").strip())
        stack[-1][1] += linked
    return shares
