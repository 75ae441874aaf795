"""What each place states about the number: the title, the number fields, the description."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from matcher.findings import Finding, Rank
from matcher.knowledge import colour_words, phrase
from matcher.mentions import Fit, Mention, Role
from matcher.offer import Offer
from matcher.roles import Line
from matcher.suffixes import Code

_LABEL_BEFORE = phrase("label_before")


_STATED_AFTER = phrase("stated_after")
# "Xを2年使った", "Xと迷って": the number is only spoken of.
_OBJECT = re.compile(
    r"[ 」』)]*(?:を(?!出品|お譲り|販売|お送|お届|ご覧|自分|購入し|買い)|から|より|と(?:比|違|異|迷|同|は違|は異"
    r"|は[^。、]{0,16}(?:できません|できない|ありません|別)))"
)


@dataclass(frozen=True, slots=True)
class Stated:
    """The best statement of a number in one place."""

    fit: Fit
    line: Line
    mention: Mention


_STRENGTH = (Fit.EQUAL, Fit.VARIANT, Fit.MISSING, Fit.DIFFERENT, Fit.DOUBT, Fit.TRUNCATED, Fit.SERIES, Fit.SISTER)


def _best(line: Line, numbers: Iterable[Mention]) -> Stated | None:
    offered = [number for number in numbers if number.role is Role.OFFERED and number.fit in _STRENGTH]
    if not offered:
        return None
    best = min(offered, key=lambda number: _STRENGTH.index(number.fit))
    return Stated(best.fit, line, best)


def _longer_wins(line: Line, best: Stated | None) -> Stated | None:
    """The base and, elsewhere in the title, the same base with a further code: the fuller number is the offer's."""
    if best is None or best.fit is not Fit.EQUAL:
        return best
    fuller = [m for m in line.mentions if m.role is Role.OFFERED and m.fit is Fit.VARIANT and not m.missing and m.codes]
    if line.folded.isascii() and all(code.kind == "region" for mention in fuller for code in mention.codes):
        return best  # foreign shops repeat the model inside an order code of their market
    return Stated(Fit.VARIANT, line, fuller[0]) if fuller else best


def title_number(offer: Offer) -> Stated | None:
    """What the title states about the number."""
    line = offer.title
    return _longer_wins(line, _best(line, (*line.mentions, *line.others)))


def attribute_number(offer: Offer) -> Stated | None:
    """What the number attributes state, the strongest first; an unlike number counts as OTHER."""
    stated = [_with_colour(found) for line in offer.numbers if (found := _best(line, (*line.mentions, *line.others)))]
    if stated:
        return min(stated, key=lambda one: _STRENGTH.index(one.fit))
    for line in offer.numbers:
        if offer.asked.key.isalpha() and not line.mentions and line.end >= 3:
            return Stated(Fit.OTHER, line, Mention(0, line.end, Fit.OTHER))
        for other in line.others:
            if other.fit is Fit.OTHER:
                return Stated(Fit.OTHER, line, other)
    return None


def _with_colour(stated: Stated) -> Stated:
    """A number field that goes on with a colour word states a finish ("PHANTOM white")."""
    tail = stated.line.folded[stated.mention.end :].strip(" /-()")
    if stated.fit is Fit.EQUAL and tail in colour_words():
        return Stated(
            Fit.VARIANT, stated.line, replace(stated.mention, codes=(Code(tail, "colour", colour_words()[tail]),))
        )
    return stated


def _is_identity(line: Line, number: Mention) -> bool:
    before = line.folded[max(line.start, number.start - 40) : number.start]
    after = line.folded[number.end : min(line.end, number.end + 30)]
    return _LABEL_BEFORE.search(before) is not None or _STATED_AFTER.match(after) is not None


def described_number(offer: Offer) -> Stated | None:
    """What the description states as the offer's own number ("型番: X", "X です", "X の出品です")."""
    found: list[Stated] = []
    for line in offer.description:
        own = [
            n
            for n in (*line.mentions, *line.others)
            if n.role is Role.OFFERED and n.fit in _STRENGTH and _is_identity(line, n)
        ]
        found += [Stated(number.fit, line, number) for number in own]
    return min(found, key=lambda one: _STRENGTH.index(one.fit)) if found else None


def plain_mention(offer: Offer) -> Stated | None:
    """The asked number anywhere in the description, in no other role than offered."""
    for line in offer.description:
        if any(other.fit is Fit.SISTER and other.role is Role.OFFERED for other in line.others):
            continue
        for mention in line.mentions:
            object_of = _OBJECT.match(line.folded, mention.end, line.end)
            if mention.fit is Fit.EQUAL and mention.role is Role.OFFERED and not object_of:
                return Stated(Fit.EQUAL, line, mention)
    return None


def at(rank: Rank, rule: str, stated: Stated) -> Finding:
    return Finding(rank, rule, stated.line.text, stated.mention.start, stated.mention.end)
