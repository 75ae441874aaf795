"""Which SKUs are taken off sale and given back, over stored looks; what could not be looked at never is."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from kataban.intake import Fulfilment
from kataban.items import Outcome
from kataban.offers import Margins, Rules, Terms
from kataban.results.database import Database
from kataban.results.tables import catalogue, order_lines, takedowns
from kataban.results.takedowns import Move, keep, steps
from kataban.results.watching import Grounds, renew, sync
from tests.results.makers import NOW, listing, search
from tests.results.test_watching import put

SOURCES: dict[str, tuple[str, ...]] = dict.fromkeys(("rakuma", "mercari", "yodobashi", "geo", "hardoff"), ())
HOUR = timedelta(hours=1)
GROUNDS = Grounds(Rules(), SOURCES)
FILES = {Move.DOWN: "quantity-0-x.txt", Move.RESTORE: "restore-x.txt"}
Told = list[tuple[str, str, str, int | None]]


def run(database: Database, now: object = NOW, grounds: Grounds = GROUNDS) -> Told:
    """What `takedown` does with the database."""
    with database.writing() as connection:
        sync(connection, now)  # type: ignore[arg-type]
        found = steps(connection, renew(connection, now, grounds), grounds.rules, now)  # type: ignore[arg-type]
        keep(connection, found, FILES, now)  # type: ignore[arg-type]
    return [(step.sku, step.move.value, step.why, step.quantity) for step in found]


def watched(database: Database, **fields: object) -> None:
    put(database, "S1", **fields)
    with database.writing() as connection:
        sync(connection, NOW)


def look(database: Database, now: object = NOW, *found: object, failed: tuple[str, ...] = ()) -> None:
    """One look at every source: what Rakuma shows, nothing elsewhere, or a block."""
    for source in SOURCES:
        blocked = source in failed
        shown = found if source == "rakuma" and not blocked else ()
        outcome = Outcome.BLOCKED if blocked else Outcome.FOUND if shown else Outcome.NOTHING
        search(database, *shown, outcome=outcome, source=source, now=now, complete=not blocked)  # type: ignore[arg-type]


def report(database: Database, quantity: int, now: object) -> None:
    """A listings report that shows this quantity."""
    with database.writing() as connection:
        connection.execute(sa.update(catalogue).values(quantity=quantity, listed_at=now))


def rows(database: Database) -> list[sa.RowMapping]:
    with database.reading() as connection:
        return list(connection.execute(sa.select(takedowns).order_by(takedowns.c.id)).mappings())


def test_down_once_and_back_once(database: Database) -> None:
    watched(database)
    assert run(database) == [], "never looked"
    look(database)
    assert run(database) == [("S1", "down", "gone", 0)]
    assert run(database, NOW + HOUR) == [], "it was written"
    later = NOW + 2 * HOUR
    look(database, later, listing("a", seen_at=later))
    assert run(database, later) == [("S1", "restore", "thin", 3)]
    assert run(database, later + HOUR) == []
    (row,) = rows(database)
    assert (row["quantity_before"], row["why"], row["file"], row["restore_file"]) == (
        3, "gone", "quantity-0-x.txt", "restore-x.txt")
    gone = later + 3 * HOUR
    look(database, gone)
    assert run(database, gone) == [("S1", "down", "gone", 0)], "no new report is needed for a second stock-out"
    assert len(rows(database)) == 2


@pytest.mark.parametrize(("failed", "expected"), [
    (("mercari",), [("S1", "down", "gone", 0)]),
    (("mercari", "geo"), []),
    (tuple(SOURCES), []),
])
def test_could_not_look_takes_nothing_down(database: Database, failed: tuple[str, ...], expected: Told) -> None:
    watched(database)
    look(database, NOW, failed=failed)
    assert run(database) == expected


def test_old_looks_take_nothing_down(database: Database) -> None:
    watched(database)
    look(database)
    assert run(database, NOW + 37 * HOUR) == []
    assert run(database, NOW + 35 * HOUR) == [("S1", "down", "gone", 0)]


def test_the_last_supplier_behind_a_block_takes_nothing_down(database: Database) -> None:
    watched(database)
    look(database, NOW, listing("a", seen_at=NOW))
    for hours in (30, 50, 90):
        later = NOW + hours * HOUR
        look(database, later, failed=("rakuma",))
        assert run(database, later) == []


@pytest.mark.parametrize(("fields", "expected"), [
    ({"fulfilment": Fulfilment.AMAZON}, []),
    ({"quantity": 0}, []),
    ({"quantity": None}, [("S1", "left_out", "quantity_unknown", None)]),
])
def test_what_is_never_taken_down(database: Database, fields: dict[str, object], expected: Told) -> None:
    watched(database)
    look(database)
    with database.writing() as connection:
        connection.execute(sa.update(catalogue).values(**fields))
    assert run(database) == expected


def test_fba_is_left_alone_even_where_it_is_still_watched(database: Database) -> None:
    watched(database)
    look(database)
    with database.writing() as connection:
        renewed = renew(connection, NOW, GROUNDS)
        assert [step.sku for step in steps(connection, renewed, GROUNDS.rules, NOW)] == ["S1"]
        connection.execute(sa.update(catalogue).values(fulfilment="amazon"))
        assert not steps(connection, renewed, GROUNDS.rules, NOW)
        connection.execute(sa.update(catalogue).values(fulfilment=None))
        connection.execute(sa.insert(order_lines).values(order_id="250-1", sku="S1", status="shipped",
                                                         fulfilment="amazon", updated_at=NOW))
        assert not steps(connection, renewed, GROUNDS.rules, NOW)


def test_a_report_that_still_shows_it_on_sale_writes_it_again(database: Database) -> None:
    watched(database)
    look(database)
    run(database)
    report(database, 5, NOW + HOUR)
    assert run(database, NOW + 2 * HOUR) == [("S1", "down", "still_on_sale/gone", 0)]
    (row,) = rows(database)
    assert (row["quantity_before"], row["written_at"]) == (5, NOW + 2 * HOUR)
    report(database, 0, NOW + 3 * HOUR)
    assert run(database, NOW + 4 * HOUR) == []


def test_what_the_user_put_on_sale_again_is_not_written(database: Database) -> None:
    watched(database)
    look(database)
    run(database)
    later = NOW + 2 * HOUR
    look(database, later, listing("a", seen_at=later))
    report(database, 2, later)
    assert run(database, later + HOUR) == [("S1", "closed", "on_sale_again", None)]
    assert rows(database)[0]["restored_at"] is not None
    assert run(database, later + 2 * HOUR) == []


def test_a_restore_that_no_report_shows_is_told(database: Database) -> None:
    watched(database)
    look(database)
    run(database)
    report(database, 0, NOW + HOUR)
    later = NOW + 2 * HOUR
    look(database, later, listing("a", seen_at=later))
    assert run(database, later) == [("S1", "restore", "thin", 3)]
    with database.writing() as connection:
        connection.execute(sa.update(catalogue).values(quantity=0, listed_at=later + HOUR))
        renewed = renew(connection, later + HOUR, GROUNDS)
        assert [step.why for step in steps(connection, renewed, GROUNDS.rules, later + HOUR)] == ["not_restored"]


def floor(of: int | None, **rates: Decimal) -> Grounds:
    return Grounds(Rules(), SOURCES, Margins(Terms(rates), floor=of))


def test_a_margin_surely_under_the_floor_is_taken_down(database: Database) -> None:
    watched(database)  # 100 dollars
    look(database, NOW, listing("a", seen_at=NOW, price=14_000))
    assert run(database, NOW, floor(1_001)) == [], "without a rate the margin is not known"
    assert run(database, NOW, floor(None, USD=Decimal(100))) == [], "no floor, no takedown"
    assert run(database, NOW, floor(1_000, USD=Decimal(150))) == []
    assert run(database, NOW, floor(1_001, USD=Decimal(150))) == [("S1", "down", "margin_floor", 0)]
    assert run(database, NOW, floor(1_001)) == [], "an unknown margin gives nothing back either"
    assert run(database, NOW, floor(1_000, USD=Decimal(150))) == [("S1", "restore", "thin", 3)]


def test_a_cheaper_offer_that_may_still_stand_keeps_it_on_sale(database: Database) -> None:
    watched(database)
    look(database, NOW, listing("a", seen_at=NOW, price=14_000), listing("b", seen_at=NOW, price=9_000, shipping=None,
                                                                         shipping_included=None))
    assert run(database, NOW, floor(1_001, USD=Decimal(150))) == [], "its shipping is unknown, so perhaps it is enough"
    later = NOW + 40 * HOUR
    look(database, later, failed=("rakuma",))
    dear = listing("m", seen_at=later, price=14_500, seller=None)
    dear.source = "mercari"
    search(database, dear, source="mercari", now=later, complete=True)
    assert run(database, later, floor(1_001, USD=Decimal(150))) == [], "the cheap one is behind a block"
