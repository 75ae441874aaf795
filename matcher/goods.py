"""Less than the unit, or goods for it: boxes, parts, accessories, substitutes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matcher.findings import Finding, Rank
from matcher.knowledge import phrase
from matcher.lexicon import Hit
from matcher.mentions import Fit, Mention, Role
from matcher.offer import Offer
from matcher.roles import Line

_CLOSE = phrase("close")
_STATEMENT = phrase("statement")
# "タイヤのみ" says that the wheels are not in the offer: the tyre is the unit.
_WHOLE = frozenset({"タイヤ"})
_STRONG_BOX = frozenset({"空箱", "空き箱", "空パッケージ", "empty box"})
# Groups that say how to judge a number and name no goods.
_FACTS = frozenset({"colour_is_product", "standard", "component"})


def _hit(rank: Rank, rule: str, line: Line, first: Hit | Mention, last: Hit | Mention | None = None) -> Finding:
    return Finding(rank, rule, line.text, first.start, (last or first).end)


def _next(line: Line, hit: Hit) -> Hit | None:
    """The known word that follows at once, at most a particle or two spaces away."""
    following = line.after(hit.end)
    if following and _CLOSE.fullmatch(line.folded[hit.end : following[0].start]):
        return following[0]
    return None


def is_attached(line: Line, hit: Hit) -> bool:
    """Whether the noun comes with the unit, lacks, or describes it ("ケース付き", "箱なし", "バッテリー式")."""
    following = _next(line, hit)
    if following is None:
        return False
    if following.says("attached") or following.says("missing") or following.says("harmless"):
        gap = line.folded[hit.end : following.start]
        return "only" not in following.meaning.signals and (
            gap.strip() != "" or gap == "" or following.says("missing") or len(following.word) > 1
        )
    if following.meaning.goods and line.folded[hit.end : following.start] in ("・", ""):
        return is_attached(line, following)
    return False


_OWN_NUMBER = re.compile(r"[ (（]{0,2}[a-z0-9]+(?:[-./][a-z0-9]+)*[ )）]{0,2}")


def only_after(line: Line, hit: Hit) -> Hit | None:
    """The "のみ" that belongs to this noun, with at most the noun's own number between."""
    following = _next(line, hit)
    if following is None:
        following = next(iter(line.after(hit.end)), None)
        if following is not None and not _OWN_NUMBER.fullmatch(line.folded[hit.end : following.start]):
            return None
    return following if following is not None and following.says("only") else None


def _says(line: Line, *signals: str) -> Hit | None:
    return next((hit for hit in line.hits if any(hit.says(signal) for signal in signals)), None)


def nouns(offer: Offer, line: Line) -> list[Hit]:
    """The nouns of goods that are neither attached nor what the asked number itself is."""
    own = offer.asked.groups | offer.asked.maybe_groups
    return [
        hit for hit in line.hits if hit.meaning.goods and hit.meaning.group not in own and not is_attached(line, hit)
    ]


def goes_with_own_host(line: Line) -> bool:
    """Whether the line names another number as the host, so that the asked one is the goods themselves."""
    offered = any(mention.role is Role.OFFERED and mention.fit in (Fit.EQUAL, Fit.VARIANT) for mention in line.mentions)
    return offered and any(
        other.role is Role.HOST and re.search("[a-z]", line.folded[other.start : other.end]) for other in line.others
    )


def _subject(line: Line) -> list[Mention]:
    """Mentions of the asked number or its base, and family numbers where there is none."""
    return [m for m in line.mentions if m.fit is not Fit.DIFFERENT] or [
        other for other in line.others if other.fit in (Fit.SERIES, Fit.TRUNCATED, Fit.DOUBT)
    ]


def has_subject(line: Line) -> bool:
    """Whether the line names the asked number, its base or its family at all."""
    return bool(_subject(line))


def _is_other_model(line: Line) -> bool:
    """Whether the title offers a number of the family that is not the asked one: then its goods say nothing."""
    numbers = [*line.mentions, *line.others]
    return not has_subject(line) and any(
        n.role is Role.OFFERED and n.fit in (Fit.DIFFERENT, Fit.SISTER) for n in numbers
    )


def hosts(line: Line) -> list[Mention]:
    """The asked number's mentions when all of them are hosts."""
    subject = _subject(line)
    if subject and all(mention.role is not Role.OFFERED for mention in subject):
        return [mention for mention in subject if mention.role is Role.HOST]
    return []


