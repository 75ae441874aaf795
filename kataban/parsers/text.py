"""Text as a person sees it: cleaning of strings, and the visible text of a node."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types
from parsel import Selector

# Title, names and labels; a megabyte of title is an attack or a parser's mistake, never a title.
SHORT = 500
LONG = 20_000

# C0 and C1 controls but tab and line feed, lone surrogates, bidi overrides, zero-width marks, variation selectors, BOM
# and noncharacters: PostgreSQL refuses some, terminals obey others, all of them hide a model number from comparison.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufe00-\ufe0f"
    "\ufeff\ufdd0-\ufdef\ufffe\uffff\ufff9-\ufffb]"
)
# The parser takes these over from broken pages, even into names of attributes, and refuses them later.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_BLANKS = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n[ \n]*")

_UNSEEN_TAGS = frozenset({"script", "style", "template", "noscript", "head", "title", "svg", "iframe", "object"})
BLOCK_TAGS = frozenset({
    "address", "article", "aside", "blockquote", "br", "button", "caption", "dd", "details", "dialog", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "label", "li", "main", "nav", "ol", "option", "p", "pre", "section", "select", "summary",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})
_HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


@runtime_checkable
class _HasRoot(Protocol):
    root: object


def clean_text(text: object, *, limit: int = SHORT) -> str:
    """`text` without characters that no title has, blanks joined, cut at `limit` characters; "" for None.

    The text is NFC, not NFKC: it stays as the site wrote it, full-width letters included, since evidence quotes it.
    """
    if text is None:
        return ""
    # A lenient decoder may leave a pair of surrogates where JSON had one character beyond U+FFFF.
    joined = str(text)[: limit * 4].encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    kept = _UNWANTED.sub("", joined.replace("\r\n", "\n").replace("\r", "\n"))
    kept = _BREAKS.sub("\n", _BLANKS.sub(" ", kept)).strip()
    return unicodedata.normalize("NFC", kept)[:limit].rstrip()


def one_line(text: object, *, limit: int = SHORT) -> str:
    """Like clean_text, with line breaks turned into blanks: for titles, labels and cells."""
    return " ".join(clean_text(text, limit=limit).split())


def html_selector(text: str) -> Selector:
    """A Selector that reads `text` as HTML whatever it declares: EC-CUBE 2 starts its pages with an XML declaration,
    which would make an XML document of them in which no plain selector finds anything."""
    return Selector(text=_NOT_XML.sub("", text) or "<html></html>", type="html")


def visible_text(node: object, *, limit: int = LONG) -> str:
    """What a person can read of `node` (a Selector, a SelectorList, an lxml element or None), a line per block.

    Left out: scripts, styles, templates, hidden elements and what an inline style hides. Rules in style sheets are not
    seen, so a hidden note can still come through: decide stock from the stock cell, never from a whole page.
    """
    return clean_text("".join(_pieces(node)), limit=limit)


def _pieces(node: object) -> Iterator[str]:
    if node is None:
        return
    if isinstance(node, etree._Element):
        yield from _walk(node)
    elif isinstance(node, str):
        yield node
    elif isinstance(node, _HasRoot):
        yield from _pieces(node.root)
    elif isinstance(node, list):
        for one in node:
            yield from _pieces(one)
            yield "\n"


def _walk(top: etree._Element) -> Iterator[str]:
    """Text in document order, without recursion: hostile pages nest 300,000 deep."""
    unseen = 0
    for event, element in etree.iterwalk(top, events=("start", "end", "comment", "pi")):
        if event in {"comment", "pi"}:
            if not unseen and element is not top and element.tail:
                yield element.tail
            continue
        hides = is_unseen(element)
        if event == "start":
            unseen += hides
            if not unseen:
                yield _opening(element)
            continue
        unseen -= hides
        if not unseen:
            yield "\n" if element.tag in BLOCK_TAGS else ""
            yield element.tail or "" if element is not top else ""


def _opening(element: etree._Element) -> str:
    mark = "\n" if element.tag in BLOCK_TAGS else " " if element.tag == "img" else ""
    return mark + (element.text or "")


def is_unseen(element: etree._Element) -> bool:
    """Is the element (with all in it) not drawn, as far as its own tag and attributes say?"""
    if element.tag in _UNSEEN_TAGS:
        return True
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    return bool(style and _HIDING_STYLE.search(style))
