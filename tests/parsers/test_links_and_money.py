"""Addresses without tracking, and sums of any country."""

from __future__ import annotations

import pytest

from kataban.parsers.links import canonical_url, clean_url, is_page
from kataban.parsers.money import country_currency, iso_currency, parse_number, sums


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://Shop.Example.JP:443/a?utm_source=x&id=3&srsltid=y#top", "https://shop.example.jp/a?id=3"),
        ("/b?_pos=1", "https://shop.example.jp/b"),
        ("http://shop.example.jp:8080/", "http://shop.example.jp:8080/"),
        ("?pid=5", "https://shop.example.jp/?pid=5"),
        ("https://shop.example.jp", "https://shop.example.jp/"),
        ("//other.example/x", "https://other.example/x"),
        ("javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("ftp://a/b", None),
        ("https://shop.example.jp/?q=%A5%A2&n=1", "https://shop.example.jp/?q=%A5%A2&n=1"),
    ],
)
def test_clean_url(url: str, clean: str | None) -> None:
    assert clean_url(url, "https://shop.example.jp/") == clean


def test_canonical_address() -> None:
    own = "https://shop.example.jp/c/a/item-1?utm_medium=mail"
    assert canonical_url(own, "/item-1") == "https://shop.example.jp/item-1"
    assert canonical_url(own, None) == "https://shop.example.jp/c/a/item-1"
    assert canonical_url(own, "https://evil.example/item-1") == "https://shop.example.jp/c/a/item-1"
    assert canonical_url(own, "https://shop.example.jp/") == "https://shop.example.jp/c/a/item-1"
    assert canonical_url("https://shop.example.jp/?pid=9&_ga=1", "https://shop.example.jp/?pid=9") == "https://shop.example.jp/?pid=9"


def test_files_are_no_pages() -> None:
    assert [
        is_page(f"https://a.example/{path}") for path in ("x.html", "manual.pdf", "a/b", "photo.JPG", "?f=x.pdf")
    ] == [True, False, True, False, True]


@pytest.mark.parametrize(
    ("text", "country", "amount", "currency"),
    [
        ("$1,234.50", None, "1234.50", None),
        ("$1,234.50", "CAD", "1234.50", "CAD"),
        ("1.234,50 €", None, "1234.50", "EUR"),
        ("1 234,56 €", None, "1234.56", "EUR"),
        ("Rs 23.450", "PKR", "23450", "PKR"),
        ("44 890 тг.", None, "44890", "KZT"),
        ("R$ 689,99", None, "689.99", "BRL"),
        ("30,000원~", None, "30000", "KRW"),
        ("12,800円", None, "12800", "JPY"),
        ("¥12,800", None, "12800", None),
        ("¥12,800", "JPY", "12800", "JPY"),
        ("¥99", "CNY", "99", "CNY"),
        ("€ 129,-", None, "129", "EUR"),
        ("CHF 49.–", None, "49", "CHF"),
        ("Rs. 6,35,000", "INR", "635000", "INR"),
        ("$ 1.234.567", "CLP", "1234567", "CLP"),
    ],
)
def test_a_sum(text: str, country: str | None, amount: str, currency: str | None) -> None:
    (money,) = sums(text, country=country)
    assert (str(money.amount), money.currency) == (amount, currency)


@pytest.mark.parametrize("text", ["49.90", "2020-11-24", "(-40.00€)", "+5 €", "A-12", "3 items"])
def test_no_sum(text: str) -> None:
    assert list(sums(text)) == []


def test_numbers_and_currencies() -> None:
    assert [str(parse_number(text)) for text in ("23.450", "49.1", "0.999", "1,679", "1.234,5", 12.5)] == [
        "23450",
        "49.1",
        "0.999",
        "1679",
        "1234.5",
        "12.5",
    ]
    assert [parse_number(text) for text in ("0", "-3", "", "abc", None, True, "1e400")] == [None] * 7
    assert str(parse_number("2.449", currency="KWD")) == "2.449"
    assert (
        iso_currency("usd"),
        iso_currency("円"),
        iso_currency("¥"),
        iso_currency("¥", country="JPY"),
        iso_currency("?"),
    ) == ("USD", "JPY", None, "JPY", None)
    assert (country_currency("https://a.co.jp/"), country_currency("https://a.com/")) == ("JPY", None)
