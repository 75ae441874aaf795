"""The phrase tables: read once from TOML into typed structures; a wrong key or an unknown word is an error."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Literal, TypeVar

import msgspec

from kataban.items import Effect

Place = Literal["title", "description", "name", "profile", "comment"]
PLACES: tuple[Place, ...] = ("title", "description", "name", "profile", "comment")
_FOLDER = Path(__file__).parent / "phrases"
_MACRO = re.compile(r"<(\d+|[A-Z_]+)>")
_READING = Lock()
Shape = TypeVar("Shape")


class Rule(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Patterns of one kind in some places. They are tried only where one of the `anchors` stands in the text.

    `reading` is the form they are matched on: `plain` without brackets, `bracketed` with them as [ and ], `raw` as
    the seller wrote it. `lifts` stand instead of the kind's where a place or a form needs its own, `also_lifts`
    beside them.
    """

    anchors: tuple[str, ...]
    patterns: tuple[str, ...]
    places: tuple[Place, ...] = PLACES
    reading: Literal["plain", "bracketed", "raw"] = "plain"
    lifts: tuple[str, ...] | None = None
    also_lifts: tuple[str, ...] = ()


class Kind(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One kind of phrase: what it means, what it does, how it is said, and how its negated and lifted forms are said.

    `lifts` are decided first: a phrase that overlaps one of them is no hit. `lifted_by` are patterns whose
    presence anywhere in the listing's texts lifts the kind (a sealed article is not tested by anybody).
    """

    kind: str
    effect: Effect
    text_ja: str
    text_en: str
    rules: tuple[Rule, ...]
    lifts: tuple[str, ...] = ()
    lifted_by: tuple[str, ...] = ()
    hits: dict[Place, tuple[str, ...]] = {}
    harmless: dict[Place, tuple[str, ...]] = {}


class _File(msgspec.Struct, forbid_unknown_fields=True):
    kind: list[Kind]


class _Words(msgspec.Struct, forbid_unknown_fields=True):
    words: dict[str, str]


def decode(file: Path, shape: type[Shape]) -> Shape:
    """A TOML file of this room. One at a time: msgspec 0.22 crashes when two threads decode into a type for the first
    time at once (seen 2026-11)."""
    with _READING:
        return msgspec.toml.decode(file.read_bytes(), type=shape)


@lru_cache(maxsize=1)
def kinds() -> tuple[Kind, ...]:
    """All kinds of all files, in the files' order."""
    files = sorted(_FOLDER.glob("[0-9]*.toml"))
    return tuple(kind for file in files for kind in decode(file, _File).kind)


@lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    words = decode(_FOLDER / "words.toml", _Words).words
    return {name: f"(?:{value})" for name, value in words.items()}


def expand(pattern: str) -> str:
    """A pattern of the tables as a regular expression: <NAME> is a word list of words.toml, <8> is up to eight
    characters of the same sentence. KeyError names a word list that does not exist."""
    def replace(match: re.Match[str]) -> str:
        name = match.group(1)
        return rf"[^。\n]{{0,{name}}}?" if name.isdigit() else expand(_words()[name])
    return _MACRO.sub(replace, pattern)
