"""Personality: own rules, tone and conditions put on the buyer, from phrases alone. No figure moves it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kataban.items import PhraseHit
from kataban.sellers.settings import SETTINGS

_TABLE = SETTINGS.personality


def personality(hits: Iterable[PhraseHit], *, read: bool = True) -> int | None:
    """0-100. `read` says that a text in which a seller states rules (description, profile) was read; where it was not
    and no phrase was found elsewhere either, the answer is None: unknown."""
    counts = Counter(hit.kind for hit in hits if hit.kind in _TABLE.kinds)
    if not counts and not read:
        return None
    points = sum(_TABLE.kinds[kind] * (1 + _TABLE.repeat * min(n - 1, 2)) for kind, n in counts.items())
    return min(100, max(0, round(_TABLE.start + points)))
