"""Is the model at the end of its life? What listings say: the maker ended it, or which number came after it.

The roles of numbers are those of the judgement (matcher.roles); here they are seen from the other side. A listing of
another number that says "旧型番 X" tells of X that its successor is what that listing offers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import msgspec

from kataban.items import Evidence, Listing
from matcher.asked import Asked
from matcher.folding import Text, fold
from matcher.knowledge import Sentence, read
from matcher.mentions import Fit, Mention, Role
from matcher.offer import Offer, read_offer
from matcher.roles import Line, role_of

_VALUE_LIMIT = 500
_OWN_NUMBER = frozenset({Fit.EQUAL, Fit.MISSING, Fit.TRUNCATED, Fit.INSIDE, Fit.SERIES})
# A number of another family owns the words after it only when the sentence makes it their subject.
_AS_SUBJECT = re.compile(r"[ 」』)]{0,2}(?:は|が|も)[^a-z0-9]{0,12}$")
_REACH_AFTER = 12


class _Knowledge(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """succession.toml."""

    maker_ended: tuple[str, ...]
    sale_ended: tuple[str, ...]
    not_meant_after: tuple[str, ...]
    own_page: tuple[str, ...]
    earlier_after: frozenset[str]
    earlier_before: frozenset[str]
    later_before: frozenset[str]
    says: dict[str, Sentence]


@dataclass(frozen=True, slots=True)
class LifeSign:
    """One statement, `evidence.rule` being `maker_ended`, `sale_ended` or `successor`; `number` is the successor's."""

    evidence: Evidence
    number: str | None = None


@cache
def _known() -> _Knowledge:
    return read("succession.toml", _Knowledge)


@cache
def _one_of(name: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in getattr(_known(), name)))


@cache
def _cue() -> re.Pattern[str]:
    """A quick look before a listing is read: without one of these it says nothing of the model's life."""
    known = _known()
    words = sorted(known.earlier_after | known.earlier_before | known.later_before)
    return re.compile("|".join([*known.maker_ended, *known.sale_ended, *map(re.escape, words)]))


def life_signs(asked: Asked, listing: Listing, *, exact: bool) -> list[LifeSign]:
    """What this listing says of the asked model's end. `exact`: it was judged to offer the asked model itself.

    Words of an ending count in exact listings only: elsewhere they are said of another number.
    """
    fields = {key: str(value) for key, value in listing.attributes.items()}
    whole = fold("\n".join((listing.title, listing.description or "", *fields.values())), "", 30_000)
    if not _cue().search(whole.folded):
        return []
    offer = read_offer(
        asked,
        title=listing.title,
        description=listing.description,
        attributes=fields,
        brand=listing.brand,
        mpn=listing.mpn,
        sku=listing.sku,
        gtin=listing.gtin,
    )
    lines = (offer.title, *offer.description)
    if not exact:
        return list(_named_as_earlier(offer, lines))
    ended = [sign for line in lines for sign in _ended(line)]
    return [*ended, *_ended_by_fields(fields), *(sign for line in lines for sign in _later_numbers(line))]


def _ended(line: Line) -> Iterator[LifeSign]:
    for rule in ("maker_ended", "sale_ended"):
        for found in _one_of(rule).finditer(line.folded, line.start, line.end):
            if _is_meant(line.folded, line.start, found) and not _of_another(line, found.start(), found.end()):
                yield _sign(rule, line.text, found.start(), found.end())
                return  # a maker's end says more than a shop's, and once is enough


def _is_meant(folded: str, start: int, found: re.Match[str]) -> bool:
    if _one_of("not_meant_after").match(folded, found.end()):
        return False
    return not (found.re is _one_of("sale_ended") and _one_of("own_page").search(folded[start : found.start()]))


def _of_another(line: Line, start: int, end: int) -> bool:
    """Whether the words from `start` to `end` are said of another number, or of "the old model"."""
    if any(hit.says("predecessor_before") and start - hit.end <= 2 for hit in line.before(start)[:1]):
        return True
    numbers = sorted((*line.mentions, *line.others), key=lambda number: number.start)
    before = [number for number in numbers if number.end <= start]
    if before:
        owner = before[-1]
        if owner.fit is Fit.OTHER:
            return _AS_SUBJECT.match(line.folded[owner.end : start]) is not None
        return owner.fit not in _OWN_NUMBER
    after = [number for number in numbers if 0 <= number.start - end <= _REACH_AFTER]
    return bool(after) and after[0].fit not in _OWN_NUMBER


def _ended_by_fields(fields: dict[str, str]) -> Iterator[LifeSign]:
    for key, value in fields.items():
        text = fold(value, f"attribute:{key}", _VALUE_LIMIT)
        for rule in ("maker_ended", "sale_ended"):
            found = _one_of(rule).search(text.folded)
            if found and _is_meant(text.folded, 0, found):
                yield _sign(rule, text, found.start(), found.end())
                break


def _named_as_earlier(offer: Offer, lines: Iterable[Line]) -> Iterator[LifeSign]:
    """A listing of another number that names the asked one as the model before it: what it offers is the successor."""
    number = _offered_number(offer)
    if number is None:
        return
    for line in lines:
        for mention in line.mentions:
            if mention.fit is Fit.EQUAL and (span := _earlier(line, mention)) is not None:
                yield _sign("successor", line.text, *span, number)
                return


def _offered_number(offer: Offer) -> str | None:
    """The number that the title offers, the asked one's sisters first; else that of the number field."""
    title = offer.title
    found = [
        number
        for number in (*title.mentions, *title.others)
        if number.role is Role.OFFERED and number.fit in (Fit.DIFFERENT, Fit.VARIANT, Fit.SISTER, Fit.OTHER)
    ]
    found.sort(key=lambda number: (number.fit is Fit.OTHER, number.start))
    if found:
        return title.text.span(found[0].start, found[0].end)[0]
    return next((line.text.raw for line in offer.numbers if not line.mentions), None)


def _earlier(line: Line, mention: Mention) -> tuple[int, int] | None:
    """The range of the number with the word that makes it the earlier model; None when nothing does."""
    found = role_of(line, mention)
    if found is None or found[0] is not Role.PREDECESSOR:
        return None
    hit = found[1]
    if hit.start >= mention.end and hit.word in _known().earlier_after:
        return mention.start, hit.end
    return (hit.start, mention.end) if hit.end <= mention.start and hit.word in _known().earlier_before else None


def _later_numbers(line: Line) -> Iterator[LifeSign]:
    """In a listing of the asked model: "後継機種: Y", or "X の後継は Y"."""
    for number in line.others:
        found = role_of(line, number)
        if number.fit in (Fit.SISTER, Fit.OTHER) and found and found[0] is Role.PREDECESSOR:
            hit = found[1]
            if hit.end <= number.start and hit.word in _known().later_before:
                yield _sign("successor", line.text, hit.start, number.end, line.text.span(number.start, number.end)[0])
                return


def _sign(rule: str, text: Text, start: int, end: int, number: str | None = None) -> LifeSign:
    span, at = text.span(start, end)
    ja, en = (
        words.replace("{span}", span).replace("{number}", number or "")
        for words in (_known().says[rule].ja, _known().says[rule].en)
    )
    return LifeSign(Evidence(rule, span, text.place, ja, en, at), number)
