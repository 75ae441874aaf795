"""What a source expects of its site beside what the site shows: the first live run in five minutes.

Compared are robots.txt, the outcome of each look, the fields of its rows, and every landmark that is a selector or key
of JSON. A landmark on none of the pages is a difference where a look went wrong, and a note where all went well: marks
of sold-out items or errors are not on every page. Words of an empty search are looked for on the page of a number that
nobody sells.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from protego import Protego
from scrapy.http import Response, TextResponse

from kataban.crawling.looking import Look
from kataban.items import Availability, CannotLook, Listing, Outcome, PageKind
from kataban.parsers.text import html_selector, visible_text
from kataban.results.health import FIELDS
from spiders.base import SourceSpider
from spiders.landmarks import Landmark, Landmarks

_PATTERN = re.compile(r"\(\?|\\[dsw.]|^\^|^https?:|\{\w+\}")  # a regular expression or an address
_KEY = re.compile(r"^[A-Za-z_$][\w$-]*(?:\.[A-Za-z_$][\w$-]*)*$")
_SELECTOR = re.compile(r"[.#\[][A-Za-z]|::|^[a-z][a-z0-9]*(?:\s*[>+~ ]\s*[a-z.#\[]|$)|^\.|^#")
_EMPTY_WORDS = re.compile(r"(?:^|[._])(?:zero|no_hit|nothing)")
_RULE = re.compile(r"^\s*(?P<kind>allow|disallow)\s*:\s*(?P<path>[^\s#]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing compared. `differs` is True where the site is not as the source expects."""

    source: str
    look: str
    what: str
    expected: str
    seen: str
    differs: bool = False


def findings_of(spider: type[SourceSpider], looks: list[Look], robots: dict[str, str | None]) -> list[Finding]:
    """All that was compared for one source. `robots` is the text of robots.txt by origin, None where none is known."""
    answers = [*_robots(spider, looks, robots), *_looks(spider, looks)]
    return [*answers, *_landmarks(spider, looks, wrong=any(one.differs for one in answers))]


# --- robots.txt ------------------------------------------------------------------------------------------------------


def _robots(spider: type[SourceSpider], looks: list[Look], robots: dict[str, str | None]) -> Iterator[Finding]:
    for look in looks:
        parts = urlsplit(look.asked.url)
        text = robots.get(f"{parts.scheme}://{parts.netloc}")
        denied = look.why is not None and look.why.outcome in {Outcome.ROBOTS_DENIED, Outcome.ROBOTS_UNKNOWN}
        if text is None and not denied:
            continue
        seen = look.why.reason if denied and look.why else _touching(text or "", look.asked.url)
        yield Finding(spider.name, look.name, f"robots.txt of {parts.netloc}", "may be asked", seen, denied)


def _touching(text: str, url: str) -> str:
    """The rules that speak of this address, and the Crawl-delay; "" of a file means that there is none."""
    if not text.strip():
        return "no robots.txt"
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    rules = [match for line in text.splitlines() if (match := _RULE.match(line))]
    lines = dict.fromkeys(f"{rule['kind'].capitalize()}: {rule['path']}" for rule in rules
                          if _fits(rule["path"], path))
    delay = Protego.parse(text).crawl_delay("Kataban")
    told = [*list(lines)[:5], *([f"Crawl-delay: {delay:g}"] if delay else [])]
    return "; ".join(told) or "no rule speaks of it"


def _fits(pattern: str, path: str) -> bool:
    end = "$" if pattern.endswith("$") else ""
    body = ".*".join(re.escape(part) for part in pattern.removesuffix("$").split("*"))
    return re.match(body + end, path) is not None


