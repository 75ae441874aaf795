"""Values of a site's JSON, read without trust: a key may be missing, null, or hold another type than yesterday."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kataban.parsers.text import SHORT, one_line

MOST_DIGITS = 15
LONGEST_ADDRESS = 8000


def at(node: Any, path: str) -> Any:
    """The value at a dotted path, None where any step is missing."""
    for step in path.split("."):
        node = node.get(step) if isinstance(node, dict) else None
    return node


def rows(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; [] for anything else."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def table(value: Any) -> dict[str, Any]:
    """An object; {} for anything else."""
    return value if isinstance(value, dict) else {}


def text(value: Any, *, limit: int = SHORT) -> str | None:
    """A string that says something, on one line; a number as written; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return one_line(value, limit=limit) or None


def link(value: Any) -> str:
    """An address, whole: cutting it as a title is cut would make it another. Raises ValueError."""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_ADDRESS:
        raise ValueError("no address")
    return value.strip()


def link_if(value: Any, read: Callable[[str], str] = str) -> str | None:
    """`read(link(value))`, or None where that is no address: an odd picture's address loses no row."""
    try:
        return read(link(value))
    except (KeyError, ValueError):
        return None


def whole(value: Any) -> int | None:
    """A number without fraction, also as a string with commas; None for anything else, true and false included.

    What no database column holds is no number of a shop either.
    """
    if isinstance(value, str):
        digits = value.replace(",", "")
        return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if abs(value) < 10**MOST_DIGITS and value == value // 1 else None


def needed(value: Any) -> str:
    """`text(value)` of a field without which a row is none. Raises ValueError."""
    found = text(value)
    if found is None:
        raise ValueError(f"a needed field holds {type(value).__name__}")
    return found


def is_jan(value: str | None) -> bool:
    """Is it a JAN, EAN or UPC of 8, 12 or 13 digits whose check digit is right?"""
    if value is None or not value.isascii() or not value.isdigit() or len(value) not in (8, 12, 13):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(value))) % 10 == 0
