"""The role that a number plays in its sentence, told by the words next to it and next to the list it stands in."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import cached_property

from matcher.folding import Text
from matcher.knowledge import features
from matcher.lexicon import Hit
from matcher.makers import aliases
from matcher.mentions import Fit, Mention, Role

# What may stand between a number and the word that gives its role: further numbers, names and separators, no plus sign.
# Possessive throughout: a list that fails must fail at once, however long.
_LIST = (
    r"(?:[ /・,、&()\[\]【】「」『』<>《》\"'~:;|※→=_#\u2019-]++|[a-z0-9]++(?:[-./+'][a-z0-9]++)*+"
    r"|シリーズ|など|等|他|ほか|各種|全機種|全モデル|と|や|及び|または|および|又は|もしくは|の|に|系|型|モデル|ボディ|本体|共通)"
)
_AFTER = re.compile(rf"{_LIST}*+")
_BEFORE = re.compile(rf"(?:{_LIST}|[:：])*+")
_REACH = 90
_NEAR = re.compile(
    r"(?:シリーズ|モデル|系|型|版|の方|のほう)?[ )\]】」』\"'&、,]*(?:[（(][^()（）]{0,12}[)）])?[ )\]】」』\"'&]*$"
)
_JOINED_LIST = re.compile(r"(?:[ ]?[・、/&とや][ ]?(?:[^ 。、・]{1,8}の)?[a-z0-9]+(?:[-.][a-z0-9]+)*)+ ?")
_DENSE = re.compile(r"[)）]?[・/、][a-z0-9]")
_NEAR_BEFORE = re.compile(r"[ (\[【「『\"':：=はがの]*$")

_AFTER_ROLES = (
    ("negated_after", Role.NEGATED),
    ("excluded_after", Role.EXCLUDED),
    ("predecessor_after", Role.PREDECESSOR),
    ("compared_after", Role.COMPARED),
    ("built_in", Role.BUILT_IN),
)
_BEFORE_ROLES = (
    ("negated_before", Role.NEGATED),
    ("predecessor_before", Role.PREDECESSOR),
    ("compared_before", Role.COMPARED),
)


@dataclass
class Line:
    """A title, or one sentence of a description: its text range, known words and numbers. `lists_hosts` says that a
    heading calls its numbers compatible models."""

    text: Text
    start: int
    end: int
    hits: list[Hit]
    mentions: list[Mention] = field(default_factory=list)
    others: list[Mention] = field(default_factory=list)
    lists_hosts: bool = False

    @property
    def folded(self) -> str:
        """The folded text of the whole place; offsets of hits and mentions count in it."""
        return self.text.folded

    @cached_property
    def starts(self) -> list[int]:
        """Where the known words begin."""
        return [hit.start for hit in self.hits]

    def after(self, position: int) -> list[Hit]:
        """The known words from a place on."""
        return self.hits[bisect_left(self.starts, position) :]

    def before(self, position: int) -> list[Hit]:
        """The known words that end before a place, the nearest first."""
        return [hit for hit in reversed(self.hits[: bisect_left(self.starts, position)]) if hit.end <= position]

    def says(self, signal: str) -> Hit | None:
        """The first word with this signal."""
        return next((hit for hit in self.hits if hit.says(signal)), None)


def _gap_is_list(gap: str) -> bool:
    """Only numbers, makers, codes and separators: a common Latin word, or a dash between spaces, ends a list."""
    return _AFTER.fullmatch(gap) is not None and _only_names(gap)


def _only_names(gap: str) -> bool:
    if " - " in gap:
        return False
    words = re.findall(r"(?<![a-z0-9])[a-z][a-z']{2,}(?![a-z0-9-])", gap)
    return all(word in aliases() or word in features().words.of_names for word in words)


def _is_capability(gap: str) -> bool:
    """Whether the word before the cue is a capability ("USB 対応"), so that no number is the host."""
    words = re.findall(r"[a-z0-9][a-z0-9.-]*", gap)
    return bool(words) and (words[-1] in features().words.capabilities)


def _without_own_words(line: Line, mention: Mention, gap: str) -> str:
    """A list without the words that its first name has, too ("AA FOUR / BB FOUR")."""
    for word in re.findall(r"(?<![a-z0-9])[a-z]{3,}(?![a-z0-9])", line.folded[mention.start : mention.end]):
        gap = gap.replace(word, "")
    return gap


# "X 互換品・コピー品ではありません"
_DENIED_CUE = re.compile(r"(?:品)?(?:[・、や][ァ-ヶー一-龥]{1,8})*(?:では(?:な|あり|ござ)|じゃ(?:な|あり))")


def _role_after(line: Line, mention: Mention) -> tuple[Role, Hit] | None:
    folded = line.folded
    colours: list[str] = []
    for hit in line.after(mention.end):
        gap = folded[mention.end : hit.start]
        for word in colours:
            gap = gap.replace(word, "", 1)
        if hit.meaning.colours:
            colours.append(hit.word)
        if len(gap) > _REACH or "\n" in gap or "+" in gap:
            return None
        if not _gap_is_list(_without_own_words(line, mention, gap)):
            return None
        for signal, role in _AFTER_ROLES:
            if hit.says(signal) and (_NEAR.fullmatch(gap) or (role is Role.NEGATED and _JOINED_LIST.fullmatch(gap))):
                return role, hit
        denied = _DENIED_CUE.match(folded, hit.end, line.end) is not None
        if hit.says("host_after") and not denied and (not _is_capability(gap) or _DENSE.match(gap)):
            return Role.HOST, hit
        if denied or not _passes(hit):
            return None
    return None


def _passes(hit: Hit) -> bool:
    """Words that may stand inside a list of hosts: codes, colours, generation words, 'シリーズ', Latin words."""
    return bool(
        hit.says("series")
        or hit.meaning.colours
        or hit.says("body")
        or hit.says("domestic")
        or hit.says("genuine")
        or (hit.word.isascii() and not hit.meaning.goods)
    )


def _role_before(line: Line, mention: Mention) -> tuple[Role, Hit] | None:
    folded = line.folded
    for hit in line.before(mention.start):
        gap = folded[hit.end : mention.start]
        if len(gap) > _REACH or "\n" in gap or "+" in gap:
            break
        for signal, role in _BEFORE_ROLES:
            if hit.says(signal) and _NEAR_BEFORE.fullmatch(gap) and not _belongs_to_number_before(line, hit):
                return role, hit
        if _BEFORE.fullmatch(gap) is None or not _only_names(gap):
            break
        if _leads_hosts(line, hit, mention):
            return Role.HOST, hit
        if hit.says("host_before") or not _passes(hit):
            break
    return None


def _leads_hosts(line: Line, hit: Hit, mention: Mention) -> bool:
    """Whether the word before a list says that the numbers of the list are hosts ("for", "対応機種", "対応：")."""
    if hit.says("host_before"):
        return not hit.word.isascii() or _all_hosts(line, hit.end, mention.start)
    return hit.word in ("対応", "適合") and line.folded[hit.end : hit.end + 1] in (":", "：")


def _all_hosts(line: Line, start: int, end: int) -> bool:
    """In "for A / B / X" all are hosts; in "for A X" only A is, unless X is a number like A."""
    sisters = {other.start for other in line.others if other.fit is Fit.SISTER}
    for match in re.finditer(r"[a-z0-9]+(?:[-./'][a-z0-9]+)*", line.folded[start:end]):
        following = line.folded[start + match.end() : end].lstrip(" )")[:1]
        if not (match[0] in aliases() or start + match.start() in sisters or (following and following in "/,、・&")):
            return False
    return True


def _belongs_to_number_before(line: Line, hit: Hit) -> bool:
    """ "X 後継機 Y": the word speaks of X, unless a colon ties it to Y."""
    if line.folded[hit.end : hit.end + 1] in (":", "："):
        return False
    if hit.word.startswith("vs") or "(" in line.folded[hit.start - 2 : hit.start]:
        return False
    numbers = (*line.mentions, *line.others)
    behind = min((number.start - hit.end for number in numbers if number.start >= hit.end), default=3)
    return any(0 <= hit.start - number.end <= 2 and hit.start - number.end <= behind for number in numbers)


def _form(line: Line, mention: Mention) -> str:
    """The number's form: RTX830 and NVR510 are both AAA000."""
    return re.sub("[a-z]", "A", re.sub("[0-9]", "0", line.folded[mention.start : mention.end]))


