"""Price and stock over time, the overview, the health of the sources, the same goods in several places."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from kataban.items import Availability, Outcome, Seller, Verdict
from kataban.offers import Terms
from kataban.results.database import Database
from kataban.results.overview import overview
from kataban.results.queries import answers
from kataban.results.shapes import answer_shape
from kataban.results.source_health import health
from kataban.results.tracks import EventKind, events, tracks
from tests.results.makers import NOW, add, judgement, listing, search, wanted

HOUR = timedelta(hours=1)


def looks(database: Database, *values: dict[str, Any]) -> None:
    for number, fields in enumerate(values):
        search(database, listing(seen_at=NOW + number * HOUR, **fields), now=NOW + number * HOUR)


def test_restocks_price_drops_and_sales_are_told(database: Database) -> None:
    add(database, wanted())
    looks(database, {"price": 5_000}, {"price": 5_000, "availability": Availability.SOLD_OUT},
          {"price": None, "availability": Availability.UNKNOWN}, {"price": 4_500})
    with database.reading() as connection:
        found = tracks(connection, 1)
    assert [look.price for look in found[0].sightings] == [5_000, 5_000, None, 4_500]
    told = [(event.kind, event.at, event.before, event.after) for event in events(found)]
    assert sorted(told, key=str) == sorted([
        (EventKind.SOLD_OUT, NOW + HOUR, None, None), (EventKind.RESTOCK, NOW + 3 * HOUR, None, None),
        (EventKind.PRICE_DROP, NOW + 3 * HOUR, 5_000, 4_500)], key=str)


def test_a_look_alike_has_no_history_here(database: Database) -> None:
    add(database, wanted())
    search(database, listing("b", judgement=judgement(Verdict.DIFFERENT)))
    with database.reading() as connection:
        assert tracks(connection, 1) == []


def test_the_overview_shows_orders_without_an_alternative_first(database: Database) -> None:
    add(database, wanted(), wanted("ZZ-9", order_id="250-2", ship_by=NOW + timedelta(days=9)),
        wanted("ZZ-8", order_id="250-3", ship_by=None))
    search(database, listing())
    with database.reading() as connection:
        found = overview(connection, NOW)
        assert [answer.wanted.order_id for answer in found.answers] == ["250-2", "250-3", "250-1"]
        assert (found.orders, found.without) == (3, 2)
        second = overview(connection, NOW, first=1, most=1)
        assert [answer.wanted.order_id for answer in second.answers] == ["250-3"]
        late = overview(connection, NOW + timedelta(days=2))
        assert late.without == 3, "what was seen two days ago is no alternative any more"


def test_health_tells_who_cannot_look(database: Database) -> None:
    add(database, wanted(), wanted("ZZ-9", order_id="250-2"))
    search(database, listing(), query_id=1)
    search(database, outcome=Outcome.BLOCKED, query_id=2, now=NOW + HOUR, reason="a challenge")
    search(database, outcome=Outcome.OFF, source="mercari")
    search(database, outcome=Outcome.UNREACHABLE, source="yodobashi")
    with database.reading() as connection:
        found = {entry.source: entry for entry in health(connection, NOW)}
    assert list(found) == ["yodobashi", "mercari", "rakuma"]
    assert {name: entry.sick for name, entry in found.items()} == {"yodobashi": True, "mercari": False, "rakuma": False}
    rakuma = found["rakuma"]
    assert (rakuma.queries, rakuma.answered, rakuma.reason, rakuma.answered_at) == (2, 1, "a challenge", NOW)


def test_the_same_page_found_twice_is_one_offer_with_two_places(database: Database) -> None:
    add(database, wanted())
    search(database,
           listing(url="https://www.shop.example/item/1?utm_source=x", price=4_000),
           listing("1", url="http://shop.example/item/1/", price=5_000),
           listing("2", url="https://shop.example/item/2", price=6_000))
    found = listing("9", url="https://shop.example/item/1#top", price=5_500)
    found.source, found.seller = "independent_shops", Seller("independent_shops", "s")
    search(database, found, source="independent_shops")
    with database.reading() as connection:
        shape = answer_shape(answers(connection, NOW)[0], Terms())
    # Two Listings of one source at one address are variants, so nobody knows which of them the other source means.
    heads = [offer["listing_id"] for offer in shape["alternatives"] if offer["same_as"] is None]
    assert heads == ["a", "1", "2"]
    assert shape["alternatives"][0]["also_at"] == [
        {"source": "independent_shops", "listing_id": "9", "url": "https://shop.example/item/1#top", "total": 5_500,
         "certain": True}]


def test_one_person_on_two_apps_is_a_hint(database: Database) -> None:
    add(database, wanted())
    search(database, listing(title="AB-1200C 新品!", seller=Seller("rakuma", "s1", name="ねこ 23")))
    other = listing("m1", title="ＡＢ-1200Ｃ　新品", price=5_200)
    other.source, other.seller = "mercari", Seller("mercari", "99", name="ねこ23")
    stranger = listing("m2", title="AB-1200C 新品", price=5_300)
    stranger.source, stranger.seller = "mercari", Seller("mercari", "98", name="いぬ")
    search(database, other, stranger, source="mercari")
    with database.reading() as connection:
        shape = answer_shape(answers(connection, NOW)[0])
    assert [(offer["listing_id"], offer["same_as"]) for offer in shape["alternatives"]] == [
        ("a", None), ("m1", {"source": "rakuma", "listing_id": "a", "certain": False}), ("m2", None)]


def test_no_question_reads_all_listings_or_sightings(sqlite: Database) -> None:
    add(sqlite, wanted())
    search(sqlite, listing())
    plans: list[str] = []

    def explain(_connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            plans.extend(row[3] for row in cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    sa.event.listen(sqlite.engine, "before_cursor_execute", explain)
    with sqlite.reading() as connection:
        assert answers(connection, NOW, order="250-1")[0].alternatives
        overview(connection, NOW)
        tracks(connection, 1)
        health(connection, NOW)
        for view in ("order_overview WHERE order_id = '250-1'", "purchasable_alternatives WHERE order_id = '250-1'"):
            connection.exec_driver_sql(f"SELECT * FROM {view}").all()  # noqa: S608 - our own views
    assert len(plans) > 10
    scans = [step for step in plans if step.startswith(("SCAN listings", "SCAN sightings", "SCAN judgements", "SCAN l ",
                                                        "SCAN s ", "SCAN j "))]
    assert not scans
