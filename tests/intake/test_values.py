"""One cell in, one value out."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from kataban.intake import values
from kataban.intake.dates import moment
from kataban.intake.shapes import RowError
from kataban.items import Condition, WantedState


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("DW-5600BB-1JF", ("DW-5600BB-1JF", None)),
        ("  ＥＲ－ＧＮ７０－Ｋ ", ("ER-GN70-K", None)),
        ("RTX 4070", ("RTX 4070", None)),
        ("リップモンスター 03", ("リップモンスター 03", None)),
        ("C9352A#ABJ", ("C9352A#ABJ", None)),
        ("A4", ("A4", None)),
        ("4549526241659", (None, "4549526241659")),
        ("４５４９５２６２４１６５９", (None, "4549526241659")),
        ("2024-10", ("2024-10", None)),
        ("n/a", (None, None)),
        ("　", (None, None)),
        ("DW\u200b-5600\x07", ("DW-5600", None)),
    ],
)
def test_model_number(cell: str, expected: tuple[str | None, str | None]) -> None:
    assert values.model_number(cell) == expected


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("***", "symbols_only"),
        ("★☆", "symbols_only"),
        ("X", "one_character"),
        ("(7)", "one_character"),
        ("あ", "one_character"),
        ("B" * 101, "model_too_long"),
        ("4549526241650", "model_like_bad_jan"),
        ("4.90E+12", "model_is_exponent"),
        ("5月1日", "model_is_date"),
        ("1-May", "model_is_date"),
        ("2001/5/1", "model_is_date"),
        (date(2026, 5, 1), "model_is_date"),
        ("#REF!", "excel_error"),
        ("https://example.com/x", "model_is_address"),
        ("file:///etc/passwd", "model_is_address"),
        ("ＪＡＶＡＳＣＲＩＰＴ:alert(1)", "model_is_address"),
    ],
)
def test_bad_model_number(cell: object, code: str) -> None:
    with pytest.raises(RowError) as raised:
        values.model_number(cell)
    assert raised.value.code == code


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("4549526241659", "4549526241659"),
        ("4549526-241659", "4549526241659"),
        ("4549526241659.0", "4549526241659"),
        ("４５４９５２６２４１６５９", "4549526241659"),
        ("49123456", "49123456"),
        ("036000291452", "0036000291452"),
        ("00036000291452", "0036000291452"),
        ("14549526241656", "14549526241656"),
        ("4873119480", "9784873119489"),
        ("978-4-87311-948-9", "9784873119489"),
        ("", None),
        ("なし", None),
    ],
)
def test_jan(cell: str, expected: str | None) -> None:
    assert values.jan(cell) == expected


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("4549526241650", "jan_check_digit"),
        ("0000000000000", "jan_check_digit"),
        ("454952624165", "jan_check_digit"),
        ("549526241659", "jan_check_digit"),
        ("12345", "jan_length"),
        ("DW-5600", "jan_length"),
        ("4.55E+12", "model_is_exponent"),
        ("#N/A", "excel_error"),
    ],
)
def test_bad_jan(cell: str, code: str) -> None:
    with pytest.raises(RowError) as raised:
        values.jan(cell)
    assert raised.value.code == code


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("12800", 12800),
        ("12,800円", 12800),
        ("１２，８００円", 12800),
        ("¥12,800", 12800),
        ("3万2,800円", 32800),
        ("10万円", 100000),
        ("12800.0", 12800),
        ("999999", 999999),
        ("12,800円以下", 12800),
        ("上限 12,800円", 12800),
        ("", None),
        ("-", None),
    ],
)
def test_yen(cell: str, expected: int | None) -> None:
    assert values.yen(cell, "max_price") == expected


@pytest.mark.parametrize(
    "cell",
    [
        "0",
        "-5",
        "abc",
        "$120",
        "1,2345",
        "¥1,280～¥3,980",
        "12.800,00",
        "1e5",
        "999999999999",
        "お問い合わせ",
        "12800 USD",
    ],
)
def test_bad_yen(cell: str) -> None:
    with pytest.raises(RowError):
        values.yen(cell, "max_price")


@pytest.mark.parametrize(
    ("cell", "amount", "currency"),
    [
        ("129.99", "129.99", None),
        ("$129.99", "129.99", None),
        ("US$1,299.00", "1299.00", "USD"),
        ("USD 129", "129", "USD"),
        ("129.99 EUR", "129.99", "EUR"),
        ("1.234,56 €", "1234.56", "EUR"),
        ("129,99", "129.99", None),
        ("12,800円", "12800", "JPY"),
        ("£9.5", "9.5", "GBP"),
        ("C$20", "20", "CAD"),
        ("0.00", "0.00", None),
    ],
)
def test_money(cell: str, amount: str, currency: str | None) -> None:
    assert values.money(cell, "sale_price") == (Decimal(amount), currency)


@pytest.mark.parametrize("cell", ["-1", "1e9", "12 apples", "USD EUR 5", "1.2.3", "free", "9" * 40])
def test_bad_money(cell: str) -> None:
    with pytest.raises(RowError):
        values.money(cell, "sale_price")


@pytest.mark.parametrize(("cell", "expected"), [("2", 2), ("２個", 2), ("x2", 2), ("×3", 3), ("2.0", 2), ("", None)])
def test_quantity(cell: str, expected: int | None) -> None:
    assert values.quantity(cell) == expected


@pytest.mark.parametrize("cell", ["0", "-1", "abc", "1.5", "10000", "1e3"])
def test_bad_quantity(cell: str) -> None:
    with pytest.raises(RowError):
        values.quantity(cell)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("新品", Condition.NEW),
        ("新品、未使用", Condition.UNUSED),
        ("未使用に近い", Condition.LIKE_NEW),
        ("Like New", Condition.LIKE_NEW),
        ("目立った傷や汚れなし", Condition.GOOD),
        ("やや傷や汚れあり", Condition.FAIR),
        ("傷や汚れあり", Condition.POOR),
        ("中古可", Condition.POOR),
        ("used", Condition.POOR),
        ("ジャンク", Condition.JUNK),
        ("unused", Condition.UNUSED),
        ("", None),
    ],
)
def test_condition(cell: str, expected: Condition | None) -> None:
    assert values.condition(cell) == expected


def test_unknown_words_are_refused_not_guessed() -> None:
    for read in (values.condition, values.state, values.currency):
        with pytest.raises(RowError):
            read("まあまあ")
    assert values.state("購入済み") is WantedState.BOUGHT
    assert values.currency("$") is None


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026-11-30", "2026-11-30T23:59:59+09:00"),
        ("2026/11/3", "2026-11-03T23:59:59+09:00"),
        ("20261130", "2026-11-30T23:59:59+09:00"),
        ("2026年11月30日", "2026-11-30T23:59:59+09:00"),
        ("２０２６年１１月３０日（月）", "2026-11-30T23:59:59+09:00"),
        ("2026年11月30日(月) 15時30分まで", "2026-11-30T15:30:00+09:00"),
        ("2026年11月30日 午後3時", "2026-11-30T15:00:00+09:00"),
        ("令和8年11月30日", "2026-11-30T23:59:59+09:00"),
        ("令和元年5月1日", "2019-05-01T23:59:59+09:00"),
        ("R8.11.30", "2026-11-30T23:59:59+09:00"),
        ("2026-11-30 15:04", "2026-11-30T15:04:00+09:00"),
        ("2026-11-30 24:00", "2026-11-30T23:59:59+09:00"),
        ("2026-11-30T15:04:05Z", "2026-11-30T15:04:05+00:00"),
        ("2025-08-21T18:29:59+00:00", "2025-08-21T18:29:59+00:00"),
        ("2009-01-01T10:50:49-08:00", "2009-01-01T10:50:49-08:00"),
        ("2026-11-30T15:04:05.123+09:00", "2026-11-30T15:04:05+09:00"),
        ("2026/11/30 15:04:05 JST", "2026-11-30T15:04:05+09:00"),
        ("30/11/2026", "2026-11-30T23:59:59+09:00"),
        ("11/30/2026", "2026-11-30T23:59:59+09:00"),
        ("Nov 30, 2026", "2026-11-30T23:59:59+09:00"),
        ("30-Nov-2026 3:00 PM", "2026-11-30T15:00:00+09:00"),
        ("46356", "2026-11-30T23:59:59+09:00"),
        ("46356.5", "2026-11-30T12:00:00+09:00"),
        (date(2026, 11, 30), "2026-11-30T23:59:59+09:00"),
        (datetime(2026, 11, 30), "2026-11-30T23:59:59+09:00"),  # noqa: DTZ001 - Excel's own, a day typed into a cell
        (datetime(2026, 11, 30, 9, 15), "2026-11-30T09:15:00+09:00"),  # noqa: DTZ001
    ],
)
def test_moment(cell: object, expected: str) -> None:
    found = moment(cell)
    assert found.isoformat() == expected


@pytest.mark.parametrize(
    "cell",
    [
        "05/06/2026",
        "9999-12-31",
        "0001-01-01",
        "11/30",
        "2026-13-01",
        "2026-02-30",
        "2026-11-30 25:00",
        "2026-11-30 10:00 PST",
        "soon",
        "12",
        "2026",
        "令和8年",
        "2026-11-30 or later",
    ],
)
def test_bad_moment(cell: str) -> None:
    with pytest.raises(RowError):
        moment(cell)
