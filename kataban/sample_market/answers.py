"""What a request is and what an answer is inside the market, free of any server, so that sites are plain functions."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

PAGES = Path(__file__).with_name("pages")


@dataclass(frozen=True, slots=True)
class Ask:
    """One request as a site sees it. `query` holds the first value of each parameter; header names are lower case."""

    host: str
    path: str
    method: str = "GET"
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def number(self, name: str, default: int) -> int:
        """An integer parameter; the default when it is absent or no number."""
        value = self.query.get(name, "")
        return int(value) if value.lstrip("-").isdigit() else default

    def json(self) -> dict[str, Any]:
        """The body as a JSON object, empty when it is none."""
        try:
            value = json.loads(self.body)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: bytes as they go out, with the headers that say how to read them."""

    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


def as_json(value: Any, status: int = 200, **headers: str) -> Answer:
    """A JSON answer in UTF-8, Japanese written out as the real APIs do."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer(status, json.dumps(value, ensure_ascii=False).encode(), "application/json; charset=utf-8", named)


def as_html(text: str, status: int = 200, *, encoding: str = "utf-8", **headers: str) -> Answer:
    """An HTML answer in `encoding`; what the encoding lacks becomes a character reference, as shops' systems do."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, text.encode(encoding, "xmlcharrefreplace"), f"text/html; charset={encoding}", named)


def as_text(text: str, status: int = 200) -> Answer:
    """A plain text answer, as robots.txt is."""
    return Answer(status, text.encode(), "text/plain; charset=utf-8")


def not_found() -> Answer:
    """The plain 404 of a site that has no such page."""
    return as_html(page("not_found"), 404)


def page(template: str, /, **values: object) -> str:
    """The page of that name with its blanks filled in. Values are put in as they are: escape texts with `esc`."""
    return _template(template).substitute(values)


@cache
def _template(name: str) -> Template:
    return Template((PAGES / f"{name}.html").read_text(encoding="utf-8"))


def esc(text: object) -> str:
    """Text for an HTML element or a quoted attribute."""
    return html.escape(str(text), quote=True)


def yen(amount: int) -> str:
    """12800 as 12,800."""
    return f"{amount:,}"


def script_json(value: Any) -> str:
    """JSON for inside a script element: a closing tag in a text must not end the script."""
    return json.dumps(value, ensure_ascii=False).replace("</", "<\\/")
