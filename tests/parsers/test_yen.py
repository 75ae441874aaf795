"""The yen parser, on the strings that shops write and on which common price parsers go wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kataban.items import PriceKind
from kataban.parsers.yen import HIGHEST, Yen, parse_yen, plausible

FIXED, RANGE, BID, NONE = PriceKind.FIXED, PriceKind.RANGE, PriceKind.CURRENT_BID, PriceKind.NONE


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("12,800円", 12800),
        ("￥１２，８００", 12800),
        ("１２，３４５円", 12345),
        ("¥ 12,800 (税込)", 12800),
        ("\\12,800", 12800),
        ("3万2,800円", 32800),
        ("税込 3万2,800円", 32800),
        ("10万円", 100_000),
        ("1.5万円", 15000),
        ("2万3千円", 23000),
        ("12800", 12800),
        ("12,800", 12800),
        ("12800.0", 12800),
        ("12800.00", 12800),
        ("JPY 1980", 1980),
        ("送料込み 12,800円", 12800),
        ("12,800円 送料無料", 12800),
        ("12,800円 (税込) 送料 550円", 12800),
        ("価格:12,800円 ポイント128円分", 12800),
        ("¥12,800 (税込) 128ポイント(1%)", 12800),
        ("￥2,370 1,000円引き", 2370),
        ("100円OFFクーポン 12,800円", 12800),
        ("定価：5,000円 販売価格：3,980円(税込)", 3980),
        ("通常価格 5,000円", 5000),
        ("1,980 (税込)", 1980), ("1,980（税込）", 1980), ("WH-1000XM4 12,800円", 12800),
        ("A4サイズ100枚 500円", 500),
        ("在庫1点のみ 4,980円", 4980),
    ],
)
def test_price(text: str, amount: int) -> None:
    read = parse_yen(text)
    assert (read.amount, read.kind) == (amount, FIXED)


@pytest.mark.parametrize(
    "text",
    [
        "",
        None,
        "お問い合わせ",
        "オープン価格",
        "SOLD OUT",
        "Free",
        "$19.99",
        "1,2345円",
        "12.800円",
        "12800.5",
        "-500円",
        "0円",
        "0",
        "9,999,999円",
        "¥999,999",
        "99999999",
        "1,000,000,000円",
        "2点で1,980円",
        "10％（1,000ポイント）",
        "送料 550円",
        "送料：全国一律660円",
        "3,980円以上で送料無料",
        "3,980円(税込)以上で送料無料",
        "定価 5,000円",
        "希望小売価格：22,000円",
        "月々1,000円×12回",
        "1,000円/月",
        "3,000円クーポン",
        "500円分のポイント",
        "1,000円OFF",
        "JAN:4549995734546",
        "MJX54J/A",
        "あと1,020円で送料無料",
        "買取価格 3,000円",
        "代引手数料 330円",
        True,
        float("nan"),
    ],
)
def test_no_price(text: str | float | None) -> None:
    assert parse_yen(text) == Yen()


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("9,800円～12,800円", 9800, 12800),
        ("¥1,280 - ¥3,980", 1280, 3980),
        ("28,800円 (税抜)～", 28800, None),
        ("14,800円(税込)〜", 14800, None),
        ("9,800円〜12,800円", 9800, 12800),
        ("3,000円から", 3000, None),
    ],
)
def test_range(text: str, low: int, high: int | None) -> None:
    read = parse_yen(text)
    assert (read.kind, read.amount, read.highest) == (RANGE, low, high)


@pytest.mark.parametrize(
    ("text", "amount", "tax", "taxed"),
    [
        ("28,800円 (税抜)", 28800, False, 31680),
        ("本体価格 10,000円+税", 10000, False, 11000),
        ("10,000円（税込11,000円）", 11000, True, 11000),
        ("税抜 10,000円 税込 11,000円", 11000, True, 11000),
        ("2,800円(税抜)、3,080円(税込)", 3080, True, 3080),
        ("1,081円（税別1,001円）", 1081, None, 1081),
        ("12,800円", 12800, None, 12800),
        ("(税込)¥５,０００", 5000, True, 5000),
        ("999円(税抜)", 999, False, 1098),
    ],
)
def test_tax(text: str, amount: int, tax: bool | None, taxed: int) -> None:
    read = parse_yen(text)
    assert (read.amount, read.tax, read.taxed) == (amount, tax, taxed)


@pytest.mark.parametrize(
    ("text", "paid", "was"),
    [
        ("中古 3,750円 2,800円 (税込) 在庫数：1", 2800, 3750),
        ("通常価格 10,800円 会員価格 9,800円", 9800, 10800),
        ("2,800円 3,750円", 2800, 3750),
    ],
)
def test_old_price_beside_the_new_one(text: str, paid: int, was: int) -> None:
    read = parse_yen(text)
    assert (read.amount, read.was) == (paid, was)


def test_sums_too_far_apart_are_no_old_and_new_price() -> None:
    assert parse_yen("980円 12,800円").amount is None


def test_auction() -> None:
    assert parse_yen("現在 1,200円").kind is BID
    assert (parse_yen("現在 1,200円 即決 3,000円").amount, parse_yen("現在 1,200円 即決 3,000円").kind) == (3000, FIXED)


amounts = st.integers(1, HIGHEST).filter(plausible)
WRITTEN = (
    "{:,}円", "¥{:,}", "￥{}", "{}円（税込）", "{:,} 円", "価格 {:,}円", "{}",
)


@given(amounts, st.sampled_from(WRITTEN), st.booleans())
def test_every_way_of_writing_gives_the_amount_back(amount: int, way: str, wide: bool) -> None:
    text = way.format(amount)
    if wide:
        text = text.translate({ord(char): ord(char) + 0xFEE0 for char in "0123456789,"})
    assert parse_yen(text).amount == amount


@given(amounts)
def test_numbers_of_an_api(amount: int) -> None:
    assert parse_yen(amount).amount == parse_yen(float(amount)).amount == parse_yen(Decimal(amount)).amount == amount


@given(st.text(max_size=200))
def test_any_text_gives_a_plausible_amount_or_none(text: str) -> None:
    amount = parse_yen(text).amount
    assert amount is None or plausible(amount)
