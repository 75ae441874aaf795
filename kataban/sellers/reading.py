"""How a seller's text is read: decorations, spaces and writing variants taken away, offsets into the original kept.

Sellers write ★即★購★入★不★可★, half-width katakana, one character a line, 御遠慮 for ご遠慮. A Reading brings all of
that to one form in which patterns stay short, and can still show the words as they stand on the page.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# One character to its plain form; everything not named here and not a letter or digit is decoration.
_MARKS = {
    **dict.fromkeys("×✕✖✗✘☓❌❎🙅🚫⛔", "×"),
    **dict.fromkeys("○〇◯⭕🙆", "○"),
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
_INTERLEAVED = re.compile(r"([^\w\s])(?:\w\1){3,}")
_COMPOSED = re.compile(r".[\u3099\u309a\uff9e\uff9f]")
# A bracket between two ASCII words parts them.
_BETWEEN_WORDS = re.compile(r"(?<=[a-z0-9])[\[\]](?=[a-z0-9])")
# A line that ends so ends its sentence, with or without punctuation.
_FINAL = re.compile(r"(?:です|ます|した|ません|でした|さい|せん|ない|(?<!不)可|ok|[×○。]|済み?|なし|無し|可能|歓迎|[よね])$")
_GAP = re.compile(r"[\0 \n]+")


class _Folded(dict[str, str]):
    """Character to its plain form, found once and remembered. ` ` is a gap, `` is decoration."""

    def __missing__(self, character: str) -> str:
        self[character] = folded = "".join(map(_plain, _MARKS.get(character) or _compatible(character)))
        return folded


def _compatible(character: str) -> str:
    return unicodedata.normalize("NFKC", character).lower()


def _plain(character: str) -> str:
    if character in _KANA:
        return _KANA[character]
    if character in _MARKS:
        return _MARKS[character]
    if character.isalnum() or character == "\n":
        return character
    return " " if character.isspace() or character.isascii() or character in _DASHES else ""


_FOLDED = _Folded()


@dataclass(frozen=True, slots=True)
class Reading:
    """`text` is the plain form; `starts[i]` is the offset in `original` of the character that `text[i]` came from."""

    original: str
    text: str
    starts: list[int]

    def span(self, start: int, end: int) -> str:
        """The words of the original that the plain characters [start, end) came from."""
        return self.original[self.starts[start]:self.starts[end - 1] + 1]

    def without_brackets(self) -> Reading:
        """The same without the brackets, which sellers put anywhere: 【即購入】不可."""
        text = _BETWEEN_WORDS.sub(" ", self.text)
        kept = [at for at, character in enumerate(text) if character not in "[]"]
        return Reading(self.original, "".join(text[at] for at in kept), [self.starts[at] for at in kept])


def read(text: str) -> Reading:
    """The plain form of `text`: folded characters, no decoration, spaces only between two ASCII words.

    A line break inside a sentence disappears; one after punctuation, before a bullet or between paragraphs stays.
    """
    folded, starts = _fold(text)
    parts: list[str] = []
    kept: list[int] = []
    at = 0
    for gap in _GAP.finditer(folded):
        parts.append(folded[at:gap.start()])
        kept.extend(starts[at:gap.start()])
        at = gap.end()
        if filler := _filler(gap.group(), folded[max(gap.start() - 4, 0):gap.start()], folded[at:at + 1]):
            parts.append(filler)
            kept.append(starts[gap.start()])
    parts.append(folded[at:])
    kept.extend(starts[at:])
    return Reading(text, "".join(parts), kept)


def _fold(text: str) -> tuple[str, list[int]]:
    """Every character folded; decoration becomes NUL: a line break beside it is not a soft one."""
    marks = _interleaved(text)
    composed = {m.start(): _compatible(m.group()) for m in _COMPOSED.finditer(text)}
    characters: list[str] = []
    starts: list[int] = []
    for at, character in enumerate(text):
        folded = "" if at in marks or at - 1 in composed else composed.get(at) or _FOLDED[character]
        characters.append(folded or "\0")
        starts.extend([at] * (len(folded) or 1))
    return "".join(characters), starts


def _interleaved(text: str) -> set[int]:
    """Offsets of marks set between single characters (○即○購○入○不○可○), which are decoration here."""
    return {m.start() + i for m in _INTERLEAVED.finditer(text) for i, c in enumerate(m.group()) if c == m.group(1)}


def _filler(gap: str, before: str, after: str) -> str:
    """What stays of a run of spaces, decoration and line breaks."""
    last = before[-1:]
    words = last.isascii() and last.isalnum() and after.isascii() and after.isalnum()
    soft = gap.count("\n") == 1 and "\0" not in gap and last.isalnum() and after.isalnum() and not _FINAL.search(before)
    if "\n" in gap and not soft:
        return "\n"
    return " " if words else ""
