"""Which of many patterns may match a text at all, found by short strings that stand in every match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


class Anchored(Generic[T]):
    """Things in their order, each with its anchors; found by the first two characters of the anchors, then by all."""

    def __init__(self, things: Iterable[tuple[Iterable[str], T]]) -> None:
        self._things: list[T] = []
        self._short: dict[str, set[int]] = defaultdict(set)
        self._long: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for at, (anchors, thing) in enumerate(things):
            self._things.append(thing)
            for anchor in anchors:
                if len(anchor) > 2:
                    self._long[anchor[:2]].append((anchor, at))
                else:
                    self._short[anchor].add(at)
        self._keys = frozenset(self._short) | frozenset(self._long)

    def candidates(self, text: str) -> list[T]:
        """The things one of whose anchors stands in the text, in their order."""
        found: set[int] = set()
        for key in self._keys & {*text, *map(str.__add__, text, text[1:])}:
            found |= self._short.get(key, frozenset())
            found.update(at for anchor, at in self._long.get(key, ()) if at not in found and anchor in text)
        return [self._things[at] for at in sorted(found)]
