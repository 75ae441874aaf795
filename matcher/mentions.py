"""Where a text names the asked number, or a longer, shorter or sister form of it, and the other numbers it names."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from matcher.asked import Asked, confused
from matcher.folding import squashed
from matcher.knowledge import colour_words, features
from matcher.suffixes import SAME_MODEL, Code, read_piece, read_rest

_TOKEN = re.compile(r"(?<![a-z0-9])[a-z0-9]+(?:[-/.+][a-z0-9]+)*")
_GLUED = re.compile(r"[a-z0-9]+")
_JOINED = re.compile(r"([-/._#])([a-z0-9]+)")
_BRACKETED = re.compile(r" ?[(\[【]([a-z0-9]{1,5})[)\]】]")
_SPACED = re.compile(r" {1,2}#?([a-z0-9][a-z0-9.]*)(?![a-z0-9-])")
_SLASHED = re.compile(r" / ?([a-z]{3,})(?![a-z0-9])")
# The number of a type approval beside a sales number with a letter piece ("ABC-001" and "ABC-S-...").
_REGULATORY = re.compile(r"[a-z]{3,}-0[0-9]{2}")
# Names of standards that are written like numbers.
_STANDARD = re.compile(r"(?:gen|usb|hdmi|wi-?fi|bluetooth|bt|ipv|pcie|l?p?ddr|cat|uhs-?|ipx?|lga|dp)[0-9][0-9.]*[a-z]?")
_PACK_TAIL = re.compile(r"[0-9](?:mp|cl|pk|pks|p)$")
_NEW_NUMBER = re.compile(r"-[a-z]?[0-9]")
_BEFORE_WORD = re.compile(r" [a-z]{4,}")
_PLUS = re.compile(r"\+(?=$|[\s)）】\]、。])")
COUNTED = re.compile(
    r"\s?(?:個|本|台|枚|箱|点|足|袋|缶|セット|色|人|年|月|日|円|%|型|畳|インチ|合|号|系|倍|段|曲|種|回|ヶ|か月|時間|分|期|代|週|度|世代|位|周年|連|灯|口|畳|万|升|針|面)"
)


# A shop's own number, and the tag of capitals and digits that some shops end their titles with.
_SHOP_CODE = re.compile(r"(?:(?:管理|在庫|整理|ロット|お問い?合わせ)(?:番号|no\.?|ナンバー|id))[ :：.]*(?:[a-z]-?)?$")
_TAG = re.compile(r"【(?=[a-z]*[0-9])(?=[0-9]*[a-z])[a-z0-9]{8,}】$")
# A number of digits right before these is a count or a year ("累計13000本", "1950年").
_COUNT_OR_YEAR = re.compile(r"(?:年(?!式)|本(?!体)|個|枚|円|件|人|万|回|時間|ページ)")
# What a measure is taken per ("200mb/s").
_PER = frozenset({"s", "h", "min", "m", "sec", "bit"})


class Fit(StrEnum):
    """How a stated number stands to the asked one."""

    EQUAL = "equal"
    VARIANT = "variant"
    DIFFERENT = "different"
    MISSING = "missing"
    DOUBT = "doubt"
    TRUNCATED = "truncated"
    SERIES = "series"
    SISTER = "sister"
    OTHER = "other"
    INSIDE = "inside"


class Role(StrEnum):
    """What a number does in its sentence."""

    OFFERED = "offered"
    HOST = "host"
    NEGATED = "negated"
    EXCLUDED = "excluded"
    COMPARED = "compared"
    PREDECESSOR = "predecessor"
    BUILT_IN = "built_in"


@dataclass(slots=True)
class Mention:
    """A number in a text, as offsets into the folded text, with its reading and its role.

    `codes` are those the listing states after the base, `missing` those of the asked number that it leaves out.
    """

    start: int
    end: int
    fit: Fit
    codes: tuple[Code, ...] = ()
    missing: tuple[Code, ...] | None = ()
    role: Role = Role.OFFERED
    tentative: bool = False


@cache
def _unit() -> re.Pattern[str]:
    return re.compile(features().units.pattern)


@lru_cache(maxsize=16384)
def is_measure(token: str) -> bool:
    """Whether a whole folded token is a measure, a standard or a capability and no model number."""
    unit = _unit()
    first, *per = token.split("/")
    return unit.fullmatch(token) is not None or (
        unit.fullmatch(first) is not None and all(unit.fullmatch(piece) or piece in _PER for piece in per)
    )


def _is_number(token: str) -> bool:
    digits = sum(map(str.isdigit, token))
    if digits == 0:
        return False
    return any(map(str.isalpha, token)) or (digits >= 4 and "." not in token)


def _is_dotted(asked: Asked, token: str) -> bool:
    """Digits with dots, written like the asked number ("1.2345" beside "1.2346")."""
    return "." in asked.number and len(asked.key) >= 4 and _shape(token) == _shape(asked.number.casefold())


def _is_lettered(asked: Asked, token: str) -> bool:
    """A number of letters only, where the asked one is such a number: the same count of joined pieces."""
    return asked.key.isalpha() and "-" in token and token.count("-") == asked.number.count("-")


def _joined(asked: Asked, folded: str, position: int) -> int | None:
    """The end of a piece joined by - / . _ # at this place, None when it is no part of the number."""
    match = _JOINED.match(folded, position)
    if (
        match is None
        or (is_measure(match[2]) and match[1] != "-" and not _like_own_piece(asked, match[2]))
        or (match[2].isdigit() and COUNTED.match(folded, match.end()))
    ):
        return None
    if match[1] == "/" and (
        (len(match[2]) >= 2 and match[2].isalpha() and _NEW_NUMBER.match(folded, match.end()))
        or len(match[2]) > 5
        or is_measure(match[2])
        or (asked.key[:2].isalpha() and match[2].startswith(asked.key[:2]))
    ):
        return None
    return match.end()


