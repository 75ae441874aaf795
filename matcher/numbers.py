"""Which number the offer states: title, description and attributes weighed against each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from matcher.asked import Asked
from matcher.findings import Finding, Rank
from matcher.finishes import by_fit, colour_conflicts, is_colour_product, is_other_finish
from matcher.folding import squashed
from matcher.knowledge import phrase
from matcher.makers import sells_shades
from matcher.mentions import Fit, Role
from matcher.names import absent_words, is_finish, rival
from matcher.nouns import NAMED_ONLY
from matcher.offer import Offer
from matcher.stated import Stated, at, attribute_number, described_number, plain_mention, title_number

_CONFLICT = (Fit.DIFFERENT, Fit.SISTER)
_EITHER = phrase("either")
# The title leaves something open that the description may fill in.
_OPEN = (Fit.MISSING, Fit.TRUNCATED, Fit.SERIES)


def _speaks_for_itself(offer: Offer) -> bool:
    """A name with digits is not contradicted by the maker's own code; a name without digits proves too little."""
    return offer.asked.named and any(character.isdigit() for character in offer.asked.key)


def _is_full_number(offer: Offer, other: Finding) -> bool:
    """Whether a title's unlike number is written like a whole model number: joined, and as long as the asked one."""
    text = offer.title.folded[other.start : other.end]
    if offer.title.folded.isascii():
        return False  # foreign titles name hosts and lines side by side with the model
    return "-" in text and len(squashed(text)) >= max(5, len(offer.asked.key) - 2) and not offer.asked.named


def contradictions(
    offer: Offer, title: Stated | None, attribute: Stated | None, described: Stated | None
) -> Iterator[Finding]:
    """Two places that state two numbers, or one that denies what another states."""
    if title is None:
        yield from _unlike_title(offer, attribute, described)
        fits = {stated.fit for stated in (attribute, described) if stated}
        if described and Fit.EQUAL in fits and fits & set(_CONFLICT):
            yield at(Rank.CONTRADICTION, "contradiction", described)
        return
    beside = described if not _stated_twice(offer, title, attribute) or _is_labelled(described) else None
    for other in (attribute, beside):
        if other is not None:
            yield from _clash(offer, title, other)
    if attribute is not None and title.fit is Fit.EQUAL and _both_shorter(described, attribute):
        functional = any(code.kind == "functional" for code in attribute.mention.missing or ())
        yield from [at(Rank.CONTRADICTION, "contradiction", attribute)] if functional else []
    yield from _labelled_in_text(offer, title)
    yield from _written_on(offer, title)
    yield from _tail_denied(offer, title)
    if title.fit in (Fit.EQUAL, Fit.MISSING):
        yield from _denied(offer)


_FURTHER_WORD = re.compile(r"[ -]+([a-z][a-z0-9]{1,9})$")


def _longer_field(offer: Offer) -> Iterator[Finding]:
    """A number field that goes on behind the asked number with one more word, which the title has there too."""
    for line in offer.numbers:
        for mention in line.mentions:
            word = _FURTHER_WORD.fullmatch(line.folded[mention.end : line.end].rstrip())
            if word and mention.start == 0 and mention.fit is Fit.EQUAL and _follows(offer, word[1]):
                rank = Rank.DIFFERENT if len(word[1]) > 4 else Rank.UNDECIDED
                yield Finding(rank, "longer_number", line.text, mention.start, line.end)


def _follows(offer: Offer, word: str) -> bool:
    line = offer.title
    return any(
        mention.fit is Fit.EQUAL and re.match(rf"[ -]+{word}(?![a-z0-9])", line.folded[mention.end : line.end])
        for mention in line.mentions
    )


_LABEL = re.compile(r"(?:型番|品番|型式)(?:は|が|:)? ?$")


def _labelled_unlike(offer: Offer, title: Stated | None) -> Iterator[Finding]:
    """The title has the asked number, and then gives another as the number ("※届くのは写真の機種、型番 BX6200")."""
    if title is None or title.fit is not Fit.EQUAL or offer.asked.named:
        return
    line = offer.title
    for other in line.others:
        labelled = _LABEL.search(line.folded[max(line.start, other.start - 6) : other.start])
        if labelled and other.role is Role.OFFERED and other.start > title.mention.end:
            yield Finding(Rank.CONTRADICTION, "contradiction", line.text, other.start, other.end)


