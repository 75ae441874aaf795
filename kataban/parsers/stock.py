"""What a site says about stock, by stock.toml and, for visible words of more languages, stock_languages.toml.

Positive evidence or nothing: no word is `unknown`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import msgspec

from kataban.items import Availability


class _Harmless(msgspec.Struct, forbid_unknown_fields=True):
    patterns: list[str]


class _Words(msgspec.Struct, forbid_unknown_fields=True):
    availability: Availability
    patterns: list[str]


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    harmless: list[_Harmless]
    words: list[_Words]
    states: dict[str, dict[Availability, list[str]]]


class _Language(msgspec.Struct, forbid_unknown_fields=True):
    language: str
    sold_out: list[str] = []
    backorder: list[str] = []
    in_stock: list[str] = []


class _Languages(msgspec.Struct, forbid_unknown_fields=True):
    languages: list[_Language]


@dataclass(frozen=True, slots=True)
class StockWord:
    """An Availability and the words (or the state) that led to it; `span` is "" where nothing was said."""

    availability: Availability
    span: str


NOTHING_SAID = StockWord(Availability.UNKNOWN, "")


def _union(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in patterns), re.IGNORECASE)


def _of_languages(availability: Availability) -> list[str]:
    return [pattern for one in _LANGUAGES for pattern in getattr(one, availability.value, ())]


_HERE = Path(__file__).parent
_TABLE = msgspec.toml.decode((_HERE / "stock.toml").read_bytes(), type=_Table)
_LANGUAGES = msgspec.toml.decode((_HERE / "stock_languages.toml").read_bytes(), type=_Languages).languages
_HARMLESS = _union([pattern for group in _TABLE.harmless for pattern in group.patterns])
_WORDS = [(group.availability, _union([*group.patterns, *_of_languages(group.availability)])) for group in _TABLE.words]
_STATES = {
    site: {state: availability for availability, states in groups.items() for state in states}
    for site, groups in _TABLE.states.items()
}


def availability_of(text: object, site: str | None = None) -> Availability:
    """Shorthand for `stock_word(text, site).availability`."""
    return stock_word(text, site).availability


def stock_word(text: object, site: str | None = None) -> StockWord:
    """What `text` says about stock.

    With `site` (a table name of stock.toml: `mercari`, `rakuten_ichiba`, `schema_org` ...) it is one of that site's
    states, and an unlisted state is unknown; without, it is visible words of one stock cell or button. Never give it a
    whole page: every shop's pages carry notes with 品切れ in them.
    """
    if text is None:
        return NOTHING_SAID
    return _state(str(text), site) if site else _words(str(text))


def _state(text: str, site: str) -> StockWord:
    word = text.strip().rstrip("/").rsplit("schema.org/", 1)[-1].strip().casefold()
    return StockWord(_STATES[site].get(word, Availability.UNKNOWN), text.strip()[:80])


def _words(text: str) -> StockWord:
    line = " ".join(unicodedata.normalize("NFKC", text[:2000]).replace("〜", "~").split())
    line = _HARMLESS.sub(" ", line)
    for availability, pattern in _WORDS:
        found = pattern.search(line)
        if found:
            return StockWord(availability, found[0].strip())
    return NOTHING_SAID
