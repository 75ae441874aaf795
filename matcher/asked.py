"""The asked number, compiled once for many listings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

from matcher.folding import canonical, squashed
from matcher.identifiers import valid_gtin
from matcher.knowledge import KindFile, read
from matcher.makers import lines_of, maker_key, names_in_text
from matcher.suffixes import Code, read_piece, read_rest

# Sellers put any of these, or none, between any two characters of a number.
GAP = r"[ \-_./・()#]{0,3}"
_PIECES = re.compile(r"[^ \-_./・()\[\]#,]+")
_MARK = re.compile(r"(?:mark|mk)(viii|vii|iii|iv|vi|ii|v|[2-9])(?![a-z0-9])")
_ROMAN = {"2": "ii", "3": "iii", "4": "iv", "5": "v", "6": "vi", "7": "vii", "8": "viii"}
_MARKS = {form: f"(?:{digit}|{roman})" for digit, roman in _ROMAN.items() for form in (digit, roman)}
# Makers that write the generation of a model as M2, M3 ... in the number and as a Roman numeral in the name.
_GENERATIONS = frozenset({"sony"})
_GENERATION = re.compile(r"(?<=[0-9])m([2-8])$")
_CONFUSED = str.maketrans({"o": "0", "i": "1", "l": "1", "b": "8"})
_LONGEST_TAIL = 6
# The words of a name: Latin and digit runs, kana and kanji runs.
NAME_WORDS = re.compile(r"[a-z0-9]+(?:[/.+'-][a-z0-9]+)*|[ァ-ヶー]+|[一-龥々]+|[ぁ-ん]+|[^\s!-~]")
# Groups that say how to judge a number and name no goods.
_FACTS = frozenset({"colour_is_product", "standard", "component"})


@dataclass(frozen=True, slots=True)
class Base:
    """A shorter form of the asked number: its first `length` characters of the key, and what it leaves out."""

    length: int
    missing: tuple[Code, ...] | None
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A compiled model number.

    `number` is as a person writes it, `key` the identity key, `maker` the maker's key where the name is known, `brand`
    the name as given. `bases` are the number's shorter forms, shortest first; group n of `pattern` is present when the
    text goes on from base n. `named` says that it is a name of several words and no code; `groups` are the kinds of
    goods that the number itself is (a battery, an ink), empty for a machine or when not known; `maybe_groups` are what
    its maker sells besides. `words` are those of a name. `dropped` is the name of the maker or line in front, which a
    text may leave out. `weak` marks a number that proves nothing without its maker: digits only, under five characters,
    or a standard number of many makers.
    """

    number: str
    key: str
    brand: str | None
    maker: str | None
    jan: str | None
    pattern: re.Pattern[str]
    bases: tuple[Base, ...]
    named: bool
    weak: bool
    groups: frozenset[str] = frozenset()
    maybe_groups: frozenset[str] = frozenset()
    confused: str = ""
    heads: frozenset[str] = field(default_factory=frozenset)
    words: tuple[str, ...] = ()
    dropped: str = ""

    @property
    def by_jan(self) -> bool:
        """True when only a JAN is known: it is asked as the number, and nothing but an equal JAN proves the goods."""
        return self.jan is not None and self.key.isdecimal() and self.key.zfill(14) == self.jan.zfill(14)

    @property
    def codes(self) -> frozenset[str]:
        """The kinds of suffix that the number ends with, by its shortest base that is understood."""
        known = [base.missing for base in self.bases if base.missing]
        return frozenset(code.kind for code in known[0]) if known else frozenset()


def confused(key: str) -> str:
    """The key with letters and digits that are taken for each other made one: O/0, I/l/1, B/8."""
    return key.translate(_CONFUSED)


def _cuts(pieces: list[str], maker: str | None) -> set[int]:
    """Places in the key where the number may end in a listing: between its pieces, and before a known code."""
    cuts: set[int] = set()
    length = 0
    for piece in pieces:
        for tail in range(1, min(_LONGEST_TAIL, len(piece) - 1) + 1):
            before = piece[-tail - 1]
            if read_piece(piece[-tail:], maker, True, before.isdigit()) and not (
                before.isdigit() and piece[-tail].isdigit()
            ):
                cuts.add(length + len(piece) - tail)
        length += len(piece)
        cuts.add(length)
    return cuts | _crossing(pieces, maker)


def _crossing(pieces: list[str], maker: str | None) -> set[int]:
    """A last code that is written with a separator inside ("J/A")."""
    if len(pieces) < 2 or len(pieces[-1]) > 1:
        return set()
    key = "".join(pieces)
    tails = (tail for tail in (2, 3) if len(key) > tail + 2)
    return {len(key) - tail for tail in tails if read_piece(key[-tail:], maker, True, key[-tail - 1].isdigit())}


def _is_base(text: str, missing: tuple[Code, ...] | None) -> bool:
    """Long enough to be the model by itself: three characters with a digit, or four letters before known codes."""
    if any(character.isdigit() for character in text[1:]):
        return len(text) >= 3
    return len(text) >= 4 and bool(missing)


def _rest_of(number: str, length: int) -> str:
    """The tail of the folded number after `length` characters of its key, with its separators."""
    seen = 0
    for index, character in enumerate(number):
        if seen == length:
            return number[index:]
        seen += character.isalnum() or character == "+"
    return ""


