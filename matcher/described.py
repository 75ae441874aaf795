"""Descriptions and fields that say: goods for the model, a part, a box, or a unit without its parts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matcher.findings import Finding, Rank
from matcher.goods import title_accessories
from matcher.knowledge import phrase
from matcher.lexicon import Hit
from matcher.mentions import Fit, Mention, Role
from matcher.nouns import (
    FACTS,
    NOT_A_PIECE,
    STRONG_BOX,
    cue_end,
    goes_with_own_host,
    hosts,
    is_attached,
    is_other_model,
    located,
    missing_after,
    only_after,
    says,
    subject,
)
from matcher.offer import Offer
from matcher.roles import Line

_STATEMENT = phrase("statement")


_UNKNOWN_STATED = phrase("unknown_stated")


def body_only(offer: Offer) -> Iterator[Finding]:
    """A set number with 本体のみ, or 本体のみ with functional parts missing; a unit-only number lacks nothing."""
    if "body" in offer.asked.codes:
        return
    if offer.title.mentions and not subject(offer.title):
        return
    for line in (offer.title, *offer.description):
        for hit in line.hits:
            only = only_after(line, hit) if hit.says("body") else None
            bracketed = line.folded[hit.start - 1 : hit.start] in ("(", "（")
            unlike = (*line.others, *(mention for mention in line.mentions if mention.fit is not Fit.EQUAL))
            others = bracketed and any(0 <= hit.start - other.end <= 1 for other in unlike)
            if only and not others and ("kit" in offer.asked.codes or _lacks_parts(line)):
                yield located(Rank.PART, "parts_missing", line, hit, only)


_FUNCTIONAL = frozenset({"battery", "charger", "head", "plug", "remote", "blade"})


def _lacks_parts(line: Line) -> bool:
    return any(missing_after(line, hit) for hit in line.hits if hit.meaning.group in _FUNCTIONAL)


_REFUSED = phrase("refused")
_KIT_PARTS = frozenset({"battery", "charger"})


_PAIR = re.compile(r"ペアで(?:買|購入|揃)|お揃い")


def described_parts(offer: Offer) -> Iterator[Finding]:
    """Sentences of the description that say: only a piece, only the box, without the unit, for parts."""
    if is_other_model(offer.title):
        return
    for line in offer.description:
        salvage = says(line, "salvage")
        if salvage and "不可" not in line.folded[salvage.end : line.end]:
            yield located(Rank.PART, "salvage", line, salvage)
        for hit in line.hits:
            yield from _described_piece(offer, line, hit)
            yield from _piece_of_number(offer, line, hit)
        unknown = _UNKNOWN_STATED.search(line.folded, line.start, line.end)
        pair = _PAIR.search(line.folded, line.start, line.end)
        unknown = None if pair and unknown and unknown[1] == "片方" else unknown
        denied = unknown and _REFUSED.match(line.folded, unknown.end(), line.end)
        if unknown and not denied and not NOT_A_PIECE.search(unknown[1]) and not offer.asked.groups - FACTS:
            yield Finding(Rank.PART, "only_part", line.text, unknown.start(), unknown.end())


def _described_piece(offer: Offer, line: Line, hit: Hit) -> Iterator[Finding]:
    own = hit.meaning.group in offer.asked.groups
    if hit.meaning.goods and not own:
        only = only_after(line, hit)
        with_unit = any(body.says("body") and not missing_after(line, body) for body in line.before(hit.start))
        refused = only and _REFUSED.match(line.folded, only.end, line.end)
        if (
            only
            and not refused
            and not with_unit
            and _STATEMENT.match(line.folded[only.end : line.end])
            and not _lists_contents(line)
        ):
            yield located(Rank.PART, "only_part", line, hit, only)
        elif hit.word in STRONG_BOX and not is_attached(line, hit):
            yield located(Rank.PART, "empty_box", line, hit)
        elif (
            hit.meaning.group in _KIT_PARTS
            and hit.word != "電池"
            and "kit" in offer.asked.codes
            and missing_after(line, hit)
        ):
            yield located(Rank.PART, "parts_missing", line, hit)
    elif (
        hit.says("body")
        and missing_after(line, hit)
        and not offer.asked.groups - FACTS
        and not _names_host_only(offer.title)
        and not offer.fits_others
    ):
        rank = (
            Rank.ACCESSORY
            if any(True for _ in (*title_accessories(offer), *described_accessories(offer)))
            else Rank.PART
        )
        yield located(rank, "parts_missing", line, hit)


def _names_host_only(title: Line) -> bool:
    """A title that says what the goods fit and not their number: the missing unit is that of the host."""
    return not title.mentions and any(other.role is Role.HOST for other in title.others)


_CONTENTS = phrase("contents")


_OF_NUMBER = phrase("of_number")
_IS_STATED = phrase("is_stated")


def _piece_of_number(offer: Offer, line: Line, hit: Hit) -> Iterator[Finding]:
    """ "X の取扱説明書です", "X から取り外した基板です": the sentence says that a piece of the unit is offered."""
    stated = hit.meaning.goods and _IS_STATED.match(line.folded, hit.end, line.end)
    if not stated or hit.meaning.group in offer.asked.groups or _lists_contents(line):
        return
    for mention in line.mentions:
        if mention.end <= hit.start and _OF_NUMBER.fullmatch(line.folded[mention.end : hit.start]):
            rank = Rank.ACCESSORY if hit.meaning.goods in ("goods", "supply") else Rank.PART
            yield located(rank, "part_noun" if rank is Rank.PART else "accessory_noun", line, mention, hit)


def _lists_contents(line: Line) -> bool:
    return _CONTENTS.search(line.folded, line.start, line.end) is not None


_HOST_STATEMENT = phrase("host_statement")
_SOLD_APART = "別売"


_CARED_PIECE = phrase("cared_piece")


_NOT_GENUINE = phrase("not_genuine")
_PACKING = phrase("packing")


_FREE = re.compile(r"おまけ|オマケ|プレゼント|サービスで|お付けし")


def described_accessories(offer: Offer) -> Iterator[Finding]:
    """Sentences of the description that make the offer goods for the asked model."""
    if is_other_model(offer.title):
        return
    for line in offer.description:
        found = _NOT_GENUINE.search(line.folded, line.start, line.end)
        free = found and _FREE.search(line.folded, found.end(), min(line.end, found.end() + 24))
        if (
            found
            and not free
            and not any(unlike.search(line.folded, line.start, found.start()) for unlike in (_CARED_PIECE, _PACKING))
        ):
            yield Finding(Rank.ACCESSORY, "substitute", line.text, found.start(), found.end())
        host = hosts(line)
        if host and not goes_with_own_host(offer.title) and _states_host(offer, line, host[0]):
            yield located(Rank.ACCESSORY, "fits_host", line, host[0], cue_end(line, host[0]))


def _states_host(offer: Offer, line: Line, mention: Mention) -> bool:
    if _lists_contents(line) or _SOLD_APART in line.folded[mention.end : line.end]:
        return False
    if line.lists_hosts:
        return not offer.asked.groups - FACTS
    before = line.before(mention.start)
    if offer.asked.groups - FACTS and mention.fit is Fit.EQUAL and not (before and before[-1].says("host_before")):
        return any(hit.meaning.goods and hit.meaning.group not in offer.asked.groups for hit in line.after(mention.end))
    if before and before[-1].says("host_before"):
        return True
    return (
        any(hit.says("host_before") for hit in before)
        or _HOST_STATEMENT.search(line.folded, mention.end, line.end) is not None
    )


def host_fields(offer: Offer) -> Iterator[Finding]:
    """Attributes that name the asked number as a compatible model."""
    for text in offer.values.get("host", []):
        match = offer.asked.pattern.search(text.folded)
        if match and not offer.asked.groups - FACTS:
            yield Finding(Rank.ACCESSORY, "host_field", text, match.start(), match.end())


def described_findings(offer: Offer) -> Iterator[Finding]:
    """All findings of this module."""
    yield from body_only(offer)
    yield from described_parts(offer)
    yield from described_accessories(offer)
    yield from host_fields(offer)
