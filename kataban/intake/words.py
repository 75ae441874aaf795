"""Words of headers and cells, compared without case, width, blanks and the usual marks, by words.toml."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import msgspec

from kataban.intake.shapes import Fulfilment, OrderStatus
from kataban.items import Condition, WantedState

_MARKS = re.compile(r"[\s\-‐-―−_./:;・･*'\"`,、。\\]+")
Word = TypeVar("Word", bound=StrEnum)


class _Words(msgspec.Struct, forbid_unknown_fields=True):
    empty: list[str]
    excel_errors: list[str]
    conditions: dict[Condition, list[str]]
    states: dict[WantedState, list[str]]
    currencies: dict[str, list[str]]
    order_statuses: dict[OrderStatus, list[str]]
    fulfilments: dict[Fulfilment, list[str]]
    booleans: dict[str, list[str]]
    condition_codes: dict[str, Condition]


def squeezed(text: str) -> str:
    """`text` for comparison of words: NFKC, casefolded, without blanks and marks."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text).casefold())


def _turned(groups: Mapping[Word, list[str]]) -> dict[str, Word]:
    return {squeezed(word): meaning for meaning, words in groups.items() for word in words}


_WORDS = msgspec.toml.decode((Path(__file__).parent / "words.toml").read_bytes(), type=_Words)
_EMPTY = frozenset(squeezed(word) for word in _WORDS.empty)
_CONDITIONS = _turned(_WORDS.conditions)
_STATES = _turned(_WORDS.states)
_STATUSES = _turned(_WORDS.order_statuses)
_FULFILMENTS = _turned(_WORDS.fulfilments)
_BOOLEANS = {squeezed(word): meaning == "true" for meaning, words in _WORDS.booleans.items() for word in words}
_CURRENCIES = {squeezed(word): code for code, words in _WORDS.currencies.items() for word in words}


def is_empty(text: str) -> bool:
    """Does the cell say that nothing stands in it (blank, "-", N/A, なし)? A lone "-" counts, "--5" does not."""
    return squeezed(text) in _EMPTY and not any(mark in text for mark in "#*")


def is_excel_error(text: str) -> bool:
    """Is it one of Excel's error values (#N/A, #REF! ...)?"""
    return text.strip().upper() in _WORDS.excel_errors


def condition_of(text: str) -> Condition | None:
    """The Condition of a word in Japanese or English, None for an unknown word."""
    return _CONDITIONS.get(squeezed(text))


def condition_of_code(code: str) -> Condition | None:
    """The worst Condition accepted for Amazon's item-condition number; None for new (the usual) and the odd ones."""
    return _WORDS.condition_codes.get(code)


def state_of(text: str) -> WantedState | None:
    """The WantedState of a word in Japanese or English, None for an unknown word."""
    return _STATES.get(squeezed(text))


def currency_of(text: str) -> str | None:
    """The ISO 4217 code of a currency's code, sign or name; None where it names none or several ("$")."""
    return _CURRENCIES.get(squeezed(text))


def order_status_of(text: str) -> OrderStatus:
    """Amazon's order-status or item-status; "Shipped - Delivered to Buyer" and its like are `shipped`."""
    word = squeezed(text)
    if word.startswith("shipped"):
        return OrderStatus.SHIPPED
    return _STATUSES.get(word, OrderStatus.UNKNOWN)


def fulfilment_of(text: str) -> Fulfilment | None:
    """Who ships. AMAZON_EU, AMAZON_NA, AMAZON_JP: the prefix decides."""
    word = squeezed(text)
    return Fulfilment.AMAZON if word.startswith("amazon") else _FULFILMENTS.get(word)


def boolean_of(text: str) -> bool | None:
    """True, False, or None for an unknown word."""
    return _BOOLEANS.get(squeezed(text))