def _is(stated: Stated | None, fit: Fit) -> bool:
    return stated is not None and stated.fit is fit


def _unlike_title(offer: Offer, attribute: Stated | None, described: Stated | None) -> Iterator[Finding]:
    """The title names an unlike number only, while a field or the description states the asked one."""
    unlike = _title_only_other(offer)
    if unlike is None:
        return
    by_field = _is(attribute, Fit.EQUAL)
    by_text = _is(described, Fit.EQUAL)
    clash = _is_full_number(offer, unlike) and not by_text if by_field else by_text and _is_full_number(offer, unlike)
    if clash:
        yield Finding(Rank.CONTRADICTION, "contradiction", unlike.text, unlike.start, unlike.end)


def _cut_inside(offer: Offer, stated: Stated) -> bool:
    """Whether a shorter number ends inside a run of letters or digits of the asked one ("Z6II"): another number."""
    shown = squashed(stated.line.folded[stated.mention.start : stated.mention.end])
    following = offer.asked.key[len(shown) : len(shown) + 1]
    return (
        bool(following) and shown[-1:].isdigit() == following.isdigit() and shown[-1:].isalpha() == following.isalpha()
    )


def _stated_twice(offer: Offer, title: Stated, attribute: Stated | None) -> bool:
    """The title and a number field agree on the asked number, which the title names before any other."""
    first = min((n.start for n in offer.title.others if n.fit is Fit.SISTER), default=offer.title.end)
    return _is(title, Fit.EQUAL) and _is(attribute, Fit.EQUAL) and title.mention.start < first


_LABEL_BEFORE = phrase("label_before")


def _is_labelled(stated: Stated | None) -> bool:
    """Whether the description gives the number as the offer's own, and not as one of another colour or size."""
    if stated is None:
        return False
    line, start = stated.line, stated.mention.start
    return _LABEL_BEFORE.search(line.folded[max(line.start, start - 40) : start]) is not None


_LABELLED_UNLIKE = re.compile(r"(?:型番|品番|型式)(?:は|が|:|：)?[ ]?[「『]?$")


_NEAR = 8
_IS_IT = re.compile(r"[ 」』)）]*(?:になります|です(?!が|けど)|となります|でございます)")


def _labelled_in_text(offer: Offer, title: Stated) -> Iterator[Finding]:
    """The description gives another number as the offer's ("型番 BX-6200 の商品です"), written like a whole one."""
    if title.fit is not Fit.EQUAL or offer.asked.named or offer.asked.groups:
        return
    for line in offer.description:
        for other in line.others:
            text = line.folded[other.start : other.end]
            label = _LABELLED_UNLIKE.search(line.folded, max(line.start, other.start - 6), other.start)
            whole = "-" in text and re.search("[a-z]", text) and other.role is Role.OFFERED and other.fit is Fit.OTHER
            owned = any(hit.meaning.goods and 0 <= other.start - hit.end <= _NEAR for hit in line.hits)
            label = label or (None if owned else _IS_IT.match(line.folded, other.end, line.end))
            if label and whole and not line.mentions and offer.asked.key[:2] == squashed(text)[:2]:
                yield Finding(Rank.CONTRADICTION, "contradiction", line.text, other.start, other.end)


_ON_ITSELF = phrase("on_itself")
_WRITTEN = phrase("written")


def _written_on(offer: Offer, title: Stated) -> Iterator[Finding]:
    """The description reads another number off the thing ("ラベルにはXと印字", "実物の基板にXと")."""
    if title.fit is not Fit.EQUAL:
        return
    for line in offer.description:
        if not _ON_ITSELF.search(line.folded, line.start, line.end):
            continue
        others = [*line.others, *(mention for mention in line.mentions if mention.fit is not Fit.EQUAL)]
        for other in others:
            near = _ON_ITSELF.search(line.folded, max(line.start, other.start - 24), other.start)
            like = other.fit not in (Fit.EQUAL, Fit.DOUBT, Fit.SERIES, Fit.INSIDE)
            if near and like and _WRITTEN.match(line.folded, other.end, line.end):
                yield Finding(Rank.CONTRADICTION, "contradiction", line.text, other.start, other.end)


