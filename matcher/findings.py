"""What a rule found, and the order in which findings decide."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from kataban.items import Evidence, Verdict
from matcher.asked import Asked
from matcher.folding import Text
from matcher.knowledge import rules


class Rank(IntEnum):
    """The priority of the labelling: a contradiction first, then less than the unit, and `exact` last of all."""

    CONTRADICTION = 0
    PART = 1
    ACCESSORY = 2
    SET = 3
    CHOICE = 4
    DIFFERENT = 5
    VARIANT = 6
    UNDECIDED = 7
    EXACT = 8


VERDICTS = {
    Rank.CONTRADICTION: Verdict.UNCLEAR,
    Rank.PART: Verdict.PART_OR_BOX,
    Rank.ACCESSORY: Verdict.ACCESSORY,
    Rank.SET: Verdict.SET,
    Rank.CHOICE: Verdict.UNCLEAR,
    Rank.DIFFERENT: Verdict.DIFFERENT,
    Rank.VARIANT: Verdict.VARIANT,
    Rank.UNDECIDED: Verdict.UNCLEAR,
    Rank.EXACT: Verdict.EXACT,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that applies, with the folded range that shows it; `span` instead of a range where no text does."""

    rank: Rank
    rule: str
    text: Text | None = None
    start: int = 0
    end: int = 0
    span: str = ""

    def evidence(self, asked: Asked) -> Evidence:
        """The finding in words, with its span as it stands in the listing."""
        span, start, place = self.span, None, self.text.place if self.text else ""
        if self.text is not None and self.end > self.start:
            span, start = self.text.span(self.start, self.end)
        sentence = rules()[self.rule]
        ja, en = (
            words.replace("{span}", span).replace("{asked}", asked.number) for words in (sentence.ja, sentence.en)
        )
        return Evidence(self.rule, span, place, ja, en, start)
