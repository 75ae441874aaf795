"""Purchasability phrases: what the words of a listing or of a profile do to a purchase."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from kataban.items import Effect, PhraseHit
from kataban.sellers.knowledge import PLACES, Kind, Rule, expand, kinds
from kataban.sellers.reading import Reading, read

_STRENGTH = {effect: rank for rank, effect in enumerate(Effect)}
_SPAN_MAX = 60
_PLACE_NAMES = {"user_name": "name", "seller_name": "name", "comments": "comment", "introduction": "profile"}


class _Compiled(NamedTuple):
    """One Rule of one Kind, ready to be searched."""

    kind: Kind
    anchors: tuple[str, ...]
    reading: str
    pattern: re.Pattern[str]
    lifts: re.Pattern[str] | None
    lifted_by: re.Pattern[str] | None


def phrases(text: str, place: str, context: str = "") -> list[PhraseHit]:
    """All phrases of the tables in one visible text, the strongest effect first, then in order of appearance.

    `place` is title, description, name, profile or comment (any other is read as a description) and is told in the
    hits. `context` is the listing's other text (its title beside a description), which can lift a kind: nobody tests
    a sealed article. Takes time linear in the text; no text raises.
    """
    if not text:
        return []
    asked = _PLACE_NAMES.get(place, place)
    reading = read(text)
    found = _Found(reading, reading.without_brackets(), f"{text}\n{context}")
    hits = [_hit(rule.kind, span, place) for rule in _rules(asked if asked in PLACES else "description")
            for span in found.spans(rule)]
    return sorted(dict.fromkeys(hits), key=lambda hit: _STRENGTH[hit.effect])


def strongest(hits: Iterable[PhraseHit]) -> Effect:
    """The effect that counts: the strongest one, `neutral` when there is none."""
    return min((hit.effect for hit in hits), key=_STRENGTH.__getitem__, default=Effect.NEUTRAL)


class _Found(NamedTuple):
    """One text in the forms the rules ask for."""

    bracketed: Reading
    plain: Reading
    whole: str

    def spans(self, rule: _Compiled) -> Iterator[str]:
        """The words, as written, of every hit of one rule."""
        if not any(anchor in self.plain.text for anchor in rule.anchors):
            return
        if rule.lifted_by is not None and rule.lifted_by.search(self.whole):
            return
        reading = self.bracketed if rule.reading == "bracketed" else self.plain
        searched = reading.original if rule.reading == "raw" else reading.text
        lifted = [match.span() for match in rule.lifts.finditer(searched)] if rule.lifts else []
        for match in rule.pattern.finditer(searched):
            start, end = match.span()
            if not any(start < last and first < end for first, last in lifted):
                yield match.group() if rule.reading == "raw" else reading.span(start, end)


def _hit(kind: Kind, span: str, place: str) -> PhraseHit:
    words = " ".join(span.split())[:_SPAN_MAX]
    return PhraseHit(kind.kind, kind.effect, words, place, kind.text_ja, kind.text_en)


@lru_cache(maxsize=len(PLACES))
def _rules(place: str) -> tuple[_Compiled, ...]:
    return tuple(_compiled(kind, rule) for kind in kinds() for rule in kind.rules if place in rule.places)


def _compiled(kind: Kind, rule: Rule) -> _Compiled:
    lifts = kind.lifts if rule.lifts is None else rule.lifts
    return _Compiled(kind, rule.anchors, rule.reading, re.compile(_either(rule.patterns)), _maybe(lifts),
                     _maybe(kind.lifted_by))


def _maybe(patterns: Sequence[str]) -> re.Pattern[str] | None:
    return re.compile(_either(patterns)) if patterns else None


def _either(patterns: Sequence[str]) -> str:
    return "|".join(f"(?:{expand(pattern)})" for pattern in patterns)
