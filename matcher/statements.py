"""Clauses of the title and the description that say what is offered: a part, goods, several units, an unsure unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from matcher.findings import Finding, Rank
from matcher.knowledge import GoodsFile, Statement, StatementFile, one_of, phrase, read
from matcher.mentions import Fit
from matcher.nouns import FACTS, NAMED_ONLY, is_other_model
from matcher.offer import Offer
from matcher.quantities import own_pack
from matcher.roles import Line
from matcher.wares import names_unit, ware_of

_IS = r"(?:です|になります|となります|でございます|でござい|の出品|を出品|の販売(?!店|元|価格|証明)|をお譲り)"
_MANY = r"(?<![0-9.,])(?:[2-9]|[1-9][0-9]{1,3})"
_EACH = r"(?:個|台|本|枚|箱|点|足|缶|袋|組|脚|つ|着|両|体|丁|束)"
_UNLESS_REACH = 16
_FITS = (Fit.EQUAL, Fit.VARIANT, Fit.MISSING)


_OWN_PACK = phrase("own_pack")
_REFUSED = phrase("refused")
# Groups of which several come in one pack with one number.
_USED_UP = frozenset({"ink", "toner", "filter", "edge", "tape", "gel", "strings", "colour_is_product", "supply"})


@dataclass(frozen=True, slots=True)
class _Compiled:
    statement: Statement
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    cues: re.Pattern[str] | None


@cache
def _placeholders() -> dict[str, str]:
    """What each placeholder stands for; a noun of one character counts only where it names packing."""
    nouns: dict[str, set[str]] = {"<box>": set(), "<part>": set(), "<extra>": set(), "<thing>": set()}
    for entry in read("goods.toml", GoodsFile).goods:
        words = {word for word in entry.words if len(word) > 1 or entry.kind == "box"}
        place = "<extra>" if entry.kind in ("goods", "supply") else "<part>"
        for name in (place, "<thing>", *(("<box>",) if entry.group in ("box", "papers") else ())):
            nouns[name] |= words
    file = read("statements.toml", StatementFile)
    nouns |= {"<product>": set(file.products), "<separate>": set(file.separate)}
    return {name: one_of(sorted(words)) for name, words in nouns.items()} | {"<is>": _IS, "<n>": _MANY, "<each>": _EACH}


def _expand(pattern: str) -> re.Pattern[str]:
    for name, words in _placeholders().items():
        pattern = pattern.replace(name, words)
    return re.compile(pattern)


@cache
def _compiled() -> tuple[_Compiled, ...]:
    return tuple(
        _Compiled(
            statement,
            _expand("|".join(f"(?:{pattern})" for pattern in statement.patterns)),
            _expand(statement.unless) if statement.unless else None,
            re.compile(one_of(statement.cues)) if statement.cues else None,
        )
        for statement in read("statements.toml", StatementFile).statements
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """The kinds of clauses that count, by where they are looked for."""

    title: tuple[_Compiled, ...]
    title_numbers: tuple[_Compiled, ...]
    text: tuple[_Compiled, ...]
    text_numbers: tuple[_Compiled, ...]


@cache
def _plan(itself: bool, fits_others: bool, packs: bool, used_up: bool) -> _Plan:
    """The kinds of clauses that say something where the asked number is such a thing `itself`, or the listing names
    what it fits; `packs` drops those of several units, `used_up` those of a count in one pack."""
    counting = [
        one
        for one in _compiled()
        if not (one.statement.rank == "set" and packs)
        and (one.statement.own or not fits_others)
        and (not used_up if not one.statement.supplies else one.statement.own or not itself)
    ]

    def of(place: str, number: bool) -> tuple[_Compiled, ...]:
        return tuple(
            one
            for one in counting
            if number == ("number" in one.statement.places)
            and (place in one.statement.places or one.statement.places == ("number",))
        )

    return _Plan(of("title", False), of("title", True), of("description", False), of("description", True))


def _counting(offer: Offer) -> _Plan:
    """The kinds of clauses that count for this offer. Foreign titles count what lies in one pack."""
    title, goods = offer.title, offer.asked.groups - FACTS
    used_up = bool(goods & _USED_UP) or any(
        hit.meaning.group in _USED_UP or hit.says("writing_goods") for hit in title.hits
    )
    foreign = title.folded.isascii() and all(line.folded.isascii() for line in offer.description)
    packs = foreign or _OWN_PACK.search(offer.asked.number.casefold()) is not None
    return _plan(bool(goods) or "standard" in offer.asked.groups, offer.fits_others, packs, used_up)


def _finding(one: _Compiled, line: Line, text: str, match: re.Match[str]) -> Finding | None:
    """The finding of a match in the text of a line, None where its clause says something else."""
    title = line.text.place == "title"
    first, last = (match.start() - _UNLESS_REACH, match.end() + _UNLESS_REACH) if title else (0, len(text))
    if one.unless is not None and one.unless.search(text[max(0, first) : last]):
        return None
    if one.statement.rule == "only_part" and _REFUSED.match(text, match.end()):
        return None
    start, end = line.start + match.start(), line.start + max(match.end(), match.start() + 1)
    return Finding(Rank[one.statement.rank.upper()], one.statement.rule, line.text, start, end)


def _in_line(line: Line, kinds: tuple[_Compiled, ...], after_numbers: tuple[_Compiled, ...]) -> Iterator[Finding]:
    text = line.folded[line.start : line.end]
    for one in kinds:
        if one.cues is None or one.cues.search(text):
            match = one.pattern.search(text)
            if match and (found := _finding(one, line, text, match)):
                yield found
    for mention in line.mentions:
        if mention.fit in _FITS and mention.role not in NAMED_ONLY and mention.end <= line.end:
            for one in after_numbers:
                match = one.pattern.match(text, mention.end - line.start)
                if match and (found := _finding(one, line, text, match)):
                    yield found


def statement_findings(offer: Offer) -> Iterator[Finding]:
    """What the clauses say; nothing where the title offers another number of the family."""
    if is_other_model(offer.title):
        return
    plan = _counting(offer)
    found = [*_in_line(offer.title, plan.title, plan.title_numbers)]
    whole = {line.text.folded for line in offer.description}
    told = tuple(one for one in plan.text if one.cues is None or any(one.cues.search(text) for text in whole))
    for line in offer.description:
        found += _in_line(line, told, plan.text_numbers)
    yield from (finding for finding in found if not _is_own(offer, finding))


_TAKEN_OUT = re.compile(r"外した(?:中古の?|新品の?|純正の?)*([ァ-ヶー一-龥a-z0-9]+)(?:です|になり|を出|の出)")


def _is_whole(offer: Offer, finding: Finding, text: str) -> bool:
    """ "取り外したセンサーです": what was taken out is what the title names, or no piece at all."""
    if finding.text is offer.title.text:
        return False
    noun = _TAKEN_OUT.search(text)
    ware = ware_of(noun[1]) if noun else "unknown"
    if "component" in offer.asked.groups or ware == "neutral":
        return True
    return noun is not None and ware == "unit" and (noun[1][:3] in offer.title.folded or not names_unit(offer.title))


_COMPLETE = re.compile(r"(?:付属品|欠品|構成品|親機|本体)[^。\n]{0,60}(?:揃|そろ|ありません|なし)")


def _is_own(offer: Offer, finding: Finding) -> bool:
    """Whether it is the count of an asked pack, or what was taken out of its place and is whole."""
    text = finding.text.folded[finding.start : finding.end] if finding.text else ""
    if (
        finding.rule == "bundle"
        and text == "一式"
        and not re.search(r"\+(?! ?(?:玄関)?子機)|セット", offer.title.folded)
    ):
        return any(_COMPLETE.search(line.folded, line.start, line.end) for line in offer.description)
    if finding.rule == "several_units":
        return own_pack(offer, text)
    return finding.rule == "part_noun" and "外した" in text and _is_whole(offer, finding, text)
