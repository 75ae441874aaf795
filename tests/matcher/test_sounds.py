"""Names of makers in kana and in Latin letters."""

from __future__ import annotations

import pytest

from matcher.sounds import sounds_named


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Manfrotto", "マンフロット 三脚 190"),
        ("Garmin", "ガーミン エッジ"),
        ("Fluke", "フルーク 117"),
        ("Victorinox", "ビクトリノックス 1.3713"),
        ("Leatherman", "レザーマン"),
        ("Brembo", "ブレンボ"),
        ("マンフロット", "Manfrotto 190"),
    ],
)
def test_the_same_name(name: str, text: str) -> None:
    assert sounds_named(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Manfrotto", "ジッツオ 三脚"),
        ("Fluke", "フジ 117"),
        ("MXR", "ミキサー"),
        ("SMC", "シリンダー"),
        ("アスカ", "PLUS L213"),
        ("3M", "マスク"),
    ],
)
def test_another_name(name: str, text: str) -> None:
    assert not sounds_named(name, text)
