"""Money of any currency, for the raw reading of product pages. Prices of a Listing are yen only: see yen.py."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from urllib.parse import urlsplit

import msgspec


class _Symbol(msgspec.Struct, forbid_unknown_fields=True):
    marks: list[str]
    currencies: list[str]


class _Thousandths(msgspec.Struct, forbid_unknown_fields=True):
    currencies: list[str]


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    symbols: list[_Symbol]
    countries: dict[str, str]
    thousandths: _Thousandths


@dataclass(frozen=True, slots=True)
class Money:
    """A sum as read: `amount` above 0, `currency` ISO 4217 or None, `start` and `end` its place in the text, `mark` the
    currency mark beside it (in lower case)."""

    amount: Decimal
    currency: str | None
    start: int = 0
    end: int = 0
    mark: str = ""


_TABLE = msgspec.toml.decode((Path(__file__).parent / "currencies.toml").read_bytes(), type=_Table)
_BY_MARK = {
    unicodedata.normalize("NFKC", mark).casefold(): symbol.currencies
    for symbol in _TABLE.symbols
    for mark in symbol.marks
}
_ISO = frozenset(currency for currencies in _BY_MARK.values() for currency in currencies)
_MARK = "|".join(sorted((re.escape(mark) for mark in _BY_MARK), key=len, reverse=True))
_SPACES = r"[\s\u00a0\u202f'’]"
_NUMBER = rf"\d{{1,3}}(?:{_SPACES}\d{{3}})+(?:[.,]\d{{1,2}})?(?!\d)|\d+(?:[.,]\d{{2,3}})*(?:[.,]\d{{1,4}})?"
_SUM = re.compile(
    rf"(?<![\w.,])(?P<before>(?:{_MARK})\s*[:.]?\s*)?(?P<number>{_NUMBER})(?P<dash>[.,][-–—](?![\d]))?"
    # In "$499.99 $449.99" the second mark belongs to the second sum.
    rf"(?(before)|(?P<after>\s*(?:{_MARK})(?![^\W\d_]))?)",
    re.IGNORECASE,
)
HIGHEST = Decimal(10) ** 12


def country_currency(url: str) -> str | None:
    """The currency of the country that the host's top-level domain names; None for .com and the like."""
    return _TABLE.countries.get((urlsplit(url).hostname or "").rsplit(".", 1)[-1])


def iso_currency(text: object, *, country: str | None = None) -> str | None:
    """ISO 4217 of a code, symbol or word. A symbol that several countries share needs `country` (a currency)."""
    word = unicodedata.normalize("NFKC", str(text or "")).strip().casefold()
    if len(word) == 3 and word.isascii() and word.isalpha():
        return word.upper()
    currencies = _BY_MARK.get(word)
    if not currencies:
        return None
    return country if country in currencies else currencies[0] if len(currencies) == 1 else None


def shared_mark(mark: str) -> list[str]:
    """The currencies that use `mark`; empty for none known."""
    return _BY_MARK.get(mark, [])


def parse_number(text: object, *, currency: str | None = None) -> Decimal | None:
    """A number written in any country's way: 1,234.50, 1.234,50, 1 234,50 and 2.449; None when it is none or <= 0.

    Three digits after a single mark are thousands (23.450 Rs, 2,449), but for the few currencies with three places.
    """
    if isinstance(text, bool) or text is None:
        return None
    if isinstance(text, int | float | Decimal):
        return _positive(str(text))
    digits = re.sub(_SPACES, "", unicodedata.normalize("NFKC", str(text))).rstrip("-–—.,")
    if not re.fullmatch(r"\d[\d.,]*", digits):
        return None
    return _positive(_with_point(digits, thousandths=currency in _TABLE.thousandths.currencies))


def _with_point(digits: str, *, thousandths: bool) -> str:
    marks = [char for char in digits if char in ".,"]
    if not marks:
        return digits
    last = marks[-1]
    whole, _, places = digits.rpartition(last)
    thousands = len(places) == 3 and not thousandths and (len(set(marks)) == 1)
    if thousands and not whole.startswith("0"):
        return digits.replace(last, "")
    if marks.count(last) > 1:
        return digits.replace(".", "").replace(",", "")
    return f"{whole.replace('.', '').replace(',', '')}.{places}"


def _positive(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 < number < HIGHEST else None


def sums(text: str, *, country: str | None = None) -> Iterator[Money]:
    """The sums in `text` that carry a currency mark, left to right."""
    line = unicodedata.normalize("NFKC", text)
    for found in _SUM.finditer(line):
        mark = found["before"] or found["after"]
        # "+5.00 €" and "(-40.00€)" are what a choice adds to or takes off a price.
        if not mark or line[: found.start()].rstrip().endswith(("-", "+")) or found["number"].startswith(("-", "+")):
            continue
        mark = mark.strip().rstrip(":").strip().casefold()
        currency = iso_currency(mark, country=country)
        amount = parse_number(found["number"], currency=currency)
        if amount is not None:
            yield Money(amount, currency, found.start(), found.end(), mark)
