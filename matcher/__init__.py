"""Is this listing the exact model number asked for? Plain Python: no Scrapy, no I/O but the room's own TOML."""

from matcher.asked import Asked, compile_query
from matcher.candidates import Candidate, candidates
from matcher.folding import canonical, squashed
from matcher.judging import judge, judge_listing
from matcher.succession import LifeSign, life_signs

__all__ = [
    "Asked",
    "Candidate",
    "LifeSign",
    "candidates",
    "canonical",
    "compile_query",
    "judge",
    "judge_listing",
    "life_signs",
    "squashed",
]
