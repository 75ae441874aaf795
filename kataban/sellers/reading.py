"""How a seller's text is read: decorations, spaces and writing variants taken away, offsets into the original kept.

Sellers write ★即★購★入★不★可★, half-width katakana, one character a line, 御遠慮 for ご遠慮. A Reading brings all of
that to one form in which patterns stay short, and can still show the words as they stand on the page.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

# One character to its plain form; everything not named here and not a letter or digit is decoration.
_MARKS = {
    **dict.fromkeys("×✕✖✗✘☓❌❎🙅🚫⛔", "×"),
    **dict.fromkeys("○〇◯◎⭕🙆👌", "○"),
    **dict.fromkeys("△▲🔺", "△"),
    **dict.fromkeys("~〜～∼〰", "~"),
    **dict.fromkeys("。．!?！？｡", "。"),
    **dict.fromkeys("、,，､", "、"),
    **dict.fromkeys("([{（［｛【「『〔《〈＜≪〖｢", "["),
    **dict.fromkeys(")]}）］｝】」』〕》〉＞≫〗｣", "]"),
    **dict.fromkeys("%％", "%"),
    **dict.fromkeys("🆗", "ok"), **dict.fromkeys("🆖", "ng"),
}
# Kanji that stand beside kana spellings of the same word, so that each pattern is written once.
_KANA = {"御": "ご", "頂": "いただ", "戴": "いただ", "致": "いた", "為": "ため", "迄": "まで", "宜": "よろ"}
_DASHES = frozenset("‐‑‒–—―−")
_DECORATION = "\0"
_INTERLACE = "\1"  # decoration between single characters: it parts nothing
_INTERLEAVED = re.compile(r"([^\w\s])(?:\w\1){3,}")
_COMPOSED = re.compile(r".[\u3099\u309a\uff9e\uff9f]")
_BRACKET = re.compile(r"[\[\]]")
# What ends so ends its sentence, with or without punctuation: at any gap, and at the end of a line.
_SENTENCE = re.compile(r"(?:です|ます|した|ません|さい)$")
_LINE = re.compile(r"(?:です|ます|した|ません|さい|せん|ない|(?<!不)可|ok|[×○。]|済み?|なし|無し|可能|歓迎|[よね])$")
_GAP = re.compile(r"[\0\1 \n]+")


class _Folded(dict[str, str]):
    """Character to its plain form, found once and remembered; decoration becomes NUL."""

    def __missing__(self, character: str) -> str:
        plain = "".join(map(_plain, _MARKS.get(character) or _compatible(character)))
        self[character] = plain or _DECORATION
        return self[character]


def _compatible(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


def _plain(character: str) -> str:
    if character in _KANA:
        return _KANA[character]
    if character in _MARKS:
        return _MARKS[character]
    if character.isalnum() or character == "\n":
        return character
    return " " if character.isspace() or character.isascii() or character in _DASHES else ""


_fold_one = _Folded().__getitem__


@dataclass(frozen=True, slots=True)
class Reading:
    """`text` is the plain form; `starts[i]` is the offset in `original` of the character that `text[i]` came from."""

    original: str
    text: str
    starts: Sequence[int]

    def span(self, start: int, end: int) -> str:
        """The words of the original that the plain characters [start, end) came from."""
        return self.original[self.starts[start]:self.starts[end - 1] + 1]

    def without_brackets(self) -> Reading:
        """The same without the brackets, which sellers put anywhere (【即購入】不可)."""
        if not _BRACKET.search(self.text):
            return self
        return _cut(self, _BRACKET, lambda _, before, after: " " if _words(before, after) else "")


def read(text: str) -> Reading:
    """The plain form of `text`: folded characters, no decoration, spaces only between two ASCII words.

    A line break inside a sentence disappears; one after punctuation, before a bullet or between paragraphs stays.
    """
    return _cut(_fold(text), _GAP, _filler)


def _fold(text: str) -> Reading:
    """Every character folded; decoration is still there as NUL: a line break beside it is not a soft one."""
    marks = _interleaved(text)
    composed = {m.start(): _compatible(m.group()) for m in _COMPOSED.finditer(text)}
    if marks or composed:
        folded = [_INTERLACE if at in marks or at - 1 in composed else composed.get(at) or _fold_one(character)
                  for at, character in enumerate(text)]
    else:
        folded = list(map(_fold_one, text))
    plain = "".join(folded)
    if len(plain) == len(text):
        return Reading(text, plain, range(len(text)))
    return Reading(text, plain, [at for at, form in enumerate(folded) for _ in form])


def _interleaved(text: str) -> set[int]:
    """Offsets of marks set between single characters (○即○購○入○不○可○), which are decoration here."""
    return {m.start() + i for m in _INTERLEAVED.finditer(text) for i, c in enumerate(m.group()) if c == m.group(1)}


def _cut(reading: Reading, gaps: re.Pattern[str], filler: Callable[[str, str, str], str]) -> Reading:
    """The reading with each gap replaced by what `filler` says of it and of the text before and after."""
    parts: list[str] = []
    starts: list[int] = []
    text, at = reading.text, 0
    for gap in gaps.finditer(text):
        first, last = gap.span()
        kept = filler(gap.group(), text[max(first - 4, 0):first], text[last:last + 1])
        parts += text[at:first], kept
        starts += reading.starts[at:first]
        if kept:
            starts.append(reading.starts[first])
        at = last
    parts.append(text[at:])
    starts += reading.starts[at:]
    return Reading(reading.original, "".join(parts), starts)


def _filler(gap: str, before: str, after: str) -> str:
    """What stays of a run of spaces, decoration and line breaks."""
    if not gap.strip(_INTERLACE):
        return ""
    if _SENTENCE.search(before) or ("\n" in gap and not _soft(gap, before, after)):
        return "\n"
    return " " if _words(before, after) else ""


def _soft(gap: str, before: str, after: str) -> bool:
    """Is it one line break in the middle of a sentence?"""
    if gap.count("\n") > 1 or _DECORATION in gap:
        return False
    return before[-1:].isalnum() and (after.isalnum() or after == "×") and not _LINE.search(before)


def _words(before: str, after: str) -> bool:
    """Do two ASCII words meet here?"""
    return before[-1:].isascii() and before[-1:].isalnum() and after.isascii() and after.isalnum()
