"""Is an answer a look at all? Challenges, refusals, login walls, maintenance and broken text, common to all sites."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import msgspec
from parsel import Selector

from kataban.items import CannotLook, Outcome, PageKind
from kataban.parsers.text import html_selector, one_line, visible_text


class Page(Protocol):
    """What of an answer is needed: Scrapy's text responses have it, and so has anything with these four."""

    @property
    def url(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[Any, Any]: ...
    @property
    def text(self) -> str: ...


class _Sign(msgspec.Struct, forbid_unknown_fields=True):
    reason_code: str
    reason: str
    outcome: Outcome = Outcome.BLOCKED
    page_kind: PageKind = PageKind.CHALLENGE
    title: list[str] = []
    text: list[str] = []
    selector: list[str] = []


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    short: int
    very_short: int
    signs: list[_Sign]


@dataclass(frozen=True, slots=True)
class _Reading:
    title: str
    text: str
    selector: Selector
    has_product: bool


_TABLE = msgspec.toml.decode((Path(__file__).parent / "page_kind.toml").read_bytes(), type=_Table)
_LOGIN_PATH = re.compile(r"/(?:login|signin|sign-in|log-in)(?:[/.?]|$)", re.IGNORECASE)
# A larger share of U+FFFD is text decoded by the wrong table: nothing of it may be stored.
_MOST_UNREADABLE = 0.005
_REFUSED = {401: "login_wall", 403: "refused", 405: "refused", 407: "refused", 418: "refused", 451: "refused"}


def challenge_of(page: Page) -> None:
    """None when `page` is a look; CannotLook when it is a challenge, refusal, login wall, maintenance or unreadable.

    Decided by the title, visible text, structure and status, never by words in raw HTML. 400, 404, 410 and 422 pass:
    on several sites they are answers with a meaning, which the source reads itself. Call it before parsing anything.
    """
    text = _text(page)
    if text is not None:
        _raise_signs(text, page)
    _raise_status(page)
    if text is None:
        raise CannotLook(Outcome.BROKEN, "bad_type", "the answer is no text", page_kind=PageKind.BROKEN)
    _raise_unreadable(text, page.status)


def retry_after_of(headers: Mapping[Any, Any], *, now: float | None = None) -> float | None:
    """Seconds of a Retry-After header given as a number, or as a date when `now` (unix time) is given; else None."""
    value = _header(headers, "Retry-After").strip()
    if value.isdigit():
        return float(value[:9])
    if now is None or not value:
        return None
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, TypeError):
        return None


def _text(page: Page) -> str | None:
    try:
        return page.text
    except (AttributeError, UnicodeError):
        return None


def _raise_signs(text: str, page: Page) -> None:
    if _is_json(text):
        return
    reading = _read(text)
    for sign in _TABLE.signs:
        if _shows(sign, reading):
            raise CannotLook(sign.outcome, sign.reason_code, sign.reason, page_kind=sign.page_kind,
                             retry_after=retry_after_of(page.headers))
    if _LOGIN_PATH.search(urlsplit(page.url).path) and reading.selector.css("input[type=password]"):
        raise CannotLook(Outcome.BLOCKED, "login_wall", "the site sent us to its login page",
                         page_kind=PageKind.LOGIN_WALL)


def _is_json(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}


def _read(text: str) -> _Reading:
    selector = html_selector(text)
    title = unicodedata.normalize("NFKC", one_line(selector.css("title::text").get(), limit=200))
    seen = unicodedata.normalize("NFKC", visible_text(selector, limit=_TABLE.short + 1))
    product = selector.css('[itemtype*="schema.org/Product"], meta[property="product:price:amount"]')
    return _Reading(title, seen, selector, bool(product) or _has_product_block(selector))


def _has_product_block(selector: Selector) -> bool:
    blocks: Iterable[str] = selector.css('script[type="application/ld+json"]::text').getall()
    return any(re.search(r'"@type"\s*:\s*\[?\s*"Product', block) for block in blocks)


def _shows(sign: _Sign, reading: _Reading) -> bool:
    """A short page with the sign; a page of a shop (long, or with a product) is none, whatever words it holds."""
    if reading.has_product or len(reading.text) > _TABLE.short:
        return False
    return (
        _any(sign.title, reading.title)
        or any(reading.selector.css(css) for css in sign.selector)
        or (len(reading.text) <= _TABLE.very_short and _any(sign.text, reading.text))
    )


def _any(patterns: list[str], text: str) -> bool:
    return any(re.search(pattern, text, re.IGNORECASE | re.MULTILINE) for pattern in patterns)


def _raise_status(page: Page) -> None:
    status = page.status
    if status == 429:
        raise CannotLook(Outcome.RATE_LIMITED, "too_many_requests", "the site answered 429",
                         retry_after=retry_after_of(page.headers))
    if status in _REFUSED:
        kind = PageKind.LOGIN_WALL if status == 401 else PageKind.ERROR
        raise CannotLook(Outcome.BLOCKED, _REFUSED[status], f"the site answered {status}", page_kind=kind)
    if status >= 500:
        raise CannotLook(Outcome.UNREACHABLE, f"status_{status}", f"the site answered {status}",
                         retry_after=retry_after_of(page.headers))


def _raise_unreadable(text: str, status: int) -> None:
    if status == 200 and not text.strip():
        raise CannotLook(Outcome.BROKEN, "empty_body", "the site answered 200 with nothing in it",
                         page_kind=PageKind.BROKEN)
    if text.count("\ufffd") > max(3, len(text) * _MOST_UNREADABLE):
        raise CannotLook(Outcome.BROKEN, "bad_encoding", "the text is not in the encoding that the site declares",
                         page_kind=PageKind.BROKEN)


def _header(headers: Mapping[Any, Any], name: str) -> str:
    value = headers.get(name) or headers.get(name.lower()) or ""
    if isinstance(value, list):
        value = value[0] if value else ""
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
