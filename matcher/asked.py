"""The asked number, compiled once for many listings."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matcher.folding import canonical, squashed

_GAP = r"[\s\-_./・]{0,3}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A compiled model number: as a person writes it, its identity key, maker and JAN, and the pattern that finds it."""

    number: str
    key: str
    maker: str | None
    jan: str | None
    pattern: re.Pattern[str]


def compile_query(model_number: str, *, maker: str | None = None, jan: str | None = None) -> Asked:
    """Compile the asked number; separators are free at every position of the pattern."""
    key = squashed(model_number)
    body = _GAP.join(re.escape(character) for character in key) or r"(?!)"
    pattern = re.compile(rf"(?<![0-9a-z]){body}(?![0-9a-z])")
    return Asked(canonical(model_number), key, maker, jan, pattern)
