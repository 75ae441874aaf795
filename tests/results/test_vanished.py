"""An alternative that is gone is told with when it was last to be bought, since when not, what it cost and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from kataban.items import Availability, Condition, PriceKind
from kataban.results.database import Database
from kataban.results.queries import answers
from kataban.results.shapes import answer_shape
from kataban.results.vanished import Vanished, vanished
from kataban.results.words import mark_listing
from tests.results.makers import NOW, SOURCE, add, listing, search, wanted

HOUR = timedelta(hours=1)
SOLD: dict[str, Any] = {"availability": Availability.SOLD_OUT}


def look(database: Database, hours: int, **fields: Any) -> None:
    """A look at the one Listing so many hours after NOW."""
    search(database, listing(seen_at=NOW + hours * HOUR, **fields), now=NOW + hours * HOUR)


def gone(database: Database, *ids: int, hours: int = 99) -> dict[int, list[Vanished]]:
    with database.reading() as connection:
        return vanished(connection, ids or [1], NOW + hours * HOUR)


def test_what_sold_out_is_told_with_its_old_price_and_both_times(database: Database) -> None:
    add(database, wanted())
    look(database, 0, price=5_000, shipping=700, shipping_included=False)
    look(database, 2, price=5_200, shipping=700, shipping_included=False)
    assert gone(database) == {}
    look(database, 3, **SOLD, price=None, price_kind=PriceKind.NONE, shipping=None, shipping_included=None)
    look(database, 4, **SOLD)
    found, = gone(database)[1]
    assert (found.source, found.listing_id, found.price, found.total) == (SOURCE, "a", 5_200, 5_900)
    assert (found.last_seen_at, found.gone_at) == (NOW + 2 * HOUR, NOW + 3 * HOUR)
    assert (found.code, found.text_en) == ("availability_sold_out", "sold out")


def test_what_is_to_be_bought_again_is_not_gone(database: Database) -> None:
    add(database, wanted())
    for hours, fields in enumerate(({}, SOLD, {"detail_read": True})):
        look(database, hours, **fields)
    assert gone(database) == {}


def test_a_price_that_rose_over_the_limit(database: Database) -> None:
    add(database, wanted(max_price=6_000), wanted(order_id="250-2", max_price=9_000))
    look(database, 0, price=5_000)
    look(database, 1, price=7_000)
    found = gone(database, 1, 2)
    assert list(found) == [1]
    assert (found[1][0].price, found[1][0].code) == (5_000, "over_max_price")


def test_what_could_never_be_bought_is_not_gone(database: Database) -> None:
    add(database, wanted(max_price=4_000), wanted("X-2", order_id="250-2"))
    look(database, 0, price=5_000)
    look(database, 1, **SOLD)
    search(database, listing("used", condition=Condition.FAIR, query_id=2), query_id=2)
    search(database, listing("used", condition=Condition.FAIR, query_id=2, seen_at=NOW + HOUR, **SOLD), query_id=2,
           now=NOW + HOUR)
    search(database, listing("unknown", query_id=2, availability=Availability.UNKNOWN), query_id=2)
    search(database, listing("unknown", query_id=2, seen_at=NOW + HOUR, **SOLD), query_id=2, now=NOW + HOUR)
    assert gone(database, 1, 2) == {}


def test_the_users_own_word_makes_nothing_gone(database: Database) -> None:
    add(database, wanted())
    look(database, 0)
    look(database, 1)
    with database.writing() as connection:
        mark_listing(connection, "wrong_model", SOURCE, "a", NOW + HOUR)
    assert gone(database) == {}


def test_what_was_gone_before_the_order_came_is_no_loss_of_it(database: Database) -> None:
    add(database, wanted(), now=NOW)
    look(database, 0)
    look(database, 30, **SOLD)
    add(database, wanted(order_id="250-2"), now=NOW + 31 * HOUR)
    look(database, 32, **SOLD)
    assert list(gone(database, 1, 2)) == [1]


def test_an_order_says_what_it_lost(database: Database) -> None:
    add(database, wanted(), wanted("X-2", order_id="250-2"))
    look(database, 0)
    look(database, 1, **SOLD)
    with database.reading() as connection:
        shapes = [answer_shape(answer) for answer in answers(connection, NOW + 2 * HOUR)]
    assert [len(shape["gone"]) for shape in shapes] == [1, 0]
    lost = shapes[0]["gone"][0]
    assert (lost["listing_id"], lost["last_seen_at"], lost["gone_at"]) == (
        "a", NOW.isoformat(), (NOW + HOUR).isoformat())
    assert len(shapes[0]["not_purchasable"]) == 1