def _names_differ(offer: Offer) -> Iterator[Finding]:
    """Two fields name two products of one line ("20 ...", "24 ..."): one equals the asked name, one has a rival."""
    lines = offer.numbers
    if not offer.asked.words or not any(m.fit is Fit.EQUAL for line in lines for m in line.mentions):
        return
    names = [*offer.values.get("name", []), *(line.text for line in lines if not line.mentions)]
    for text in names:
        found = None if offer.asked.pattern.search(text.folded) else rival(offer.asked.words, text.folded)
        if found:
            yield Finding(Rank.CONTRADICTION, "contradiction", text, 0, len(text.folded))


def _named_beside(offer: Offer, other: Stated) -> bool:
    """Whether the title has the name that was asked, and the code of the field too: name and code are of one thing."""
    code = other.line.folded[other.mention.start : other.mention.end]
    return offer.asked.named and len(code) >= 6 and code in offer.title.folded


def _clash(offer: Offer, title: Stated, other: Stated) -> Iterator[Finding]:
    """The title and another place, each with its number."""
    if title.fit is Fit.EQUAL:
        if other.fit is Fit.DIFFERENT and is_other_finish(offer, other):
            yield at(Rank.VARIANT, "other_code", other)
        elif other.fit in _CONFLICT or (other.fit is Fit.VARIANT and other.mention.missing):
            yield at(Rank.CONTRADICTION, "contradiction", other)
        elif other.fit is Fit.OTHER and not _speaks_for_itself(offer) and not _named_beside(offer, other):
            yield at(Rank.CONTRADICTION, "unlike_field", other)
        elif other.fit is Fit.TRUNCATED and other.line.text.place == "description" and _cut_inside(offer, other):
            yield at(Rank.CONTRADICTION, "contradiction", other)
    elif title.fit is Fit.MISSING and other.fit is Fit.OTHER and offer.asked.key.isalpha():
        yield at(Rank.CONTRADICTION, "contradiction", other)
    elif title.fit in (*_CONFLICT, Fit.VARIANT) and other.fit is Fit.EQUAL:
        yield at(Rank.CONTRADICTION, "contradiction", title)


@cache
def _tail_pattern(tails: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![a-z0-9-])(?:{'|'.join(tails)})(?:(?:は|が|も|の)?(?:付か|つか|付き|つき)(?:ない|ません|ず)"
        rf"|(?:では|じゃ)(?:な|あり|ござ)|(?:の)?(?:無い|ない)(?=方|タイプ|モデル|型))"
    )


def _tails(asked: Asked) -> tuple[str, ...]:
    """What the asked number has more than its shorter sisters: the letters at its end, and the word that ends it."""
    found = {asked.key[base.length :] for base in asked.bases}
    word, glued = re.search(r" ([a-z]{2,})$", asked.number.casefold()), re.search(r"(?<=[0-9])[a-z]{1,4}$", asked.key)
    found |= {match[match.lastindex or 0] for match in (word, glued) if match}
    return tuple(sorted(tail for tail in found if tail.isascii() and tail.isalpha() and len(tail) <= 10))


_DENIAL = re.compile(r"ない|無い|ません|[付つ][かき]ず|[でじ][はゃ](?:な|あり|ござ)")


def _tail_denied(offer: Offer, title: Stated) -> Iterator[Finding]:
    """The end of the number is denied: "Mは付きません", "Plusの付かない", "※Proではありません"."""
    lines = [line for line in (offer.title, *offer.description) if _DENIAL.search(line.folded, line.start, line.end)]
    if not lines or title.fit not in (Fit.EQUAL, Fit.MISSING, Fit.TRUNCATED) or not (tails := _tails(offer.asked)):
        return
    denied = _tail_pattern(tails)
    for line in lines:
        if match := denied.search(line.folded, line.start, line.end):
            rank = Rank.CONTRADICTION if title.fit is Fit.EQUAL else Rank.DIFFERENT
            yield Finding(rank, "negated", line.text, match.start(), match.end())
            return


def _denied(offer: Offer) -> Iterator[Finding]:
    """The description says that the offer is not the number which the title states."""
    for line in offer.description:
        for mention in line.mentions:
            if mention.role is Role.NEGATED and mention.fit is Fit.EQUAL:
                yield Finding(Rank.CONTRADICTION, "contradiction", line.text, mention.start, line.end)


