"""Sentences of sellers under a title that is exact: those that say nothing leave it so, those that tell end it."""

from __future__ import annotations

import re

import pytest

from matcher import compile_query
from matcher.table import judge_row
from tests.matcher.data import CASES

NEUTRAL = [
    "ご覧いただきありがとうございます。",
    "数回使用しましたが、目立った傷や汚れはありません。",
    "動作確認済みです。",
    "付属品は写真に写っているものがすべてです。",
    "付属品：本体、電源コード、取扱説明書、元箱",
    "箱・説明書・保証書付きです。",
    "箱はありません。",
    "元箱なし、説明書欠品です。",
    "ペット・喫煙者はおりません。",
    "即購入OKです。",
    "値下げ交渉はご遠慮ください。",
    "土日祝日の発送には対応しておりません。",
    "匿名配送にて発送いたします。",
    "すり替え防止のため、返品・交換はお受けできません。",
    "他にも出品していますので、よろしければご覧ください。",
    "まとめ買い・同梱も対応いたします。",
    "自宅保管のため神経質な方はご遠慮ください。",
    "中古品ですのでご理解のある方のみご購入ください。",
    "本体に小傷があります。",
    "リモコンの電池は付属しません。",
    "充電ケーブルは付属しません。",
    "メーカー保証書に販売店の印がありません。",
    "新品未開封品です。",
    "2023年に家電量販店で購入しました。",
    "1年ほど使用しました。",
    "型番をご確認のうえご購入ください。",
    "商品の色味はモニターにより異なって見える場合があります。",
    "プチプチで梱包して発送します。箱に入れて送ります。",
    "購入後24時間以内に発送いたします。",
    "保証期間は購入日から1年間です。",
    "在庫は複数の販売サイトで共有しているため、売り切れの場合があります。",
    "領収書（インボイス対応）を発行できます。",
    "写真と現物が異なる場合があります。",
    "使わなくなったので出品します。",
    "ケースに入れて大切に使用していました。",
    "フィルムを貼って使用していました。",
    "バッテリーの持ちは良好です。",
    "付属のケーブル、イヤーピースは未使用です。",
    "サイズ：約20×15×8cm 重量：約350g",
    "製造年：2022年",
    "電源：AC100V 50/60Hz",
    "対応OS：Windows 11 / macOS 13 / iOS 16 / Android 12",
    "検索用：人気 おすすめ プレゼント ギフト 父の日 母の日",
    "カバーをかけて保管していたので綺麗です。",
    "部品の欠けや割れはありません。",
    "取扱説明書はメーカーのホームページからダウンロードできます。",
    "よろしくお願いいたします。",
    "【商品の状態】やや傷や汚れあり",
    "◆送料無料◆全国一律",
    "ご不明な点がございましたらコメントください。",
    "外箱に傷みがございますが、中身は新品です。",
    "※沖縄・離島は別途送料がかかります。",
    "フィルターは清掃済みです。",
    "純正品です。",
    "1点のみの出品です。",
    "ベルトの長さは調整できます。",
    "スタンドは組み立て済みです。",
    "交換用の部品も販売しております。",
    "パーツの取り寄せも可能です。",
]
# {n} is the asked number, {x} one of the same family with another digit.
TELLING = [
    "箱のみの出品です。中身は入っていません。",
    "空箱になります。本体はありません。",
    "本体は付属しません。説明書と箱だけです。",
    "こちらは{n}用のケースです。",
    "{n}に対応した保護フィルムです。",
    "社外品の互換バッテリーです。対応機種：{n}",
    "2個セットでの販売です。",
    "3台まとめての出品になります。",
    "部品取り用としてどうぞ。",
    "出品物は{n}ではありません。",
    "商品は{x}です。お間違えのないように。",
    "型番：{x}",
    "純正品ではなく互換品になります。",
    "{n}と専用スタンドABC-100のセットです。",
    "リモコンのみの出品です。",
    "蓋だけの出品です。",
    "{n}の取扱説明書です。",
    "{n}専用の交換用フィルターです。",
    "{n}から取り外した基板です。",
    "対応機種 {n} / {x}",
    "カラーはブラックとホワイトからお選びください。型番は{n}または{x}になります。",
    "2台あります。2台セットの価格です。",
    "同じ商品が3つあります。まとめてお譲りします。",
    "メーカー純正ではございません。汎用品です。",
    "本体は写っていますが付属いたしません。ケースのみです。",
    "こちらはモデル{x}になります。",
]
MACHINES = [
    case
    for case in CASES
    if case["verdict"] == "exact"
    and not case["description"]
    and case["attributes"] == "{}"
    and re.fullmatch(r"[A-Za-z]+[A-Za-z0-9/-]*[0-9][A-Za-z0-9-]*", case["model_number"])
    and not compile_query(case["model_number"], maker=case["brand"]).groups
]


def sister(number: str) -> str:
    """The number with its last digit changed."""
    return re.sub(r"[0-9](?=[^0-9]*$)", lambda digit: str((int(digit[0]) + 3) % 10), number, count=1)


def test_there_are_machines_of_many_families() -> None:
    assert len({case["family"] for case in MACHINES}) >= 40


@pytest.mark.parametrize("sentence", NEUTRAL)
def test_what_says_nothing_changes_nothing(sentence: str) -> None:
    for case in MACHINES:
        assert judge_row({**case, "description": sentence}).verdict.value == "exact", case["title"]


@pytest.mark.parametrize("sentence", TELLING)
def test_what_tells_ends_exact(sentence: str) -> None:
    for case in MACHINES:
        number = case["model_number"]
        text = sentence.format(n=number, x=sister(number))
        assert judge_row({**case, "description": text}).verdict.value != "exact", (case["title"], text)


def test_neutral_sentences_together_change_nothing() -> None:
    for case in MACHINES:
        assert judge_row({**case, "description": "\n".join(NEUTRAL)}).verdict.value == "exact", case["title"]
