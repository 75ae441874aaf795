"""Storing: merged whatever the order of arrival, concluded for every Wanted, closed in one transaction."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
import sqlalchemy as sa

from kataban.items import (
    Availability,
    Condition,
    Lead,
    Outcome,
    PriceKind,
    Purchase,
    Seller,
    Verdict,
    WantedState,
)
from kataban.results import tables
from kataban.results.database import Database
from kataban.results.queries import answers
from kataban.results.seller_words import words_on_sellers
from kataban.results.words import mark_listing, mark_seller, set_state
from kataban.results.writing import store
from kataban.sellers import appraise
from tests.results.makers import NOW, SOURCE, add, judgement, listing, search, wanted

HOUR = timedelta(hours=1)


def rows(database: Database, table: sa.Table, *leave_out: str) -> list[dict[str, Any]]:
    with database.reading() as connection:
        found = connection.execute(sa.select(table).order_by(*table.primary_key.columns)).mappings()
        return [{name: value for name, value in row.items() if name not in leave_out} for row in found]


def test_a_purchasable_exact_listing_is_an_alternative(database: Database) -> None:
    add(database, wanted())
    search(database, listing(), listing("b", judgement=judgement(Verdict.ACCESSORY)))
    with database.reading() as connection:
        answer, = answers(connection, NOW)
        view = connection.execute(sa.text("SELECT listing_id, purchase, total FROM purchasable_alternatives")).all()
    assert [offer.listing.listing_id for offer in answer.alternatives] == ["a"]
    assert [offer.verdict for offer in answer.look_alikes] == [Verdict.ACCESSORY]
    assert answer.alternatives[0].evidence[0].span == "AB-1200C"
    assert answer.coverage[SOURCE].outcome == "found"
    assert view == [] or list(view[0]) == ["a", "now", 5_000]  # the view's clock is the real one


@pytest.mark.parametrize("fields", [
    {"availability": Availability.SOLD_OUT}, {"availability": Availability.UNKNOWN},
    {"price": None, "price_kind": PriceKind.NONE}, {"price_kind": PriceKind.CURRENT_BID},
    {"condition": Condition.JUNK}, {"price": 20_000},
])
def test_what_cannot_be_bought_is_no_alternative(database: Database, fields: dict[str, Any]) -> None:
    add(database, wanted(max_price=10_000))
    search(database, listing(**fields))
    with database.reading() as connection:
        answer, = answers(connection, NOW)
    assert answer.alternatives == []
    assert len(answer.not_purchasable) == 1


def test_an_alternative_ages(database: Database) -> None:
    add(database, wanted())
    search(database, listing())
    with database.reading() as connection:
        assert answers(connection, NOW + 23 * HOUR)[0].alternatives
        assert not answers(connection, NOW + 25 * HOUR)[0].alternatives


LOOKS = [
    listing(seen_at=NOW, price=5_000, description="説明", gtin="4549292184129", attributes={"型番": "AB-1200C"}),
    listing(seen_at=NOW + HOUR, price=4_800, image_url="https://shop.example/a.jpg", condition=Condition.UNKNOWN,
            seller=Seller(SOURCE, "s1", good=121)),
    listing(seen_at=NOW + 2 * HOUR, price=None, price_kind=PriceKind.NONE, availability=Availability.SOLD_OUT,
            seller=None, attributes={"色": "黒"}),
]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_order_of_arrival_does_not_matter(database: Database, order: tuple[int, ...]) -> None:
    add(database, wanted())
    for index in order:
        with database.writing() as connection:
            store(connection, [LOOKS[index]])
    row, = rows(database, tables.listings)
    assert (row["price"], row["availability"], row["seen_at"]) == (None, "sold_out", NOW + 2 * HOUR)
    assert (row["description"], row["gtin"], row["condition"]) == ("説明", "4549292184129", "new")
    assert row["attributes"] == {"型番": "AB-1200C", "色": "黒"}
    assert (row["image_url"], row["first_seen_at"]) == ("https://shop.example/a.jpg", NOW)
    assert [s["price"] for s in sorted(rows(database, tables.sightings), key=lambda s: s["seen_at"])] == [
        5_000, 4_800, None]
    seller, = rows(database, tables.sellers)
    assert (seller["bad"], seller["name"]) == (1, "店")


def test_a_batch_is_stored_as_its_listings_one_by_one(database: Database) -> None:
    add(database, wanted())
    found = [listing(f"l{number % 700}", price=1_000 + number) for number in range(1_200)]
    search(database, *found)
    assert len(rows(database, tables.listings)) == 700
    assert {row["verdict"] for row in rows(database, tables.judgements)} == {"exact"}


def test_odd_text_loses_neither_itself_nor_its_batch(database: Database) -> None:
    add(database, wanted())
    search(database, listing("a", title="髙﨑①㈱ 🎧 " + "長" * 900), listing("b", quantity=2**40))
    assert [row["quantity"] for row in rows(database, tables.listings)] == [None, 2**40]


def test_a_changed_limit_concludes_anew(database: Database) -> None:
    add(database, wanted(max_price=4_000))
    search(database, listing())
    assert rows(database, tables.purchases)[0]["purchase"] == "no"
    with database.writing() as connection:
        from kataban.results import concluding, queue
        _, ids = queue.add_wanted(connection, [wanted(max_price=6_000)], NOW)
        concluding.conclude(connection, wanted_ids=ids)
    assert rows(database, tables.purchases)[0]["purchase"] == "now"


def test_a_verdict_that_changes_takes_the_purchase_away(database: Database) -> None:
    add(database, wanted())
    search(database, listing())
    search(database, listing(title="カシオ AB-1200C 用 交換ベルト", judgement=judgement(Verdict.ACCESSORY),
                             seen_at=NOW + HOUR), now=NOW + HOUR)
    assert rows(database, tables.purchases) == []


def test_the_users_word_wins_and_can_be_taken_back(database: Database) -> None:
    add(database, wanted())
    search(database, listing(), listing("b"))
    with database.writing() as connection:
        assert mark_listing(connection, "wrong_model", SOURCE, "a", NOW) == 1
        assert mark_listing(connection, "wrong_model", SOURCE, "unheard of", NOW) == 0
    with database.reading() as connection:
        assert [offer.listing.listing_id for offer in answers(connection, NOW)[0].alternatives] == ["b"]
    with database.writing() as connection:
        assert mark_seller(connection, "seller_not_ok", SOURCE, "s1", NOW) == 2  # listings of theirs
    with database.reading() as connection:
        assert answers(connection, NOW)[0].alternatives == []
    with database.writing() as connection:
        mark_seller(connection, "seller_ok", SOURCE, "s1", NOW)
        mark_listing(connection, "right_model", SOURCE, "a", NOW)
    with database.reading() as connection:
        assert len(answers(connection, NOW)[0].alternatives) == 2


def test_a_price_far_below_the_others_is_doubted_and_stands_last(database: Database) -> None:
    add(database, wanted())
    search(database, *(listing(name, price=price) for name, price in
                       (("a", 30_000), ("b", 31_000), ("c", 32_000), ("d", 3_000))))
    with database.reading() as connection:
        offers = answers(connection, NOW)[0].alternatives
    assert [(offer.listing.listing_id, offer.price_doubt) for offer in offers][-1] == ("d", True)
    assert {row["listing_id"]: row["price_doubt"] for row in rows(database, tables.listings)}["d"]


def test_an_unknown_total_never_stands_before_a_known_one(database: Database) -> None:
    add(database, wanted())
    search(database, listing("a", price=4_000, shipping=None, shipping_included=None), listing("b", price=5_000))
    with database.reading() as connection:
        assert [offer.listing.listing_id for offer in answers(connection, NOW)[0].alternatives] == ["b", "a"]


def test_an_order_without_anything_comes_first(database: Database) -> None:
    add(database, wanted(ship_by=NOW + HOUR), wanted("Z-9", order_id="250-9", ship_by=NOW + 100 * HOUR))
    search(database, listing())
    with database.reading() as connection:
        assert [answer.wanted.model_number for answer in answers(connection, NOW)] == ["Z-9", "AB-1200C"]


def test_a_closed_search_is_whole(database: Database) -> None:
    add(database, wanted())
    search(database, listing(), listing("b", price=None), rows_read=2, pages_read=1, exact_count=2, complete=True,
           hits_reported=2, requests=3, forms=("AB-1200C",), leads=[Lead("web_search", "https://shop.example/x")])
    row, = rows(database, tables.searches)
    assert (row["outcome"], row["purchasable_count"], row["forms"]) == ("found", 1, ["AB-1200C"])
    assert [lead["url"] for lead in rows(database, tables.leads)] == ["https://shop.example/x"]


def test_a_row_that_is_bought_leaves_the_answer_and_comes_back_when_reopened(database: Database) -> None:
    add(database, wanted())
    search(database, listing(), outcome=Outcome.FOUND)
    with database.writing() as connection:
        set_state(connection, [1], WantedState.BOUGHT, NOW)
        assert answers(connection, NOW) == []
        set_state(connection, [1], WantedState.OPEN, NOW)
        assert len(answers(connection, NOW)[0].alternatives) == 1


def test_a_trusted_seller_and_a_failed_deal_are_heard(database: Database) -> None:
    add(database, wanted())
    search(database, listing(seller=Seller(SOURCE, "s1", good=3, bad=3)), listing("b", seller=Seller(SOURCE, "s2")))

    def grades() -> dict[str, str | None]:
        return {row["listing_id"]: row["grade"] for row in rows(database, tables.listings)}

    with database.writing() as connection:
        assert mark_seller(connection, "seller_trusted", SOURCE, "s1", NOW, note="bought twice") == 1
        assert mark_seller(connection, "seller_not_ok", SOURCE, "never seen", NOW) == 0
    assert grades()["a"] == "A"
    with database.writing() as connection:
        mark_listing(connection, "cancelled", SOURCE, "b", NOW)
        words = words_on_sellers(connection)
    assert (words[SOURCE, "s1"].note, words[SOURCE, "s2"].cancelled) == ("bought twice", 1)
    assert grades()["b"] not in {"A", "B", None}


def test_a_row_seen_again_does_not_lift_what_the_items_own_page_said(database: Database) -> None:
    add(database, wanted(), wanted("CD-5500X", order_id="250-2"))
    told = "即購入不可です。購入前に必ずコメントください。"
    whole = listing(description=told, detail_read=True, seller=Seller(SOURCE, "s1", good=300, bad=0))
    whole.appraisal = appraise(whole, now=NOW)
    search(database, whole)
    row = listing(description=None, seen_at=NOW + HOUR, query_id=2, judgement=judgement(Verdict.DIFFERENT),
                  seller=Seller(SOURCE, "s1"))
    row.appraisal = appraise(row, now=NOW + HOUR)
    search(database, row, query_id=2, now=NOW + HOUR)
    with database.reading() as connection:
        first = next(a for a in answers(connection, NOW + HOUR) if a.wanted.order_id == "250-1")
    assert [offer.purchase for offer in first.alternatives] == [Purchase.ASK_FIRST]
    assert first.alternatives[0].listing.appraisal.reputation > 80  # type: ignore[union-attr, operator]


def test_a_row_of_a_known_seller_is_appraised_by_all_that_is_known(database: Database) -> None:
    add(database, wanted())
    search(database, listing(seller=Seller(SOURCE, "s1", good=300, bad=0)))
    later = listing("b", seller=Seller(SOURCE, "s1"), seen_at=NOW + HOUR)
    later.appraisal = appraise(later, now=NOW + HOUR)
    search(database, later, now=NOW + HOUR)
    assert {row["listing_id"]: row["grade"] for row in rows(database, tables.listings)}["b"] == "A"


def test_a_row_that_looks_like_the_model_is_judged_with_what_its_page_once_said(database: Database) -> None:
    add(database, wanted())
    told = listing(description="AB-1200C 用の互換ベルトです。時計本体は付属しません。", detail_read=True,
                   judgement=judgement(Verdict.ACCESSORY))
    search(database, told)
    search(database, listing(seen_at=NOW + HOUR), now=NOW + HOUR)  # the row alone: exact by its title
    with database.reading() as connection:
        answer, = answers(connection, NOW + HOUR)
    assert answer.alternatives == []
    assert answer.look_alikes[0].verdict is not Verdict.EXACT
