"""Which number the offer states: title, description and attributes weighed against each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from matcher.findings import Finding, Rank
from matcher.folding import squashed
from matcher.knowledge import colour_words, phrase
from matcher.lexicon import Hit, scan
from matcher.makers import aliases, maker_key, name_pattern, names_in_text, sells_shades
from matcher.mentions import Fit, Mention, Role
from matcher.names import rival
from matcher.offer import Offer
from matcher.roles import Line
from matcher.suffixes import Code, letter_colour

_LABEL_BEFORE = phrase("label_before")
_STATED_AFTER = phrase("stated_after")


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
        for mention in line.mentions:
            if mention.fit is Fit.EQUAL and mention.role is Role.OFFERED:
                return Stated(Fit.EQUAL, line, mention)
    return None


def _at(rank: Rank, rule: str, stated: Stated) -> Finding:
    return Finding(rank, rule, stated.line.text, stated.mention.start, stated.mention.end)


_CONFLICT = (Fit.DIFFERENT, Fit.SISTER)


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
    """Two places that state two numbers."""
    unlike = _title_only_other(offer) if title is None else None
    if (
        unlike
        and attribute
        and attribute.fit is Fit.EQUAL
        and not (described and described.fit is Fit.EQUAL)
        and _is_full_number(offer, unlike)
    ):
        yield Finding(Rank.CONTRADICTION, "contradiction", unlike.text, unlike.start, unlike.end)
    if (
        unlike
        and described
        and described.fit is Fit.EQUAL
        and (attribute is None or attribute.fit is not Fit.EQUAL)
        and not offer.asked.named
    ):
        yield Finding(Rank.CONTRADICTION, "contradiction", unlike.text, unlike.start, unlike.end)
    for other in (attribute, described):
        if title is None or other is None:
            continue
        if title.fit is Fit.EQUAL and other.fit is Fit.DIFFERENT and _is_other_finish(offer, other):
            yield _at(Rank.VARIANT, "other_code", other)
        elif title.fit is Fit.EQUAL and (
            other.fit in _CONFLICT or (other.fit is Fit.OTHER and not _speaks_for_itself(offer))
        ):
            yield _at(Rank.CONTRADICTION, "contradiction", other)
        if title.fit is Fit.MISSING and other.fit is Fit.OTHER and offer.asked.key.isalpha():
            yield _at(Rank.CONTRADICTION, "contradiction", other)
        if title.fit is Fit.EQUAL and other.fit is Fit.VARIANT and other.mention.missing:
            yield _at(Rank.CONTRADICTION, "contradiction", other)
        if title.fit in (*_CONFLICT, Fit.VARIANT) and other.fit is Fit.EQUAL:
            yield _at(Rank.CONTRADICTION, "contradiction", title)
    if (
        title is None
        and attribute
        and described
        and {attribute.fit, described.fit} & {Fit.EQUAL}
        and {attribute.fit, described.fit} & set(_CONFLICT)
    ):
        yield _at(Rank.CONTRADICTION, "contradiction", described)


def choices(offer: Offer, title: Stated | None) -> Iterator[Finding]:
    """Several numbers of one family offered together, or a word of choosing."""
    line = offer.title
    offered = [n for n in (*line.mentions, *line.others) if n.role is Role.OFFERED]
    sisters = [n for n in offered if n.fit in (Fit.SISTER, Fit.DIFFERENT) or (n.fit is Fit.VARIANT and n.missing)]
    if line.folded.isascii():
        # Foreign shops repeat the model inside a longer order code; the number that stands by itself is the model.
        # One more letter is no order code: it may be a colour.
        sisters = [
            n
            for n in sisters
            if n.fit is not Fit.DIFFERENT or len(squashed(line.folded[n.start : n.end])) == len(offer.asked.key) + 1
        ]
    choice = line.says("choice")
    if title and title.fit is Fit.EQUAL and sisters:
        yield Finding(Rank.CHOICE, "choice", line.text, sisters[0].start, sisters[0].end)
    elif (
        choice
        and (title is None or title.fit not in _CONFLICT)
        and (sisters or title is None or title.fit is not Fit.EQUAL or "colour" in offer.asked.codes)
    ):
        yield Finding(Rank.CHOICE, "choice", line.text, choice.start, choice.end)


def _colour_values(offer: Offer) -> list[tuple[Hit, Finding]]:
    """Colour words of the listing, the colour attribute before the title before "カラー：" in the description."""
    found = []
    for text in offer.values.get("colour", []):
        found += [
            (hit, Finding(Rank.EXACT, "colour_word", text, hit.start, hit.end))
            for hit in scan(text.folded)
            if hit.meaning.colours
        ]
    if found:
        return found
    for line in (
        offer.title,
        *(line for line in offer.description if re.search(r"カラー|色|color", line.folded[line.start : line.end])),
    ):
        hits = [hit for hit in line.hits if hit.meaning.colours]
        if hits:
            return [(hit, Finding(Rank.EXACT, "colour_word", line.text, hit.start, hit.end)) for hit in hits]
    return []


def _is_colour_product(offer: Offer) -> bool:
    """Ink and pens: another colour is another product."""
    return offer.title.says("writing_goods") is not None or "colour_is_product" in offer.asked.groups


def missing_codes(offer: Offer, stated: Stated) -> Finding:
    """The listing leaves out codes that the asked number has."""
    codes = stated.mention.missing
    title = offer.title
    imported = next((hit for line in (title, *offer.description) if (hit := line.says("imported"))), None)
    old = title.says("old")
    if _lacks_one_letter(offer, stated) and not codes:
        return _at(Rank.DIFFERENT, "shorter_number", stated)
    if not codes:
        return (
            _at(Rank.DIFFERENT, "shorter_number", stated) if old else _at(Rank.UNDECIDED, "incomplete_number", stated)
        )
    if any(code.kind == "functional" for code in codes):
        return _at(Rank.DIFFERENT, "shorter_number", stated)
    if any(code.kind in ("region", "channel") for code in codes) and imported:
        return _at(Rank.VARIANT, "import_without_code", stated)
    if all(code.kind == "colour" for code in codes):
        return _by_colour_word(offer, stated, frozenset().union(*(code.colours for code in codes)))
    return _at(Rank.UNDECIDED, "incomplete_number", stated)


def _by_colour_word(offer: Offer, stated: Stated, asked: frozenset[str]) -> Finding:
    words = _colour_values(offer)
    same = [finding for hit, finding in words if hit.meaning.colours & asked]
    if same:
        return same[0]
    if words and asked:
        finding = words[0][1]
        rank = Rank.DIFFERENT if _is_colour_product(offer) else Rank.VARIANT
        return Finding(rank, "other_colour", finding.text, finding.start, finding.end)
    return _at(Rank.UNDECIDED, "incomplete_number", stated)


def _is_imported(offer: Offer) -> bool:
    return any(line.says("imported") for line in (offer.title, *offer.description))


def _shared(one: str, other: str) -> int:
    """How many characters two keys share at their head."""
    return next(
        (index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _same_shape(one: str, other: str) -> bool:
    return [c.isdigit() for c in one] == [c.isdigit() for c in other]


def _is_other_finish(offer: Offer, stated: Stated) -> bool:
    """Two numbers that differ in their last code alone, where the listing's words say that it is a finish or market.

    The code is letters whose first one stands for the stated colour, or what follows a separator when it is an import or,
    behind a slash, when a colour is stated.
    """
    number = stated.line.folded[stated.mention.start : stated.mention.end]
    key, asked = squashed(number), offer.asked.key
    shared = _shared(key, asked)
    mine, theirs = key[shared:], asked[shared:]
    if shared < 5 or not 1 <= len(mine) <= 3 or (theirs and len(mine) != len(theirs)) or _is_colour_product(offer):
        return False
    last = re.split(r"[-/ #]", number)[-1]
    separated = len(last) < len(key) and len(last) <= 4 and last.endswith(mine)
    coloured = frozenset[str]().union(*(hit.meaning.colours for hit, _ in _colour_values(offer)))
    imported = _is_imported(offer)
    if mine.isalpha() and (not theirs or theirs.isalpha()):
        by_letter = bool(theirs) and bool(letter_colour(mine[0]) & coloured)
        return by_letter or (imported and (separated or not theirs))
    slashed = mine.isdigit() and "/" in number
    return separated and bool(coloured) and _same_shape(mine, theirs) and (slashed or not mine.isdigit())


def _lacks_one_letter(offer: Offer, stated: Stated) -> bool:
    """The asked number ends in one more letter, or a digit behind a letter, glued on: that makes another base."""
    shown = squashed(stated.line.folded[stated.mention.start : stated.mention.end])
    glued = offer.asked.number[-2:].isalnum()
    return (
        offer.asked.key[:-1] == shown and glued and (offer.asked.key[-1].isalpha() or offer.asked.key[-2:-1].isalpha())
    )


def _other_code(offer: Offer, stated: Stated) -> Finding:
    """The same base with another code: a variant, but of ink another product, and of an unsure reading unproven."""
    codes = (*stated.mention.codes, *(stated.mention.missing or ()))
    product = any(code.kind == "colour" for code in codes) and _is_colour_product(offer)
    unproven = not all(code.sure for code in codes) and not _colour_values(offer)
    if product or unproven:
        return _at(Rank.DIFFERENT, "longer_number", stated)
    return _at(Rank.VARIANT, "other_code", stated)


def _by_fit(offer: Offer, stated: Stated) -> Finding:
    if stated.fit is Fit.MISSING:
        return missing_codes(offer, stated)
    if stated.fit is Fit.VARIANT:
        return _other_code(offer, stated)
    if stated.fit is Fit.DOUBT:
        return _at(Rank.UNDECIDED, "confusable", stated)
    if stated.fit in (Fit.TRUNCATED, Fit.SERIES):
        whole = (stated.fit is Fit.TRUNCATED and _lacks_one_letter(offer, stated)) or offer.title.says("old")
        rank, rule = (Rank.DIFFERENT, "shorter_number") if whole else (Rank.UNDECIDED, "incomplete_number")
        return _at(rank, rule, stated)
    if stated.fit in (Fit.SISTER, Fit.DIFFERENT) and _is_other_finish(offer, stated):
        return _at(Rank.VARIANT, "other_code", stated)
    rule = "other_number" if stated.fit in (Fit.SISTER, Fit.OTHER) else "longer_number"
    return _at(Rank.DIFFERENT, rule, stated)


_EQUAL_RULES = {"title": "number_equal", "description": "number_in_text"}


def _equal(*places: Stated | None) -> Iterator[Finding]:
    for stated in places:
        if stated is not None and stated.fit is Fit.EQUAL:
            rule = _EQUAL_RULES.get(stated.line.text.place, "number_attribute")
            yield _at(Rank.EXACT, rule, stated)


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
    rank = Rank.VARIANT if shades and named else Rank.DIFFERENT
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
    roles = {mention.role for mention in line.mentions}
    if line.mentions and roles <= {Role.NEGATED, Role.COMPARED, Role.PREDECESSOR}:
        return Finding(Rank.DIFFERENT, "negated", line.text, line.mentions[0].start, line.mentions[0].end)
    return None


def number_findings(offer: Offer) -> Iterator[Finding]:
    """All findings about the stated number; at least one."""
    title, attribute, described = title_number(offer), attribute_number(offer), described_number(offer)
    negated = _only_negated(offer)
    if negated and (title is None or title.fit in _CONFLICT):
        yield negated
        return
    yield from contradictions(offer, title, attribute, described)
    yield from choices(offer, title)
    yield from _decided(offer, title, attribute, described)
    yield from colour_conflicts(offer, title)


def _decided(
    offer: Offer, title: Stated | None, attribute: Stated | None, described: Stated | None
) -> Iterator[Finding]:
    """The number's own verdict: any equal number first, else the strongest other statement."""
    fuller = next(
        (s for s in (attribute, described) if s and s.fit is Fit.VARIANT and not s.mention.missing and s.mention.codes),
        None,
    )
    if fuller:
        yield _by_fit(offer, fuller)
    equal = list(_equal(attribute, described, title))
    if not equal and (title is None or title.fit in (Fit.MISSING, Fit.TRUNCATED, Fit.SERIES)):
        equal = list(
            _equal(
                None if offer.title.others and title is None and _title_only_other(offer) else plain_mention(offer),
            )
        )
    if equal:
        yield from equal
        return
    sister = _sister_beside(offer, title)
    if sister:
        yield sister
        return
    named = _rival_name(offer) if title is None or title.fit in (Fit.MISSING, Fit.TRUNCATED) else None
    if named:
        yield named
        return
    for stated in sorted(
        filter(None, (attribute, described, title)), key=lambda one: one.fit in (Fit.TRUNCATED, Fit.MISSING, Fit.SERIES)
    ):
        if stated.fit is not Fit.OTHER:
            yield _by_fit(offer, stated)
            return
    if attribute is not None:
        yield _by_fit(offer, attribute)
        return
    yield _title_only_other(offer) or Finding(Rank.UNDECIDED, "no_number", offer.title.text, span="")


