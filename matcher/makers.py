"""Makers: who is named by a text, and whether two names are the same company."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from matcher.knowledge import MakerFile, one_of, read

# Shorter names are units or pieces of numbers; they count as a brand attribute but not inside a text.
_IN_TEXT = 3


def plain(name: str) -> str:
    """A brand name folded for comparison."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", name).casefold()).strip()


@cache
def _file() -> MakerFile:
    return read("makers.toml", MakerFile)


@cache
def aliases() -> dict[str, str]:
    """The maker's key by each of its names."""
    return {name: key for key, names in _file().makers.items() for name in names}


@lru_cache(maxsize=1024)
def names_of(maker: str) -> tuple[str, ...]:
    """All names of a maker."""
    return tuple(name for name, key in aliases().items() if key == maker)


@lru_cache(maxsize=4096)
def maker_key(name: str | None) -> str | None:
    """The key of the maker named by an attribute or a query ('SONY', 'ソニー(SONY)'), None when it is not known."""
    folded = plain(name or "")
    table = aliases()
    if folded in table:
        return table[folded]
    for part in re.split(r"[()/\[\]・,|]", folded):
        if part.strip() in table:
            return table[part.strip()]
    return None


_SCRIPTS = (re.compile(r"[a-z]{3,}"), re.compile(r"[ァ-ヶー]{3,}"), re.compile(r"[一-龥]{2,}"))


def alike(one: str, other: str) -> bool | None:
    """Whether two folded names of makers share a word; None where they are written in scripts of their own."""
    pairs = [(script.findall(one), script.findall(other)) for script in _SCRIPTS]
    written = [(ours, theirs) for ours, theirs in pairs if ours and theirs]
    if not written:
        return None
    return any(a in b or b in a for ours, theirs in written for a in ours for b in theirs)


def lines_of(maker: str | None) -> tuple[str, ...]:
    """Line names that a number of this maker may carry in front."""
    return _file().lines.get(maker or "", ())


def partners(maker: str | None) -> tuple[str, ...]:
    """Makers that sell this one's chips as goods of their own name."""
    return _file().partners.get(maker or "", ())


def sells_shades(maker: str | None) -> bool:
    """Whether names of this maker's lines differ by shade alone."""
    return maker in _file().shade_makers


@cache
def names_in_text() -> dict[str, str]:
    """Names that are safe to read inside a text, with the maker's key."""
    return {name: key for name, key in aliases().items() if len(name) >= _IN_TEXT and name not in _file().ambiguous}


@cache
def name_pattern() -> re.Pattern[str]:
    """Finds the names of makers in a folded text."""
    return re.compile(rf"(?<![a-z0-9]){one_of(sorted(names_in_text()))}(?![a-z])")
