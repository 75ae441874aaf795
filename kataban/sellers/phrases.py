"""Purchasability phrases: what the words of a listing or of a profile do to a purchase."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from operator import itemgetter
from typing import NamedTuple

from kataban.items import Effect, PhraseHit
from kataban.sellers.anchors import Anchored
from kataban.sellers.knowledge import PLACES, Kind, Rule, expand, kinds
from kataban.sellers.reading import Reading, read
from kataban.sellers.spelling import standard

_STRENGTH = {effect: rank for rank, effect in enumerate(Effect)}
_SPAN_MAX = 60
_PLACE_NAMES = {"user_name": "name", "seller_name": "name", "comments": "comment", "introduction": "profile"}


def phrases(text: str, place: str, context: str = "") -> list[PhraseHit]:
    """All phrases of the tables in one visible text, the strongest effect first.

    `place` is title, description, name, profile or comment (any other is read as a description) and is told in the
    hits. `context` is the listing's other text (its title beside a description), which can lift a kind: nobody tests
    a sealed article. Takes time linear in the text; no text raises.
    """
    if not text:
        return []
    known = _PLACE_NAMES.get(place, place)
    texts = _Texts(read(text), context)
    hits = [_hit(rule.kind, span, place)
            for rule in _index(known if known in PLACES else "description").candidates(texts.plain.text)
            for span in texts.spans(rule)]
    return sorted(dict.fromkeys(hits), key=lambda hit: _STRENGTH[hit.effect])


def strongest(hits: Iterable[PhraseHit]) -> Effect:
    """The effect that counts: the strongest one, `neutral` when there is none."""
    return min((hit.effect for hit in hits), key=_STRENGTH.__getitem__, default=Effect.NEUTRAL)


class _Compiled(NamedTuple):
    """One Rule of one Kind, ready to be searched."""

    kind: Kind
    reading: str
    patterns: tuple[re.Pattern[str], ...]
    lifts: re.Pattern[str] | None
    lifted_by: re.Pattern[str] | None


class _Texts:
    """One text in the forms the rules ask for."""

    def __init__(self, bracketed: Reading, context: str) -> None:
        self.bracketed = standard(bracketed)
        self.plain = _without_brackets(self.bracketed)
        self.context = context

    def lift(self, pattern: re.Pattern[str]) -> bool:
        """Does the pattern stand in this text or in the listing's other text?"""
        context = _without_brackets(standard(read(self.context)))
        return bool(pattern.search(self.plain.text) or pattern.search(context.text))

    def spans(self, rule: _Compiled) -> Iterator[str]:
        """The words, as written, of every hit of one rule that no lift overlaps."""
        reading = self.bracketed if rule.reading == "bracketed" else self.plain
        searched = reading.original if rule.reading == "raw" else reading.text
        found = _found(rule.patterns, searched)
        if not found or (rule.lifted_by is not None and self.lift(rule.lifted_by)):
            return
        lifted = [match.span() for match in rule.lifts.finditer(searched)] if rule.lifts else []
        for start, end in found:
            if not any(start < last and first < end for first, last in lifted):
                yield searched[start:end] if rule.reading == "raw" else reading.span(start, end)


def _found(patterns: Iterable[re.Pattern[str]], text: str) -> list[tuple[int, int]]:
    """The spans of all patterns, the first of those that overlap. Each is searched alone: one big alternation takes
    twice as long, since it has no first character to look for."""
    spans = [match.span() for pattern in patterns for match in pattern.finditer(text)]
    if len(spans) < 2:
        return spans
    found: list[tuple[int, int]] = []
    for span in sorted(spans, key=itemgetter(0)):
        if not found or span[0] >= found[-1][1]:
            found.append(span)
    return found


def _without_brackets(reading: Reading) -> Reading:
    """The brackets can part a word that has another spelling (【即講入】フカ)."""
    bare = reading.without_brackets()
    return bare if bare is reading else standard(bare)


@lru_cache(maxsize=len(PLACES))
def _index(place: str) -> Anchored[_Compiled]:
    return Anchored((rule.anchors, _compiled(kind, rule))
                    for kind in kinds() for rule in kind.rules if place in rule.places)


def _compiled(kind: Kind, rule: Rule) -> _Compiled:
    lifts = (*(kind.lifts if rule.lifts is None else rule.lifts), *rule.also_lifts)
    patterns = tuple(map(_pattern, rule.patterns))
    return _Compiled(kind, rule.reading, patterns, _maybe(lifts), _maybe(kind.lifted_by))


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    """Compiled once for all places; there are more of them than the cache of `re` holds."""
    return re.compile(expand(pattern))


@cache
def _maybe(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile(_either(patterns)) if patterns else None


def _either(patterns: Sequence[str]) -> str:
    return "|".join(f"(?:{expand(pattern)})" for pattern in patterns)


def _hit(kind: Kind, span: str, place: str) -> PhraseHit:
    words = " ".join(span.split())[:_SPAN_MAX]
    return PhraseHit(kind.kind, kind.effect, words, place, kind.text_ja, kind.text_en)
