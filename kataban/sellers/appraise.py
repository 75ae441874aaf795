"""One Appraisal per listing: reputation, personality, phrases, grade, and the three strongest reasons in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from kataban.items import Appraisal, Condition, Listing, PhraseHit
from kataban.sellers.grade import grade
from kataban.sellers.personality import personality
from kataban.sellers.phrases import phrases
from kataban.sellers.reasons import most_telling
from kataban.sellers.reputation import reputation
from kataban.sellers.word import Word


def appraise(listing: Listing, *, now: datetime, word: Word | None = None) -> Appraisal:
    """What we think of buying this from its seller.

    Reads the title, the description, the seller's name and profile, and the seller's figures. `word` is the user's
    own word on the seller: trusted gives grade A, avoid gives E, whatever the figures.
    """
    hits = tuple(_hits(listing))
    figures = reputation(listing.seller, now)
    manners = personality(hits, read=_rules_were_read(listing))
    return Appraisal(
        grade=grade(figures.score, manners, hits, word),
        reputation=figures.score,
        personality=manners,
        reasons=most_telling(figures, hits, word, listing.seller, now.date()),
        phrases=hits,
    )


def _hits(listing: Listing) -> Iterator[PhraseHit]:
    title, description = listing.title, listing.description or ""
    yield from phrases(title, "title", description)
    condition = "新品" if listing.condition is Condition.NEW else ""
    yield from phrases(description, "description", f"{title}\n{condition}")
    if listing.seller is not None:
        yield from phrases(listing.seller.name or "", "name")
        yield from phrases(listing.seller.profile or "", "profile")


def _rules_were_read(listing: Listing) -> bool:
    return bool(listing.description or (listing.seller is not None and listing.seller.profile))