def title_parts(offer: Offer) -> Iterator[Finding]:
    """Rules that make the title's offer a part or a box."""
    line = offer.title
    if not _subject(line):
        return
    yield from _only(offer, line)
    if not offer.asked.groups - _FACTS:
        yield from _unknown_only(line)
    salvage = _says(line, "salvage")
    if salvage and not is_attached(line, salvage):
        yield _hit(Rank.PART, "salvage", line, salvage)
    if goes_with_own_host(line) or _says(line, "substitute"):
        return
    yield from _part_nouns(offer, line)


def _only(offer: Offer, line: Line) -> Iterator[Finding]:
    for hit in line.hits:
        if hit.word in _STRONG_BOX and not is_attached(line, hit):
            yield _hit(Rank.PART, "empty_box", line, hit)
        only = (
            only_after(line, hit)
            if hit.meaning.goods and hit.meaning.group not in offer.asked.groups and hit.word not in _WHOLE
            else None
        )
        if only:
            yield _hit(Rank.PART, "only_part", line, hit, only)
        elif hit.meaning.group == "one_side" and not is_attached(line, hit):
            yield _hit(Rank.PART, "only_part", line, hit)


# A noun that the room does not know, with のみ: still only a piece, unless it is one of these.
_UNKNOWN_ONLY = phrase("unknown_only")
_UNKNOWN_STATED = phrase("unknown_stated")
_NOT_A_PIECE = phrase("not_a_piece")


def _unknown_only(line: Line) -> Iterator[Finding]:
    for match in _UNKNOWN_ONLY.finditer(line.folded, line.start, line.end):
        if not _NOT_A_PIECE.search(match[1]) and line.folded[max(0, match.start() - 2) : match.start()] not in (
            "フル",
            "本体",
        ):
            yield Finding(Rank.PART, "only_part", line.text, match.start(), match.end())


def _part_nouns(offer: Offer, line: Line) -> Iterator[Finding]:
    genuine, removed = _is_genuine(offer), _says(line, "removed")
    spare = next((hit for hit in line.hits if hit.says("spare") and not is_attached(line, hit)), None)
    for hit in nouns(offer, line):
        kind = hit.meaning.goods
        if kind in ("part", "piece") and _modifies_goods(line, hit):
            continue
        if kind == "part" or (kind == "piece" and (spare or removed or (genuine and _is_head(line, hit)))):
            yield _hit(Rank.PART, "part_noun", line, hit)
        elif kind == "box" and _ends_after_number(line, hit):
            yield _hit(Rank.PART, "empty_box", line, hit)
    if (spare and spare.word.startswith(_REPAIR)) or (
        spare and "spare" not in offer.asked.maybe_groups and not offer.asked.groups - _FACTS
    ):
        yield _hit(Rank.PART, "part_noun", line, spare)


_REPAIR = ("補修", "修理", "スペアパーツ", "リペア", "repair", "spare")


def _is_genuine(offer: Offer) -> bool:
    """Whether the title, or a sentence that names the number, says that the goods are the maker's own."""
    return any(line.says("genuine") for line in (offer.title, *(line for line in offer.description if line.mentions)))


def _modifies_goods(line: Line, hit: Hit) -> bool:
    """ "内なべ 保護シート": the piece only says what the goods behind it are for."""
    following = _next(line, hit)
    return following is not None and following.meaning.goods == "goods"


def _is_head(line: Line, hit: Hit) -> bool:
    """Whether a genuine piece is what is offered: a host is named for it, or it replaces, or ends the title."""
    if hosts(line) or _replaced(line, hit):
        return True
    return _right_after_number(line, hit)


def _replaced(line: Line, hit: Hit) -> bool:
    """Whether "交換", "替え" or "予備" stands directly before or after the noun."""
    if hit.word.startswith(("交換", "替え", "替", "スペア", "予備")):
        return True
    near = [other for other in line.hits if other.says("replacing")]
    return any(0 <= hit.start - other.end <= 3 or 0 <= other.start - hit.end <= 2 for other in near)


def _right_after_number(line: Line, hit: Hit) -> bool:
    """Number and noun side by side, with at most the word genuine, a brand or a colour between."""
    for mention in line.mentions:
        if mention.end <= hit.start:
            gap = line.folded[mention.end : hit.start]
            between = [other for other in line.hits if mention.end <= other.start and other.end <= hit.start]
            bare = gap
            for other in between:
                if not (other.says("genuine") or other.meaning.goods):
                    return False
                bare = bare.replace(other.word, "")
            return re.fullmatch(r"[ 　・/()（）【】\[\]]*", bare) is not None and len(gap) <= 20
    return False


def _ends_after_number(line: Line, hit: Hit) -> bool:
    """A box or paper right after the number, with nothing after it but condition words."""
    tail = line.folded[hit.end : line.end].strip(" )）】]")
    return _right_after_number(line, hit) and len(tail) <= 4


