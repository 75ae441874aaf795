"""Reads what follows a base number as codes of the maker: colour, region, channel, package, kit, generation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from matcher.knowledge import ColourCodes, SuffixCodes, SuffixKind, SuffixPattern, colour_words, suffixes

_SEPARATORS = re.compile(r"[\s\-/._()\[\]・#]+")
# Kinds that leave the machine the same.
SAME_MODEL: frozenset[SuffixKind] = frozenset({"colour", "region", "channel", "package", "edition", "size"})


@dataclass(frozen=True, slots=True)
class Code:
    """One code with its kind; `colours` are the names that a colour code may mean. A code that is not `sure` is read as
    most makers use it, and needs the colour's word beside it."""

    text: str
    kind: SuffixKind
    colours: frozenset[str] = frozenset()
    sure: bool = True


@dataclass(frozen=True, slots=True)
class _Table:
    glued: dict[str, Code]
    after_digit: dict[str, Code]
    separated: dict[str, Code]
    glued_patterns: tuple[tuple[re.Pattern[str], SuffixKind], ...]
    separated_patterns: tuple[tuple[re.Pattern[str], SuffixKind], ...]


def _serves(entry: ColourCodes | SuffixCodes | SuffixPattern, maker: str | None, apparel: bool) -> bool:
    if not isinstance(entry, ColourCodes) and entry.apparel and not apparel:
        return False
    return not entry.makers or maker in entry.makers


def _add_colours(table: _Table, entry: ColourCodes) -> None:
    for text, names in entry.codes.items():
        code = Code(text, "colour", frozenset(names.split("|")), not entry.letters)
        table.separated[text] = code
        if entry.glued:
            (table.after_digit if entry.digits_before else table.glued)[text] = code


def _add_codes(table: _Table, entry: SuffixCodes) -> None:
    for text in entry.codes:
        code = Code(text, entry.kind)
        if entry.separated or not entry.glued:
            table.separated.setdefault(text, code)
        if entry.glued:
            table.glued.setdefault(text, code)


def _patterns(maker: str | None, apparel: bool, glued: bool) -> tuple[tuple[re.Pattern[str], SuffixKind], ...]:
    return tuple(
        (re.compile(entry.pattern), entry.kind)
        for entry in suffixes().patterns
        if _serves(entry, maker, apparel) and (entry.glued or not entry.separated if glued else True)
    )


@cache
def _table(maker: str | None, apparel: bool) -> _Table:
    """Codes that count for this maker; a maker's own reading of a code wins over the common one."""
    table = _Table({}, {}, {}, _patterns(maker, apparel, True), _patterns(maker, apparel, False))
    colours = [entry for entry in suffixes().colours if _serves(entry, maker, apparel)]
    codes = [entry for entry in suffixes().codes if _serves(entry, maker, apparel)]
    for entry in sorted(codes, key=lambda entry: (not entry.apparel, not entry.makers)):
        _add_codes(table, entry)
    special = dict(table.separated), dict(table.glued)
    for colour in sorted(colours, key=lambda entry: bool(entry.makers)):
        _add_colours(table, colour)
    for target, own in zip((table.separated, table.glued), special, strict=True):
        target.update({text: code for text, code in own.items() if code.kind in ("size", "package")})
    return table


def _one(piece: str, table: _Table, glued: bool, after_digit: bool) -> Code | None:
    found = table.glued.get(piece) if glued else table.separated.get(piece)
    if found is None and glued and after_digit:
        found = table.after_digit.get(piece)
    if found is not None:
        return found
    for pattern, kind in table.glued_patterns if glued else table.separated_patterns:
        if pattern.fullmatch(piece):
            return Code(piece, kind)
    return None


@lru_cache(maxsize=16384)
def read_piece(
    piece: str, maker: str | None, glued: bool, after_digit: bool, apparel: bool = False
) -> tuple[Code, ...] | None:
    """One piece without separators as one code, or as two joined ones; None when it is not known."""
    if piece in colour_words():
        return (Code(piece, "colour", colour_words()[piece]),)
    table = _table(maker, apparel)
    whole = _one(piece, table, glued, after_digit)
    if whole is not None:
        return (whole,)
    for cut in range(len(piece) - 1, 0, -1):
        left = _one(piece[:cut], table, glued, after_digit)
        right = left and _one(piece[cut:], table, left.kind not in ("kit", "body"), piece[cut - 1].isdigit())
        if left and right and (right.kind != "functional" or left.kind == "functional"):
            return (left, right)
    return None


def letter_colour(letter: str) -> frozenset[str]:
    """The colours that most makers mean by one letter."""
    codes = (entry.codes.get(letter) for entry in suffixes().colours if entry.letters)
    return frozenset(name for found in codes if found for name in found.split("|"))


def read_rest(rest: str, maker: str | None, after_digit: bool, apparel: bool = False) -> tuple[Code, ...] | None:
    """Everything after a base, with its separators, as codes; () for nothing, None when a piece is not known."""
    codes: list[Code] = []
    joined = _SEPARATORS.sub("", rest)
    if joined != rest and not _SEPARATORS.match(rest):
        for pattern, kind in _table(maker, apparel).glued_patterns:
            if pattern.fullmatch(joined):
                return (Code(joined, kind),)
    glued = bool(rest) and not _SEPARATORS.match(rest)
    for piece in filter(None, _SEPARATORS.split(rest)):
        found = read_piece(piece, maker, glued, glued and after_digit, apparel)
        if found is None:
            return None
        codes.extend(found)
        glued = False
    return tuple(codes)
