"""The condition of the goods by a site's label or code, by the table condition.toml."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import msgspec

from kataban.items import Condition


class _Label(msgspec.Struct, forbid_unknown_fields=True):
    condition: Condition
    patterns: list[str]


class _Statements(msgspec.Struct, forbid_unknown_fields=True):
    before: list[str]
    words: list[str]
    after: list[str]
    doubt: list[str]
    worn: list[str]


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    codes: dict[str, dict[str, Condition]]
    labels: list[_Label]
    statements: _Statements


_TABLE = msgspec.toml.decode((Path(__file__).parent / "condition.toml").read_bytes(), type=_Table)
FRESH = frozenset({Condition.NEW, Condition.UNUSED})
_WORST_FIRST = tuple(reversed(tuple(Condition)))
_SAID = _TABLE.statements
_STATED = re.compile(
    rf"(?:{'|'.join(_SAID.before)})*(?P<words>{'|'.join(_SAID.words)})(?:{'|'.join(_SAID.after)})?", re.IGNORECASE
)
_DOUBT = re.compile("|".join(_SAID.doubt), re.IGNORECASE)
_WORN = re.compile("|".join(_SAID.worn), re.IGNORECASE)
_WORDS = re.compile(f"(?:{'|'.join(_SAID.words)})", re.IGNORECASE)
_SENTENCES = re.compile(r"[。!\n]+|(?<=[a-z])\. ")
_PARTS = re.compile(r"[、,・/／|＋+&★☆◆■●◎※【】\[\]()「」]+|\s+")
_LABELS = [(label.condition, re.compile("|".join(label.patterns), re.IGNORECASE)) for label in _TABLE.labels]


def condition_of(label: object, site: str | None = None) -> Condition:
    """The Condition that `label` names; `unknown` for None and for words that name none.

    With `site` (a table of condition.toml: `mercari`, `rakuma`, `yahoo_fleamarket`, `schema_org`, `amazon` ...) it is
    one of that site's codes; without, visible words such as 新品、未使用 or 中古ランクB. Meant for a condition cell: a
    title may say 新品同様 of something else.
    """
    if label is None:
        return Condition.UNKNOWN
    line = " ".join(unicodedata.normalize("NFKC", str(label)[:500]).split())
    if site:
        code = line.rstrip("/").rsplit("schema.org/", 1)[-1].casefold()
        return _TABLE.codes[site].get(code, Condition.UNKNOWN)
    return next((condition for condition, pattern in _LABELS if pattern.search(line)), Condition.UNKNOWN)


def condition_in_title(title: str | None) -> tuple[Condition, str | None]:
    """The condition that stands as a word of its own in a title (マキタ TD173DZ 新品), and the word.

    Unknown where the title names both new and used goods.
    """
    text = unicodedata.normalize("NFKC", title or "")
    condition, words = _agreed([part for part in _PARTS.split(text) if _WORDS.fullmatch(part)])
    return (Condition.UNKNOWN, None) if condition in FRESH and _WORN.search(text) else (condition, words)


def stated_condition(text: str | None) -> tuple[Condition, str | None]:
    """What a description plainly says of its thing (新品です, 中古品です), and its words.

    Unknown without words where it says nothing; unknown with the words where they are against each other.
    """
    stated: list[str] = []
    worn: str | None = None
    for sentence in _SENTENCES.split(unicodedata.normalize("NFKC", text or "")):
        if _DOUBT.search(sentence) or ("新品" in sentence and "中古" in sentence):
            continue
        stated += [found["words"] for part in (sentence.strip(), *_PARTS.split(sentence.strip()))
                   if (found := _STATED.fullmatch(part))]
        worn = worn or (found[0] if (found := _WORN.search(sentence)) else None)
    condition, words = _agreed(stated)
    if worn and (condition in FRESH or condition is Condition.UNKNOWN):
        return Condition.UNKNOWN, worn
    return condition, words


def _agreed(words: list[str]) -> tuple[Condition, str | None]:
    """The worst of what all words name, if they are all of new goods or all of used ones."""
    said = {condition_of(word): word for word in words}
    said.pop(Condition.UNKNOWN, None)
    if not said or (said.keys() & FRESH and said.keys() - FRESH):
        return Condition.UNKNOWN, None
    worst = next(condition for condition in _WORST_FIRST if condition in said)
    return worst, said[worst]
