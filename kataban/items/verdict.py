"""What we conclude: Verdict with Evidence, Appraisal of a seller, Purchase."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """Is the offer as a whole one complete unit of the asked model?"""

    EXACT = "exact"
    VARIANT = "variant"
    DIFFERENT = "different"
    ACCESSORY = "accessory"
    PART_OR_BOX = "part_or_box"
    SET = "set"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason: `rule` is its code, `span` the text as it stands in the listing, `place` where (`title`,
    `description`, `attribute:型番`, `gtin`, `mpn` ...), and the sentence in both languages. `start` is the offset of
    the span in its place, in characters, None when it has none."""

    rule: str
    span: str
    place: str
    text_ja: str
    text_en: str
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A Verdict with the evidence that led to it, the deciding one first."""

    verdict: Verdict
    evidence: tuple[Evidence, ...] = ()


class Effect(StrEnum):
    """What a phrase does to the purchase, the strongest first."""

    BLOCKS_PURCHASE = "blocks_purchase"
    ASK_FIRST = "ask_first"
    COSTS_TRUST = "costs_trust"
    COSTS_PERSONALITY = "costs_personality"
    POSITIVE = "positive"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class PhraseHit:
    """A phrase found in a listing or profile: its kind, effect, the matched text and where it stood."""

    kind: str
    effect: Effect
    span: str
    place: str
    text_ja: str
    text_en: str


class Grade(StrEnum):
    """The seller's grade, A best; `unknown` when there is nothing to judge by."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason in words, in both languages. `code` is stable."""

    code: str
    text_ja: str
    text_en: str


@dataclass(frozen=True, slots=True)
class Appraisal:
    """What we think of buying from this seller. `reputation` and `personality` are 0-100, None = unknown; at most three
    reasons, the strongest first. `phrases` are all hits of the listing and the profile."""

    grade: Grade = Grade.UNKNOWN
    reputation: int | None = None
    personality: int | None = None
    reasons: tuple[Reason, ...] = ()
    phrases: tuple[PhraseHit, ...] = ()


class Purchase(StrEnum):
    """Our conclusion; what the site itself says stands in availability and is never overwritten."""

    NOW = "now"
    ASK_FIRST = "ask_first"
    NO = "no"
