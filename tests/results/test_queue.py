"""The queue: rows become Wanted and Queries, Searches are leased, closed and due again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from kataban.intake import CatalogueEntry
from kataban.items import Availability, CannotLook, Ending, Outcome, WantedState
from kataban.offers import look_again_of
from kataban.results import queue, tables
from kataban.results.catalogue import add_catalogue, settle_model
from kataban.results.concluding import conclude
from kataban.results.database import Database
from kataban.results.locks import source_lock
from kataban.results.resolutions import resolution_of
from tests.results.makers import NOW, SOURCE, add, listing, search, wanted


def due(database: Database, **options: object) -> list[queue.Due]:
    with database.reading() as connection:
        return queue.due(connection, SOURCE, options.get("now", NOW), options.get("only"))  # type: ignore[arg-type]


def test_two_orders_of_one_model_are_two_wanted_and_one_query(database: Database) -> None:
    counts = add(database, wanted(), wanted("ab1200c", order_id="250-2"), wanted("AB-1300C", order_id="250-3"))
    assert counts == queue.Counts(added=3)
    with database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(tables.queries)).scalar() == 2
    assert [entry.query.model_number for entry in due(database)] == ["AB-1200C", "AB-1300C"]


def test_the_same_rows_again_change_nothing(database: Database) -> None:
    add(database, wanted(), wanted("X-2", order_id="250-2"))
    assert add(database, wanted(), wanted("X-2", order_id="250-2"), now=NOW + timedelta(hours=1)) == queue.Counts(
        unchanged=2)


def test_a_changed_field_is_updated_and_what_the_file_has_no_column_for_stays(database: Database) -> None:
    add(database, wanted(max_price=9_000))
    with database.writing() as connection:
        counts, ids = queue.add_wanted(connection, [wanted(max_price=None, quantity=3)], NOW,
                                       frozenset({"model_number", "order_id", "order_item_id", "quantity"}))
        row = connection.execute(sa.select(tables.wanted)).mappings().one()
    assert (counts.changed, ids) == (1, [row["id"]])
    assert (row["quantity"], row["max_price"]) == (3, 9_000)


@pytest.mark.parametrize("state", [WantedState.BOUGHT, WantedState.DONE])
def test_the_users_word_outlives_the_file(database: Database, state: WantedState) -> None:
    add(database, wanted())
    with database.writing() as connection:
        connection.execute(sa.update(tables.wanted).values(state=state.value))
    add(database, wanted(quantity=2))
    with database.reading() as connection:
        assert connection.execute(sa.select(tables.wanted.c.state)).scalar() == state.value
    assert due(database) == []


def test_bought_in_a_file_is_an_ending_by_the_users_word(database: Database) -> None:
    add(database, wanted(), wanted(order_id="250-2", state=WantedState.BOUGHT))
    add(database, wanted(state=WantedState.BOUGHT), now=NOW + timedelta(hours=1))
    add(database, wanted(state=WantedState.BOUGHT, quantity=2), now=NOW + timedelta(hours=2))
    with database.reading() as connection:
        found = resolution_of(connection, [1, 2])
    assert [(one.kind, one.by, one.at) for one in (found[1], found[2])] == [
        (Ending.BOUGHT, "user", NOW + timedelta(hours=1)), (Ending.BOUGHT, "user", NOW)]


def test_a_report_read_again_does_not_take_the_model_number_away(database: Database) -> None:
    row = wanted(None, sku=None, state=WantedState.NEEDS_MODEL)  # type: ignore[arg-type]
    add(database, row)
    with database.writing() as connection:
        settle_model(connection, 1, "AB-100", None, NOW)
    assert add(database, replace(row, quantity=2)) == queue.Counts(changed=1)
    assert [entry.query.model_number for entry in due(database)] == ["AB-100"]


def test_a_long_file_is_looked_up_in_pieces(database: Database) -> None:
    rows = [wanted(f"AB-{number}", order_id=str(number)) for number in range(1_100)]
    assert add(database, *rows).added == len(rows)
    assert add(database, *rows).unchanged == len(rows)


def test_three_days_after_its_ship_by_a_row_expires_and_opens_again_when_that_moves(database: Database) -> None:
    add(database, wanted(ship_by=NOW - timedelta(days=3, hours=1)), wanted("X-2", order_id="250-2",
                                                                             ship_by=NOW - timedelta(days=2)))
    with database.writing() as connection:
        assert queue.expire(connection, NOW) == 1
    assert [entry.query.model_number for entry in due(database)] == ["X-2"]
    add(database, wanted(ship_by=NOW + timedelta(days=1)))
    assert {entry.query.model_number for entry in due(database)} == {"AB-1200C", "X-2"}


def test_an_order_without_a_model_is_kept_and_settled_by_the_catalogue(database: Database) -> None:
    add(database, wanted(None, sku="SKU-7", state=WantedState.NEEDS_MODEL))  # type: ignore[arg-type]
    assert due(database) == []
    with database.writing() as connection:
        ids = add_catalogue(connection, [CatalogueEntry("SKU-7", "CD-55", jan="4549292184129")], NOW)
    assert len(ids) == 1
    assert [(entry.query.model_number, entry.query.jan) for entry in due(database)] == [("CD-55", "4549292184129")]


def test_an_order_told_by_two_reports_is_bought_once(database: Database) -> None:
    fields = frozenset({"order_id", "sku", "quantity"})
    bare, whole = wanted(order_item_id=None, sku="S-1"), wanted(order_item_id="77", sku="S-1")
    for rows in ([bare], [whole], [bare], [whole], [wanted(order_item_id="78", sku="S-2")]):
        with database.writing() as connection:
            queue.add_wanted(connection, rows, NOW, fields | ({"order_item_id"} if rows[0].order_item_id else set()))
    with database.reading() as connection:
        kept = connection.execute(sa.select(tables.wanted.c.order_item_id).order_by(tables.wanted.c.id)).scalars().all()
    assert kept == ["77", "78"]


def test_the_nearest_deadline_is_asked_first(database: Database) -> None:
    add(database, wanted("A-111", order_id="1", ship_by=NOW + timedelta(days=4)),
        wanted("B-222", order_id="2", ship_by=None), wanted("C-333", order_id="3", ship_by=NOW + timedelta(days=1)))
    assert [entry.query.model_number for entry in due(database)] == ["C-333", "A-111", "B-222"]


def hours_until_due(database: Database, query_id: int = 1, **options: object) -> float:
    """How long after NOW a Query is due again, in steps of half an hour."""
    for half in range(100):
        now = NOW + half * timedelta(minutes=30)
        with database.reading() as connection:
            found = queue.due(connection, SOURCE, now, **options)  # type: ignore[arg-type]
        if query_id in [entry.query.query_id for entry in found]:
            return half / 2
    raise AssertionError("never due")


@pytest.mark.parametrize(("left", "hours"), [(9 * 24, 24), (40, 6)])
def test_an_order_with_something_to_buy_waits_until_the_look_is_stale(database: Database, left: int,
                                                                     hours: int) -> None:
    add(database, wanted(ship_by=NOW + timedelta(hours=left)))
    search(database, listing())
    assert hours_until_due(database) == hours


@pytest.mark.parametrize(("left", "hours"), [(9 * 24, 6), (28, 4.5), (20, 0.5), (-10, 0.5), (None, 6)])
def test_an_order_with_nothing_to_buy_is_looked_at_as_often_as_the_setting_says(database: Database, left: int | None,
                                                                                hours: float) -> None:
    add(database, wanted(ship_by=None if left is None else NOW + timedelta(hours=left)))
    search(database, outcome=Outcome.NOTHING)
    assert hours_until_due(database) == hours


def test_the_users_setting_counts(database: Database) -> None:
    add(database, wanted())
    search(database, outcome=Outcome.NOTHING)
    assert hours_until_due(database, again=look_again_of("3d:1h,*:2h", "24")) == 2


def test_of_two_orders_of_one_model_the_nearer_decides_that_has_nothing_to_buy(database: Database) -> None:
    """The nearer order has a limit that the offer is over; then only the later one has."""
    near, later = (wanted(order_id=order_id, ship_by=NOW + timedelta(hours=hours), max_price=limit)
                   for order_id, hours, limit in (("1", 20, 4_000), ("2", 200, None)))
    add(database, near, later)
    search(database, listing())
    assert hours_until_due(database) == 0.5
    add(database, replace(near, max_price=9_000), replace(later, max_price=4_000))
    with database.writing() as connection:
        conclude(connection, wanted_ids=[1, 2])
    assert hours_until_due(database) == 6  # by the cadence of the later order, and the near one's freshness


def test_a_find_that_sold_out_brings_the_order_back_into_its_cadence(database: Database) -> None:
    add(database, wanted(ship_by=NOW + timedelta(hours=20)))
    search(database, listing())
    search(database, listing(availability=Availability.SOLD_OUT))
    assert hours_until_due(database) == 0.5


def test_watched_skus_are_asked_after_their_own_interval(database: Database) -> None:
    add(database, wanted(order_id=None, order_item_id=None, ship_by=None, sku="S-1", watch=True))
    search(database, outcome=Outcome.NOTHING)
    assert due(database, now=NOW + timedelta(hours=48)) == []
    assert hours_until_due(database, watching=True) == 24
    assert hours_until_due(database, watching=True, again=look_again_of("*:6h", "3")) == 3


def test_after_ship_by_an_order_goes_on_until_it_expires(database: Database) -> None:
    add(database, wanted(ship_by=NOW - timedelta(hours=71)))
    search(database, outcome=Outcome.NOTHING)
    with database.writing() as connection:
        assert queue.expire(connection, NOW + timedelta(minutes=59)) == 0
    assert len(due(database, now=NOW + timedelta(minutes=59))) == 1
    with database.writing() as connection:
        assert queue.expire(connection, NOW + timedelta(hours=2)) == 1
    assert due(database, now=NOW + timedelta(hours=2)) == []


@pytest.mark.parametrize(("outcome", "hours"), [(Outcome.BROKEN, 1), (Outcome.UNREACHABLE, 1),
                                               (Outcome.ROBOTS_DENIED, 24)])
def test_a_failed_look_is_tried_again_later_not_at_once(database: Database, outcome: Outcome, hours: int) -> None:
    add(database, wanted())
    search(database, outcome=outcome)
    assert due(database, now=NOW + timedelta(hours=hours, seconds=-1)) == []
    assert len(due(database, now=NOW + timedelta(hours=hours))) == 1


def test_an_interrupted_search_is_due_at_once_and_resumes(database: Database) -> None:
    add(database, wanted())
    with database.writing() as connection:
        run_id = queue.open_run(connection, SOURCE, NOW, 1)
        opened = queue.open_search(connection, 1, [SOURCE], run_id, NOW)
    assert due(database) == []  # leased by being open
    with database.writing() as connection:
        assert queue.interrupt_open(connection, [SOURCE], NOW) == 1
    assert [entry.resumes for entry in due(database)] == [opened and opened[SOURCE]]


def test_a_query_is_open_once_at_most(database: Database) -> None:
    add(database, wanted())
    with database.writing() as connection:
        run_id = queue.open_run(connection, SOURCE, NOW, 1)
        assert queue.open_search(connection, 1, [SOURCE, "other"], run_id, NOW) is not None
    with database.writing() as connection:
        assert queue.open_search(connection, 1, ["other"], run_id, NOW) is None
    with pytest.raises(sa.exc.IntegrityError), database.writing() as connection:
        connection.execute(sa.insert(tables.searches).values(query_id=1, source=SOURCE, opened_at=NOW))


def test_what_a_rest_held_back_comes_first(database: Database) -> None:
    add(database, wanted("A-111", order_id="1", ship_by=NOW + timedelta(days=1)), wanted("B-222", order_id="2"))
    until = NOW + timedelta(hours=1)
    with database.writing() as connection:
        held = [entry for entry in queue.due(connection, SOURCE, NOW) if entry.query.model_number == "B-222"]
        why = CannotLook(Outcome.RESTING, "resting", "rests")
        queue.record_not_looked(connection, SOURCE, held, why, NOW, rest_until=until)
    assert [entry.query.model_number for entry in due(database)] == ["A-111"]
    assert [entry.query.model_number for entry in due(database, now=until)] == ["B-222", "A-111"]


def test_saying_off_again_adds_no_row_and_a_new_reason_takes_the_old_ones_place(database: Database) -> None:
    add(database, wanted())
    for hour, reason in enumerate(("switch it on", "switch it on", "set its key")):
        why = CannotLook(Outcome.OFF, "off", reason)
        with database.writing() as connection:
            now = NOW + timedelta(hours=hour)
            queue.record_not_looked(connection, SOURCE, queue.due(connection, SOURCE, now), why, now)
    with database.reading() as connection:
        rows = connection.execute(sa.select(tables.searches)).mappings().all()
    assert [(row["reason"], row["closed_at"]) for row in rows] == [("set its key", NOW + timedelta(hours=2))]


def test_one_run_at_a_time_per_source(database: Database, tmp_path: Path) -> None:
    other = Database(database.url.render_as_string(hide_password=False))
    with source_lock(database, tmp_path, "a") as first, source_lock(other, tmp_path, "a") as second:
        assert (first, second) == (True, False)
        with source_lock(other, tmp_path, "b") as third:
            assert third
    with source_lock(other, tmp_path, "a") as again:
        assert again
    other.close()
