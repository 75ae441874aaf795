"""What later looks say of a Listing: a whole one that does not show it any more, a row that shows it again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kataban.items import Availability, Outcome, Purchase
from kataban.results import queue
from kataban.results.concluding import conclude
from kataban.results.database import Database
from kataban.results.queries import answers
from tests.results.makers import NOW, SOURCE, add, listing, search, wanted

LATER = NOW + timedelta(hours=7)


def alternatives(database: Database, order_id: str = "250-1") -> list[str]:
    """What the order can buy a minute after the later look."""
    with database.reading() as connection:
        found = answers(connection, LATER + timedelta(minutes=1))
    return [offer.listing.listing_id for answer in found if answer.wanted.order_id == order_id
            for offer in answer.alternatives]


@pytest.fixture
def seen(database: Database) -> Database:
    """Two listings that a look showed seven hours ago."""
    add(database, wanted())
    search(database, listing("a"), listing("b"), complete=True)
    return database


def test_what_a_whole_look_does_not_show_is_believed_no_longer(seen: Database) -> None:
    search(seen, listing("b", seen_at=LATER), now=LATER, complete=True)
    assert alternatives(seen) == ["b"]
    with seen.reading() as connection:
        stale = answers(connection, LATER + timedelta(minutes=1))[0].not_purchasable
    assert [(offer.listing.listing_id, offer.purchase) for offer in stale] == [("a", Purchase.NOW)]


@pytest.mark.parametrize(("complete", "left"), [(True, []), (False, ["a", "b"])])
def test_nor_by_an_order_that_comes_later(seen: Database, complete: bool, left: list[str]) -> None:
    search(seen, outcome=Outcome.NOTHING if complete else Outcome.PARTIAL, now=LATER, complete=complete)
    with seen.writing() as connection:
        _, ids = queue.add_wanted(connection, [wanted(order_id="250-2", ship_by=LATER + timedelta(days=5))], LATER)
        conclude(connection, wanted_ids=ids)
    assert sorted(alternatives(seen, "250-2")) == left


def test_it_is_back_when_it_was_seen_again(seen: Database) -> None:
    search(seen, outcome=Outcome.NOTHING, now=LATER - timedelta(hours=2), complete=True)
    search(seen, listing("a", seen_at=LATER), now=LATER, complete=True)
    assert alternatives(seen) == ["a"]


@pytest.mark.parametrize(("page", "left"), [(False, ["a"]), (True, [])])
def test_where_no_page_was_read_a_later_row_brings_it_back(database: Database, page: bool, left: list[str]) -> None:
    """An API without pages of items shows rows alone; elsewhere a row never overrules the item's own page."""
    add(database, wanted())
    search(database, listing("a", availability=Availability.SOLD_OUT, detail_read=page))
    search(database, listing("a", seen_at=LATER), now=LATER)
    assert alternatives(database) == left


def test_within_one_look_sold_out_outweighs_the_other_rows(database: Database) -> None:
    add(database, wanted())
    sold = listing("a", availability=Availability.SOLD_OUT, seen_at=LATER - timedelta(minutes=2))
    search(database, sold, now=LATER - timedelta(minutes=2))
    search(database, listing("a", seen_at=LATER), now=LATER)
    assert alternatives(database) == []


@pytest.mark.parametrize(("outcome", "complete"), [
    (Outcome.BLOCKED, False), (Outcome.PARTIAL, False), (Outcome.FOUND, False), (Outcome.RESTING, False)])
def test_half_a_look_or_none_says_nothing(seen: Database, outcome: Outcome, complete: bool) -> None:
    search(seen, outcome=outcome, now=LATER, complete=complete)
    assert sorted(alternatives(seen)) == ["a", "b"]


def test_nor_does_a_look_at_another_source(seen: Database) -> None:
    search(seen, outcome=Outcome.NOTHING, source="elsewhere", now=LATER, complete=True)
    assert sorted(alternatives(seen)) == ["a", "b"]


def test_the_order_without_another_is_asked_again_soon(seen: Database) -> None:
    search(seen, outcome=Outcome.NOTHING, now=LATER, complete=True)
    with seen.reading() as connection:
        assert not queue.due(connection, SOURCE, LATER + timedelta(hours=5))
        assert queue.due(connection, SOURCE, LATER + timedelta(hours=7))
