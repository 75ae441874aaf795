"""Finds every word that the room knows in a text, in one pass, the longest at each place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from matcher.knowledge import GoodsFile, GoodsKind, WordFile, colour_words, one_of, read

_WORD_FILES = ("hosts.toml", "negations.toml", "signals.toml", "harmless.toml")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word can be: signals by name, goods of a kind and group, a colour."""

    signals: frozenset[str] = frozenset()
    goods: GoodsKind | None = None
    group: str = ""
    colours: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hit:
    """A known word in a folded text."""

    start: int
    end: int
    word: str
    meaning: Meaning

    def says(self, signal: str) -> bool:
        """Whether the word has this signal."""
        return signal in self.meaning.signals


def _signals() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name in _WORD_FILES:
        for signal, entry in read(name, WordFile).words.items():
            for word in entry.words:
                found.setdefault(word, set()).add(signal)
    return found


def _goods() -> dict[str, tuple[GoodsKind, str]]:
    return {word: (entry.kind, entry.group) for entry in read("goods.toml", GoodsFile).goods for word in entry.words}


@cache
def meanings() -> dict[str, Meaning]:
    """Every known word with its meaning."""
    signals, goods, colours = _signals(), _goods(), colour_words()
    found = {}
    for word in {*signals, *goods, *colours}:
        kind, group = goods.get(word, (None, ""))
        found[word] = Meaning(frozenset(signals.get(word, ())), kind, group, colours.get(word, frozenset()))
    return found


@cache
def _pattern() -> re.Pattern[str]:
    words = meanings()
    latin = [word for word in words if word[0].isascii() and word[0].isalnum()]
    other = [word for word in words if not (word[0].isascii() and word[0].isalnum())]
    return re.compile(rf"{one_of(sorted(other))}|(?<![a-z0-9]){one_of(sorted(latin))}")


def scan(folded: str) -> list[Hit]:
    """All known words of a folded text in order, not overlapping."""
    table = meanings()
    hits: list[Hit] = []
    for match in _pattern().finditer(folded):
        word, end = match[0], match.end()
        if (
            word[-1].isascii()
            and word[-1].isalnum()
            and folded[end : end + 1].isascii()
            and folded[end : end + 1].isalnum()
        ):
            continue
        hits.append(Hit(match.start(), end, word, table[word]))
    return [hit for index, hit in enumerate(hits) if not hit.meaning.goods or _stands_alone(folded, hits, index)]


def _script(character: str) -> str:
    """The script of one character as far as words are told apart by it."""
    if "ァ" <= character <= "ヶ" or character == "ー":
        return "katakana"
    if "一" <= character <= "龥" or character == "々":
        return "kanji"
    return "hiragana" if "ぁ" <= character <= "ん" else ""


def _stands_alone(folded: str, hits: list[Hit], index: int) -> bool:
    """Whether a noun of goods is a word and no piece of a longer one (リング in キャンセリング).

    A known word may touch it. In front, a long noun may have a modifier (アルミケース), for Japanese ends in its head.
    """
    hit = hits[index]
    before, after = folded[hit.start - 1 : hit.start], folded[hit.end : hit.end + 1]
    known_after = index + 1 < len(hits) and hits[index + 1].start == hit.end
    if after and _script(after) and _script(after) == _script(hit.word[-1]) != "hiragana" and not known_after:
        return False
    if (
        not before
        or not _script(before)
        or _script(before) != _script(hit.word[0])
        or (index and hits[index - 1].end == hit.start)
    ):
        return True
    return len(hit.word) >= 4 or hit.word in _HEADS


_HEADS = frozenset(
    {
        "ケース",
        "カバー",
        "バンド",
        "ベルト",
        "インク",
        "トナー",
        "替刃",
        "部品",
        "基板",
        "電池",
        "空箱",
        "元箱",
        "外箱",
        "空き箱",
    }
)
