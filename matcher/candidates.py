"""Which model numbers a product name may state: offered to a person who settles one, never taken by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from matcher.asked import Asked, compile_query
from matcher.folding import canonical, fold, squashed
from matcher.identifiers import valid_gtin
from matcher.knowledge import features
from matcher.makers import maker_key, name_pattern
from matcher.mentions import Mention, Role, is_measure
from matcher.offer import TITLE_LIMIT, read_title
from matcher.roles import Line
from matcher.suffixes import read_piece

MOST = 5
# A generation written as words belongs to the number: "R6 Mark II" is not the R6.
_GENERATION = re.compile(r" (?:mark|mk) ?(?:iii|ii|iv|[2-9])(?![a-z0-9])")
# A colour or region that follows, in brackets or after a blank: "AB-100(B)", "CD-200N BZ".
_CODE = re.compile(r" ?\(([a-z0-9]{1,5})\)| ([a-z0-9]{1,4})(?![a-z0-9-])")
# Numbers without a digit have two hyphens and capitals only: "HDH-S-YAZAA".
_CAPITALS = re.compile(r"(?<![A-Za-z0-9-])[A-Z]+(?:-[A-Z]+){2,}(?![A-Za-z0-9-])")
_LABEL = re.compile(r"(?:型番|品番|型式|model(?: ?(?:no|number))?|part ?(?:no|number)|mpn)[ :：.#]*$")
_ASIN = re.compile(r"b0[0-9a-z]{8}")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


class Confidence(StrEnum):
    """How sure a Candidate is, the best first; none is sure enough to be taken without a person."""

    LIKELY = "likely"
    POSSIBLE = "possible"
    DOUBTFUL = "doubtful"


_REASONS = {
    "labelled": ("型番と書かれている", "named as the model number"),
    "with_maker": ("メーカー名のある商品名の型番らしい記号", "a code in a name that names its maker"),
    "code": ("英字と数字の型番らしい記号", "letters and digits like a model number"),
    "with_code": ("後ろの色・仕様の記号まで含めた型番", "the same with the code of colour or region behind it"),
    "capitals": ("ハイフンでつないだ大文字の記号", "capitals joined by hyphens"),
    "short": ("短い、または数字だけの記号", "short, or digits only"),
    "other_goods": (
        "対応機種や比較など、別の商品の型番らしい",
        "seems to name other goods: what it fits, or is compared with",
    ),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model number that a product name may state. `span` is the text as written and `start` its place in the name.

    `maker` is the brand given, else the maker that the name names, as written there; None when there is none.
    """

    model_number: str
    maker: str | None
    span: str
    start: int
    confidence: Confidence
    rule: str
    text_ja: str
    text_en: str


def candidates(name: str, brand: str | None = None) -> tuple[Candidate, ...]:
    """At most five Candidates out of a product name, the best first; none where it holds nothing like a number."""
    line = read_title(_nothing(), fold(name, "title", TITLE_LIMIT))
    maker = brand or _maker(line)
    best: dict[str, Candidate] = {}
    for candidate in sorted(_found(line, maker), key=_rank):
        best.setdefault(squashed(candidate.model_number), candidate)
    return tuple(best.values())[:MOST]


def _rank(candidate: Candidate) -> tuple[object, ...]:
    """The surest first; among equals what is labelled, what has a hyphen, what is longer, what stands first."""
    return (
        list(Confidence).index(candidate.confidence),
        candidate.rule != "labelled",
        "-" not in candidate.span,
        candidate.rule == "with_code",
        -len(squashed(candidate.span)),
        candidate.start,
    )


def _found(line: Line, maker: str | None) -> Iterator[Candidate]:
    for mention in line.others:
        start, end = mention.start, _end(line, mention)
        if _is_no_model(line.folded[start:end]):
            continue
        rule, confidence = _judged(line, mention, maker)
        yield _candidate(line.text.span(start, end), maker, rule, confidence)
        code = _code_after(line, end, maker)
        if code is not None and mention.role is Role.OFFERED:
            yield _candidate(line.text.span(start, code), maker, "with_code", confidence)
    for match in _CAPITALS.finditer(line.text.raw):
        yield _candidate((match[0], match.start()), maker, "capitals", Confidence.POSSIBLE)


def _candidate(written: tuple[str, int], maker: str | None, rule: str, confidence: Confidence) -> Candidate:
    span, place = written
    return Candidate(canonical(span), maker, span, place, confidence, rule, *_REASONS[rule])


def _code_after(line: Line, end: int, maker: str | None) -> int | None:
    """The end of a code that the maker's numbers go on with; None when the next word is none."""
    match = _CODE.match(line.folded, end)
    word = match[1] or match[2] if match else ""
    if match is None or word in features().words.plain or is_measure(word):
        return None
    return match.end() if match[1] or read_piece(word, maker_key(maker), False, False) else None


@cache
def _nothing() -> Asked:
    """Nothing is asked for yet, so that every number of the name is another one."""
    return compile_query("")


def _maker(line: Line) -> str | None:
    found = name_pattern().search(line.folded)
    return None if found is None else line.text.span(found.start(), found.end())[0]


def _end(line: Line, mention: Mention) -> int:
    generation = _GENERATION.match(line.folded, mention.end)
    return generation.end() if generation else mention.end


def _is_no_model(token: str) -> bool:
    """A JAN, an ASIN or a year."""
    return bool(_ASIN.fullmatch(token) or _YEAR.fullmatch(token) or (len(token) >= 12 and valid_gtin(token)))


def _judged(line: Line, mention: Mention, maker: str | None) -> tuple[str, Confidence]:
    token = line.folded[mention.start : mention.end]
    key = squashed(token)
    if mention.role is not Role.OFFERED:
        return "other_goods", Confidence.DOUBTFUL
    if _LABEL.search(line.folded, 0, mention.start):
        return "labelled", Confidence.LIKELY
    if len(key) < 5 or key.isdigit():
        return "short", Confidence.POSSIBLE
    if maker is not None:
        return "with_maker", Confidence.LIKELY
    return "code", Confidence.LIKELY if any(mark in token for mark in "-/") or len(key) >= 6 else Confidence.POSSIBLE
