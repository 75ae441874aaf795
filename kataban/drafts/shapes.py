"""What a draft is made of and what it is."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any

Pair = tuple[str, str]  # Japanese and English


class DraftError(Exception):
    """A draft that cannot be made; the message is one line."""


@dataclass(frozen=True, slots=True)
class Item:
    """One of the goods that a message is about; `name` as the report has it."""

    name: str | None
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a template may name. The buyer is not among it: no name and no address is ever kept."""

    order_id: str
    items: tuple[Item, ...]
    today: date
    ship_by: date | None = None
    new_ship_by: date | None = None
    coupon: str | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The names that a template knows, with their values."""
        return {entry.name: getattr(self, entry.name) for entry in fields(self)}

    @property
    def words(self) -> list[str]:
        """The words of the order that a text repeats and the seller did not choose."""
        return [self.order_id, *(item.name for item in self.items if item.name)]


@dataclass(frozen=True, slots=True)
class Draft:
    """A text to send in `language`, with its translation for the seller where there is one.

    `before` is what to do first, `warnings` what speaks against sending it. `is_buyers` is False when the text is in
    another language than the buyer's, None when that one is unknown.
    """

    name: str
    title: Pair
    language: str
    text: str
    is_buyers: bool | None
    translation_language: str | None
    translation: str | None
    before: tuple[Pair, ...]
    warnings: tuple[Pair, ...]
