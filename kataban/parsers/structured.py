"""schema.org as pages carry it: JSON-LD, microdata and RDFa Lite, all turned into one shape, the JSON-LD node.

Each block is read on its own: extruct gives up the whole page when one block is broken (seen on real shop pages).
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import chompjs
from parsel import Selector

Node = dict[str, Any]

# Deeper than this is no product but an attack or a loop of references.
_DEEPEST = 24
_MOST_NODES = 4000
_MOST_VALUES = 100_000
_OPENINGS = ("<!--", "//<![CDATA[", "// <![CDATA[", "/*<![CDATA[*/", "/* <![CDATA[ */", "<![CDATA[")
_CLOSINGS = (";", "-->", "//]]>", "// ]]>", "/*]]>*/", "/* ]]> */", "]]>")
_MISSING_VALUE = re.compile(r'("[\w@]+"\s*:)\s*(?=[,}\]])')
# EC-CUBE 4 writes the description without escaping: a quote in it breaks the block. It ends where the next key begins.
_DESCRIPTION = re.compile(r'"description"\s*:\s*"')
_DESCRIPTION_END = re.compile(r'"\s*(?=,\s*"[\w@]+"\s*:|\}\s*$)')
_MOST_DESCRIPTIONS = 5
_TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")


def nodes(selector: Selector) -> Iterator[Node]:
    """All schema.org nodes of the page, with their place (`@layer`: json_ld, microdata, rdfa), best layer first."""
    for layer, read in (("json_ld", json_ld), ("microdata", microdata), ("rdfa", rdfa)):
        for node in read(selector):
            yield {**node, "@layer": layer}


def types(node: Node) -> set[str]:
    """The node's types without any address before them."""
    kinds = node.get("@type", ())
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return {re.split(r"[/#:]", kind.strip())[-1] for kind in kinds if isinstance(kind, str)}


def json_ld(selector: Selector) -> list[Node]:
    """The top-level nodes of all JSON-LD blocks, @graph and lists flattened, references by @id resolved."""
    found: list[Node] = []
    for block in selector.xpath(
        '//script[contains(translate(@type, "LD+JSON", "ld+json"), "ld+json")]/text()'
    ).getall():
        found.extend(_flat(loads(block)))
    by_id = {node["@id"]: node for node in found if isinstance(node.get("@id"), str) and len(node) > 2}
    resolve = _Resolver(by_id)
    return [node for one in found[:_MOST_NODES] if isinstance(node := resolve(one), dict)]


def loads(text: str) -> Any:
    """JSON as pages write it: with comments, control characters, missing values, single quotes; None when hopeless."""
    bare = _unwrapped(text)
    for repair in _REPAIRS:
        try:
            return json.loads(repair(bare), strict=False)
        except (ValueError, RecursionError):
            continue
    try:
        return chompjs.parse_js_object(bare, loader_kwargs={"strict": False})
    except (ValueError, RecursionError):
        return None


def _as_is(text: str) -> str:
    return text


def _mended(text: str) -> str:
    return _TRAILING_COMMA.sub("", _MISSING_VALUE.sub(r"\1 null", text))


def _without_description(text: str) -> str:
    """Two plain searches a description, and few of them: one lazy pattern over a hostile block takes minutes."""
    at = 0
    for _ in range(_MOST_DESCRIPTIONS):
        start = _DESCRIPTION.search(text, at)
        end = _DESCRIPTION_END.search(text, start.end()) if start else None
        if start is None or end is None:
            break
        text = f'{text[: start.start()]}"description": null{text[end.end() :]}'
        at = start.start() + 1
    return _mended(text)


def _unwrapped(text: str) -> str:
    """Without the comments that pages put around a block."""
    bare = text.strip()
    for opening in _OPENINGS:
        bare = bare.removeprefix(opening).lstrip()
    for _ in range(3):
        for closing in _CLOSINGS:
            bare = bare.removesuffix(closing).rstrip()
    return bare


_REPAIRS: tuple[Callable[[str], str], ...] = (_as_is, html.unescape, _mended, _without_description)