def _like_own_piece(asked: Asked, piece: str) -> bool:
    """Whether a piece looks like one of the asked number's own ("5mp" beside "6mp", "105mm" beside "70mm")."""
    return any(len(piece) == len(own) or _runs(piece) == _runs(own) for own in asked.heads)


def _follows_as_code(word: str, asked: Asked, folded: str, end: int, *, bracketed: bool, closed: bool) -> bool:
    if (
        word in features().words.plain
        or (closed and _PACK_TAIL.search(asked.number.casefold()))
        or word in colour_words()
        or is_measure(word)
        or (word.isdigit() and (len(word) > 2 or COUNTED.match(folded, end)))
    ):
        return False
    if bracketed and any(_shape(word) == _shape(own) for own in asked.heads):
        return True
    codes = read_piece(word, asked.maker, False, False)
    if (
        not codes
        or (len(codes) > 1 and " " not in asked.number)
        or (codes[0].kind == "functional" and (closed or _is_plain_word(asked, word, folded, end)))
        or (codes[0].kind == "package" and len(word) >= 3 and not asked.named and _BEFORE_WORD.match(folded, end))
    ):
        return False
    if len(word) == 1 and not bracketed:
        return word.isalpha() and (asked.named or codes[0].kind == "colour") and _single_letter_counts(folded, end)
    return not word.isdigit()


def _is_plain_word(asked: Asked, word: str, folded: str, end: int) -> bool:
    """ "Pro series", "air purifier": a word of English after a code, where no name of several words was asked."""
    if re.match(r" (?:series|edition)\b", folded[end : end + 9]) or (
        not asked.named and re.match(r" [a-z]{4,}", folded[end : end + 6])
    ):
        return True
    return not asked.named and word in (
        "air",
        "wide",
        "slim",
        "advance",
        "legend",
        "master",
        "signature",
        "junior",
        "f",
        "t",
        "k",
        "fe",
        "ex",
        "nx",
        "gt",
        "turbo",
    )


def _single_letter_counts(folded: str, end: int) -> bool:
    """A letter alone is a code at the end of the text, before a bracket, or before a word of no Latin letters."""
    return not re.match(r"[ ]?[a-z0-9&'.-]|[ァ-ヶ一-龥]", folded[end : end + 3])


