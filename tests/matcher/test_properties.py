"""Properties that hold for any number and any text, checked with hypothesis, the same examples in every run."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kataban.items import Verdict
from matcher import compile_query, judge
from tests.matcher.data import CASES

FAST = settings(max_examples=150, deadline=None, derandomize=True)
# Single units whose title states a code of letters and digits as asked, with nothing else to judge by.
UNITS = [
    case
    for case in CASES
    if case["verdict"] == "exact"
    and case["attributes"] == "{}"
    and not case["description"]
    and compile_query(case["model_number"], maker=case["brand"]).pattern.search(
        unicodedata.normalize("NFKC", case["title"]).casefold()
    )
    and any(c.isdigit() for c in case["model_number"])
    and any(c.isalpha() for c in case["model_number"])
    and case["model_number"].isascii()
    and case["model_number"] in case["title"]
]


def verdict(case: dict[str, str], title: str, description: str | None = None) -> Verdict:
    return judge(compile_query(case["model_number"], maker=case["brand"]), title=title, description=description).verdict


def test_there_are_units_of_many_families() -> None:
    assert len({case["family"] for case in UNITS}) >= 50


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


SPELLINGS = [
    str.lower,
    str.upper,
    full_width,
    lambda text: text.replace("-", ""),
    lambda text: text.replace("-", " "),
    lambda text: text.replace("-", "‐"),
    lambda text: text.replace("-", "−"),
    lambda text: text.replace("-", "–"),
    lambda text: text.replace("-", "/"),
    lambda text: text.replace(" ", ""),
    lambda text: text.replace("-", "ー"),
]


@FAST
@given(st.sampled_from(UNITS), st.sampled_from(SPELLINGS))
def test_spelling_never_changes_the_verdict(case: dict[str, str], spell: object) -> None:
    number = case["model_number"]
    title = case["title"].replace(number, spell(number))  # type: ignore[operator]
    assert verdict(case, title) == verdict(case, case["title"]) == Verdict.EXACT


@FAST
@given(st.sampled_from(UNITS), st.integers(0, 30))
def test_a_separator_between_any_two_characters_never_changes_the_verdict(case: dict[str, str], place: int) -> None:
    number = case["model_number"]
    cut = 1 + place % (len(number) - 1)
    title = case["title"].replace(number, f"{number[:cut]}-{number[cut:]}")
    assert verdict(case, title) == Verdict.EXACT


@FAST
@given(
    st.sampled_from(UNITS),
    st.sampled_from(["用ケース", " 用 ケース", "空箱のみ", " 空箱のみ", "2個セット", " 2個セット", "【2個セット】"]),
)
def test_what_is_appended_to_the_title_ends_exact(case: dict[str, str], tail: str) -> None:
    assert verdict(case, case["title"] + tail) != Verdict.EXACT


ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@FAST
@given(st.sampled_from(UNITS), st.integers(0, 40), st.sampled_from(ALPHANUMERIC))
def test_one_other_character_ends_exact(case: dict[str, str], place: int, other: str) -> None:
    number = case["model_number"]
    places = [index for index, c in enumerate(number) if c.isalnum()]
    index = places[place % len(places)]
    if number[index].casefold() == other.casefold():
        return
    changed = number[:index] + other + number[index + 1 :]
    title = unicodedata.normalize("NFKC", case["title"])
    remaining = title.replace(number, changed)
    if compile_query(number, maker=case["brand"]).pattern.search(remaining.replace(changed, " ").casefold()):
        return  # the base stands once more in the title
    assert verdict(case, remaining) != Verdict.EXACT


@FAST
@given(st.text(max_size=400), st.text(max_size=400), st.text(max_size=30))
def test_no_text_raises(title: str, description: str, number: str) -> None:
    judgement = judge(
        compile_query(number, maker="SONY", jan=description[:13]),
        title=title,
        description=description,
        attributes={title[:9]: description, "型番": title, "JAN": number},
        brand=number,
        mpn=title,
        sku=number,
        gtin=title,
    )
    assert judgement.evidence


@FAST
@given(
    st.lists(
        st.sampled_from(
            [
                "WH-1000XM4",
                "用",
                "対応",
                " ",
                "+",
                "セット",
                "2個",
                "ケース",
                "のみ",
                "。",
                "ﾊﾞ",
                "Ⅱ",
                "(",
                "a-",
                "/",
                "ではありません",
                "SONY",
                "\n",
                "ー",
                "-",
                "🎧",
            ]
        ),
        max_size=60,
    )
)
def test_no_mixture_of_telling_words_raises(words: list[str]) -> None:
    text = "".join(words)
    judgement = judge(compile_query("WH-1000XM4", maker="SONY"), title=text, description=text)
    for evidence in judgement.evidence:
        if evidence.start is not None and evidence.place in ("title", "description"):
            assert text[evidence.start : evidence.start + len(evidence.span)] == evidence.span


NASTY = [
    "WH-1000XM4 ",
    "用",
    "a1-",
    "1 ",
    "（",
    "対応 ",
    "WH 1000 X ",
    "。",
    "は ",
    "セット2個",
    "- ",
    "a a1 ",
    "WH-1000XM4/WH-1000XM5 ",
    "ー",
]


def seconds(text: str) -> float:
    asked = compile_query("WH-1000XM4", maker="SONY")
    best = 9.0
    for _ in range(3):
        start = time.process_time()
        judge(asked, title="SONY", description=text)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("piece", NASTY)
def test_time_grows_with_the_length_of_the_text(piece: str) -> None:
    text = piece * (9000 // len(piece))
    assert seconds(text + text) <= max(2.5 * seconds(text), 0.02)
    assert seconds(piece * 40000) < 1


def test_cuts_are_said_in_the_evidence() -> None:
    asked = compile_query("WH-1000XM4", maker="SONY")
    judgement = judge(asked, title="あ" * 500 + "WH-1000XM4", description="い" * 20001)
    assert judgement.verdict is not Verdict.EXACT
    assert {evidence.rule for evidence in judgement.evidence} >= {"title_cut", "description_cut"}
