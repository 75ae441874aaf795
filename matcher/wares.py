"""What the words of a title name: whole goods, a piece of a unit, goods for one, or nothing but its looks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from matcher.knowledge import WordFile, colour_words, read
from matcher.makers import aliases
from matcher.roles import Line

Ware = Literal["unit", "neutral", "part", "extra", "unknown"]
_KINDS: tuple[Ware, ...] = ("neutral", "unit", "part", "extra")
_CHUNK = re.compile(r"[^ \n/,、。()（）【】\[\]「」『』<>《》!！?？★☆◆■●◎○◇※♪~〜|:：;+＋&*\"'→…=]+")
_NOUN = re.compile(r"[ァ-ヶー一-龥々]")
_DIGIT = re.compile(r"[0-9]")


@cache
def _endings() -> dict[str, Ware]:
    found: dict[str, Ware] = dict.fromkeys(colour_words(), "neutral")
    file = read("wares.toml", WordFile).words
    for kind in _KINDS:
        found |= dict.fromkeys(file[kind].words, kind)
    return found


@lru_cache(maxsize=16384)
def ware_of(chunk: str) -> Ware:
    """What a word of a title names, by its longest known ending; a word without kana and kanji names nothing.

    A piece behind a colour or a count ("88鍵", "黒文字盤") describes a unit.
    """
    if chunk.endswith("ません"):
        return "neutral"  # the end of a sentence, not what stops a flow
    table = _endings()
    counted = _DIGIT.search(chunk) is not None
    for start in range(len(chunk)):
        kind = table.get(chunk[start:])
        if kind is not None and not (start and chunk[start].isascii() and chunk[start - 1].isascii()):
            described = counted or (start > 0 and any(chunk[:end] in colour_words() for end in range(1, start + 1)))
            return "neutral" if kind != "unit" and described else kind
    if counted or not _NOUN.search(chunk) or chunk in aliases() or "ぁ" <= chunk[-1] <= "ん" or chunk[-1].isascii():
        return "neutral"
    return "unknown"


def names_piece(chunk: str) -> bool:
    """Whether a word ends in a piece of a unit, whatever stands before."""
    table = _endings()
    kinds = (table.get(chunk[start:]) for start in range(len(chunk)))
    return next((kind for kind in kinds if kind is not None), None) == "part"


@dataclass(frozen=True, slots=True)
class Word:
    """A word in a folded text, with what it names."""

    start: int
    end: int
    ware: Ware


def words_of(line: Line, start: int, end: int) -> list[Word]:
    """The words of a stretch of a line."""
    return [Word(match.start(), match.end(), ware_of(match[0])) for match in _CHUNK.finditer(line.folded, start, end)]


def names_unit(line: Line, but: str = "") -> bool:
    """Whether some word of the title, the numbers and words that end in `but` taken out, names whole goods."""
    places = [line.start, *(place for mention in line.mentions for place in (mention.start, mention.end)), line.end]
    stretches = zip(places[::2], places[1::2], strict=True)
    found = [word for start, end in stretches for word in words_of(line, start, end) if word.ware == "unit"]
    return any(not (but and line.folded[word.start : word.end].endswith(but)) for word in found)
