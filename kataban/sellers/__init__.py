"""Whom to buy from: reputation, personality and purchasability phrases, each with reasons. Plain Python, no I/O."""

from kataban.sellers.appraise import appraise
from kataban.sellers.grade import grade
from kataban.sellers.personality import personality
from kataban.sellers.phrases import phrases, strongest
from kataban.sellers.reputation import Reputation, reputation
from kataban.sellers.settings import band
from kataban.sellers.table import phrase_columns, seller_columns
from kataban.sellers.word import Stand, Word

__all__ = [
    "Reputation", "Stand", "Word",
    "appraise", "band", "grade", "personality", "phrase_columns", "phrases", "reputation", "seller_columns",
    "strongest",
]
