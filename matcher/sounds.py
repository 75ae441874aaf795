"""Whether a name in Latin letters and one in katakana sound alike ("Brembo" and "ブレンボ"), by their consonants."""

from __future__ import annotations

import re
from functools import lru_cache

# Consonants by kana; vowels, ー, ッ, ャ and the like carry none. L and R, V and B, S and Z sound alike in Japanese.
_ROWS = {
    "k": "カキクケコ",
    "g": "ガギグゲゴ",
    "s": "サシスセソザジズゼゾ",
    "t": "タチツテト",
    "d": "ダヂヅデド",
    "n": "ナニヌネノン",
    "f": "フ",
    "b": "バビブベボヴ",
    "p": "パピプペポ",
    "m": "マミムメモ",
    "r": "ラリルレロ",
}
_KANA = {kana: letter for letter, row in _ROWS.items() for kana in row}
_LATIN = (
    ("ph", "f"),
    ("sch", "s"),
    ("tch", "t"),
    ("sh", "s"),
    ("ch", "t"),
    ("th", "s"),
    ("ck", "k"),
    ("gh", ""),
    ("x", "ks"),
)
_SAME = str.maketrans({"l": "r", "v": "b", "z": "s", "j": "s", "q": "k"})
_KATAKANA = re.compile(r"[ァ-ヴー]{3,}")
_SHORTEST = 3


def _skeleton(text: str) -> str:
    """Consonants alone, doubled ones once, M as N before B and P."""
    bare = re.sub(r"[aeiouyhw\W\d_]", "", text)
    return re.sub(r"(.)\1+", r"\1", re.sub(r"m(?=[bp])", "n", bare))


@lru_cache(maxsize=1024)
def _of_latin(name: str) -> frozenset[str]:
    """The skeletons of a Latin name; R behind a vowel is often only a long vowel in Japanese."""
    text = name.casefold()
    for letters, sound in _LATIN:
        text = text.replace(letters, sound)
    text = re.sub(r"c(?=[eiy])", "s", text).replace("c", "k").translate(_SAME)
    return frozenset({_skeleton(text), _skeleton(re.sub(r"(?<=[aeiou])r(?![aeiou])", "", text))})


@lru_cache(maxsize=4096)
def _of_kana(word: str) -> str:
    return _skeleton("".join(_KANA.get(character, "a") for character in word))


def sounds_named(name: str, text: str) -> bool:
    """Whether a katakana word of the text sounds like the Latin name, or the other way round; short names never do."""
    if name.isascii():
        wanted = {skeleton for skeleton in _of_latin(name) if len(skeleton) >= _SHORTEST}
        return any(_of_kana(word) in wanted for word in _KATAKANA.findall(text))
    kana = _KATAKANA.fullmatch(name)
    skeleton = _of_kana(name) if kana else ""
    if len(skeleton) < _SHORTEST:
        return False
    return any(skeleton in _of_latin(word) for word in re.findall(r"[A-Za-z]{3,}", text))
