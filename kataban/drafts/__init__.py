"""Drafts of messages to buyers, from template files. Plain Python; nothing is ever sent."""

from kataban.drafts.forbidden import forbidden
from kataban.drafts.library import Library, language_of
from kataban.drafts.of_order import buyers_language, facts_of
from kataban.drafts.shapes import Draft, DraftError, Facts, Item

__all__ = [
    "Draft", "DraftError", "Facts", "Item", "Library",
    "buyers_language", "facts_of", "forbidden", "language_of",
]