def _either(offer: Offer, title: Stated | None) -> Iterator[Finding]:
    """A sentence of the description that offers the asked number or another of its family, or lets one choose."""
    for line in offer.description:
        choice = line.says("choice") if title is not None and title.fit in _OPEN else None
        if choice and line.others:
            yield Finding(Rank.CHOICE, "choice", line.text, choice.start, choice.end)
        others = [n for n in line.others if n.fit is Fit.SISTER] + [m for m in line.mentions if m.fit is not Fit.EQUAL]
        both = others and any(mention.fit is Fit.EQUAL for mention in line.mentions)
        pieces = any(m.fit is Fit.MISSING for m in line.mentions) or any(
            n.fit in (Fit.INSIDE, Fit.TRUNCATED) and n.end - n.start >= 5 for n in line.others
        )
        both = both or (pieces and any(n.fit is Fit.SISTER for n in line.others))
        found = _EITHER.search(line.folded, line.start, line.end) if both else None
        if found:
            yield Finding(Rank.CHOICE, "choice", line.text, found.start(), found.end())


_TOGETHER = re.compile(r"[2-9]\s?(?:色|本|個|点|種)?セット|各[1一]?[個本枚台点]|[2-9]種|[2-9][本個台枚]組")


def _denied_keys(offer: Offer) -> set[str]:
    """The numbers of which the description says that they are not offered."""
    return {
        squashed(line.folded[number.start : number.end])
        for line in offer.description
        for number in (*line.mentions, *line.others)
        if number.role in (Role.NEGATED, Role.COMPARED)
    }


def _shown(stated: Stated) -> str:
    return stated.line.folded[stated.mention.start : stated.mention.end]


def choices(offer: Offer, title: Stated | None) -> Iterator[Finding]:
    """Several numbers of one family offered together, or a word of choosing."""
    line = offer.title
    offered = [n for n in (*line.mentions, *line.others) if n.role is Role.OFFERED]
    sisters = [
        n
        for n in offered
        if (n.fit in (Fit.SISTER, Fit.DIFFERENT) and not line.folded.startswith("シリーズ", n.end))
        or (n.fit is Fit.VARIANT and n.missing)
    ]
    if line.folded.isascii():
        # Foreign shops repeat the model inside a longer order code; the number that stands by itself is the model.
        # One more letter is no order code: it may be a colour.
        sisters = [
            n
            for n in sisters
            if n.fit is not Fit.DIFFERENT or len(squashed(line.folded[n.start : n.end])) == len(offer.asked.key) + 1
        ]
    denied = _denied_keys(offer)
    stuffed = title is not None and _stated_twice(offer, title, attribute_number(offer))
    sisters = [n for n in sisters if squashed(line.folded[n.start : n.end]) not in denied]
    choice = line.says("choice")
    together = sisters and _TOGETHER.search(line.folded[: line.end])
    if title and title.fit is Fit.EQUAL and sisters and together:
        yield Finding(Rank.SET, "bundle", line.text, sisters[0].start, sisters[-1].end)
    elif title and title.fit is Fit.EQUAL and sisters and (choice or not stuffed):
        yield Finding(Rank.CHOICE, "choice", line.text, sisters[0].start, sisters[0].end)
    elif (choice and title and title.fit is Fit.DIFFERENT and "/" in _shown(title)) or (
        choice
        and (title is None or title.fit not in _CONFLICT)
        and (sisters or title is None or title.fit is not Fit.EQUAL or "colour" in offer.asked.codes)
    ):
        yield Finding(Rank.CHOICE, "choice", line.text, choice.start, choice.end)


_EQUAL_RULES = {"title": "number_equal", "description": "number_in_text"}


def _equal(asked: Asked, *places: Stated | None) -> Iterator[Finding]:
    for stated in places:
        if stated is not None and stated.fit is Fit.EQUAL:
            rule = _EQUAL_RULES.get(stated.line.text.place, "number_attribute")
            yield at(Rank.EXACT, rule, stated)
            if stated.line.text.span(stated.mention.start, stated.mention.end)[0] != asked.number:
                yield at(Rank.EXACT, "rewritten", stated)


def _sister_beside(offer: Offer, title: Stated | None) -> Finding | None:
    """The title has the asked number's first part, and in place of the rest a number like it ("M18 FID2")."""
    line = offer.title
    if title is None or title.fit not in (Fit.MISSING, Fit.TRUNCATED):
        return None
    sisters = [other for other in line.others if other.fit is Fit.SISTER and other.role is Role.OFFERED]
    return Finding(Rank.DIFFERENT, "other_number", line.text, sisters[0].start, sisters[0].end) if sisters else None


