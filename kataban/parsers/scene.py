"""A page as a row of elements in reading order, each knowing whether it is drawn, struck out, or of other things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types
from parsel import Selector

from kataban.parsers.text import clean_text, is_unseen, one_line

# Beyond this many elements a page is no shop's page; reading it further would only cost time.
_MOST_ELEMENTS = 40_000
_MOST_SIBLINGS = 40
_STRUCK_TAGS = frozenset({"del", "s", "strike"})
_STRUCK_STYLE = re.compile(r"line-through", re.IGNORECASE)
_ASIDE_TAGS = frozenset({"footer", "nav", "aside"})
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[a-z])_+(?=[a-z])|__|--")
_MONEY = re.compile(r"\d\s*円|[¥￥€$£₽]\s*\d|\d\s*[€₽]|\d[.,]\d\d(?!\d)")
_SOURCE_BREAKS = re.compile(r"[\r\n]+")
_HEADING = re.compile(r"h[1-6]")
_BOXES = frozenset({"div", "section", "dialog", "ul"})


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    aside: list[str]
    struck: list[str]
    not_price: list[str]
    price: list[str]
    paid: list[str]
    stock: list[str]
    cart: list[str]
    cart_words: list[str]
    words_struck: list[str]
    words_paid: list[str]
    words_net: list[str]
    other_headings: list[str]
    of_a_store: list[str]
    stock_label: list[str]
    stock_sentence: list[str]
    sold_out_in_name: list[str]
    condition_in_name: list[str]
    policy: list[str]
    policy_headings: list[str]
    remark_label: list[str]
    sums_alone: list[str]
    shop_number: list[str]
    maker_number: list[str]
    contact_words: list[str]
    opened_later: list[str]


# Names of elements are matched anywhere, words of buttons as a whole, words beside a sum at the end before it.
_FRAMES = {
    "cart_words": (r"^\W*", r"\W*$"),
    "contact_words": (r"^\W*", r"\W*$"),
    "words_struck": ("", r"\W*$"),
    "words_paid": (r"(?:^|\W)", r"\s*[:：]?\s*$"),
    "stock_label": (r"^\W*", r"\W*"),
    "stock_sentence": (r"^\W*", r"\W*$"),
    "sums_alone": ("(?:", ")+"),
}
_ANYWHERE = frozenset({
    "other_headings", "words_net", "of_a_store", "sold_out_in_name", "condition_in_name", "policy_headings",
    "remark_label",
})


def _pattern(name: str, words: list[str]) -> re.Pattern[str]:
    before, after = ("", "") if name in _ANYWHERE else _FRAMES.get(name, (r"\b", r"\b"))
    return re.compile(f"{before}(?:{'|'.join(words)}){after}", re.IGNORECASE)


_TABLE = msgspec.toml.decode((Path(__file__).parent / "scene.toml").read_bytes(), type=_Table)
PATTERN = {name: _pattern(name, getattr(_TABLE, name)) for name in _TABLE.__struct_fields__}

@dataclass(slots=True)
class Spot:
    """One drawn element. `order` is its place in reading order; `name` what its tag, id and classes say."""

    element: Any
    order: int
    depth: int
    name: str
    aside: bool
    struck: bool
    _text: str | None = field(default=None, repr=False)

    @property
    def text(self) -> str:
        """Its drawn text without struck-out parts, on one line, at most 400 characters."""
        if self._text is None:
            self._text = one_line(_start_of(self.element, 1200), limit=400)
        return self._text

    @property
    def lines(self) -> str:
        """The same with its line breaks, at most 2000 characters."""
        return clean_text(_start_of(self.element, 4000), limit=2000)


class Scene:
    """All drawn elements of a page's body, and where its title stands."""

    def __init__(self, selector: Selector) -> None:
        body = next(iter(selector.xpath("//body")), selector)
        self.spots = list(_walk(body.root))
        self.by_element = {spot.element: spot for spot in self.spots}
        self.lists: dict[tuple[Any, str, str | None], bool] = {}
        self.title = self._title(selector)
        self.around_title = set(self.title.element.iterancestors()) if self.title else set()

    def _title(self, selector: Selector) -> Spot | None:
        """The heading that is the product's name: og:title and the page's title repeat it, a shop's name is shorter."""
        meta = one_line(selector.xpath('//meta[@property="og:title"]/@content').get()).casefold()
        page = one_line(selector.xpath("//head/title/text()").get()).casefold()
        ranked = [(_title_rank(spot, meta, page), spot) for spot in self.spots if _is_heading(spot)]
        best = max(ranked, key=lambda pair: (pair[0], -pair[1].order), default=(0.0, None))
        return best[1] if best[0] > 0 else None

    @property
    def after_title(self) -> int:
        """The order from which the product is spoken of: the title's, or 0 when there is none."""
        return self.title.order if self.title else 0


def _is_heading(spot: Spot) -> bool:
    tag = spot.element.tag
    return bool(spot.text) and (_HEADING.fullmatch(str(tag)) is not None or spot.element.get("itemprop") == "name")


def _title_rank(spot: Spot, meta: str, page: str) -> float:
    text = spot.text.casefold()
    known = len(text) > 4
    rank = 3.0 if known and text[:60] in meta else 2.0 if known and text[:60] in page else 0.0
    rank += 2.0 if spot.element.get("itemprop") == "name" and not spot.aside else 0.0
    rank += 0.5 if spot.element.tag == "h1" else 0.0
    rank += min(len(text), 40) / 20 if rank >= 2 else 0.0
    rank -= 3.0 if "logo" in spot.name or _leads_home(spot.element) else 0.0
    return rank - (1.0 if spot.aside else 0.0)