def colour_conflicts(offer: Offer, title: Stated | None) -> Iterator[Finding]:
    """The asked colour code is stated, but the colour attribute names another colour."""
    codes = [code for base in offer.asked.bases[:1] for code in base.missing or () if code.kind == "colour"]
    asked: frozenset[str] = frozenset().union(*(code.colours for code in codes))
    attribute = attribute_number(offer)
    equal = any(stated is not None and stated.fit is Fit.EQUAL for stated in (title, attribute))
    if not asked or not equal or not offer.values.get("colour"):
        return
    words = _colour_values(offer)
    if words and not any(hit.meaning.colours & asked for hit, _ in words):
        finding = words[0][1]
        yield Finding(Rank.CONTRADICTION, "contradiction", finding.text, finding.start, finding.end)


def _named_makers(line: Line) -> list[tuple[str, int, int]]:
    table = names_in_text()
    found = []
    for match in name_pattern().finditer(line.folded[: line.end]):
        after = line.after(match.end())
        fitted = after and after[0].says("host_after") and after[0].start - match.end() <= 1
        if not fitted:
            found.append((table[match[0]], match.start(), match.end()))
    return found


def _names_maker(line: Line, name: str) -> bool:
    """Whether the title names the asked maker, in any of its names."""
    pattern = rf"(?<![a-z0-9]){re.escape(name)}(?![a-z])" if name.isascii() else re.escape(name)
    return re.search(pattern, line.folded[: line.end]) is not None