def _bases(number: str, key: str, maker: str | None) -> tuple[Base, ...]:
    pieces = [squashed(piece) for piece in _PIECES.findall(number)]
    found = []
    inside = {place for mark in _MARK.finditer(key) for place in range(mark.start() + 1, mark.end())}
    for length in sorted(_cuts([piece for piece in pieces if piece], maker) - inside):
        rest, after_digit = _rest_of(number, length), key[length - 1].isdigit()
        missing = read_rest(rest, maker, after_digit) or read_rest(rest, maker, after_digit, apparel=True)
        if length < len(key) and _is_base(key[:length], missing):
            found.append(Base(length, missing, key[:length]))
    return tuple(found)


def _units(key: str, maker: str | None) -> list[tuple[str, int]]:
    """The key as pattern pieces with their lengths; Mark II, MkII and MK2 are one."""
    units: list[tuple[str, int]] = []
    position = 0
    while position < len(key):
        mark = _MARK.match(key, position) if position else None
        generation = _GENERATION.match(key, position) if maker in _GENERATIONS else None
        times = key[position] == "x" and key[position - 1 : position].isdigit() and key[position + 1 :][:1].isdigit()
        if generation:
            units.append((rf"(?:m{GAP}{generation[1]}|{_ROMAN[generation[1]]})", 2))
        elif times:
            units.append(("[x×✕]", 1))
        elif mark:
            units.append((rf"(?:mark|mk){GAP}{_MARKS.get(mark[1], mark[1])}", len(mark[0])))
        else:
            units.append((re.escape(key[position]) if key[position] != "+" else r"(?:\+|plus(?![a-z0-9]))?", 1))
        position += units[-1][1]
    return units


def _pattern(key: str, bases: tuple[Base, ...], lines: tuple[str, ...], maker: str | None) -> re.Pattern[str]:
    cuts = {base.length for base in bases}
    body, position, opened = "", 0, 0
    for unit, length in _units(key, maker):
        if position in cuts:
            body += f"({GAP}{unit}"
            opened += 1
        else:
            body += (GAP if position else "") + unit
        position += length
    body += ")?" * opened
    prefix = (
        f"(?:(?:{'|'.join(lines)}){GAP})?"
        if lines
        else "0{0,2}"
        if key.isdigit() and len(key) >= 3 and key[0] != "0"
        else ""
    )
    return re.compile(rf"(?<![a-z0-9]){prefix}{body}")


def _without_line(key: str, lines: tuple[str, ...]) -> str:
    """The key without the line name in front of it, where enough of a number remains."""
    for line in lines:
        rest = key.removeprefix(line)
        short = _MARK.split(rest)[0]
        if rest != key and len(short) >= 4 and any(character.isdigit() for character in short):
            return rest
    return key


@cache
def _kinds() -> tuple[tuple[frozenset[str], re.Pattern[str], frozenset[str]], ...]:
    return tuple(
        (frozenset(kind.makers), re.compile(kind.pattern), frozenset(kind.groups))
        for kind in read("kinds.toml", KindFile).kinds
    )


def _groups(number: str, maker: str | None, sure: bool) -> frozenset[str]:
    """Groups told by the number's head (`sure`), or only by the maker's trade."""
    found = [
        groups
        for makers, pattern, groups in _kinds()
        if (maker in makers or "any" in makers)
        and pattern.match(number)
        and (sure or pattern.pattern == ".")
        and (not sure or pattern.pattern != "." or groups & _FACTS)
    ]
    return frozenset().union(*found)


def compile_query(model_number: str, *, maker: str | None = None, jan: str | None = None) -> Asked:
    """Compile the asked number; separators are free at every position of the pattern."""
    number = canonical(model_number).casefold()
    known = maker_key(maker)
    for name in (name for name, owner in names_in_text().items() if owner == known):
        rest = number.removeprefix(f"{name} ")
        number = rest if len(squashed(rest)) >= 4 else number
    key = _without_line(squashed(number), lines_of(known))
    number = _rest_of(number, len(squashed(number)) - len(key)) if key else number
    dropped = squashed(model_number).removesuffix(key) if key else ""
    prefixes = (*lines_of(known), *([re.escape(dropped)] if dropped else []))
    bases = _bases(number, key, known)
    letters = any(character.isalpha() for character in key)
    named = " " in number and not re.search(r"\d[a-z]*-|[a-z]-\d|(?<!f)/", number) and len(key) > 4 and letters
    return Asked(
        number=canonical(model_number),
        key=key,
        brand=maker,
        maker=known,
        jan=valid_gtin(jan),
        pattern=_pattern(key, bases, prefixes, known) if key.strip("+") else re.compile(r"(?!)"),
        bases=bases,
        dropped=dropped,
        named=named,
        weak=len(key) < 5 or not letters or "standard" in _groups(number, known, True),
        words=tuple(NAME_WORDS.findall(number)) if named or not number.isascii() or number.count(" ") >= 2 else (),
        groups=_groups(number, known, True),
        maybe_groups=_groups(number, known, False),
        confused=confused(key),
        heads=frozenset(piece for piece in map(squashed, _PIECES.findall(number)) if piece),
    )