def _read_on(asked: Asked, folded: str, end: int, whole: bool) -> int:
    """The end of the number that begins with the asked base: glued, joined and spaced codes belong to it.

    Behind the `whole` number with its colour or region no word makes another machine of it.
    """
    own = asked.codes & {"colour", "region"} or _PACK_TAIL.search(asked.number.casefold())
    closed = whole and not asked.named and bool(own)
    glued = _GLUED.match(folded, end)
    position = glued.end() if glued else end
    while (after := _joined(asked, folded, position)) is not None:
        position = after
    slashed = _SLASHED.match(folded, position)
    if slashed and slashed[1] in colour_words():
        return slashed.end()
    while True:
        match = _BRACKETED.match(folded, position) or _SPACED.match(folded, position)
        if match is None or not _follows_as_code(
            match[1], asked, folded, match.end(1), bracketed=match.re is _BRACKETED, closed=closed
        ):
            return position
        position = match.end()


def _split(codes: tuple[Code, ...]) -> tuple[list[str], list[Code]]:
    """The functional part and the rest of a list of codes."""
    return (
        [code.text for code in codes if code.kind not in SAME_MODEL],
        [code for code in codes if code.kind in SAME_MODEL],
    )


def _compare(missing: tuple[Code, ...] | None, stated: tuple[Code, ...] | None, rest: str) -> Fit:
    """Fit of `stated`, the listing's codes after a common base, to `missing`, the asked number's."""
    if not rest:
        return Fit.MISSING
    if missing is None or stated is None:
        return Fit.DIFFERENT
    return Fit.VARIANT if _split(missing)[0] == _split(stated)[0] else Fit.DIFFERENT


_VOLTAGE = re.compile(r"(?<![a-z])[ad]c[0-9]+$")


def _is_unit_tail(asked: Asked, rest: str) -> bool:
    """The unit of a measure that ends a name of several words ("DC24" and "DC24V")."""
    return (
        (" " in asked.number or _VOLTAGE.search(asked.number.casefold()) is not None)
        and asked.number[-1].isdigit()
        and rest in ("v", "mm", "cm", "l", "ml", "w", "hz", "a", "g", "kg", "gb", "tb", "m")
    )


def _fit_of(
    asked: Asked, head: str, depth: int, rest: str, apparel: bool
) -> tuple[Fit, tuple[Code, ...], tuple[Code, ...] | None]:
    after_digit = head[-1].isdigit()
    if after_digit and rest[:1].isdigit():
        return Fit.DIFFERENT, (), ()
    stated = read_rest(rest, asked.maker, after_digit, apparel)
    if depth == len(asked.bases):
        if not rest or _is_unit_tail(asked, rest):
            return Fit.EQUAL, (), ()
        return (_compare((), stated, rest), stated or (), ())
    base = asked.bases[depth]
    key_rest = asked.key[base.length :]
    squash = squashed(rest)
    if squash and key_rest.startswith(squash):
        return Fit.TRUNCATED, (), base.missing
    return _compare(base.missing, stated, rest), stated or (), base.missing


def _prefixed(folded: str, start: int) -> bool:
    """Whether the match is the tail of a longer number ("GG-" before it)."""
    if start < 2 or folded[start - 1] not in "-." or not (folded[start - 2].isascii() and folded[start - 2].isalnum()):
        return False
    word = re.search(r"[a-z0-9]+$", folded[: start - 1])
    return word is not None and word[0] not in features().words.plain


def _other_name_before(asked: Asked, folded: str, match: re.Match[str]) -> bool:
    """Whether the word before the number is the left-out name with one character changed: a misspelling, or not it."""
    word = re.search(r"([a-z0-9]+) ?$", folded[max(0, match.start() - 20) : match.start()])
    if not asked.dropped or word is None or len(word[1]) != len(asked.dropped):
        return False
    changed: int = sum(a != b for a, b in zip(word[1], asked.dropped, strict=True))
    return changed == 1


