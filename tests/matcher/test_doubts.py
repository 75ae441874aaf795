"""What an offer is asked that nothing else speaks against: for and against, by kinds of words and sentences."""

from __future__ import annotations

import pytest

from matcher.table import judge_row
from matcher.wares import ware_of


def found(number: str, title: str, description: str = "", attributes: str = "{}", brand: str = "") -> str:
    row = {"model_number": number, "brand": brand, "title": title, "description": description, "attributes": attributes}
    return judge_row(row).verdict.value


@pytest.mark.parametrize(
    ("word", "ware"),
    [
        ("ロボット掃除機", "unit"),
        ("光電センサー", "unit"),
        ("前面グリル", "part"),
        ("蒸気ぶた", "part"),
        ("リアキャリア", "extra"),
        ("88鍵盤", "neutral"),
        ("黒文字盤", "neutral"),
        ("イリジウムix", "neutral"),
        ("panasonic", "neutral"),
        ("ハンターカブ", "unknown"),
    ],
)
def test_words_are_told_by_their_endings(word: str, ware: str) -> None:
    assert ware_of(word) == ware


@pytest.mark.parametrize(
    ("title", "verdict"),
    [
        ("日立 エアコン RAS-QX40N2 前面グリル", "part_or_box"),
        ("RAS-QX40N2 14畳 2022年製", "exact"),
        ("SONY ILQE-7C2 サムレスト 真鍮", "accessory"),
        ("SONY ILQE-7C2 ミラーレス一眼 サムレスト付き", "exact"),
        ("ヤマハ BQ-6600A アイドラー 新品", "part_or_box"),
        ("ヤマハ BQ-6600A 卓上ランプ 新品", "exact"),
        ("BQ-6600A ハンターカブ", "unclear"),
        ("BQ-6600A ハンターカブ 発電機", "exact"),
    ],
)
def test_the_word_behind_the_number(title: str, verdict: str) -> None:
    number = next(word for word in title.split() if "-" in word)
    assert found(number, title) == verdict


@pytest.mark.parametrize(
    ("sentence", "exact"),
    [
        ("扉の出品です。", False),
        ("扉に小さな傷があります。", True),
        ("椅子とペダルで、ピアノ本体は処分済みです。", False),
        ("前の電子レンジは処分しました。", True),
        ("届くのは KE-300B です。", False),
        ("KE-300B とは違い、角皿が付きます。", True),
        ("ラベルには KE-300B と印字されています。", False),
        ("ラベルに少し剥がれがあります。", True),
        ("タイトルは間違いで、直せません。", False),
        ("タイトルのとおりの商品です。", True),
        ("三脚もお付けします。", False),
        ("おまけで三脚もお付けします。", True),
        ("バラ売り不可です。", False),
        ("同梱は不可です。", True),
    ],
)
def test_sentences_about_a_microwave(sentence: str, exact: bool) -> None:
    assert (found("KE-300A", "山善 電子レンジ KE-300A 17L", sentence) == "exact") is exact


@pytest.mark.parametrize(
    ("title", "attributes", "verdict"),
    [
        ("シノロジー DZ-2240 2ベイ 保護シール ケース", '{"型番": "DZ-2240"}', "exact"),
        ("シノロジー DZ-2240 ケースのみ", '{"型番": "DZ-2240"}', "part_or_box"),
        ("シノロジー DZ-2240 2台セット", '{"型番": "DZ-2240"}', "set"),
        ("シノロジー DZ-2240用 ケース", '{"型番": "QC-11"}', "accessory"),
    ],
)
def test_a_number_field_outweighs_weak_signs(title: str, attributes: str, verdict: str) -> None:
    assert found("DZ-2240", title, attributes=attributes) == verdict


@pytest.mark.parametrize(
    ("title", "verdict"),
    [
        ("ノクチュア NQ-D15 Diary Edition", "variant"),
        ("ノクチュア NQ-D15 40周年記念モデル", "variant"),
        ("ノクチュア NQ-D15 CPUクーラー 数量限定", "exact"),
        ("ノクチュア NQ-D15 G2 CPUクーラー", "different"),
    ],
)
def test_issues_and_generations(title: str, verdict: str) -> None:
    assert found("NQ-D15", title) == verdict
