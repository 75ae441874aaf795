"""Asked names that are no codes ("RG 1/144 ...", "Pixel 8a"): which of their words the title replaces by others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from matcher.asked import NAME_WORDS
from matcher.knowledge import colour_words
from matcher.mentions import COUNTED


def _tokens(folded: str) -> list[str]:
    """Words of a title; digits that count something are left out."""
    return [m[0] for m in NAME_WORDS.finditer(folded) if not (m[0].isdigit() and COUNTED.match(folded, m.end()))]


def _skeleton(word: str) -> str:
    return re.sub(r"[0-9]", "", word).strip("-/.")


def _runs(word: str) -> str:
    return re.sub(r"[a-z]+", "a", re.sub(r"[0-9]+", "0", word))


def _digits(word: str) -> str:
    return re.sub(r"[^0-9]", "", word)


def _rival_number(word: str, token: str) -> bool:
    """Whether a token with digits takes the place of an asked word with digits (05 and 11, 8a and 8, 55mm and 50mm)."""
    if word.isdigit() and token.isdigit():
        return len(word) == len(token)
    if not _digits(token):
        return False
    if not word.isdigit() and _runs(word) == _runs(token) and len(word) >= 4:
        return True
    same_letters = _skeleton(word) != "" and _skeleton(word) == _skeleton(token)
    same_digits = _digits(word) == _digits(token)
    return same_letters or same_digits or (len(word) >= 5 and word[:3] == token[:3])


def _neighbours(words: Sequence[str], index: int, tokens: list[str]) -> Iterator[str]:
    """Tokens of the title that stand where the absent word would stand."""
    for place, token in enumerate(tokens):
        if index and token == words[index - 1] and place + 1 < len(tokens):
            yield tokens[place + 1]
        if index + 1 < len(words) and token == words[index + 1] and place:
            yield tokens[place - 1]


def _is_rival_word(word: str, token: str) -> bool:
    return word.isascii() and token.isascii() and (token[0].isdigit() or (token.isalpha() and len(token) > 1))


_SIZE = re.compile(r"(?:x*[sml]|[2-6]x?l|ll|free|\d{2}(?:\.\d)?cm|\d{2}\.\d)(?:サイズ)?")


def is_finish(word: str) -> bool:
    """Whether a word of a name is a colour or a size, so that another one in its place is a variant."""
    return word in colour_words() or _SIZE.fullmatch(word) is not None


def absent_words(words: Sequence[str], folded: str) -> list[str]:
    """The words of the name that the title lacks."""
    present = set(_tokens(folded))
    return [word for word in words if word not in present]


def rival(words: Sequence[str], folded: str) -> str | None:
    """The token of a title that contradicts the asked name; None when no word of the name is there, or all are."""
    tokens = _tokens(folded)
    present = set(tokens) & set(words)
    absent = [index for index, word in enumerate(words) if word not in present]
    if not absent or sum(len(words[index]) for index in absent) >= len("".join(words)) * 0.75:
        return None
    others = [token for token in tokens if token not in words]
    for index in absent:
        word = words[index]
        if is_finish(word):
            found = next((token for token in others if token != word and is_finish(token)), None)
        elif _digits(word):
            found = next((token for token in others if _rival_number(word, token)), None)
        else:
            found = next(
                (
                    token
                    for token in _neighbours(words, index, tokens)
                    if token not in words and _is_rival_word(word, token)
                ),
                None,
            )
        if found:
            return found
    return None
