"""Merging two looks: no order of arrival, nothing once read lost, a price with the stock of its own look."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from kataban.items import Availability, Condition, Listing, PriceKind, Seller
from kataban.items.merging import NOT_TO_BE_HAD, merge_listings

START = datetime(2026, 11, 24, tzinfo=UTC)
texts = st.none() | st.sampled_from(["", "a", "b", "cc"])
sellers = st.none() | st.builds(
    Seller, st.just("s"), st.sampled_from(["x", "y"]), name=texts, good=st.none() | st.integers(0, 3),
    identity_verified=st.sampled_from([None, True, False]))
looks = st.builds(
    Listing, st.just("s"), st.just("1"), st.sampled_from(["https://a", "https://b"]), st.sampled_from(["t", "u"]),
    description=texts, brand=texts, gtin=texts,
    attributes=st.dictionaries(st.sampled_from("kl"), st.sampled_from("vw")),
    price=st.none() | st.integers(1, 5), price_kind=st.sampled_from(PriceKind),
    availability=st.sampled_from(Availability), condition=st.sampled_from(Condition), seller=sellers,
    seen_at=st.integers(0, 3).map(lambda hours: START + timedelta(hours=hours)), detail_read=st.booleans())


@given(looks, looks)
def test_it_does_not_matter_which_came_first(one: Listing, other: Listing) -> None:
    assert merge_listings(one, other) == merge_listings(other, one)


@given(st.lists(looks, min_size=1, max_size=4, unique_by=lambda look: look.seen_at), st.randoms())
def test_nor_how_they_are_grouped(found: list[Listing], random: object) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = reduce(merge_listings, found), reduce(merge_listings, shuffled)
    for name in ("description", "brand", "gtin", "condition", "price", "availability", "seen_at", "detail_read"):
        assert getattr(one, name) == getattr(other, name)


@given(looks)
def test_the_same_look_again_changes_nothing(look: Listing) -> None:
    assert merge_listings(merge_listings(look, look), look) == merge_listings(look, look)


@given(looks, looks)
def test_nothing_once_read_is_lost(one: Listing, other: Listing) -> None:
    merged = merge_listings(one, other)
    for name in ("description", "brand", "gtin"):
        if getattr(one, name) or getattr(other, name):
            assert getattr(merged, name)
    if Condition.UNKNOWN not in (one.condition, other.condition):
        assert merged.condition is not Condition.UNKNOWN
    assert merged.attributes.keys() == one.attributes.keys() | other.attributes.keys()


@given(looks, looks)
def test_price_and_stock_are_of_one_look(one: Listing, other: Listing) -> None:
    merged = merge_listings(one, other)
    seen = {(look.price, look.price_kind, look.availability, look.seen_at) for look in (one, other)}
    assert (merged.price, merged.price_kind, merged.availability, merged.seen_at) in seen


@given(looks, looks)
def test_a_row_never_makes_purchasable_what_the_items_own_page_did_not(one: Listing, other: Listing) -> None:
    one.detail_read, other.detail_read = True, False
    merged = merge_listings(one, other)
    assert merged.availability is one.availability or other.availability in NOT_TO_BE_HAD
    assert merged.seen_at == one.seen_at or other.availability in NOT_TO_BE_HAD


@given(looks, looks)
def test_of_two_looks_alike_the_newer_counts(one: Listing, other: Listing) -> None:
    one.detail_read = other.detail_read = True
    assert merge_listings(one, other).seen_at == max(one.seen_at, other.seen_at)  # type: ignore[type-var]