def brand_findings(offer: Offer) -> Iterator[Finding]:
    """Another maker uses the same letters, or a weak number has no maker behind it."""
    asked = offer.asked
    if asked.maker is None:
        return
    for text in offer.values.get("brand", []):
        key = maker_key(text.raw)
        if key is not None and key != asked.maker:
            rule, rank = ("substitute", Rank.ACCESSORY) if key == "generic_brand" else ("brand_differs", Rank.DIFFERENT)
            yield Finding(rank, rule, text, 0, len(text.folded))
            return
        if key == asked.maker:
            return
    makers = _named_makers(offer.title)
    if any(key == asked.maker for key, _, _ in makers):
        return
    if any(_names_maker(offer.title, name) for name, key in aliases().items() if key == asked.maker):
        return
    if makers and not offer.title.says("host_before"):
        _, start, end = makers[0]
        yield Finding(Rank.DIFFERENT, "brand_differs", offer.title.text, start, end)


def gtin_findings(offer: Offer) -> Iterator[Finding]:
    """What a valid JAN of the listing says beside the wanted one."""
    asked = offer.asked
    if asked.jan is None or not offer.gtins:
        return
    numbers = [number for number, _ in offer.gtins]
    span = (asked.jan if asked.jan in numbers else numbers[0]).lstrip("0")
    if asked.jan in numbers:
        yield Finding(Rank.EXACT, "gtin_equal", None, span=span)
        return
    title = title_number(offer) or attribute_number(offer)
    equal = title is not None and title.fit is Fit.EQUAL
    yield Finding(Rank.CONTRADICTION if equal else Rank.DIFFERENT, "gtin_differs", None, span=span)
