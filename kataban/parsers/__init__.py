"""Text or node in, value out: what all sources share in reading pages. Plain Python, no I/O but its own tables."""

from kataban.parsers.condition import condition_of
from kataban.parsers.page_kind import challenge_of, retry_after_of
from kataban.parsers.shipping import Shipping, shipping_of, ships_in_days
from kataban.parsers.stock import StockWord, availability_of, stock_word
from kataban.parsers.text import clean_text, one_line, visible_text
from kataban.parsers.yen import Yen, parse_yen

__all__ = [
    "Shipping", "StockWord", "Yen", "availability_of", "challenge_of", "clean_text", "condition_of", "one_line",
    "parse_yen", "retry_after_of", "shipping_of", "ships_in_days", "stock_word", "visible_text",
]
