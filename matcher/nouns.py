"""Helpers of the goods rules: whether a noun is attached, alone, replaced, and whether the asked number is its host."""

from __future__ import annotations

import re

from matcher.findings import Finding, Rank
from matcher.knowledge import phrase
from matcher.lexicon import Hit
from matcher.mentions import Fit, Mention, Role
from matcher.offer import Offer
from matcher.roles import Line

_CLOSE = phrase("close")


STRONG_BOX = frozenset({"カラ箱", "から箱", "空箱", "空き箱", "空パッケージ", "empty box"})


# Groups that say how to judge a number and name no goods.
FACTS = frozenset({"colour_is_product", "standard", "component"})


def located(rank: Rank, rule: str, line: Line, first: Hit | Mention, last: Hit | Mention | None = None) -> Finding:
    return Finding(rank, rule, line.text, first.start, (last or first).end)


def next_word(line: Line, hit: Hit) -> Hit | None:
    """The known word that follows at once, at most a particle or two spaces away."""
    following = line.after(hit.end)
    if following and _CLOSE.fullmatch(line.folded[hit.end : following[0].start]):
        return following[0]
    return None


_LISTED = re.compile(
    r" ?[0-9一二][本個枚台](?:おまけ|付|つき|サービス|プレゼント)"
    r"|(?:・[ァ-ヶー一-龥ぁ-ん]{1,8})+?(?:付(?!属品のみ)|つき|あり|完備)"
)
_COMES_WITH = ("付", "付き", "あり", "有り", "なし", "無し", "入り")


def is_attached(line: Line, hit: Hit) -> bool:
    """Whether the noun comes with the unit, lacks, or describes it ("ケース付き", "箱なし", "バッテリー式")."""
    if re.match(r"[:：] ?[0-9]", line.folded[hit.end : hit.end + 3]) or _LISTED.match(line.folded, hit.end):
        return True
    following = next_word(line, hit)
    if following is None:
        return False
    gap = line.folded[hit.end : following.start]
    if following.says("harmless") and not (following.says("attached") or following.says("missing")):
        # "ケース 未使用": a word across a blank speaks of the offer, which then is the case, unless it ends a list of
        # what comes along ("充電器 ケース付").
        return gap == "" or gap.strip() != "" or following.word.endswith(_COMES_WITH)
    if following.says("attached") or following.says("missing"):
        return "only" not in following.meaning.signals and (
            gap.strip() != "" or gap == "" or following.says("missing") or len(following.word) > 1
        )
    if following.meaning.goods and line.folded[hit.end : following.start] in ("・", ""):
        return is_attached(line, following)
    return False


_OWN_NUMBER = re.compile(r"[ (（]{0,2}[a-z0-9]+(?:[-./][a-z0-9]+)*[ )）]{0,2}")


def only_after(line: Line, hit: Hit) -> Hit | None:
    """The "のみ" that belongs to this noun, with at most the noun's own number between."""
    following = next_word(line, hit)
    if following is None:
        following = next(iter(line.after(hit.end)), None)
        if following is not None and not _OWN_NUMBER.fullmatch(line.folded[hit.end : following.start]):
            return None
    return following if following is not None and following.says("only") else None


def says(line: Line, *signals: str) -> Hit | None:
    return next((hit for hit in line.hits if any(hit.says(signal) for signal in signals)), None)


def nouns(offer: Offer, line: Line) -> list[Hit]:
    """The nouns of goods that are neither attached nor what the asked number itself is."""
    return [
        hit
        for hit in line.hits
        if hit.meaning.goods
        and not _is_own(offer, line, hit)
        and not is_attached(line, hit)
        and not _is_coloured(line, hit)
    ]


def _is_coloured(line: Line, hit: Hit) -> bool:
    """ "ブルーダイヤル": a piece behind its colour describes the unit."""
    before = line.before(hit.start)[:1] if hit.meaning.goods in ("piece", "part") else []
    return bool(before) and before[0].end == hit.start and bool(before[0].meaning.colours)


