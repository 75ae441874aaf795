"""Several units, bundles, and units built into something larger."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from matcher.findings import Finding, Rank
from matcher.knowledge import QuantityFile, phrase, read
from matcher.lexicon import Hit
from matcher.mentions import Fit, Role
from matcher.nouns import FACTS, has_subject, is_attached
from matcher.offer import Offer
from matcher.roles import Line
from matcher.stated import attribute_number

_OWN_PACK = phrase("own_pack")
_COUNT = re.compile(r"\d+")
_COUNTED_TAIL = re.compile(r"[/-]([2-9]|[1-9][0-9])[a-z]{0,2}$")
_PLUS = re.compile(r"\s*[+＆]\s*|\s&\s|\s[とと]\s")
_SENTENCE_SET = phrase("sentence_set")
_SET_WORD = phrase("set_word")
_BARE_SET = re.compile(r"[ 　【\[(「]")


@cache
def _tables() -> QuantityFile:
    return read("quantities.toml", QuantityFile)


@cache
def _compiled(name: str) -> re.Pattern[str]:
    pattern: re.Pattern[str] = getattr(_tables(), name).compiled()
    return pattern


def _is_intrinsic(folded: str, match: re.Match[str]) -> bool:
    """Whether the count describes one retail unit ("3個入", "6色セット", "残り2個")."""
    around = max(0, match.start() - 8)
    return any(
        found.start() < match.end() and match.start() < found.end()
        for found in _compiled("intrinsic").finditer(folded, around, match.end() + 8)
    )


def _glued_to_noun(folded: str, start: int) -> bool:
    return start > 0 and bool(re.match(r"[ぁ-んァ-ヶー一-龥]", folded[start - 1]))


# Several units that a seller put together, where a maker's pack would say パック or 入り.
_SOLD_SO = re.compile(r"セット|まとめ|売|組|[×x]")


def own_pack(offer: Offer, text: str) -> bool:
    """Whether the asked number is itself a pack of that count; behind a separator a count of the text proves it."""
    number = offer.asked.number.casefold()
    own, counted = _OWN_PACK.search(number), _COUNT.search(text)
    tail = _COUNTED_TAIL.search(number)
    if tail and counted and tail[1] == counted[0] and not _SOLD_SO.search(text):
        return True
    return own is not None and (own[1] is None or counted is None or own[1] == counted[0])


_PACKED_GROUPS = frozenset({"filter", "ink", "toner", "edge", "gel", "strings"})


def _units(offer: Offer, line: Line, first: int) -> Iterator[Finding]:
    for match in _compiled("units").finditer(line.folded, line.start, line.end):
        if _is_intrinsic(line.folded, match) or own_pack(offer, match[0]):
            continue
        if line.folded.isascii() and match[0].lstrip().startswith("x"):
            continue
        if match.start() < first and _glued_to_noun(line.folded, match.start()):
            continue
        if match.end() <= first and offer.asked.groups & _PACKED_GROUPS and not _SOLD_SO.search(match[0]):
            continue  # "交換用 2個 X": what lies in the pack of a supply
        yield Finding(Rank.SET, "several_units", line.text, match.start(), match.end())


def _named(offer: Offer, line: Line, table: str, rule: str) -> Iterator[Finding]:
    for match in _compiled(table).finditer(line.folded, line.start, line.end):
        if not _is_intrinsic(line.folded, match) and not _OWN_PACK.search(offer.asked.number.casefold()):
            yield Finding(Rank.SET, rule, line.text, match.start(), match.end())


_CHOOSES = re.compile(r"どちらか|いずれか|ランダム")


def _plus(offer: Offer, line: Line) -> Iterator[Finding]:
    """A plus sign that joins another product, not a freebie, a colour, or standard equipment."""
    offered = [mention for mention in line.mentions if mention.role is Role.OFFERED]
    if not offered or "+" in offer.asked.number or _CHOOSES.search(line.folded, line.start, line.end):
        return
    foreign = line.folded[: line.end].isascii()
    for match in re.finditer(r"\+|(?<= )&(?= )|(?<=[ 　])と(?=[ 　])", line.folded[: line.end]):
        if any(mention.start <= match.start() < mention.end for mention in offered):
            continue
        if foreign and not any(match.end() <= other.start <= match.end() + 1 for other in line.others):
            continue
        if _joins_product(line, match.start(), match.end()):
            yield Finding(Rank.SET, "bundle", line.text, match.start(), min(line.end, match.end() + 20))
            return


# Two halves of one thing.
_MAIN_UNIT = re.compile(r"(?:親機|室内機)$")
_SUB_UNIT = re.compile(r"(?:玄関)?子機(?![2-9])|室外機|ドアホン子機")


def _joins_product(line: Line, start: int, end: int) -> bool:
    folded = line.folded
    left, right = folded[:start].rstrip(" "), folded[end : line.end].lstrip(" ")
    if not left or not right or len(right) < 2 or (_MAIN_UNIT.search(left) and _SUB_UNIT.match(right)):
        return False
    glued_left = start > 0 and folded[start - 1].isascii() and folded[start - 1].isalnum()
    ends_number = any(mention.end == start for mention in line.mentions)
    near_number = any(0 <= start - mention.end <= 2 for mention in line.mentions)
    if (glued_left and not ends_number) or (folded[start] == "&" and not near_number):
        return False
    first = _first_word(line, end)
    if first is None:
        return not re.match(r"\d+(?:年|ヶ月|%|p|[x×])", right)
    before = line.before(start + 1)[:2]
    if first.meaning.colours and any(hit.meaning.colours and start - hit.end <= 2 for hit in before):
        return False
    return not (first.says("freebie") or first.meaning.goods == "box" or is_attached(line, first))


def _first_word(line: Line, end: int) -> Hit | None:
    """The known word that begins what follows a plus sign, behind words like 専用 or 純正."""
    position = end
    for hit in line.after(end):
        if line.folded[position : hit.start].strip() or hit.start - end > 10:
            return None
        if not (hit.says("host_after") or hit.says("genuine")):
            return hit
        position = hit.end
    return None


def _trailing_set(offer: Offer, line: Line) -> Iterator[Finding]:
    """ "X ケース 三脚 セット": the number offered, further goods, and セット at the end."""
    match = _SET_WORD.search(line.folded[line.start : line.end])
    offered = [mention for mention in line.mentions if mention.role is Role.OFFERED]
    if match is None or not offered or _OWN_PACK.search(offer.asked.number.casefold()):
        return
    stop = line.start + match.start()
    behind = [hit for hit in line.after(offered[0].end) if hit.start < stop]
    inside = [hit for hit in behind if hit.meaning.goods and hit.meaning.goods != "box"]
    along = [
        other
        for other in line.others
        if offered[0].end <= other.start < stop and other.role is Role.OFFERED and other.end - other.start >= 4
    ]
    if any(hit.says("harmless") and hit.end > stop for hit in line.hits):
        return
    glued = not _BARE_SET.match(line.folded, stop - 1)
    field = attribute_number(offer)
    if glued and (stop < offered[0].start or (field is not None and field.fit is Fit.EQUAL and not (inside or along))):
        return  # "スイッチセット X": the number is that of the named set
    if match[0].startswith(("【", "[")) or inside or along:
        starts = [piece.start for piece in inside] + [other.start for other in along]
        start = min(starts, default=stop)
        yield Finding(Rank.SET, "bundle", line.text, start, max(stop + 3, start + 1))
    elif not (offer.asked.groups - FACTS or "kit" in offer.asked.codes):
        yield Finding(Rank.UNDECIDED, "unsure", line.text, stop, stop + 3)


def _built_in(offer: Offer, line: Line) -> Iterator[Finding]:
    mentions = [mention for mention in line.mentions if mention.role is Role.BUILT_IN]
    if mentions and all(mention.role is Role.BUILT_IN for mention in line.mentions):
        yield Finding(Rank.SET, "built_in", line.text, mentions[0].start, mentions[0].end)
    machine = line.says("host_machine")
    if (
        machine
        and "component" in offer.asked.groups
        and line.mentions
        and not any(m.role is Role.HOST for m in line.mentions)
    ):
        following = line.folded[machine.end : machine.end + 2]
        if not following.startswith(("用", "向", "対応")):
            yield Finding(Rank.SET, "built_in", line.text, machine.start, machine.end)


def _counted(offer: Offer) -> Iterator[Finding]:
    for text in offer.values.get("count", []):
        match = re.match(r"\s*(\d{1,3})\s*(?:個|台|本|枚|セット|点|箱)?(?:セット|組|入り?)?\s*$", text.folded)
        if (
            match
            and int(match[1]) > 1
            and not own_pack(offer, match[1])
            and not offer.asked.groups - {"component", "standard"}
        ):
            yield Finding(Rank.SET, "several_units", text, match.start(1), match.end())


_COMES_ALONG = phrase("comes_along")


# What comes with a unit and has a number of its own.
_STANDARD = re.compile(r"(?:バッテリー?|電池|充電器|アダプター?|リモコン|ケーブル)$")


def _along(line: Line) -> Iterator[Finding]:
    """Another whole number that comes with the asked one ("QQ-500付"), or ends the title with セット."""
    if not any(mention.role is Role.OFFERED and mention.fit in (Fit.EQUAL, Fit.VARIANT) for mention in line.mentions):
        return
    for other in line.others:
        joined = _COMES_ALONG.match(line.folded, other.end, line.end)
        if (
            joined
            and other.end - other.start >= 4
            and other.fit in (Fit.OTHER, Fit.SISTER)
            and other.role is not Role.HOST
            and not _STANDARD.search(line.folded, line.start, other.start)
        ):
            yield Finding(Rank.SET, "bundle", line.text, other.start, joined.end())


_PACKED = phrase("packed")
_ONE_SET = re.compile(r"[0-9]枚組")


def _pack_number(offer: Offer) -> Iterator[Finding]:
    """The asked number with more behind it, beside a count of what is packed: the pack has a number of its own."""
    line = offer.title
    longer = [
        mention
        for one in (line, *offer.numbers)
        for mention in one.mentions
        if mention.fit in (Fit.DIFFERENT, Fit.VARIANT) and not mention.missing and mention.role is Role.OFFERED
    ]
    if longer and (packed := _PACKED.search(line.folded, 0, line.end)) and not own_pack(offer, packed[0]):
        yield Finding(Rank.SET, "pack_number", line.text, packed.start(), packed.end())


_SET_OF = phrase("set_of")


def _described_bundle(line: Line) -> Iterator[Finding]:
    """ "X と Y のセットです", where Y has a number of its own or something is counted."""
    match = _SET_OF.search(line.folded, line.start, line.end)
    others = [
        other
        for other in line.others
        if other.role is Role.OFFERED and re.search("[a-z]", line.folded[other.start : other.end])
    ]
    if (
        match
        and line.mentions
        and (others or re.search(r"[2-9]\s?(?:個|台|本|枚)(?!入|色)", line.folded[line.start : line.end]))
    ):
        yield Finding(Rank.SET, "bundle", line.text, line.mentions[0].start, match.end())


_ADDED = phrase("added")


def _added(line: Line) -> Iterator[Finding]:
    """ "QQ-500も付けます": another number comes with the unit, in a sentence that is no list of its equipment."""
    for other in line.others:
        joined = _ADDED.match(line.folded, other.end, line.end)
        if (
            joined
            and other.fit in (Fit.OTHER, Fit.SISTER)
            and other.role is Role.OFFERED
            and "-" in line.folded[other.start : other.end]
        ):
            yield Finding(Rank.SET, "bundle", line.text, other.start, joined.end())


def _described(offer: Offer) -> Iterator[Finding]:
    for line in offer.description:
        yield from _added(line)
        yield from _described_bundle(line)
        if not _SENTENCE_SET.search(line.folded, line.start, line.end):
            continue
        for finding in (*_units(offer, line, line.start), *_named(offer, line, "lots", "several_units")):
            if _SENTENCE_SET.search(line.folded, max(line.start, finding.start - 2), line.end):
                yield finding


def quantity_findings(offer: Offer) -> Iterator[Finding]:
    """All findings of this module."""
    line = offer.title
    if not has_subject(line) and any(other.role is Role.OFFERED for other in (*line.mentions, *line.others)):
        if line.mentions:
            yield from _named(offer, line, "bundles", "bundle")
            yield from (found for found in _pack_number(offer) if found.text and not _ONE_SET.search(found.text.folded))
        return
    first = line.mentions[0].start if line.mentions else line.end
    yield from _units(offer, line, first)
    yield from _named(offer, line, "lots", "several_units")
    yield from _named(offer, line, "bundles", "bundle")
    if "body" in offer.asked.codes:
        yield from _named(offer, line, "full_kits", "bundle")
    yield from _plus(offer, line)
    yield from _trailing_set(offer, line)
    yield from _built_in(offer, line)
    yield from _counted(offer)
    yield from _pack_number(offer)
    yield from _along(line)
    yield from _described(offer)
