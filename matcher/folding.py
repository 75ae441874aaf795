"""Spelling: the forms of a model number, and texts folded for comparison with every offset kept."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# NFKC leaves these alone; sellers type them for '-'. U+30FC is the kana length mark, so it counts only between ASCII.
_HYPHENS = "‐‑‒–—―−⁃﹣－˗­ー"
_BETWEEN = re.compile(rf"(?<=[0-9A-Za-z])( ?)[{_HYPHENS}]( ?)(?=[0-9A-Za-z])")
# One base character with what joins it: half-width voiced marks and combining marks.
_CLUSTER = re.compile(r"[^\u0300-\u036f\u3099\u309a\uff9e\uff9f][\u0300-\u036f\u3099\u309a\uff9e\uff9f]*|.", re.DOTALL)
_SPACES = re.compile(r"\s+")


def _plain_hyphens(text: str) -> str:
    return _BETWEEN.sub(r"\1-\2", text)


def canonical(model_number: str) -> str:
    """The number as a person would write it: NFKC, trimmed, hyphen look-alikes as '-', single spaces."""
    text = _SPACES.sub(" ", unicodedata.normalize("NFKC", model_number)).strip()
    return _plain_hyphens(text)


def squashed(model_number: str) -> str:
    """The identity key: casefolded alphanumerics, with '+' kept."""
    folded = canonical(model_number).casefold()
    return "".join(character for character in folded if character.isalnum() or character == "+")


@dataclass(frozen=True, slots=True)
class Text:
    """A text as written (`raw`, cut at the limit) and folded: NFKC, casefolded, plain hyphens.

    `offsets` gives for every folded character its index in `raw`, with one more for the end; None when they are equal.
    `cut` is the full length when the text was longer than the limit, else 0.
    """

    raw: str
    folded: str
    offsets: tuple[int, ...] | None
    place: str
    cut: int = 0

    def span(self, start: int, end: int) -> tuple[str, int]:
        """The raw text of the folded range, and where it begins."""
        if self.offsets is None:
            return self.raw[start:end], start
        first = self.offsets[start]
        return self.raw[first : max(self.offsets[end], first + 1)], first


def _folded_slowly(text: str) -> tuple[str, tuple[int, ...]]:
    pieces: list[str] = []
    offsets: list[int] = []
    for match in _CLUSTER.finditer(text):
        piece = unicodedata.normalize("NFKC", match[0]).casefold()
        pieces.append(piece)
        offsets.extend([match.start()] * len(piece))
    offsets.append(len(text))
    return "".join(pieces), tuple(offsets)


def fold(text: str, place: str, limit: int) -> Text:
    """Fold the first `limit` characters of a text; white space becomes plain spaces, line breaks stay."""
    raw = text[:limit]
    offsets: tuple[int, ...] | None = None
    folded = raw.casefold()
    if not raw.isascii() and (len(folded) != len(raw) or not unicodedata.is_normalized("NFKC", raw)):
        folded, offsets = _folded_slowly(raw)
    folded = _plain_hyphens(folded).replace("\u3000", " ").replace("\t", " ").replace("\r", "\n")
    return Text(raw, folded, offsets, place, len(text) if len(text) > limit else 0)
