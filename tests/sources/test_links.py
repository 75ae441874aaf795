"""A place that could not be looked at has a search page for the person to open."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from kataban.results.links import links_for
from tests.sources.test_guards import SOURCES

# What they find stands on no search page of their own.
WITHOUT = {"web_search", "independent_shops"}
PLACES = sorted({place for kind in SOURCES for place in kind.sources()} - WITHOUT)


@pytest.mark.parametrize("place", [*PLACES, "google", "google_shopping", "kakaku"])
def test_every_place_has_a_search_page(place: str) -> None:
    assert place in links_for("ER-GN70-K")


@pytest.mark.parametrize("number", ["EOS R 5", "AB/12+3", "100%-A&B", "ＷＨ－１０００ＸＭ５", "品番 7", "ⅡΩ😀"])
def test_awkward_numbers_stay_inside_their_address(number: str) -> None:
    plain = links_for("X")
    for place, url in links_for(number).items():
        parts, expected = urlsplit(url), urlsplit(plain[place])
        assert url.isascii()
        assert (parts.scheme, parts.netloc) == ("https", expected.netloc)
        assert parts.path.count("/") == expected.path.count("/")
        assert parts.query.count("&") == expected.query.count("&")
        assert not parts.fragment