def _is_own(offer: Offer, line: Line, hit: Hit) -> bool:
    """Whether the asked number is such a thing itself; what its maker sells besides counts only before the number."""
    group = hit.meaning.group
    if group in offer.asked.groups:
        return True
    return group in offer.asked.maybe_groups and not any(mention.end <= hit.start for mention in line.mentions)


def goes_with_own_host(line: Line) -> bool:
    """Whether the line names another number as the host, so that the asked one is the goods themselves."""
    if any(mention.role is Role.HOST for mention in line.mentions):  # "X カバー X / Y 対応": all of them are hosts
        return False
    offered = any(mention.role is Role.OFFERED and mention.fit in (Fit.EQUAL, Fit.VARIANT) for mention in line.mentions)
    return offered and any(
        other.role is Role.HOST and re.search("[a-z]", line.folded[other.start : other.end]) for other in line.others
    )


# A number in these roles is named beside the offer and is neither its own nor its host.
NAMED_ONLY = frozenset({Role.NEGATED, Role.COMPARED, Role.PREDECESSOR})


def subject(line: Line) -> list[Mention]:
    """Mentions of the asked number or its base, and family numbers where there is none."""
    return [m for m in line.mentions if m.fit is not Fit.DIFFERENT and m.role not in NAMED_ONLY] or [
        other for other in line.others if other.fit in (Fit.SERIES, Fit.TRUNCATED, Fit.DOUBT)
    ]


def has_subject(line: Line) -> bool:
    """Whether the line names the asked number, its base or its family at all."""
    return bool(subject(line))


def is_other_model(line: Line) -> bool:
    """Whether the title offers a number of the family that is not the asked one: then its goods say nothing."""
    numbers = [*line.mentions, *line.others]
    return not has_subject(line) and any(
        n.role is Role.OFFERED and n.fit in (Fit.DIFFERENT, Fit.SISTER) for n in numbers
    )


def hosts(line: Line) -> list[Mention]:
    """The asked number's mentions when all of them are hosts."""
    mentions = subject(line)
    if mentions and all(mention.role is not Role.OFFERED for mention in mentions):
        return [mention for mention in mentions if mention.role is Role.HOST]
    return []


NOT_A_PIECE = phrase("not_a_piece")


def is_genuine(offer: Offer) -> bool:
    """Whether the title, or a sentence that names the number, says that the goods are the maker's own."""
    return any(line.says("genuine") for line in (offer.title, *(line for line in offer.description if line.mentions)))


def replaced(line: Line, hit: Hit) -> bool:
    """Whether "交換", "替え" or "予備" stands directly before or after the noun."""
    if hit.word.startswith(("交換", "替え", "替", "スペア", "予備")):
        return True
    near = [other for other in line.hits if other.says("replacing")]
    return any(0 <= hit.start - other.end <= 3 or 0 <= other.start - hit.end <= 2 for other in near)


def right_after_number(line: Line, hit: Hit) -> bool:
    """Number and noun side by side, with at most the word genuine, a brand or a colour between."""
    for mention in line.mentions:
        if mention.end <= hit.start:
            gap = line.folded[mention.end : hit.start]
            between = [other for other in line.hits if mention.end <= other.start and other.end <= hit.start]
            bare = gap
            for other in between:
                if not (other.says("genuine") or other.meaning.goods or other.meaning.colours):
                    return False
                bare = bare.replace(other.word, "")
            return re.fullmatch(r"[ 　・/()（）【】\[\]]*", bare) is not None and len(gap) <= 20
    return False


def cue_end(line: Line, mention: Mention) -> Hit | Mention:
    cue = next((hit for hit in line.after(mention.end) if hit.says("host_after")), None)
    return cue if cue and cue.end - mention.start < 40 else mention


def missing_after(line: Line, hit: Hit) -> bool:
    """Whether the noun, or the list of nouns that it begins, is said to be missing."""
    following = next_word(line, hit)
    if following is None:
        return False
    return following.says("missing") or (bool(following.meaning.goods) and missing_after(line, following))