def _flat(value: Any) -> Iterator[Node]:
    if isinstance(value, list):
        for one in value:
            yield from _flat(one)
    elif isinstance(value, dict):
        graph = value.get("@graph")
        if graph is not None:
            yield from _flat(graph)
        if graph is None or "@type" in value:
            yield {key: one for key, one in value.items() if key != "@graph"}
            for key in ("mainEntity", "mainEntityOfPage"):
                if isinstance(value.get(key), dict) and "@type" in value[key]:
                    yield from _flat(value[key])


class _Resolver:
    """Puts the node in place of a reference to it. Loops and nodes that refer to each other a hundredfold end."""

    def __init__(self, by_id: dict[str, Node]) -> None:
        self.by_id, self.left = by_id, _MOST_VALUES

    def __call__(self, value: Any, depth: int = 0) -> Any:
        """`value` with its references resolved; None where it is too deep or too much."""
        self.left -= 1
        if depth > _DEEPEST or self.left < 0:
            return None
        if isinstance(value, list):
            return [self(one, depth + 1) for one in value]
        if not isinstance(value, dict):
            return value
        name = value.get("@id")
        if depth and isinstance(name, str) and name in self.by_id and set(value) <= {"@id", "@type"}:
            return self(self.by_id[name], depth + 6)
        return {key: one if key == "isPartOf" else self(one, depth + 1) for key, one in value.items()}


class _Attributes:
    """How a syntax names scope, type, property and value in attributes."""

    def __init__(self, *, scope: str, kind: str, prop: str) -> None:
        self.scope, self.kind, self.prop = scope, kind, prop


_MICRODATA = _Attributes(scope="itemscope", kind="itemtype", prop="itemprop")
_RDFA = _Attributes(scope="typeof", kind="typeof", prop="property")


def microdata(selector: Selector) -> list[Node]:
    """The outermost microdata items as nodes; `@element` holds the element, to tell where on the page it stands."""
    return _items(selector, _MICRODATA)


def rdfa(selector: Selector) -> list[Node]:
    """The outermost RDFa Lite items as nodes."""
    return _items(selector, _RDFA)


def _items(selector: Selector, names: _Attributes) -> list[Node]:
    path = f"//*[@{names.scope}][not(@{names.prop}) or not(ancestor::*[@{names.scope}])]"
    return [_item(node, names, selector, 0) for node in selector.xpath(path)[:_MOST_NODES]]


def _item(scope: Selector, names: _Attributes, page: Selector, depth: int) -> Node:
    node: Node = {"@type": (scope.attrib.get(names.kind) or "").split(), "@element": scope.root}
    for part in _parts(scope, names, page):
        value: Any
        if names.scope in part.attrib and depth < _DEEPEST:
            value = _item(part, names, page, depth + 1)
        else:
            value = _value(part)
        for name in (part.attrib.get(names.prop) or "").split():
            _add(node, re.split(r"[/#:]", name)[-1], value)
    return node


def _parts(scope: Selector, names: _Attributes, page: Selector) -> Iterator[Selector]:
    """The property elements that belong to this scope and not to one within it."""
    inner = f"count(ancestor::*[@{names.scope}])"
    depth = int(float(scope.xpath(f"count(ancestor::*[@{names.scope}])").get() or 0)) + 1
    yield from scope.xpath(f".//*[@{names.prop}][{inner} = {depth}]")
    for name in (scope.attrib.get("itemref") or "").split()[:20]:
        yield from page.xpath("//*[@id=$name]", name=name).xpath("descendant-or-self::*[@itemprop]")


def _add(node: Node, name: str, value: Any) -> None:
    if name not in node:
        node[name] = value
    elif isinstance(node[name], list):
        node[name].append(value)
    else:
        node[name] = [node[name], value]


def _value(part: Selector) -> str:
    for attribute in ("content", "href", "src", "datetime", "value"):
        if attribute in part.attrib:
            return part.attrib[attribute].strip()
    return " ".join(" ".join(part.xpath(".//text()[not(parent::script)][not(parent::style)]").getall()).split())
