"""Titles that offer less than the unit, or goods for it: boxes, parts, accessories, substitutes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matcher.findings import Finding, Rank
from matcher.knowledge import phrase
from matcher.lexicon import Hit
from matcher.mentions import Fit, Role
from matcher.nouns import (
    FACTS,
    NOT_A_PIECE,
    STRONG_BOX,
    cue_end,
    goes_with_own_host,
    hosts,
    is_attached,
    is_genuine,
    located,
    missing_after,
    next_word,
    nouns,
    only_after,
    replaced,
    right_after_number,
    says,
    subject,
)
from matcher.offer import Offer
from matcher.roles import Line
from matcher.wares import names_unit, ware_of, words_of

# "タイヤのみ" says that the wheels are not in the offer: the tyre is the unit.
_WHOLE = frozenset({"タイヤ"})


def title_parts(offer: Offer) -> Iterator[Finding]:
    """Rules that make the title's offer a part or a box."""
    line = offer.title
    if not subject(line):
        return
    yield from _only(offer, line)
    if not offer.asked.groups - FACTS:
        yield from _unknown_only(line)
    body = next((hit for hit in line.hits if hit.says("body") and missing_after(line, hit)), None)
    if body and not goes_with_own_host(line):
        yield located(Rank.PART, "parts_missing", line, body)
    salvage = says(line, "salvage")
    if salvage and not is_attached(line, salvage):
        yield located(Rank.PART, "salvage", line, salvage)
    if goes_with_own_host(line) or says(line, "substitute"):
        return
    yield from _part_nouns(offer, line)


def _only(offer: Offer, line: Line) -> Iterator[Finding]:
    for hit in line.hits:
        if hit.word in STRONG_BOX and not is_attached(line, hit):
            yield located(Rank.PART, "empty_box", line, hit)
        legs = hit.word.startswith("脚") and "三脚" in line.folded
        only = (
            only_after(line, hit)
            if hit.meaning.goods and hit.meaning.group not in offer.asked.groups and not legs and hit.word not in _WHOLE
            else None
        )
        if only:
            yield located(Rank.PART, "only_part", line, hit, only)
        elif hit.meaning.group == "one_side" and not is_attached(line, hit):
            yield located(Rank.PART, "only_part", line, hit)


# A noun that the room does not know, with のみ: still only a piece, unless it is one of these.
_UNKNOWN_ONLY = phrase("unknown_only")


def _unknown_only(line: Line) -> Iterator[Finding]:
    for match in _UNKNOWN_ONLY.finditer(line.folded, line.start, line.end):
        if not NOT_A_PIECE.search(match[1]) and line.folded[max(0, match.start() - 2) : match.start()] not in (
            "フル",
            "本体",
        ):
            yield Finding(Rank.PART, "only_part", line.text, match.start(), match.end())


def _part_nouns(offer: Offer, line: Line) -> Iterator[Finding]:
    genuine, removed = is_genuine(offer), says(line, "removed")
    spare = next((hit for hit in line.hits if hit.says("spare") and not is_attached(line, hit)), None)
    for hit in nouns(offer, line):
        kind = hit.meaning.goods
        if kind in ("part", "piece") and _modifies_goods(line, hit):
            continue
        if kind == "piece" and not (genuine or hosts(line)) and _may_be_unit(line, hit):
            continue
        if hit.meaning.group == "blade" and any(other.meaning.group == "edge" for other in line.hits):
            continue
        if kind == "part" or (kind == "piece" and (spare or removed or (genuine and _is_head(line, hit)))):
            yield located(Rank.PART, "part_noun", line, hit)
        elif kind == "box" and _ends_after_number(line, hit):
            yield located(Rank.PART, "empty_box", line, hit)
    standard = "standard" in offer.asked.groups
    if (spare and spare.word.startswith(_REPAIR) and not standard) or (
        spare
        and "spare" not in offer.asked.maybe_groups
        and not offer.asked.groups - FACTS
        and "standard" not in offer.asked.groups
    ):
        yield located(Rank.PART, "part_noun", line, spare)


_REPAIR = ("補修", "修理", "スペアパーツ", "リペア", "repair", "spare")


def _modifies_goods(line: Line, hit: Hit) -> bool:
    """ "内なべ 保護シート": the piece only says what the goods behind it are for."""
    following = next_word(line, hit)
    return following is not None and following.meaning.goods == "goods"


