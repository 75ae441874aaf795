"""What a search box of the market finds: one rule for all its sites, so that the truth can be derived from it.

A word is found when it stands in the text, with or without its hyphens and spaces; all words must be found. Real
searches also show siblings and near misses: an offer's or product's `found_by` names the queries that bring it up.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from kataban.sample_market.catalogue import Catalogue, Page, Placed


@lru_cache(maxsize=100_000)
def folded(text: str) -> str:
    """Full-width and half-width alike, capitals and small letters alike."""
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=100_000)
def squashed(text: str) -> str:
    """Only letters and digits: how a search engine sees `WH-1000XM5` and `wh1000xm5` alike."""
    return "".join(c for c in folded(text) if c.isalnum())


def text_of(placed: Placed) -> str:
    """What the site's search index holds of one offer: title, text, attributes, variant."""
    offer = placed.offer
    jan = "" if "no_jan" in offer.quirks else placed.product.jan or ""
    # Every shop system of the market shows the maker's number somewhere on the page.
    model = placed.product.model if offer.source == "independent_shops" else ""
    return " ".join((offer.title, offer.catch, offer.text, *offer.attributes.values(), offer.variant_label, jan, model))


def finds(text: str, found_by: Iterable[str], keyword: str) -> bool:
    """Does a search for `keyword` bring up something with this text?"""
    if squashed(keyword) in {squashed(query) for query in found_by}:
        return bool(squashed(keyword))
    plain, joined = folded(text), squashed(text)
    words = folded(keyword).replace('"', " ").split()
    return bool(words) and all(word in plain or (squashed(word) or word) in joined for word in words)


def search(catalogue: Catalogue, source: str, keyword: str) -> list[Page]:
    """The pages of `source` that its search shows for `keyword`, best match first (ids decide between equals)."""
    return [page for page in catalogue.pages(source) if any(_found(placed, keyword) for placed in page)]


def _found(placed: Placed, keyword: str) -> bool:
    return finds(text_of(placed), (*placed.offer.found_by, *placed.product.found_by), keyword)
