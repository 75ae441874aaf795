"""Dialect, kana and wrong conversions are brought to standard Japanese, and hits still show the words as written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kataban.sellers import phrases
from kataban.sellers.reading import read
from kataban.sellers.spelling import standard


def spelt(text: str) -> str:
    return standard(read(text)).text


@pytest.mark.parametrize(("written", "meant"), [
    ("画面が映らへんねん", "画面が映らない"), ("壊れとるけん", "壊れているので"), ("動かねえから", "動かないから"),
    ("本体は入っとらんばい", "本体は入っていない"), ("買わんといてな", "買わないでくださいな"),
    ("落としてもた", "落としてしまった"),
    ("ほんまもんか知らん", "本物か知らない"), ("新品やで", "新品です"), ("箱のみだべ", "箱のみです"),
    ("偽物とちゃいます", "偽物ではありません"), ("コメントしてけろ", "コメントしてください"),
])
def test_dialect_and_casual_forms(written: str, meant: str) -> None:
    assert spelt(written) == meant


@pytest.mark.parametrize(("written", "meant"), [
    ("ｿｸｺｳﾆｭｳOK", "即購入ok"), ("へんぴんフカ", "返品不可"), ("ドウサ確認", "動作確認"), ("からばこ", "空箱"),
    ("ハコのみ", "箱のみ"),
    ("即講入不加", "即購入不可"), ("同作確認", "動作確認"), ("即購×", "即購入×"),
])
def test_kana_and_wrong_conversions(written: str, meant: str) -> None:
    assert spelt(written) == meant


@pytest.mark.parametrize("text", [
    "山田さんから頂きました", "どうされましたか", "みかんです", "お客さんが多い", "そしてわたしの",
    "時間がありません", "原則購入", "やわらかい布",
    "下取ります", "受け取る", "大変", "この辺で", "しょうひん", "添付可能", "読んでね。", "からあげ",
])
def test_standard_words_stay(text: str) -> None:
    assert spelt(text) == read(text).text


def test_the_words_are_shown_as_written() -> None:
    hit = phrases("新品同様。ｿｸｺｳﾆｭｳはあかんで。", "description")[0]
    assert hit.kind == "ask_first"
    assert hit.span in "ｿｸｺｳﾆｭｳはあかんで"
    assert hit.span.startswith("ｿｸｺｳﾆｭｳ")


@given(st.text(alphabet="動かんへひねえとるらしてもろやでのみ箱★\nﾄﾞａ。", max_size=60))
@settings(max_examples=200, deadline=None)
def test_offsets_stay_in_order_and_inside(text: str) -> None:
    reading = standard(read(text))
    starts = list(reading.starts)
    assert len(starts) == len(reading.text)
    assert starts == sorted(starts)
    assert all(0 <= start < len(text) for start in starts)
