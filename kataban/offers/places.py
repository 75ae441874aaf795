"""The same goods in several places: one shop page found through two sources, one person's article on two apps."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from kataban.items import Listing

# What shops and search engines add to an address to know where a visitor came from.
_TRACKING = re.compile(r"utm_\w+|[gdfm]clid|gad_source|fbclid|yclid|scid|rafcid|ref_?|sc_\w+")
_MARKS = re.compile(r"[\s\W_]+")
_SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class Place:
    """`at` is the position of a Listing that offers the same goods as an earlier one.

    `certain` is True for the same page, False for a hint: the same seller's name with the same title or photo.
    """

    at: int
    certain: bool


def canonical_url(url: str) -> str:
    """The address without scheme, www, tracking, fragment and closing slash; for comparing, not for opening."""
    parts = urlsplit(url)
    host = re.sub(r"^(?:www|m|sp)\.", "", (parts.hostname or "").lower())
    path = re.sub(r"/(?:index\.html?)?$", "", parts.path)
    kept = sorted((name, value) for name, value in parse_qsl(parts.query) if not _TRACKING.fullmatch(name.lower()))
    return f"{host}{path}?{urlencode(kept)}".rstrip("?")


def same_goods(listings: Sequence[Listing]) -> dict[int, list[Place]]:
    """For the first Listing of each goods, by position: the later places that offer the same.

    Listings of one source are never the same goods: a page of variants gives several with one address.
    """
    found: dict[int, list[Place]] = {}
    taken: set[int] = set()
    for at, listing in enumerate(listings):
        if at in taken:
            continue
        places = []
        for later in range(at + 1, len(listings)):
            certain = None if later in taken else _same(listing, listings[later])
            if certain is not None:
                places.append(Place(later, certain))
                taken.add(later)
        found[at] = _one_per_source(places, listings, taken)
    return found


def _one_per_source(places: list[Place], listings: Sequence[Listing], taken: set[int]) -> list[Place]:
    """Two Listings of one source at the same place are two variants; nobody knows which of them is meant."""
    by_source: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        by_source[listings[place.at].source].append(place)
    for group in by_source.values():
        if len(group) > 1:
            taken.difference_update(place.at for place in group)
    return [place for place in places if place.at in taken]


def _same(one: Listing, other: Listing) -> bool | None:
    """True: the same page; False: a hint that it is the same article; None: nothing says so."""
    if one.source == other.source:
        return None
    if canonical_url(one.url) == canonical_url(other.url):
        return True
    seller = _squeezed(one.seller.name if one.seller else None)
    if len(seller) < _SHORTEST_NAME or seller != _squeezed(other.seller.name if other.seller else None):
        return None
    same_photo = one.image_url is not None and one.image_url == other.image_url
    return False if same_photo or _squeezed(one.title) == _squeezed(other.title) else None


def _squeezed(text: str | None) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKC", text or "").casefold())
