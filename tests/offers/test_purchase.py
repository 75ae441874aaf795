"""Purchase: `now` only when everything is known to be right; every other answer says why, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from kataban.items import (
    Appraisal,
    Availability,
    Condition,
    Judgement,
    Listing,
    PriceKind,
    Purchase,
    Reason,
    Seller,
    Verdict,
    Wanted,
)
from kataban.offers import price_doubt, purchase, total
from kataban.sellers import Stand, Word, appraise

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
EXACT = Judgement(Verdict.EXACT)
OFFER = Listing(
    "mercari", "m1", "https://jp.mercari.com/item/m1", "Sony WH-1000XM4", description="新品未開封です。", price=28000,
    price_kind=PriceKind.FIXED, shipping_included=True, availability=Availability.IN_STOCK, condition=Condition.NEW,
    seller=Seller("mercari", "1", good=300, bad=0),
)
WANTED = Wanted(model_number="WH-1000XM4", max_price=30000)


def answer(listing: Listing = OFFER, judgement: Judgement = EXACT, wanted: Wanted = WANTED,
           word: Word | None = None) -> tuple[Purchase, list[str]]:
    found, reasons = purchase(listing, judgement, appraise(listing, now=NOW, word=word), wanted)
    assert all(reason.text_ja and reason.text_en for reason in reasons)
    return found, [reason.code for reason in reasons]


def test_an_offer_with_nothing_against_it_can_be_bought_now() -> None:
    assert answer() == (Purchase.NOW, [])


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict is not Verdict.EXACT])
def test_only_the_exact_model_is_bought(verdict: Verdict) -> None:
    assert answer(judgement=Judgement(verdict)) == (Purchase.NO, [f"verdict_{verdict.value}"])


@pytest.mark.parametrize(("availability", "wanted"), [
    (Availability.IN_STOCK, Purchase.NOW), (Availability.APPROVAL_NEEDED, Purchase.ASK_FIRST),
    (Availability.RESERVED, Purchase.NO), (Availability.BACKORDER, Purchase.NO), (Availability.SOLD_OUT, Purchase.NO),
    (Availability.UNKNOWN, Purchase.NO),
])
def test_availability_needs_evidence(availability: Availability, wanted: Purchase) -> None:
    assert answer(replace(OFFER, availability=availability))[0] is wanted


@pytest.mark.parametrize(("changes", "code"), [
    ({"price_kind": PriceKind.CURRENT_BID}, "price_current_bid"),
    ({"price_kind": PriceKind.RANGE}, "price_range"),
    ({"price_kind": PriceKind.NONE, "price": None}, "price_none"),
    ({"price": None}, "price_none"),
    ({"price": 30001}, "over_max_price"),
    ({"shipping_included": False, "shipping": 2001}, "over_max_price"),
    ({"shipping_included": None, "price": 30001}, "over_max_price"),
    ({"quantity": 0}, "too_few"),
    ({"condition": Condition.LIKE_NEW}, "condition_worse"),
    ({"title": "ゆき様専用 WH-1000XM4"}, "phrase_reserved"),
    ({"description": "箱のみの出品です"}, "phrase_box_or_part_only"),
    ({"description": "ジャンクです"}, "phrase_junk"),
])
def test_one_thing_against_it_is_enough_for_no(changes: dict[str, Any], code: str) -> None:
    found, codes = answer(replace(OFFER, **changes))
    assert found is Purchase.NO
    assert codes[0] == code


def test_ask_first_where_the_seller_wants_it_or_the_condition_is_not_stated() -> None:
    assert answer(replace(OFFER, description="即購入不可")) == (Purchase.ASK_FIRST, ["phrase_ask_first"])
    assert answer(replace(OFFER, condition=Condition.UNKNOWN)) == (Purchase.ASK_FIRST, ["condition_unknown"])


def test_the_deciding_reason_stands_first() -> None:
    offer = replace(OFFER, description="即購入不可", availability=Availability.SOLD_OUT, shipping_included=None)
    found, codes = answer(offer)
    assert (found, codes) == (Purchase.NO, ["availability_sold_out", "phrase_ask_first", "shipping_unknown"])


def test_unknown_shipping_passes_on_the_price_and_is_flagged() -> None:
    assert answer(replace(OFFER, shipping_included=None)) == (Purchase.NOW, ["shipping_unknown"])
    assert answer(replace(OFFER, shipping_included=False)) == (Purchase.NOW, ["shipping_unknown"])


def test_an_offer_of_junk_is_bought_by_who_accepts_junk_and_by_nobody_else() -> None:
    broken = replace(OFFER, description="動作未確認のジャンクです", condition=Condition.JUNK)
    assert answer(broken, wanted=replace(WANTED, condition=Condition.JUNK)) == (Purchase.NOW, [])
    assert answer(broken, wanted=replace(WANTED, condition=Condition.POOR))[0] is Purchase.NO
    box = replace(broken, description="ジャンク 空箱です")
    assert answer(box, wanted=replace(WANTED, condition=Condition.JUNK))[0] is Purchase.NO


def test_the_condition_accepted_is_the_wanteds() -> None:
    used = replace(OFFER, condition=Condition.GOOD, description="中古です")
    assert answer(used, wanted=replace(WANTED, condition=Condition.FAIR)) == (Purchase.NOW, [])
    assert answer(used, wanted=replace(WANTED, condition=Condition.NEW))[0] is Purchase.NO


def test_quantity_must_be_enough_and_one_of_unknown_stock_is_bought_at_once() -> None:
    two = replace(WANTED, quantity=2)
    assert answer(replace(OFFER, quantity=1), wanted=two) == (Purchase.NO, ["too_few"])
    assert answer(replace(OFFER, quantity=2), wanted=two) == (Purchase.NOW, [])
    assert answer(wanted=two) == (Purchase.ASK_FIRST, ["quantity_unknown"])  # a private seller has one
    assert answer() == (Purchase.NOW, [])


def test_without_a_limit_any_price_passes() -> None:
    assert answer(replace(OFFER, price=9_999_999), wanted=replace(WANTED, max_price=None)) == (Purchase.NOW, [])


def test_a_seller_on_the_list_to_avoid_is_not_bought_from() -> None:
    assert answer(word=Word(Stand.AVOID, "偽物だった")) == (Purchase.NO, ["user_avoid"])
    assert answer(replace(OFFER, title="ゆき様専用"), word=Word(Stand.TRUSTED))[0] is Purchase.NO


def test_late_goods_are_told() -> None:
    late = Reason("late", "間に合わない", "too late")
    assert purchase(OFFER, EXACT, Appraisal(), WANTED, further=(late,)) == (Purchase.NOW, (late,))


@pytest.mark.parametrize(("changes", "wanted"), [
    ({"shipping_included": True, "shipping": 700}, 28000), ({"shipping_included": False, "shipping": 700}, 28700),
    ({"shipping_included": None, "shipping": 0}, 28000), ({"shipping_included": None}, None),
    ({"shipping_included": False}, None), ({"price": None}, None),
])
def test_total(changes: dict[str, Any], wanted: int | None) -> None:
    assert total(replace(OFFER, **changes)) == wanted


def test_a_price_far_below_its_peers_is_doubtful_and_needs_peers_to_be() -> None:
    assert price_doubt(9800, [28000, 29000, 31000])
    assert not price_doubt(24000, [28000, 29000, 31000])
    assert not price_doubt(9800, [28000, 29000])
    assert not price_doubt(9800, [])
