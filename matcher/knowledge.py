"""The knowledge of the room: one TOML file per kind, read once into typed structures that refuse wrong keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Literal, TypeVar

import msgspec

_HERE = Path(__file__).parent
T = TypeVar("T")

SuffixKind = Literal["colour", "region", "channel", "package", "edition", "size", "kit", "body", "functional"]
GoodsKind = Literal["box", "part", "piece", "goods", "supply"]


class Words(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One list of words that mean the same thing for the matcher."""

    words: tuple[str, ...]


class WordFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """hosts.toml, negations.toml, signals.toml, harmless.toml: words by what they signal."""

    words: dict[str, Words]


class Goods(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Nouns of one group of things that are less than, or other than, the unit."""

    group: str
    kind: GoodsKind
    words: tuple[str, ...]


class GoodsFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """goods.toml."""

    goods: tuple[Goods, ...]


class ColourFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """colours.toml: the words of each colour."""

    colours: dict[str, tuple[str, ...]]


class ColourCodes(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Colour codes of some makers, or of any; a value may name several colours, joined by '|'."""

    codes: dict[str, str]
    makers: tuple[str, ...] = ()
    glued: bool = False
    letters: bool = False
    digits_before: bool = False


class SuffixCodes(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Codes of another kind than colour."""

    kind: SuffixKind
    codes: tuple[str, ...]
    makers: tuple[str, ...] = ()
    glued: bool = False
    separated: bool = False
    apparel: bool = False


class SuffixPattern(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Codes that follow a pattern."""

    kind: SuffixKind
    pattern: str
    makers: tuple[str, ...] = ()
    glued: bool = False
    separated: bool = False
    apparel: bool = False


class SuffixFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """suffixes.toml."""

    colours: tuple[ColourCodes, ...]
    codes: tuple[SuffixCodes, ...]
    patterns: tuple[SuffixPattern, ...]


class Units(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A pattern of whole tokens that are measures or standards."""

    pattern: str


class PlainWords(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Short tokens that are no suffix, Latin words of product names, capabilities that 対応 follows harmlessly."""

    plain: frozenset[str]
    of_names: frozenset[str]
    capabilities: frozenset[str]


class FeatureFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """features.toml."""

    units: Units
    words: PlainWords


class Patterns(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Regular expressions on folded text."""

    patterns: tuple[str, ...]

    def compiled(self) -> re.Pattern[str]:
        """All patterns as one."""
        return re.compile("|".join(f"(?:{pattern})" for pattern in self.patterns))


class QuantityFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """quantities.toml."""

    units: Patterns
    lots: Patterns
    bundles: Patterns
    full_kits: Patterns
    intrinsic: Patterns


class AttributeFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """attributes.toml: names of attributes by what they hold."""

    keys: dict[str, tuple[str, ...]]


class MakerFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """makers.toml: aliases of each maker, its line names, and the makers that sell its chips on their cards."""

    makers: dict[str, tuple[str, ...]]
    lines: dict[str, tuple[str, ...]]
    ambiguous: frozenset[str]
    shade_makers: frozenset[str]
    partners: dict[str, tuple[str, ...]] = {}


class OwnKind(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Numbers of these makers with this head are themselves things of these groups."""

    makers: tuple[str, ...]
    pattern: str
    groups: tuple[str, ...]


class KindFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """kinds.toml."""

    kinds: tuple[OwnKind, ...]


class Sentence(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The words of one rule for the reader, with {span} and {asked} to be filled in."""

    ja: str
    en: str


class RuleFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """rules.toml."""

    rules: dict[str, Sentence]


class PhraseFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """phrases.toml: regular expressions by name."""

    phrases: dict[str, str]


class Statement(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A kind of clause and what it says of the offer; `own` and `supplies` tell for which asked numbers it counts.
    One of `cues`, where there are any, stands in every text that matches: a quick look before the pattern."""

    rank: Literal["part", "accessory", "set", "undecided"]
    rule: str
    places: tuple[Literal["title", "description", "number"], ...]
    patterns: tuple[str, ...]
    unless: str = ""
    cues: tuple[str, ...] = ()
    own: bool = False
    supplies: bool = True


class StatementFile(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """statements.toml: kinds of clauses, and goods of a value of their own."""

    products: tuple[str, ...]
    separate: tuple[str, ...]
    statements: tuple[Statement, ...]


# msgspec 0.22 crashes when two threads decode into a type for the first time at once (seen 2026-11).
_READING = Lock()


def read(name: str, shape: type[T]) -> T:
    """Read one TOML file of this room; a wrong or missing key raises with the file's name."""
    try:
        with _READING:
            return msgspec.toml.decode((_HERE / name).read_bytes(), type=shape)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise ValueError(f"matcher/{name}: {error}") from error


def one_of(words: Iterable[str]) -> str:
    """A regular expression of literal words, built as a tree so that a long list is scanned fast, longest first."""
    tree: dict[str, dict] = {}  # type: ignore[type-arg]
    for word in words:
        node = tree
        for character in word:
            node = node.setdefault(character, {})
        node[""] = {}
    return _branches(tree)


def _branches(node: Mapping[str, Mapping]) -> str:  # type: ignore[type-arg]
    ends = "" in node
    singles = [re.escape(key) for key, child in node.items() if key and list(child) == [""]]
    longer = [re.escape(key) + _branches(child) for key, child in node.items() if key and list(child) != [""]]
    options = longer + ([f"[{''.join(singles)}]"] if singles else [])
    if not options:
        return ""
    body = f"(?:{'|'.join(options)})"
    return f"{body}?" if ends else body


@cache
def _phrases() -> dict[str, str]:
    return read("phrases.toml", PhraseFile).phrases


def phrase(name: str) -> re.Pattern[str]:
    """A phrase with grammar, compiled."""
    return re.compile(_phrases()[name])


@cache
def colour_words() -> dict[str, frozenset[str]]:
    """Colour names by the word that states them; a word may state several."""
    found: dict[str, set[str]] = {}
    for name, words in read("colours.toml", ColourFile).colours.items():
        for word in words:
            found.setdefault(word, set()).add(name)
    return {word: frozenset(names) for word, names in found.items()}


@cache
def suffixes() -> SuffixFile:
    """The suffix tables."""
    return read("suffixes.toml", SuffixFile)


@cache
def features() -> FeatureFile:
    """Measures, abbreviations and capabilities."""
    return read("features.toml", FeatureFile)


@cache
def rules() -> dict[str, Sentence]:
    """The sentences of the evidence."""
    return read("rules.toml", RuleFile).rules


@cache
def attribute_roles() -> dict[str, str]:
    """What an attribute holds, by its folded name without spaces."""
    table = read("attributes.toml", AttributeFile).keys
    return {name.replace(" ", ""): role for role, names in table.items() for name in names}
