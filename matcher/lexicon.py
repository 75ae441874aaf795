"""Finds every word that the room knows in a text, in one pass, the longest at each place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from matcher.knowledge import GoodsFile, GoodsKind, WordFile, colour_words, read

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
def _by_prefix() -> dict[str, tuple[str, ...]]:
    """The words by their first two characters, the longest first; words of one character by themselves."""
    found: dict[str, list[str]] = {}
    for word in meanings():
        found.setdefault(word[:2], []).append(word)
    for word in (word for word in meanings() if len(word) == 1):
        for prefix in [prefix for prefix in found if prefix[0] == word and prefix != word]:
            found[prefix].append(word)
    return {prefix: tuple(sorted(words, key=len, reverse=True)) for prefix, words in found.items()}


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _begins(folded: str, start: int, word: str) -> bool:
    """Whether a word stands at this place; a Latin word is no piece of a longer one."""
    end = start + len(word)
    if not folded.startswith(word, start):
        return False
    if _is_latin(word[0]) and start and _is_latin(folded[start - 1]):
        return False
    return not (_is_latin(word[-1]) and end < len(folded) and _is_latin(folded[end]))


def scan(folded: str) -> list[Hit]:
    """All known words of a folded text in order, not overlapping, the longest at each place."""
    table, known, hits, free = _by_prefix(), meanings(), [], 0
    for start in range(len(folded)):
        words = table.get(folded[start : start + 2]) or table.get(folded[start])
        if words is None or start < free:
            continue
        word = next((word for word in words if _begins(folded, start, word)), None)
        if word is not None:
            free = start + len(word)
            hits.append(Hit(start, free, word, known[word]))
    return [
        hit
        for index, hit in enumerate(hits)
        if not (hit.meaning.goods or hit.says("only")) or _stands_alone(folded, hits, index)
    ]


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