def _own_number(line: Line) -> Mention | None:
    """ "MAKER 交換針 X  AB-1 / AB-2 対応": the first number, unlike those behind it, is that of the goods before it."""
    first = line.mentions[0] if line.mentions else None
    before = line.before(first.start)[:1] if first else []
    if first is None or not before or first.fit is not Fit.EQUAL or line.text.place != "title":
        return None
    goods = before[0].meaning.goods in ("supply", "goods", "piece") or before[0].says("writing_goods")
    if not goods or line.folded[before[0].end : first.start].strip() or line.says("substitute"):
        return None
    behind = [other for other in line.others if other.start > first.end]
    joined = behind and not line.folded[first.end : behind[0].start].strip()
    # A number in front is the goods' own, and one of the same form as the next is one of the list.
    if len(behind) < len(line.others) or (joined and _form(line, first) == _form(line, behind[0])):
        return None
    if not joined or any(other.fit is not Fit.OTHER for other in line.others):
        return None
    named = any(len(name) > 2 and name in line.folded[line.start : before[0].start] for name in aliases())
    return first if named else None


def role_of(line: Line, mention: Mention) -> tuple[Role, Hit] | None:
    """The role that the words around a number give it, and the word that does; None: it is offered."""
    return _role_after(line, mention) or _role_before(line, mention)


# "1920モデルではない", "X標準機ではありません": the word behind the number is denied with it.
_DENIED_THING = re.compile(
    r"(?!中古|新品|訳あり|互換|コピー|海外|並行|偽|ジャンク|純正)[ァ-ヶー一-龥]{1,10}(?:では(?:な|あり|ござ)|じゃ(?:な|あり))"
)


def give_roles(line: Line) -> None:
    """Set the role of every number of the line."""
    own = _own_number(line)
    for mention in (*line.mentions, *line.others):
        found = role_of(line, mention)
        if found and not (mention is own and found[0] is Role.HOST):
            mention.role = found[0]
        elif (
            found is None
            and line.text.place == "description"
            and _DENIED_THING.match(line.folded, mention.end, line.end)
        ):
            mention.role = Role.NEGATED