def _leads_home(element: Any) -> bool:
    """A heading that links to the front page is the shop's own name."""
    links = [element.getparent()] if element.getparent() is not None and element.getparent().tag == "a" else []
    links += element.findall(".//a[@href]")
    return any(urlsplit(link.get("href") or "").path in {"", "/", "/index.html", "/index.php"} and "?" not in (
        link.get("href") or "") for link in links if not (link.get("href") or "").startswith("#"))


def _walk(body: Any) -> Iterator[Spot]:
    """The drawn elements in reading order. Flags are inherited: a stack keeps those of the open elements."""
    flags: list[tuple[bool, bool, bool]] = []
    order = 0
    others: list[int] = []
    for event, element in etree.iterwalk(body, events=("start", "end")):
        if event == "end":
            flags.pop()
            while others and others[-1] > len(flags):
                others.pop()
            continue
        unseen, aside, struck = flags[-1] if flags else (False, False, False)
        name = name_of(element)
        if _HEADING.fullmatch(element.tag if isinstance(element.tag, str) else "") and len(flags) > 1:
            text = "".join(element.itertext())[:80]
            if PATTERN["other_headings"].search(text):
                others.append(len(flags) - 1)
        here = (
            # Some pages hide their body until a script has run.
            unseen or (is_unseen(element) and element is not body),
            aside or bool(others) or element.tag in _ASIDE_TAGS or _speaks_of_others(element, name),
            struck or element.tag in _STRUCK_TAGS or bool(_STRUCK_STYLE.search(element.get("style") or "")),
        )
        flags.append(here)
        order += 1
        if order > _MOST_ELEMENTS:
            return
        if not here[0]:
            yield Spot(element, order, len(flags), name, here[1], here[2])


def _speaks_of_others(element: Any, name: str) -> bool:
    """By its names; but a box as large as body, main or a form of the cart is never aside."""
    if element.tag in {"body", "html", "main", "form"} or "add-to" in name:
        return False
    later = element.tag in _BOXES and (element.get("role") == "dialog" or PATTERN["opened_later"].search(name))
    if not later and not PATTERN["aside"].search(name):
        return False
    # Theme classes on a wrapper ("has-sidebar", "with-carousel") would hide the whole page: a wrapper holds the h1.
    return element.find(".//h1") is None


def name_of(element: Any) -> str:
    """Tag, id, classes and the like of an element as words: "priceBox__current" reads "price-Box-current"."""
    parts = [element.tag if isinstance(element.tag, str) else ""]
    for attribute in (
        "id",
        "class",
        "itemprop",
        "data-testid",
        "data-test",
        "data-qa",
        "data-hook",
        "data-automation-id",
        "data-qa-qualifier",
        "data-role",
    ):
        value = element.get(attribute)
        if value:
            parts.append(value[:300])
    return _CAMEL.sub("-", " ".join(parts)).lower().replace("_", "-")


def _start_of(element: Any, limit: int) -> str:
    """The first `limit` characters of its drawn text, so that the wrappers of a large page cost no more than a cell."""
    parts, length = [], 0
    for part in _text_of(element):
        parts.append(part)
        length += len(part)
        if length > limit:
            break
    return "".join(parts)


_BREAKING = frozenset({"br", "p", "div", "li", "td", "th", "tr", "dd", "dt"})


def _text_of(top: Any) -> Iterator[str]:
    """The drawn text of an element without its struck-out parts, a line break at each block, none of the source's."""
    skip = 0
    for event, element in etree.iterwalk(top, events=("start", "end", "comment", "pi")):
        tail = _SOURCE_BREAKS.sub(" ", element.tail or "") if element is not top else ""
        if event in {"comment", "pi"}:
            yield "" if skip else tail
            continue
        hides = is_unseen(element) or (element is not top and _is_struck(element))
        breaks = "\n" if element.tag in _BREAKING else ""
        if event == "start":
            skip += hides
            yield "" if skip else breaks + _SOURCE_BREAKS.sub(" ", element.text or "")
            continue
        skip -= hides
        yield "" if skip else breaks + tail


def _is_struck(element: Any) -> bool:
    return element.tag in _STRUCK_TAGS or bool(_STRUCK_STYLE.search(element.get("style") or ""))


def in_list(scene: Scene, spot: Spot) -> bool:
    """Is it in one of several alike boxes with links, so of other products? A row that holds the title is none."""
    element = spot.element
    for _ in range(7):
        element = element.getparent()
        if element is None or element.tag in {"body", "html", "table"}:
            return False
        parent = element.getparent()
        if parent is None or parent in scene.around_title:
            return False
        if is_box_of_list(scene, element):
            return True
    return False


def is_box_of_list(scene: Scene, element: Any) -> bool:
    """Is the element itself one of several alike boxes of products?"""
    parent = element.getparent()
    if parent is None or parent in scene.around_title:
        return False
    kind = (parent, element.tag, element.get("class"))
    if kind not in scene.lists:
        scene.lists[kind] = _is_list(*kind)
    return scene.lists[kind]


def _is_list(parent: Any, tag: str, class_name: str | None) -> bool:
    """Are at least three of its children of this kind boxes of products? The first forty tell."""
    alike = [one for one in islice(parent, _MOST_SIBLINGS) if one.tag == tag and one.get("class") == class_name]
    return len(alike) >= 3 and sum(1 for one in alike if _links_and_sums(one)) >= 3


def _links_and_sums(element: Any) -> bool:
    """A link with a picture or a sum: a box of a product."""
    if element.find(".//a[@href]") is None:
        return False
    return element.find(".//img") is not None or _MONEY.search("".join(element.itertext())[:2000]) is not None