def _refused(asked: Asked, match: re.Match[str]) -> bool:
    """Digits split by spaces are no number unless it is written so, and a split before a counter is a quantity."""
    if not asked.key.isdigit():
        return False
    if _COUNT_OR_YEAR.match(match.string, match.end()):
        return True
    if len(asked.key) >= 7 and re.fullmatch(r"\d{2,}(?: \d{2,}){2}", match[0]):
        return False
    return re.search(r"\d[^0-9-]+\d", match[0]) is not None and not re.search(r"\d[^0-9-]+\d", asked.number)


def _unknown_code(asked: Asked, folded: str, end: int, missing: tuple[Code, ...] | None) -> Code | None:
    """A word of the same shape where the asked code would stand ("ATBK" for MTBK) states another code, known or not."""
    match = _SPACED.match(folded, end)
    if (
        match is None
        or not missing
        or " " not in asked.number
        or match[1] in features().words.plain
        or match[1] in colour_words()
    ):
        return None
    alike = _shape(match[1]) == _shape("".join(code.text for code in missing)) and match[1].isalpha()
    return Code(match[1], missing[0].kind) if alike else None


def _unit_follows(asked: Asked, folded: str, stop: int) -> bool:
    glued = _GLUED.match(folded, stop)
    return glued is not None and _is_unit_tail(asked, glued[0])


def _reach(asked: Asked, folded: str, match: re.Match[str]) -> tuple[int, int]:
    """Where the asked number's own characters end in the text, and how many of its bases are passed.

    A piece after a space that goes on as another word ("FLIP6 Bl|uetooth") was no part of it.
    """
    depth = sum(group is not None for group in match.groups())
    stop = match.end()
    if not (folded[stop : stop + 1].isascii() and folded[stop : stop + 1].isalnum()) or _unit_follows(
        asked, folded, stop
    ):
        return stop, depth
    for passed in range(1, depth + 1):
        if folded[match.start(passed)] == " ":
            return match.start(passed), passed - 1
    return stop, depth


def find(asked: Asked, folded: str, start: int = 0, apparel: bool = False) -> list[Mention]:
    """Every mention of the asked number or of a base of it, from `start` on."""
    found: list[Mention] = []
    for match in asked.pattern.finditer(folded, start):
        if _refused(asked, match):
            continue
        stop, depth = _reach(asked, folded, match)
        end = _read_on(asked, folded, stop, depth == len(asked.bases))
        plus = _PLUS.match(folded, end)
        fit, codes, missing = _fit_of(asked, folded[match.start() : stop], depth, folded[stop:end], apparel)
        if plus and not asked.key.endswith("+"):
            fit, end = Fit.DIFFERENT, end + 1
        if fit is Fit.MISSING and (code := _unknown_code(asked, folded, end, missing)) is not None:
            fit, codes = (
                (Fit.VARIANT if all(known.kind == "colour" for known in missing or ()) else Fit.DIFFERENT),
                (code,),
            )
        mention = Mention(match.start(), end, fit, codes, missing)
        if fit is Fit.EQUAL and _other_name_before(asked, folded, match):
            mention.fit = Fit.DOUBT
        if mention.fit is Fit.DIFFERENT and confused(squashed(folded[match.start() : end])) == asked.confused:
            mention.fit = Fit.DOUBT
        if _prefixed(folded, match.start()):
            if asked.named:
                continue
            mention.fit = Fit.DIFFERENT
        if asked.named and fit is Fit.DIFFERENT and not codes and folded[stop : stop + 1] in ("-", "/"):
            continue
        found.append(mention)
    return found


_DIGITS = re.compile(r"[0-9.]+")
_HEAD = re.compile(r"[a-z]+")


def _runs(key: str) -> str:
    """The letters of a piece, with every run of digits as one 0."""
    return _DIGITS.sub("0", key)


_SHAPES = {ord(letter): "a" for letter in string.ascii_lowercase} | {ord(digit): "0" for digit in string.digits}


def _shape(key: str) -> str:
    return key.translate(_SHAPES)


def _letters(key: str) -> str:
    match = _HEAD.match(key)
    return match[0] if match else ""


