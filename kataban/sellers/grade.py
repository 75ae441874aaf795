"""The grade: reputation first, phrases and personality lower it, the user's own word wins. The figures are settings."""

from __future__ import annotations

from collections.abc import Iterable

from kataban.items import Effect, Grade, PhraseHit
from kataban.sellers.settings import SETTINGS, band
from kataban.sellers.word import Stand, Word

_LADDER = (Grade.A, Grade.B, Grade.C, Grade.D, Grade.E)


def grade(reputation: int | None, personality: int | None, hits: Iterable[PhraseHit] = (),
          word: Word | None = None) -> Grade:
    """A to E; `unknown` where no public figures exist and the user has not spoken."""
    if word is not None and word.stand is not None:
        return Grade.A if word.stand is Stand.TRUSTED else Grade.E
    if reputation is None:
        return _by_deals(Grade.UNKNOWN, word)
    steps = _trust_steps(hits) + _personality_steps(personality)
    at = next((i for i, g in enumerate(_LADDER[:-1]) if reputation >= SETTINGS.grades[g.value]), len(_LADDER) - 1)
    return _by_deals(_LADDER[min(at + steps, len(_LADDER) - 1)], word)


def _trust_steps(hits: Iterable[PhraseHit]) -> int:
    kinds = {hit.kind for hit in hits if hit.effect is Effect.COSTS_TRUST}
    return min(len(kinds) * SETTINGS.steps.trust_kind, SETTINGS.steps.trust_most)


def _personality_steps(personality: int | None) -> int:
    return {"medium": SETTINGS.steps.personality_poor, "low": SETTINGS.steps.personality_bad}.get(band(personality), 0)


def _by_deals(found: Grade, word: Word | None) -> Grade:
    """The user's own past deals: bad ones cap the grade, good ones raise it by one."""
    if word is None:
        return found
    worst = Grade(SETTINGS.deals.bad_grade)
    if word.failed >= max(SETTINGS.deals.bad_from, word.arrived):
        return worst if found is Grade.UNKNOWN else max(found, worst)
    if word.arrived >= SETTINGS.deals.good_from and not word.failed and found is not Grade.UNKNOWN:
        return _LADDER[max(_LADDER.index(found) - 1, 0)]
    return found
