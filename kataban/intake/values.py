"""One value out of one cell: text, model number, JAN, money, quantity, condition, state. Bad ones are RowErrors."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, time
from decimal import Decimal

from stdnum import ean, isbn

from kataban.intake import words
from kataban.intake.shapes import RowError
from kataban.items import Condition, PriceKind, WantedState
from kataban.parsers.text import one_line
from kataban.parsers.yen import HIGHEST, parse_yen
from matcher import canonical, squashed

LONGEST_MODEL = 100
LONGEST_NAME = 500
LONGEST_ID = 64
_MOST_PIECES = 9_999

_ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]*://|^(?:www\.|javascript:|data:|file:|mailto:)", re.IGNORECASE)
_EXPONENT = re.compile(r"\d+(?:\.\d+)?E\+\d+", re.IGNORECASE)
# How Excel shows what it took for a date: 5月1日, 1-May, May-01, 2001/5/1. Names of months in its own capitals only.
_EXCEL_DATE = re.compile(
    r"\d{1,2}月\d{1,2}日|\d{4}[-/]\d{1,2}[-/]\d{1,2}(?:[ T]0?0:00(?::00)?)?"
    r"|\d{1,2}-(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)-\d{2}"
)
# A long number that a table program took for a decimal one; short ones may be a SKU as it is.
_LONG_WHOLE = re.compile(r"(\d{8,})\.0+")
_PIECES = re.compile(r"[x×]?\s*(\d{1,6})(?:\.0+)?\s*(?:個|点|台|本|枚|箱|セット|つ|pcs?|pieces?)?", re.IGNORECASE)
_BARE_YEN = re.compile(r"[¥\\]?\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.0{1,4})?\s*(?:円|yen|JPY)?", re.IGNORECASE)
_UP_TO = re.compile(r"\s*(?:以下|以内|まで|迄)$|^(?:上限|最大)\s*")
_MONEY = re.compile(r"(?P<before>[^\d.,-]*)(?P<number>\d[\d.,]*|\.\d+)(?P<after>[^\d.,]*)")


def text(cell: object, limit: int = LONGEST_NAME) -> str | None:
    """The cell as one clean line, None when nothing stands in it."""
    if cell == "":  # most cells of most rows
        return None
    line = one_line(cell, limit=limit)
    if words.is_excel_error(line):
        raise RowError("excel_error", value=line)
    return None if words.is_empty(line) else line


def model_number(cell: object) -> tuple[str | None, str | None]:
    """(model number, JAN): the first as a person writes it, or the second where 13 digits stand in its place."""
    if isinstance(cell, date | time):
        raise RowError("model_is_date", value=cell.isoformat())
    line = text(cell, LONGEST_NAME)
    if line is None:
        return None, None
    _refuse_damage(line)
    model = canonical(line)
    if re.fullmatch(r"\d{13}", model):
        if not ean.is_valid(model):
            raise RowError("model_like_bad_jan", value=model)
        return None, model
    _refuse_thin(model)
    return model, None


def _refuse_damage(line: str) -> None:
    plain = unicodedata.normalize("NFKC", line)
    if _ADDRESS.match(plain):
        raise RowError("model_is_address", value=line)
    if _EXPONENT.fullmatch(plain):
        raise RowError("model_is_exponent", value=line)
    if _EXCEL_DATE.fullmatch(plain):
        raise RowError("model_is_date", value=line)
    if len(line) > LONGEST_MODEL:
        raise RowError("model_too_long", length=len(line), limit=LONGEST_MODEL)


def _refuse_thin(model: str) -> None:
    letters = sum(character.isalnum() for character in model)
    if not letters or not squashed(model):
        raise RowError("symbols_only", value=model)
    if letters == 1:
        raise RowError("one_character", value=model)


def is_short(model: str) -> bool:
    """Is it so short (A4, 555) that strangers will match? Worth a note, not a reject: such models exist."""
    return sum(character.isalnum() for character in model) < 4


def jan(cell: object) -> str | None:
    """The JAN/GTIN as 8, 13 or 14 digits (12 get their zero, an ISBN-10 becomes its 13); the check digit is right."""
    line = text(cell, LONGEST_ID)
    if line is None:
        return None
    plain = unicodedata.normalize("NFKC", line).upper()
    if _EXPONENT.fullmatch(plain):
        raise RowError("model_is_exponent", value=line)
    digits = re.sub(r"[\s-]|\.0+$", "", plain)
    if re.fullmatch(r"\d{9}[\dX]", digits) and isbn.is_valid(digits):
        return str(isbn.to_isbn13(digits)).replace("-", "")
    if not re.fullmatch(r"\d{8}|\d{12,14}", digits):
        raise RowError("jan_length", value=line)
    if not ean.is_valid(digits) or not digits.strip("0"):
        raise RowError("jan_check_digit", value=line)
    if len(digits) == 12:
        return f"0{digits}"
    return digits[1:] if len(digits) == 14 and digits[0] == "0" else digits


def yen(cell: object, field: str) -> int | None:
    """A limit in whole yen: 12800, 12,800円, 3万2,800円. Ranges, other money, 0 and negatives are bad."""
    line = text(cell)
    if line is None:
        return None
    plain = _UP_TO.sub("", unicodedata.normalize("NFKC", line).strip())
    bare = _BARE_YEN.fullmatch(plain)
    if bare:
        amount = int(bare[1].replace(",", ""))
        if not 0 < amount <= HIGHEST:
            raise RowError("bad_price", field=field, value=line)
        return amount
    found = parse_yen(plain)
    if found.amount is None or found.kind is not PriceKind.FIXED:
        raise RowError("bad_price", field=field, value=line)
    return found.amount


def money(cell: object, field: str) -> tuple[Decimal | None, str | None]:
    """(amount, currency or None): 129.99, USD 129.99, €1.234,56, 12,800円. A bare $ names no currency."""
    line = text(cell)
    if line is None:
        return None, None
    plain = unicodedata.normalize("NFKC", line).strip()
    found = _MONEY.fullmatch(plain)
    if not found:
        raise RowError("bad_price", field=field, value=line)
    named = [part for part in (found["before"].strip(), found["after"].strip()) if part not in {"", "$", "+"}]
    codes = {words.currency_of(part) for part in named}
    if None in codes or len(codes) > 1:
        raise RowError("bad_price", field=field, value=line)
    return _decimal(found["number"], line, field), next(iter(codes), None)


def _decimal(number: str, line: str, field: str) -> Decimal:
    """12,800 is thousands, 1.234,56 and 129,99 have a decimal comma: the last mark decides, three digits group."""
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.\d+|\d+\.?", number):
        value = Decimal(number.replace(",", ""))
    elif re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d{1,2}|\d+,\d{1,2}", number):
        value = Decimal(number.replace(".", "").replace(",", "."))
    else:
        raise RowError("bad_price", field=field, value=line)
    if value > 10**12 or value < 0:
        raise RowError("bad_price", field=field, value=line)
    return value


def currency(cell: object) -> str | None:
    """The ISO 4217 code; None for an empty cell and for a bare $."""
    line = text(cell)
    if line is None or line == "$":
        return None
    code = words.currency_of(line)
    if code is None:
        raise RowError("bad_currency", value=line)
    return code


def quantity(cell: object, *, least: int = 1) -> int | None:
    """Whole pieces from `least`: 2, ２個, x2, 2.0."""
    line = text(cell)
    if line is None:
        return None
    found = _PIECES.fullmatch(unicodedata.normalize("NFKC", line).strip())
    if not found or not least <= int(found[1]) <= _MOST_PIECES:
        raise RowError("bad_quantity", value=line)
    return int(found[1])


def condition(cell: object) -> Condition | None:
    """The worst condition accepted, by words.toml."""
    line = text(cell)
    if line is None:
        return None
    found = words.condition_of(line)
    if found is None:
        raise RowError("bad_condition", value=line)
    return found


def state(cell: object) -> WantedState | None:
    """The state that the file gives a row, by words.toml."""
    line = text(cell)
    if line is None:
        return None
    found = words.state_of(line)
    if found is None:
        raise RowError("bad_state", value=line)
    return found


def identifier(cell: object) -> str | None:
    """A SKU or order number: text as it stands, at most 64 characters, a long number's .0 taken off."""
    line = text(cell)
    if line is None:
        return None
    if _EXPONENT.fullmatch(line):
        raise RowError("model_is_exponent", value=line)
    if len(line) > LONGEST_ID:
        raise RowError("too_long", length=len(line), limit=LONGEST_ID)
    whole = _LONG_WHOLE.fullmatch(line)
    return whole[1] if whole else line
