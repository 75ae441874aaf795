"""How orders end, by whose word, and how they open again."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from kataban.items import Ending, WantedState
from kataban.results import tables
from kataban.results.database import Database
from kataban.results.resolutions import Resolution, reopen, resolution_of, resolve
from kataban.results.words import set_state
from tests.results.makers import NOW, SOURCE, add, listing, search, wanted

LATER = NOW + timedelta(hours=1)


def states(database: Database) -> list[str]:
    with database.reading() as connection:
        return list(connection.execute(sa.select(tables.wanted.c.state).order_by(tables.wanted.c.id)).scalars())


def purchases(database: Database) -> int:
    with database.reading() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(tables.purchases)).scalar_one()


def test_an_order_bought_elsewhere_leaves_the_queue_with_what_it_cost(database: Database) -> None:
    add(database, wanted(), wanted("X-2", order_id="250-2"))
    search(database, listing())
    assert purchases(database) == 1
    with database.writing() as connection:
        assert resolve(connection, [1], Ending.BOUGHT, "user", NOW, source=SOURCE, listing_pk=1, seller_id="s1",
                       price=5_000, note="by phone") == [1]
    assert (states(database), purchases(database)) == (["bought", "open"], 0)
    with database.reading() as connection:
        assert resolution_of(connection, [1, 2]) == {
            1: Resolution(1, Ending.BOUGHT, "user", NOW, SOURCE, 1, "s1", 5_000, "by phone")}


def test_a_report_ends_what_is_open_and_leaves_the_users_word(database: Database) -> None:
    add(database, wanted(order_id="1"), wanted(order_id="2"), wanted(order_id="3"))
    with database.writing() as connection:
        resolve(connection, [1], Ending.GIVEN_UP, "user", NOW)
        connection.execute(sa.update(tables.wanted).where(tables.wanted.c.id == 3).values(state="expired"))
        assert resolve(connection, [1, 2, 3], Ending.CANCELLED, "report", LATER) == [2, 3]
        found = resolution_of(connection, [1, 2, 3])
    assert states(database) == ["done", "done", "done"]
    assert [(one.kind, one.by) for one in found.values()] == [
        (Ending.GIVEN_UP, "user"), (Ending.CANCELLED, "report"), (Ending.CANCELLED, "report")]


def test_the_users_word_takes_the_place_of_an_earlier_ending(database: Database) -> None:
    add(database, wanted())
    with database.writing() as connection:
        resolve(connection, [1], Ending.CANCELLED, "report", NOW)
        resolve(connection, [1], Ending.BOUGHT, "user", LATER, price=700)
        assert resolution_of(connection, [1]) == {1: Resolution(1, Ending.BOUGHT, "user", LATER, price=700)}
    assert states(database) == ["bought"]


def test_an_order_opened_again_has_no_ending_and_its_alternatives_back(database: Database) -> None:
    add(database, wanted(), wanted(None, order_id="250-2", sku="S-2",  # type: ignore[arg-type]
                                   state=WantedState.NEEDS_MODEL))
    search(database, listing())
    with database.writing() as connection:
        resolve(connection, [1, 2], Ending.GIVEN_UP, "user", NOW)
        reopen(connection, [1, 2], LATER)
        assert resolution_of(connection, [1, 2]) == {}
    assert (states(database), purchases(database)) == (["open", "needs_model"], 1)


def test_the_plain_word_of_a_state_keeps_and_takes_back_the_ending(database: Database) -> None:
    add(database, wanted(order_id="1"), wanted(order_id="2"))
    with database.writing() as connection:
        resolve(connection, [1], Ending.BOUGHT, "user", NOW, price=700)
        set_state(connection, [1, 2], WantedState.BOUGHT, LATER)
        found = resolution_of(connection, [1, 2])
        assert [(one.kind, one.price, one.at) for one in (found[1], found[2])] == [
            (Ending.BOUGHT, 700, NOW), (Ending.BOUGHT, None, LATER)]
        set_state(connection, [1, 2], WantedState.OPEN, LATER)
        assert resolution_of(connection, [1, 2]) == {}
    assert states(database) == ["open", "open"]


def test_thousands_end_at_once(database: Database) -> None:
    add(database, *(wanted(order_id=str(number)) for number in range(1_200)))
    with database.writing() as connection:
        assert len(resolve(connection, range(1, 1_201), Ending.SHIPPED, "report", NOW)) == 1_200
        assert len(resolution_of(connection, range(1, 1_201))) == 1_200