def robots_texts(folder: Path) -> dict[str, str | None]:
    """The texts of robots.txt that the crawl has kept under the state folder, by origin."""
    found: dict[str, str | None] = {}
    for path in folder.glob("*.json"):
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            found[str(kept["origin"])] = str(kept["text"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


# --- the looks -------------------------------------------------------------------------------------------------------


def _looks(spider: type[SourceSpider], looks: list[Look]) -> Iterator[Finding]:
    for look in looks:
        expected, seen, differs = _ending(look)
        status = f"{look.response.status}, " if look.response is not None else ""
        yield Finding(spider.name, look.name, "answer", expected, status + seen, differs)
        if look.listings:
            # Sold-out rows of some shops name no price, and rows of some APIs leave it to the offers.
            lacks = not any(_is_known(row) for one in looks for row in one.listings)
            yield Finding(spider.name, look.name, "fields", "a price somewhere", _coverage(look), lacks)


def _ending(look: Look) -> tuple[str, str, bool]:
    purpose = look.name.partition(" ")[0]  # "nothing", or "nothing <host>" of a source that is many shops
    expected = {"nothing": "its own zero", "detail": "price and stock, or sold out", "seller": "a seller"}.get(
        purpose, "rows")
    if look.why is not None:
        return expected, _told(look.why), True
    page = look.page
    if purpose == "nothing":
        seen = "none" if page is not None and page.kind is PageKind.EMPTY else _rows(look)
        return expected, seen, not (page is not None and (page.kind is PageKind.EMPTY or page.similarity))
    if look.kind == "search":
        rows = page.rows if page is not None else 0
        return expected, _rows(look), not rows or bool(page and page.unreadable)
    if look.kind == "seller":
        return expected, "read" if look.found else "nothing read", not look.found
    read = [one for one in look.listings if one.detail_read]
    known = any(_is_known(one) and one.availability is not Availability.UNKNOWN for one in read)
    return expected, _item(look), not known


def _is_known(row: Listing) -> bool:
    return row.price is not None or row.availability is Availability.SOLD_OUT


def _told(why: CannotLook) -> str:
    return f"{why.outcome.value}/{why.reason_code}: {why.reason}"


def _rows(look: Look) -> str:
    page = look.page
    if page is None:
        return "no page of results"
    hits = "" if page.hits_reported is None else f" of {page.hits_reported} hits"
    return f"{page.rows} rows{hits}" + (f", {page.unreadable} unreadable" if page.unreadable else "")


def _item(look: Look) -> str:
    if not look.listings:
        return "nothing read"
    one = look.listings[0]
    return f"price {one.price}, {one.availability.value} ({one.availability_evidence}), {one.condition.value}"


def _coverage(look: Look) -> str:
    rows = look.listings
    has = {"price": lambda row: row.price is not None, "title": lambda row: row.title, "link": lambda row: row.url,
           "availability": lambda row: row.availability is not Availability.UNKNOWN, "seller": lambda row: row.seller}
    return ", ".join(f"{name} {sum(bool(has[name](row)) for row in rows)}/{len(rows)}" for name in FIELDS)


# --- landmarks -------------------------------------------------------------------------------------------------------


def _landmarks(spider: type[SourceSpider], looks: list[Look], *, wrong: bool) -> Iterator[Finding]:
    """Every selector and key that no page shows, with how sure it was; what is seen is counted in one line."""
    pages = [look for look in looks if look.response is not None]
    if not pages:
        return
    seen = 0
    for mark in landmarks_of(spider):
        told = _seen_on(mark, pages)
        if told is None:
            continue
        seen += bool(told)
        if not told:
            yield Finding(spider.name, "landmarks", mark.name, f"{_short(mark)} ({mark.sure}, {mark.seen})",
                          "on no page", wrong)
    yield Finding(spider.name, "landmarks", "selectors and keys seen", "-", str(seen))


def landmarks_of(spider: type[SourceSpider]) -> list[Landmark]:
    """The source's landmarks; [] where it has no file of them."""
    path = Path(__file__).parents[2] / "spiders" / f"{spider.name}.toml"
    return list(Landmarks(spider.name).values()) if path.exists() else []


def _short(mark: Landmark) -> str:
    value = mark.value if isinstance(mark.value, str) else " | ".join(mark.value)
    return value if len(value) <= 60 else f"{value[:57]}..."


def _seen_on(mark: Landmark, pages: list[Look]) -> bool | None:
    """Is the landmark on one of the pages? None where it is none that a page shows (an address, a pattern, a table)."""
    if isinstance(mark.value, dict) or mark.name.startswith(("refusal.", "address.", "loads.")):
        return None
    values = (mark.value,) if isinstance(mark.value, str) else mark.value
    if _EMPTY_WORDS.search(mark.name):
        empty = [look for look in pages if look.name.startswith("nothing")]
        return any(_shows(look.response, value) for look in empty for value in values) if empty else None
    told = [_holds(look.response, value) for look in pages for value in values]
    known = [one for one in told if one is not None]
    return any(known) if known else None


def _shows(response: Response | None, value: str) -> bool:
    """Does the page show these words, or hold this selector or key?"""
    if isinstance(response, TextResponse) and value in visible_text(html_selector(response.text)):
        return True
    return bool(_holds(response, value)) or _has_word(_json(response), value)


def _holds(response: Response | None, value: str) -> bool | None:
    """Does the answer hold this selector (of a page) or key (of JSON)? None where the value is neither."""
    if _PATTERN.search(value) or not isinstance(response, TextResponse):
        return None
    answers = _answers(response)
    if _KEY.match(value) and answers:
        if any(_has_path(answer, value) or _has_word(answer, value) for answer in answers):
            return True
        return False if _json(response) is not None or not _SELECTOR.search(value) else _is_on(response, value)
    if not _SELECTOR.search(value) or _json(response) is not None:
        return None
    return _is_on(response, value)


def _is_on(response: TextResponse, selector: str) -> bool | None:
    try:
        return bool(html_selector(response.text).css(selector))
    except ValueError:
        return None


def _answers(response: TextResponse) -> list[Any]:
    """The JSON of the answer: itself, what the page loaded, what it carries in scripts."""
    found = [_json(response), *(entry.get("json") for entry in response.meta.get("page_json", []))]
    if found[0] is None:
        for text in html_selector(response.text).css("script[type*=json]::text").getall():
            try:
                found.append(json.loads(text))
            except ValueError:
                continue
    return [answer for answer in found if answer is not None]


def _json(response: Response | None) -> Any:
    if not isinstance(response, TextResponse) or response.text.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        return json.loads(response.text)
    except ValueError:
        return None


def _has_path(answer: Any, path: str) -> bool:
    """The key's path from the top, or its last step anywhere: a landmark may be relative to a row."""
    node = answer
    for step in path.split("."):
        node = node.get(step) if isinstance(node, dict) else None
    return node is not None or any(path.rpartition(".")[2] in found for found in _objects(answer))


def _objects(node: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    members: Iterable[Any] = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for member in members if depth < 12 else ():
        yield from _objects(member, depth + 1)


def _has_word(answer: Any, word: str) -> bool:
    return any(word == value for found in _objects(answer) for value in found.values() if isinstance(value, str))
