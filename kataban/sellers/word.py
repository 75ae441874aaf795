"""The user's own word on a seller: it wins over every figure and phrase."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Stand(StrEnum):
    """What the user says of a seller."""

    TRUSTED = "trusted"
    AVOID = "avoid"


@dataclass(frozen=True, slots=True)
class Word:
    """The user's stand on a seller with a note, and how the user's own past deals with them ended (counts)."""

    stand: Stand | None = None
    note: str = ""
    arrived: int = 0
    cancelled: int = 0
    wrong: int = 0

    @property
    def failed(self) -> int:
        """Deals that did not bring the goods."""
        return self.cancelled + self.wrong