def _is_sister(asked: Asked, key: str, first: str) -> bool:
    """A number of the same family: the same leading letters and a like shape, or one change."""
    head = _letters(asked.key)
    alike = abs(len(key) - len(asked.key)) <= 3 if len(key) >= 4 else _shape(key) == _shape(asked.key)
    if head and _letters(key) == head and alike:
        return True
    if _shape(key) == _shape(asked.key) and len(key) >= 4 and len(key) == len(asked.key):
        return sum(a != b for a, b in zip(key, asked.key, strict=True)) <= max(2, len(key) // 3)
    return bool(_letters(key)) and any(
        _like_piece(part, piece) for piece in asked.heads if not piece.isalpha() for part in {key, first}
    )


def _like_piece(key: str, piece: str) -> bool:
    """Whether a token competes with one piece of the asked number: the same letters first, and a like shape."""
    if _letters(key) != _letters(piece):
        return False
    return _shape(key) == _shape(piece) or (
        len(piece) >= 5 and abs(len(key) - len(piece)) <= 2 and (key[:3] == piece[:3] or len(_letters(key)) >= 2)
    )


def _is_masked(asked: Asked, key: str) -> bool:
    """The asked number with its last characters hidden ("50x")."""
    shown = key.rstrip("x")
    return shown != key and len(key) == len(asked.key) and len(shown) >= 3 and asked.key.startswith(shown)


def _classify(asked: Asked, token: str) -> Fit:
    key = squashed(token)
    if confused(key) == asked.confused or any(confused(key) == confused(base.text) for base in asked.bases):
        return Fit.DOUBT
    if len(key) >= 3 and (asked.key.startswith(key) or _is_masked(asked, key)):
        return Fit.TRUNCATED
    if key in asked.key:
        return Fit.INSIDE
    first = re.split(r"[-/]", token)[0]
    if _REGULATORY.fullmatch(token) and re.match(rf"{first}-[a-z]-", asked.number.casefold()):
        return Fit.SERIES
    if not any(c.isdigit() for c in asked.key) and len(first) >= 3 and asked.key.startswith(first) and first.isalpha():
        return Fit.SERIES if any(c.isdigit() for c in key) else Fit.SISTER
    return Fit.SISTER if _is_sister(asked, key, first) else Fit.OTHER


def _tokens(folded: str, begin: int) -> Iterator[tuple[int, str]]:
    """Tokens that may be numbers; whole numbers joined by slashes ("AB-10/AB-20") are told apart."""
    for match in _TOKEN.finditer(folded, begin):
        pieces = match[0].split("/")
        alike = len(pieces) > 1 and all(_is_number(p) and p[:2] == pieces[0][:2] for p in pieces)
        if alike and (min(map(len, pieces)) >= 4 or len({_shape(p) for p in pieces}) == 1):
            start = match.start()
            for piece in pieces:
                yield start, piece
                start += len(piece) + 1
        else:
            yield match.start(), match[0]


def others(asked: Asked, folded: str, taken: list[Mention], begin: int = 0) -> list[Mention]:
    """The number-like tokens outside the given mentions, from `begin` on."""
    spans = [(mention.start, mention.end) for mention in taken]
    found = []
    for start, token in _tokens(folded, begin):
        end = start + len(token)
        if _SHOP_CODE.search(folded, max(0, start - 12), start) or _TAG.match(folded, max(0, start - 1)):
            continue
        if not (_is_number(token) or _is_lettered(asked, token) or _is_dotted(asked, token)) or any(
            first < end and start < last for first, last in spans
        ):
            continue
        if token.isdigit() and COUNTED.match(folded, end):
            continue
        fit = _classify(asked, token)
        if _STANDARD.fullmatch(token) and token not in asked.number.casefold():
            continue
        rival = fit is Fit.DOUBT or (
            fit is Fit.SISTER and any(_shape(squashed(token)) == _shape(own) for own in asked.heads)
        )
        if rival or not (is_measure(token) or token in features().words.capabilities):
            found.append(Mention(start, end, fit))
    return found
