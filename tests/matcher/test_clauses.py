"""Kinds of sentences and numbers, each for and against, in families that no labelled case has."""

from __future__ import annotations

import pytest

from matcher.table import judge_row


def found(number: str, title: str, description: str = "", attributes: str = "{}", brand: str = "Acme") -> str:
    row = {
        "model_number": number,
        "brand": brand,
        "title": title,
        "description": description,
        "attributes": attributes,
        "jan": "",
    }
    return judge_row(row).verdict.value


@pytest.mark.parametrize(
    ("number", "title", "description", "verdict"),
    [
        ("RX-500", "Acme RX-500 ハンドドライヤー", "電圧をお選びください。100Vと200Vがあります。", "unclear"),
        ("RX-500", "Acme RX-500 ハンドドライヤー", "お届け日時をお選びください。", "exact"),
        ("GT-610", "Acme GT-610 スキャナー", "2機種からお選びいただけます。GT-610、GT-710。", "unclear"),
        ("GT-610", "Acme GT-610 スキャナー", "配送方法はお選びいただけます。", "exact"),
        ("QX-10", "Acme QX-10 ラジオ", "QX-10かQX-20のどちらかだと思いますが判断できません。", "unclear"),
        ("QX-10", "Acme QX-10 ラジオ", "電池かアダプターのどちらかで動きます。", "exact"),
    ],
)
def test_lists_to_choose_from(number: str, title: str, description: str, verdict: str) -> None:
    assert found(number, title, description) == verdict


@pytest.mark.parametrize(
    ("number", "title", "description", "verdict"),
    [
        ("KX-55P", "Acme KX-55 ヘッドホン", "KX-55です。KX-55Pではありません。", "different"),
        ("KX-55P", "Acme KX-55P ヘッドホン", "型番はKX-55です。Pは付きません。", "unclear"),
        ("KX-55P", "Acme KX-55P ヘッドホン", "ケースは付きません。", "exact"),
        ("HD-88", "Acme HD-88 ドライヤー", "前年モデルHD-87から風量が上がりました。", "exact"),
        ("HD-88", "Acme HD-90 ドライヤー", "従来機HD-88から軽くなりました。", "different"),
        ("HD-88", "Acme HD-90 ドライヤー HD-88も販売中", "", "different"),
        ("HD-88", "Acme HD-90 (HD-88は生産終了、後継機です)", "", "different"),
        ("HD-88", "Acme HD-88 ドライヤー 生産終了品", "", "exact"),
    ],
)
def test_siblings_that_are_spoken_of(number: str, title: str, description: str, verdict: str) -> None:
    assert found(number, title, description) == verdict


@pytest.mark.parametrize(
    ("number", "title", "description", "verdict"),
    [
        ("DD51-700", "TOMIX DD51-700 ボディのみ 動力なし", "", "part_or_box"),
        ("10-880", "KATO 10-880 E231系 バラシ モハ 1両", "", "part_or_box"),
        ("SX-500", "Acme SX-500 ツイーター 1個 エンクロージャなし", "", "part_or_box"),
        ("PCG-41", "Acme PCG-41 マザーボード 取り外し品", "", "part_or_box"),
        ("NX-300", "Acme NX-300 純正レバー 取外し品", "", "part_or_box"),
        ("ZX-410", "Acme ZX-410 の電源台だけ", "", "part_or_box"),
        ("JP-19", "木製スタンド Acme JP-19 がぴったり収まる", "JP-19は撮影用です。", "accessory"),
        ("ZX-410", "Acme ZX-410 電気ケトル", "食材は撮影用です。", "exact"),
        ("TR-9", "Acme TR-9 掃除機", "純正ではない紙パックをおまけします。ネジが一本純正ではありません。", "exact"),
        ("TR-9", "Acme TR-9 掃除機", "ペアで購入しましたが片方だけ残りました。", "exact"),
        ("TR-9", "Acme TR-9 バッテリー要交換", "動作確認済み。", "exact"),
    ],
)
def test_pieces_and_what_is_none(number: str, title: str, description: str, verdict: str) -> None:
    assert found(number, title, description) == verdict


@pytest.mark.parametrize(
    ("number", "title", "description", "verdict"),
    [
        ("EC-210B", "アクメ EC-210 加湿器 ブラック", "", "exact"),
        ("EC-210B", "アクメ EC-210 加湿器 ホワイト", "", "variant"),
        ("EC-210B", "アクメ EC-210 コーヒーメーカー", "", "different"),
        ("RG-60L", "Acme RG-60 ギター ブルー", "", "different"),
        ("WH-700M", "Acme WH-700 ヘッドホン 黒", "", "different"),
        ("SP-88-BK", "アクメ SP-88-BK ブラック", "カラーは白もありましたが完売しました。", "exact"),
        ("AB-300", "アクメ AB-300Y ドライヤー", "末尾Yは販路を示す記号です。性能は同じです。", "variant"),
        ("AB-300", "アクメ AB-300Y ドライヤー", "性能は同じです。", "different"),
        ("006-0111-A0", "アクメ ウォッチ グリーン 006-0111-A3", "", "variant"),
        ("EJ22", "アクメ EJ22-5D 5セットパック", "", "set"),
        ("LY5N-DC12", "アクメ LY5N DC12V リレー", "", "exact"),
        ("LY5N-DC12", "アクメ LY5N AC200V リレー", "", "different"),
        ("ZEN 10x42", "Acme ZEN 10×42 双眼鏡", "", "exact"),
        ("5012345", "Acme プラモデル 累計5012345個", "", "unclear"),
    ],
)
def test_codes_and_colours(number: str, title: str, description: str, verdict: str) -> None:
    assert found(number, title, description) == verdict