def title_accessories(offer: Offer) -> Iterator[Finding]:
    """Rules that make the title's offer goods for the asked model, or a substitute of it."""
    line = offer.title
    if not _subject(line):
        return
    own_line = offer.asked.maker is None
    substitute = next(
        (
            hit
            for hit in line.hits
            if hit.says("substitute") and not _of_attached(line, hit) and not (own_line and hit.word.isascii())
        ),
        None,
    )
    if substitute:
        yield _hit(Rank.ACCESSORY, "substitute", line, substitute)
    host = hosts(line)
    if host:
        yield _hit(Rank.ACCESSORY, "fits_host", line, host[0], _cue_end(line, host[0]))
    elif not goes_with_own_host(line):
        yield from _goods_nouns(offer, line)
    else:
        yield from _protection(offer, line)


def _protection(offer: Offer, line: Line) -> Iterator[Finding]:
    """A case or film at the end after "...用": the offer is that, whatever else the title names."""
    for hit in nouns(offer, line):
        fitted = any(cue.says("host_after") and 0 <= hit.start - cue.end <= 1 for cue in line.before(hit.start)[:1])
        if (
            hit.meaning.group in ("case", "film")
            and fitted
            and not line.folded[hit.end : line.end].strip()
            and line.mentions[0].end <= hit.start
        ):
            yield _hit(Rank.ACCESSORY, "accessory_noun", line, hit)


def _cue_end(line: Line, mention: Mention) -> Hit | Mention:
    cue = next((hit for hit in line.after(mention.end) if hit.says("host_after")), None)
    return cue if cue and cue.end - mention.start < 40 else mention


def _of_attached(line: Line, hit: Hit) -> bool:
    """A substitute that only comes with the unit ("社外ベルト付き"), or is not meant ("互換品ではない")."""
    following = _next(line, hit)
    return following is not None and bool(following.meaning.goods) and is_attached(line, following)


def _goods_nouns(offer: Offer, line: Line) -> Iterator[Finding]:
    bundled = _bundled_from(line)
    for hit in nouns(offer, line):
        if hit.meaning.goods in (None, "box", "part") or (bundled is not None and hit.start >= bundled):
            continue
        rank = _rank_of_noun(offer, line, hit)
        if rank is not None:
            yield _hit(rank, "accessory_noun", line, hit)


def _rank_of_noun(offer: Offer, line: Line, hit: Hit) -> Rank | None:
    follows = any(mention.end <= hit.start for mention in line.mentions)
    itself = bool(offer.asked.groups - _FACTS)
    if hit.meaning.goods == "goods":
        if follows or _replaced(line, hit) or line.says("host_after"):
            return Rank.ACCESSORY
        return None if itself else Rank.UNDECIDED
    if _replaced(line, hit):
        return Rank.ACCESSORY if follows else None if itself or hit.meaning.goods == "supply" else Rank.UNDECIDED
    if itself or not follows:
        return None
    if _right_after_number(line, hit) and len(line.folded[hit.end : line.end].strip()) <= 12:
        return Rank.ACCESSORY if hit.meaning.goods == "piece" else Rank.UNDECIDED
    return Rank.UNDECIDED if _ends_title(line, hit) or _fitted_later(line, hit) else None


_FEATURES = frozenset({"strap", "inside"})


def _ends_title(line: Line, hit: Hit) -> bool:
    """A piece as the last noun of the title, behind it at most words of condition or colour: it may be all there is."""
    if hit.meaning.group in _FEATURES or line.folded[hit.start - 1] not in " 　)]】」/・":
        return False
    behind = line.after(hit.end)
    tail = line.folded[hit.end : line.end]
    for word in behind:
        if word.meaning.goods:
            return False
        tail = tail.replace(word.word, "")
    return len(re.sub(r"[ 　・/()（）【】\[\]、,!！新品中古未使用美品動作確認済良好送料無料即決]", "", tail)) <= 1


def _fitted_later(line: Line, hit: Hit) -> bool:
    """ "X バッテリー ... 対応ハブ": a supply after the number, and something that fits after it."""
    return hit.meaning.goods == "supply" and any(word.says("host_after") for word in line.after(hit.end))


def _bundled_from(line: Line) -> int | None:
    """Where a bundle's further goods begin: the first plus sign after the number, or the number of a セット title."""
    plus = line.folded.find("+", line.mentions[0].end if line.mentions else 0)
    if plus >= 0:
        return plus
    tail = line.folded[: line.end].rstrip(" )）】]!！")
    if re.search(r"(?<![個本枚点台組足箱])セット$", tail) and line.mentions and line.mentions[0].role is Role.OFFERED:
        return line.mentions[0].end
    return None