def _is_head(line: Line, hit: Hit) -> bool:
    """Whether a genuine piece is what is offered: a host is named for it, or it replaces, or ends the title."""
    if hosts(line) or replaced(line, hit):
        return True
    return right_after_number(line, hit)


def _ends_after_number(line: Line, hit: Hit) -> bool:
    """A box or paper right after the number, with nothing after it but condition words."""
    tail = line.folded[hit.end : line.end].strip(" )）】]")
    if line.folded[hit.start - 1 : hit.start] in ("青", "赤", "白", "黒", "緑", "銀", "金"):
        return False
    return right_after_number(line, hit) and len(tail) <= 4


def title_accessories(offer: Offer) -> Iterator[Finding]:
    """Rules that make the title's offer goods for the asked model, or a substitute of it."""
    line = offer.title
    if not subject(line):
        return
    own_line = offer.asked.maker is None
    substitute = next(
        (
            hit
            for hit in line.hits
            if hit.says("substitute")
            and not _of_attached(line, hit)
            and not _of_another(line, hit)
            and not _of_power(line, hit)
            and not (own_line and (hit.word.isascii() or hit.word.startswith("汎用")))
        ),
        None,
    )
    if substitute:
        yield located(Rank.ACCESSORY, "substitute", line, substitute)
    replacing = _replacing_after(line)
    if replacing and not offer.asked.groups - FACTS:
        yield located(Rank.ACCESSORY, "fits_host", line, line.mentions[0], replacing)
    host = hosts(line)
    if host:
        yield located(Rank.ACCESSORY, "fits_host", line, host[0], cue_end(line, host[0]))
    elif offer.fits_others:
        return
    elif not goes_with_own_host(line):
        yield from _goods_nouns(offer, line)
    else:
        yield from _protection(offer, line)


_FOR_REPLACEMENT = ("替え", "替", "交換用", "取替用", "予備", "予備用", "スペア", "補修用")


def _replacing_after(line: Line) -> Hit | None:
    """ "X 替え...": what follows the number replaces a piece of it, whatever it is called."""
    after = line.after(line.mentions[0].end)[:1] if line.mentions else []
    gap = line.folded[line.mentions[0].end : after[0].start].strip() if after else ""
    if not after or gap or after[0].word not in _FOR_REPLACEMENT:
        return None
    noun = next_word(line, after[0])
    return None if noun is not None and is_attached(line, noun) else after[0]


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
            yield located(Rank.ACCESSORY, "accessory_noun", line, hit)


def _of_attached(line: Line, hit: Hit) -> bool:
    """A substitute that only comes with the unit ("社外ベルト付き"), or is not meant ("互換品ではない")."""
    following = next_word(line, hit)
    return following is not None and bool(following.meaning.goods) and is_attached(line, following)


_POWER = re.compile(r"の?[ ]?(?:usb|type-c|ケーブル|アダプタ|充電器|リモコン|電池|acアダプタ)")
_DENIED = re.compile(r"[^。 、]{0,12}?(?:では(?:あり|な|ござ)|じゃ(?:あり|な))")


def _of_power(line: Line, hit: Hit) -> bool:
    """ "充電は汎用USB", "互換品・コピー品ではありません": the charger is a substitute, or it is denied."""
    generic = hit.word.startswith("汎用") and _POWER.match(line.folded, hit.end, line.end) is not None
    return generic or _DENIED.match(line.folded, hit.end, line.end) is not None


def _of_another(line: Line, hit: Hit) -> bool:
    """ "X ... Y互換": the substitute is one for Y, and X is offered."""
    offered = [mention for mention in line.mentions if mention.role is Role.OFFERED and mention.end < hit.start]
    return bool(offered) and any(0 <= hit.start - other.end <= 1 for other in line.others)


def _rank_of_goods(offer: Offer, line: Line, hit: Hit, follows: bool) -> Rank | None:
    if follows and _far_behind(line, hit):
        return None
    return Rank.ACCESSORY if follows or replaced(line, hit) else _rank_before_number(offer, line, hit)


_FAR = 4


def _far_behind(line: Line, hit: Hit) -> bool:
    """Goods named many words behind the number, and behind the name of a unit, only describe it."""
    begin = max((mention.end for mention in line.mentions if mention.end <= hit.start), default=hit.start)
    between = words_of(line, begin, hit.start)
    fitted = line.folded[: hit.start].rstrip().endswith(("用", "対応", "専用", "向け"))
    units = any(word.ware == "unit" for word in (*words_of(line, line.start, begin), *between))
    return units and not fitted and len(between) > _FAR and not replaced(line, hit)


