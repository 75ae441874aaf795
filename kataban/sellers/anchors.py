"""Which of many patterns may match a text at all, found by short strings one of which stands in every match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


class Anchored(Generic[T]):
    """Things in their order, each with its anchors, of which the first two characters count: what a pattern allows
    after them is often wider than the anchor as written."""

    def __init__(self, things: Iterable[tuple[Iterable[str], T]]) -> None:
        self._things: list[T] = []
        self._by_key: dict[str, set[int]] = defaultdict(set)
        for at, (anchors, thing) in enumerate(things):
            self._things.append(thing)
            for anchor in anchors:
                self._by_key[anchor[:2]].add(at)
        self._keys = frozenset(self._by_key)

    def candidates(self, text: str) -> list[T]:
        """The things one of whose anchors may stand in the text, in their order."""
        keys = self._keys & {*text, *map(str.__add__, text, text[1:])}
        return [self._things[at] for at in sorted(set().union(*(self._by_key[key] for key in keys)))]
