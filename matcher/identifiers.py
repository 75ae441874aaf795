"""JAN and its sisters: check digits, and one form to compare them in."""

from __future__ import annotations

import re
import unicodedata

from stdnum import ean, isbn
from stdnum.exceptions import ValidationError

# GTIN-8, -12, -13, -14, and ISBN-10 with its X.
_DIGITS = re.compile(r"[0-9]{8}|[0-9]{12,14}|[0-9]{9}[0-9Xx]")
_LABELLED = re.compile(r"(?:jan|ean|gtin|upc|バーコード)(?:\s?コード|code)?\s?[:/=・]?\s?(\d{8,14})(?!\d)")


def valid_gtin(text: str | None) -> str | None:
    """The number as GTIN-14 digits when its check digit is right, else None."""
    digits = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text or ""))
    if not _DIGITS.fullmatch(digits):
        return None
    try:
        if len(digits) == 10:
            return isbn.to_isbn13(digits).zfill(14)
        return str(ean.validate(digits)).zfill(14)
    except ValidationError:
        return None


def labelled(folded: str) -> set[str]:
    """Valid GTINs that a folded text names as such ("JAN: 49...")."""
    if (
        "jan" not in folded
        and "ean" not in folded
        and "gtin" not in folded
        and "upc" not in folded
        and "バーコード" not in folded
    ):
        return set()
    return {found for match in _LABELLED.finditer(folded) if (found := valid_gtin(match[1]))}
