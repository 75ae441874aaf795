"""The words of the project as types. Imports nothing of ours, so every room may use it."""

from kataban.items.listing import Availability, Condition, Lead, Listing, PageKind, PageRead, PriceKind
from kataban.items.outcome import ANSWERED, BY_CHOICE, ENDS_THE_RUN, CannotLook, Outcome
from kataban.items.seller import Seller
from kataban.items.verdict import (
    Appraisal,
    Effect,
    Evidence,
    Grade,
    Judgement,
    PhraseHit,
    Purchase,
    Reason,
    Verdict,
)
from kataban.items.wanted import Ending, Query, Supply, Wanted, WantedState

__all__ = [
    "ANSWERED", "BY_CHOICE", "ENDS_THE_RUN",
    "Appraisal", "Availability", "CannotLook", "Condition", "Effect", "Ending", "Evidence", "Grade", "Judgement",
    "Lead", "Listing", "Outcome", "PageKind", "PageRead", "PhraseHit", "PriceKind", "Purchase", "Query", "Reason",
    "Seller", "Supply", "Verdict", "Wanted", "WantedState",
]