def _rival_name(offer: Offer) -> Finding | None:
    """A name of several words of which the title has some, and others in place of the rest."""
    line = offer.title
    found = rival(offer.asked.words, line.folded[: line.end]) if offer.asked.words else None
    if found is None:
        return None
    start = line.folded.index(found)
    shades = line.says("shade_goods") or sells_shades(offer.asked.maker)
    named = all(word in line.folded for word in offer.asked.words if not any(character.isdigit() for character in word))
    finish = all(is_finish(word) for word in absent_words(offer.asked.words, line.folded[: line.end]))
    frequency = re.fullmatch(r"(?:50|60)hz", found) is not None
    rank = (
        Rank.VARIANT if frequency or (shades and named) or (finish and not is_colour_product(offer)) else Rank.DIFFERENT
    )
    return Finding(rank, "other_number", line.text, start, start + len(found))


def _title_only_other(offer: Offer) -> Finding | None:
    """No mention at all: another number of the title is the offer, or nothing is said."""
    line = offer.title
    offered = [number for number in line.others if number.role is Role.OFFERED and number.fit is Fit.OTHER]
    if offered:
        return Finding(Rank.DIFFERENT, "other_number", line.text, offered[0].start, offered[0].end)
    return None


def _only_negated(offer: Offer) -> Finding | None:
    line = offer.title
    whole = [mention for mention in line.mentions if mention.fit is not Fit.MISSING]
    if whole and all(mention.role in NAMED_ONLY for mention in whole):
        return Finding(Rank.DIFFERENT, "negated", line.text, whole[0].start, whole[0].end)
    return None


def number_findings(offer: Offer) -> Iterator[Finding]:
    """All findings about the stated number; at least one."""
    title, attribute, described = title_number(offer), attribute_number(offer), described_number(offer)
    negated = _only_negated(offer)
    if negated and (title is None or title.fit in (*_CONFLICT, Fit.TRUNCATED, Fit.MISSING)):
        yield negated
        return
    yield from contradictions(offer, title, attribute, described)
    yield from _labelled_unlike(offer, title)
    yield from _names_differ(offer)
    yield from _longer_field(offer)
    yield from choices(offer, title)
    yield from _either(offer, title)
    yield from _decided(offer, title, attribute, described)
    yield from colour_conflicts(offer, title)


def _both_shorter(title: Stated | None, attribute: Stated | None) -> bool:
    """A text and the number field agree on a number without the asked code; then a mention elsewhere is no proof."""
    return _is(title, Fit.MISSING) and _is(attribute, Fit.MISSING)


def _decided(
    offer: Offer, title: Stated | None, attribute: Stated | None, described: Stated | None
) -> Iterator[Finding]:
    """The number's own verdict: any equal number first, else the strongest other statement."""
    fuller = next(
        (s for s in (attribute, described) if s and s.fit is Fit.VARIANT and not s.mention.missing and s.mention.codes),
        None,
    )
    if fuller:
        yield by_fit(offer, fuller)
    equal = list(_equal(offer.asked, attribute, described, title))
    if not equal and (title is None or title.fit in (Fit.MISSING, Fit.TRUNCATED, Fit.SERIES)):
        unlike = (title is None and _title_only_other(offer) is not None) or _both_shorter(title, attribute)
        unlike = unlike or (attribute is not None and attribute.fit is Fit.OTHER)  # the number field says another
        equal = [] if unlike else list(_equal(offer.asked, plain_mention(offer)))
    if equal:
        yield from equal
        return
    sister = _sister_beside(offer, title)
    if sister:
        yield sister
        return
    codes = title.mention.missing if title is not None and title.fit is Fit.MISSING else None
    coloured = bool(codes) and all(code.kind == "colour" for code in codes or ())
    open_title = title is None or title.fit in (Fit.MISSING, Fit.TRUNCATED)
    named = _rival_name(offer) if open_title and not coloured else None
    if named:
        yield named
        return
    for stated in sorted(
        filter(None, (attribute, described, title)), key=lambda one: one.fit in (Fit.TRUNCATED, Fit.MISSING, Fit.SERIES)
    ):
        if stated.fit is not Fit.OTHER:
            yield by_fit(offer, stated)
            return
    if attribute is not None:
        yield by_fit(offer, attribute)
        return
    yield _title_only_other(offer) or Finding(Rank.UNDECIDED, "no_number", offer.title.text, span="")