def body_only(offer: Offer) -> Iterator[Finding]:
    """A set number with 本体のみ, or 本体のみ with functional parts missing."""
    if offer.title.mentions and not _subject(offer.title):
        return
    for line in (offer.title, *offer.description):
        for hit in line.hits:
            only = only_after(line, hit) if hit.says("body") else None
            if only and ("kit" in offer.asked.codes or _lacks_parts(line)):
                yield _hit(Rank.PART, "parts_missing", line, hit, only)


_FUNCTIONAL = frozenset({"battery", "charger", "head", "plug", "remote", "blade"})


def _lacks_parts(line: Line) -> bool:
    return any(_missing_after(line, hit) for hit in line.hits if hit.meaning.group in _FUNCTIONAL)


def _missing_after(line: Line, hit: Hit) -> bool:
    """Whether the noun, or the list of nouns that it begins, is said to be missing."""
    following = _next(line, hit)
    if following is None:
        return False
    return following.says("missing") or (bool(following.meaning.goods) and _missing_after(line, following))


_KIT_PARTS = frozenset({"battery", "charger"})


def described_parts(offer: Offer) -> Iterator[Finding]:
    """Sentences of the description that say: only a piece, only the box, without the unit, for parts."""
    if _is_other_model(offer.title):
        return
    for line in offer.description:
        salvage = _says(line, "salvage")
        if salvage and "不可" not in line.folded[salvage.end : line.end]:
            yield _hit(Rank.PART, "salvage", line, salvage)
        for hit in line.hits:
            yield from _described_piece(offer, line, hit)
        unknown = _UNKNOWN_STATED.search(line.folded, line.start, line.end)
        if unknown and not _NOT_A_PIECE.search(unknown[1]) and not offer.asked.groups - _FACTS:
            yield Finding(Rank.PART, "only_part", line.text, unknown.start(), unknown.end())


def _described_piece(offer: Offer, line: Line, hit: Hit) -> Iterator[Finding]:
    own = hit.meaning.group in offer.asked.groups
    if hit.meaning.goods and not own:
        only = only_after(line, hit)
        if only and _STATEMENT.match(line.folded[only.end : line.end]) and not _lists_contents(line):
            yield _hit(Rank.PART, "only_part", line, hit, only)
        elif hit.word in _STRONG_BOX and not is_attached(line, hit):
            yield _hit(Rank.PART, "empty_box", line, hit)
        elif (
            hit.meaning.group in _KIT_PARTS
            and hit.word != "電池"
            and "kit" in offer.asked.codes
            and _missing_after(line, hit)
        ):
            yield _hit(Rank.PART, "parts_missing", line, hit)
    elif hit.says("body") and _missing_after(line, hit) and not offer.asked.groups - _FACTS:
        rank = (
            Rank.ACCESSORY
            if any(True for _ in (*title_accessories(offer), *described_accessories(offer)))
            else Rank.PART
        )
        yield _hit(rank, "parts_missing", line, hit)


_CONTENTS = phrase("contents")


def _lists_contents(line: Line) -> bool:
    return _CONTENTS.search(line.folded, line.start, line.end) is not None


_HOST_STATEMENT = phrase("host_statement")
_CARED_PIECE = phrase("cared_piece")
_NOT_GENUINE = phrase("not_genuine")


def described_accessories(offer: Offer) -> Iterator[Finding]:
    """Sentences of the description that make the offer goods for the asked model."""
    if _is_other_model(offer.title):
        return
    for line in offer.description:
        found = _NOT_GENUINE.search(line.folded, line.start, line.end)
        if found and not _CARED_PIECE.search(line.folded, line.start, found.start()):
            yield Finding(Rank.ACCESSORY, "substitute", line.text, found.start(), found.end())
        host = hosts(line)
        if host and not goes_with_own_host(offer.title) and _states_host(offer, line, host[0]):
            yield _hit(Rank.ACCESSORY, "fits_host", line, host[0], _cue_end(line, host[0]))


def _states_host(offer: Offer, line: Line, mention: Mention) -> bool:
    if _lists_contents(line) or (offer.asked.groups - _FACTS and mention.fit is Fit.EQUAL):
        return False
    before = line.before(mention.start)
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
        if match and not offer.asked.groups - _FACTS:
            yield Finding(Rank.ACCESSORY, "host_field", text, match.start(), match.end())


def goods_findings(offer: Offer) -> Iterator[Finding]:
    """All findings of this module."""
    yield from title_parts(offer)
    yield from title_accessories(offer)
    yield from body_only(offer)
    yield from described_parts(offer)
    yield from described_accessories(offer)
    yield from host_fields(offer)
