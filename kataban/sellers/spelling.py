"""Other spellings brought to the standard ones: dialect, casual speech, kana for kanji, wrong conversions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from kataban.sellers.anchors import Anchored
from kataban.sellers.knowledge import decode
from kataban.sellers.reading import Reading

_FILE = Path(__file__).parent / "spellings.toml"
_MACRO = re.compile(r"<([A-Z]+)>")
_KATAKANA = {hiragana: hiragana + 0x60 for hiragana in range(ord("ぁ"), ord("ゖ") + 1)}


class Fold(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Group 1 of `of`, or all of it, is replaced by `to`; tried where one of the `anchors` stands in the text."""

    anchors: tuple[str, ...]
    of: str
    to: str


class _File(msgspec.Struct, forbid_unknown_fields=True):
    words: dict[str, str]
    folds: tuple[Fold, ...]
    kana: dict[str, str]
    mistyped: dict[str, str]


class _Compiled(NamedTuple):
    pattern: re.Pattern[str]
    to: str


def standard(reading: Reading) -> Reading:
    """The reading with every other spelling replaced; the offsets still lead to the original's words."""
    for fold in _table().candidates(reading.text):
        reading = _replaced(reading, fold)
    return reading


def _replaced(reading: Reading, fold: _Compiled) -> Reading:
    """Every match replaced. The first and last characters put in lead to the first and last ones they stand for."""
    group = 1 if fold.pattern.groups else 0
    found = [match.span(group) for match in fold.pattern.finditer(reading.text)]
    if not found:
        return reading
    parts: list[str] = []
    starts: list[int] = []
    at = 0
    for first, last in found:
        parts += reading.text[at:first], fold.to
        starts += [*reading.starts[at:first], *_spread(reading, first, last, len(fold.to))]
        at = last
    return Reading(reading.original, "".join([*parts, reading.text[at:]]), [*starts, *reading.starts[at:]])


def _spread(reading: Reading, first: int, last: int, length: int) -> Iterator[int]:
    """`length` offsets into the original spread over those of the plain characters [first, last)."""
    for step in range(length):
        yield reading.starts[last - 1 if step == length - 1 else min(first + step, last - 1)]


@lru_cache(maxsize=1)
def _table() -> Anchored[_Compiled]:
    file = decode(_FILE, _File)
    words = {name: _expanded(value, file.words) for name, value in file.words.items()}
    kana = [Fold((form,), form, to) for word, to in file.kana.items() for form in (word, word.translate(_KATAKANA))]
    mistyped = [Fold((word,), word, to) for word, to in file.mistyped.items()]
    folds = [Fold(fold.anchors, _expanded(fold.of, words), fold.to) for fold in file.folds]
    return Anchored((fold.anchors, _Compiled(re.compile(fold.of), fold.to)) for fold in [*mistyped, *kana, *folds])


def _expanded(pattern: str, words: dict[str, str]) -> str:
    """KeyError names a word list that does not exist."""
    return _MACRO.sub(lambda match: words[match.group(1)], pattern)