# What nearly every machine has: never read as the unit itself.
_EQUIPMENT = frozenset({"remote", "plug", "charging_case", "strap", "stand", "lid", "key", "bezel"})


def _may_be_unit(line: Line, hit: Hit) -> bool:
    """Whether the piece of other machines is whole goods, and nothing else in the title is."""
    group = hit.meaning.group
    return group not in _EQUIPMENT and ware_of(hit.word) == "unit" and not names_unit(line, hit.word)


_MANY = 3


def _equipment(line: Line) -> list[Hit]:
    """Three or more unlike goods side by side behind the number ("キャップ フード ポーチ"): they come with the unit."""
    begin = min((mention.end for mention in line.mentions), default=line.end)
    run: list[Hit] = []
    for hit in line.after(begin):
        if hit.meaning.goods and (not run or re.fullmatch(r"[ ・、/&]{1,2}", line.folded[run[-1].end : hit.start])):
            run.append(hit)
        elif len(run) < _MANY:
            run = [hit] if hit.meaning.goods else []
        else:
            break
    fitted = any(hit.says("host_after") for hit in line.hits)
    return run if len({hit.meaning.group for hit in run}) >= _MANY and not fitted else []


def _goods_nouns(offer: Offer, line: Line) -> Iterator[Finding]:
    bundled, equipment = _bundled_from(line), _equipment(line)
    for hit in nouns(offer, line):
        if (
            hit.meaning.goods in (None, "box", "part")
            or hit in equipment
            or (bundled is not None and hit.start >= bundled)
        ):
            continue
        following = line.after(hit.end)[:1]
        if following and following[0].start == hit.end and following[0].meaning.goods:
            continue  # "キットレンズ": the head of a compound is its last word
        fitted = line.folded[: hit.start].rstrip().endswith("用")
        if "kit" in offer.asked.codes and hit.meaning.group in ("battery", "charger", "case") and not fitted:
            continue
        rank = _rank_of_noun(offer, line, hit)
        if rank is not None:
            yield located(rank, "accessory_noun", line, hit)


def _rank_of_noun(offer: Offer, line: Line, hit: Hit) -> Rank | None:
    follows = any(mention.end <= hit.start for mention in line.mentions)
    itself = bool(offer.asked.groups - FACTS)
    if hit.meaning.goods == "goods":
        return _rank_of_goods(offer, line, hit, follows)
    if replaced(line, hit):
        return Rank.ACCESSORY if follows else None if itself or hit.meaning.goods == "supply" else Rank.UNDECIDED
    if itself or not follows:
        return None
    tail = line.folded[hit.end : line.end].strip()
    if hit.meaning.goods == "piece" and _may_be_unit(line, hit):
        return None  # "E3 光電センサー": the piece of other machines is what the number names
    if right_after_number(line, hit) and len(tail) <= 12 and not tail.endswith(("付属", "付き", "付")):
        return Rank.ACCESSORY if hit.meaning.goods == "piece" else Rank.UNDECIDED
    return Rank.UNDECIDED if _ends_title(line, hit) or _fitted_later(line, hit) else None


_PROTECTION = frozenset({"case", "film", "earpad"})


def _rank_before_number(offer: Offer, line: Line, hit: Hit) -> Rank | None:
    """Goods named before the number ("液晶保護フィルム ABC-1"): mostly the number is their own, at the title's end.

    With something that fits behind the number they are goods for it; protection by a maker of machines stays unclear.
    """
    if offer.asked.groups - FACTS:
        return None
    last = max((mention.end for mention in line.mentions), default=line.end)
    listed = any(other.fit is Fit.SISTER and other.start > hit.end for other in line.others)
    if hit.meaning.goods == "goods" and listed:
        return Rank.ACCESSORY
    if any(cue.says("host_after") for cue in line.after(last)):
        return Rank.ACCESSORY
    return Rank.UNDECIDED if offer.asked.maker and hit.meaning.group in _PROTECTION else None


_FEATURES = frozenset({"strap", "inside"})


def _ends_title(line: Line, hit: Hit) -> bool:
    """A piece as the last noun of the title, behind it at most words of condition or colour: it may be all there is."""
    if line.folded.find(hit.word, line.start, hit.start) >= 0:
        return False
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


def goods_findings(offer: Offer) -> Iterator[Finding]:
    """All findings of this module."""
    yield from title_parts(offer)
    yield from title_accessories(offer)
