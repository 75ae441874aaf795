"""What the guidelines do not allow in a message, by forbidden.toml."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import msgspec

from kataban.drafts.shapes import Pair


class _Rule(msgspec.Struct, forbid_unknown_fields=True):
    says: Pair
    patterns: list[str]


@cache
def _rules() -> dict[str, tuple[Pair, re.Pattern[str]]]:
    found = msgspec.toml.decode((Path(__file__).parent / "forbidden.toml").read_bytes(), type=dict[str, _Rule])
    return {name: (rule.says, re.compile("|".join(rule.patterns), re.IGNORECASE)) for name, rule in found.items()}


def forbidden(text: str, own: Iterable[str] = ()) -> dict[str, Pair]:
    """The rules that `text` breaks, with what they forbid in Japanese and English.

    `own` are the order's values in it (its number, the names of its goods): they are not the seller's words.
    """
    for value in sorted(own, key=len, reverse=True):
        text = text.replace(value, " ")
    return {name: says for name, (says, pattern) in _rules().items() if pattern.search(text)}
