"""What is asked only of an offer that nothing else speaks against: whether the words around its number are known."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from matcher.findings import Finding, Rank
from matcher.knowledge import StatementFile, features, phrase, read
from matcher.mentions import Fit, Role
from matcher.nouns import FACTS, NOT_A_PIECE, goes_with_own_host
from matcher.offer import Offer
from matcher.roles import Line
from matcher.stated import attribute_number, described_number
from matcher.wares import Word, names_piece, names_unit, ware_of, words_of

_BRACKETS = re.compile(r"[(\[【（「『][^()\[\]【】（）「」『』]*[)\]】）」』]")
_FEW = 2


def _title_names(offer: Offer, word: str) -> bool:
    """Whether a word of the title ends in this one."""
    line = offer.title
    return any(line.folded[found.start : found.end].endswith(word) for found in words_of(line, line.start, line.end))


_ONLY_UNITS = phrase("only_units")
_KANA_NAME = phrase("kana_name")


_GENUINE = phrase("genuine_between")


def _is_genuine_piece(line: Line, begin: int, word: Word) -> bool:
    """ "X 純正 チタンブレス": behind 純正 a piece is what is offered, whatever it is made of."""
    return _GENUINE.fullmatch(line.folded, begin, word.start) is not None and names_piece(
        line.folded[word.start : word.end]
    )


def _is_stated(offer: Offer) -> bool:
    """Whether more than the number says that the unit is offered: a field or the description states the number, too;
    the title says what only units have; or a name in kana was asked, behind which shades and figures are named."""
    line = offer.title
    if line.says("domestic") or _ONLY_UNITS.search(line.folded, 0, line.end) or _KANA_NAME.search(offer.asked.number):
        return True
    return any(one is not None and one.fit is Fit.EQUAL for one in (attribute_number(offer), described_number(offer)))


_RANKS = {"part": (Rank.PART, "part_noun"), "extra": (Rank.ACCESSORY, "accessory_noun")}
_JOINED = phrase("comes_with")


def _next_to_number(offer: Offer) -> Iterator[Finding]:
    """The first telling word behind the number: a piece or an extra is what is offered; what no list holds, and nothing
    else explains, leaves the offer open. A piece at the end of a short title does so, too."""
    line = offer.title
    stated = [mention for mention in line.mentions if mention.fit is Fit.EQUAL and mention.role is Role.OFFERED]
    if not stated or offer.asked.groups - FACTS or goes_with_own_host(line):
        return
    begin = stated[-1].end
    aside = [match.span() for match in _BRACKETS.finditer(line.folded, begin, line.end)]
    behind = [word for word in words_of(line, begin, line.end) if not any(a < word.start < b for a, b in aside)]
    telling = [word for word in behind if word.ware != "neutral"]
    telling = telling or behind[:1]
    if not telling:
        return
    first, last = telling[0], telling[-1]
    genuine = next((word for word in behind if _is_genuine_piece(line, begin, word)), None)
    if genuine is not None:
        yield Finding(Rank.PART, "part_noun", line.text, genuine.start, genuine.end)
    field = attribute_number(offer)
    if field is not None and field.fit is Fit.EQUAL:
        return
    if first.ware in _RANKS and not _JOINED.match(line.folded, first.end) and _is_spoken_of(offer, first):
        rank, rule = _RANKS[first.ware]
        yield Finding(rank, rule, line.text, first.start, first.end)
    elif offer.description or _is_stated(offer):
        return  # a text about the unit explains its title
    elif last.ware in _RANKS and len(behind) <= _FEW and not _JOINED.match(line.folded, last.end):
        yield Finding(Rank.UNDECIDED, "unsure", line.text, last.start, last.end)
    elif first.ware == "unknown" and first is last and len(behind) <= _FEW and not names_unit(line):
        yield Finding(Rank.UNDECIDED, "unsure", line.text, first.start, first.end)


_EDITION = phrase("edition")
_CHIPSET = phrase("chipset")
_RADIO = phrase("radio")
_SHORT_CODE = re.compile(r" ([a-z]{2,3}) [ァ-ヶ一-龥]")


def _other_issue(offer: Offer) -> Iterator[Finding]:
    """The title names an issue of the model, or the board with radio, of which the asked name says nothing."""
    line = offer.title
    asked = offer.asked.number.casefold()
    stated = [mention for mention in line.mentions if mention.fit is Fit.EQUAL and mention.role is Role.OFFERED]
    found = _EDITION.search(line.folded, stated[0].end, line.end) if stated else None
    if found and found[0][-4:] not in asked:
        yield Finding(Rank.VARIANT, "other_code", line.text, found.start(), found.end())
    code = _SHORT_CODE.match(line.folded, stated[0].end, line.end) if stated and offer.apparel else None
    if code and code[1] not in features().words.plain:
        yield Finding(Rank.UNDECIDED, "longer_number", line.text, stated[0].start, code.end(1))
    radio = _RADIO.match(line.folded, stated[0].end, line.end) if stated and _CHIPSET.search(asked) else None
    if radio:
        yield Finding(Rank.DIFFERENT, "longer_number", line.text, stated[0].start, radio.end())


def _is_spoken_of(offer: Offer, word: Word) -> bool:
    """Whether the description, where there is one, names the piece or the extra as well."""
    head = offer.title.folded[word.start : word.end][-3:]
    return not offer.description or any(head in line.folded[line.start : line.end] for line in offer.description)


_OFFERED = phrase("noun_offered")
_NAMED = phrase("noun_named")
_ABSENT = phrase("noun_absent")
_ONLY = phrase("noun_only")
_GONE = phrase("noun_gone")
_ALONG = phrase("noun_along")
_FREE = phrase("free")
_LEFT_OUT = phrase("left_out")
_COUNT = re.compile(r"[0-9一二三四]+[本個枚台点つ]$")
_COMPANION = phrase("companion")


@cache
def _products() -> tuple[str, ...]:
    return read("statements.toml", StatementFile).products


def _is_product(word: str) -> bool:
    """Whether a word, a count behind it taken off, ends in goods of a value of their own."""
    bare = _COUNT.sub("", word)
    return bare.endswith(_products()) and ware_of(bare) == "unit"


def _ranked(line: Line, match: re.Match[str]) -> Iterator[Finding]:
    ware = ware_of(match[1])
    if ware in _RANKS:
        rank, rule = _RANKS[ware]
        yield Finding(rank, rule, line.text, match.start(1), match.end())


def _pieces(offer: Offer, line: Line, early: bool) -> Iterator[Finding]:
    """A sentence that says that a piece or an extra is what is offered; the first two may just name it."""
    for match in _OFFERED.finditer(line.folded, line.start, line.end):
        yield from _ranked(line, match)
    named = _NAMED.match(line.folded, line.start, line.end) if early else None
    if named and not _title_names(offer, named[1][-3:]):
        yield from _ranked(line, named)


def _field_agrees(offer: Offer) -> bool:
    field = attribute_number(offer)
    return field is not None and field.fit is Fit.EQUAL


def _missing(offer: Offer, line: Line, itself: bool) -> Iterator[Finding]:
    """A sentence that says that the unit is shown only, does not come along, or is gone."""
    text, start, end = line.folded, line.start, line.end
    for mention in line.mentions:
        left_out = _LEFT_OUT.match(text, mention.end, end) if mention.fit is Fit.EQUAL else None
        if left_out:
            yield Finding(Rank.PART, "unit_missing", line.text, mention.start, left_out.end())
    for match in (*_ABSENT.finditer(text, start, end), *_GONE.finditer(text, start, end)):
        noun = match[1]
        if itself or (ware_of(noun) != "unit" and not noun.endswith("本体")):
            continue
        if (noun.endswith("本体") and match.re is _GONE) or (_title_names(offer, noun) and len(noun) > 1):
            if not offer.fits_others:
                yield Finding(Rank.PART, "unit_missing", line.text, match.start(), match.end())
        elif not _COMPANION.search(noun) and not names_unit(offer.title) and not _field_agrees(offer):
            yield Finding(Rank.UNDECIDED, "unsure", line.text, match.start(), match.end())


def _sentence(offer: Offer, line: Line, early: bool) -> Iterator[Finding]:
    """A sentence that says what is all there is, or comes along."""
    text, start, end = line.folded, line.start, line.end
    for match in _ONLY.finditer(text, start, end):
        ware = ware_of(_COUNT.sub("", match[1]))
        if ware in _RANKS or (early and ware == "unknown" and not NOT_A_PIECE.search(match[1])):
            yield Finding(Rank.UNDECIDED, "unsure", line.text, match.start(), match.end())
    for match in _ALONG.finditer(text, start, end):
        free = _FREE.search(text, start, match.start())
        if _is_product(match[1]) and not free and not _title_names(offer, match[1]):
            yield Finding(Rank.SET, "bundle", line.text, match.start(), match.end())


def doubts(offer: Offer) -> Iterator[Finding]:
    """All findings of this module."""
    yield from _next_to_number(offer)
    yield from _other_issue(offer)
    itself = bool(offer.asked.groups - FACTS)
    for index, line in enumerate(offer.description):
        yield from () if itself else _pieces(offer, line, index < 2)
        yield from _missing(offer, line, itself)
        yield from _sentence(offer, line, index < 2)
