"""A source's history as the database tells it, and the demotion of zeros that the canary disproves."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from kataban.items import Availability, Outcome, Verdict
from kataban.results.database import Database
from kataban.results.health import Canary, demote_nothing, history_of, nothing_is_all
from kataban.results.tables import searches
from tests.results.makers import NOW, SOURCE, add, judgement, listing, search, wanted

HOUR = timedelta(hours=1)


def run_of(database: Database, search_id: int) -> int:
    with database.reading() as connection:
        return int(connection.execute(sa.select(searches.c.run_id).where(searches.c.id == search_id)).scalar_one())


def row_of(database: Database, search_id: int) -> sa.RowMapping:
    with database.reading() as connection:
        return connection.execute(sa.select(searches).where(searches.c.id == search_id)).mappings().one()


def test_the_last_run_beside_the_earlier_ones(database: Database) -> None:
    add(database, wanted())
    full = listing("a", seen_at=NOW - 3 * HOUR)
    search(database, full, now=NOW - 3 * HOUR, rows_read=10)
    search(database, outcome=Outcome.NOTHING, now=NOW - 2 * HOUR, rows_read=4)
    bare = listing("b", seen_at=NOW - HOUR, price=None, availability=Availability.UNKNOWN, seller=None,
                   judgement=judgement(Verdict.UNCLEAR))
    search(database, bare, listing("c", seen_at=NOW - HOUR), now=NOW - HOUR, rows_read=2,
           reason_code="unreadable_rows", outcome=Outcome.PARTIAL)
    with database.reading() as connection:
        history = history_of(connection, SOURCE, NOW)
    assert (history.before.searches, history.before.rows_per_search, history.before.listings) == (2, 7.0, 1)
    assert set(history.before.coverage.values()) == {1.0}
    assert (history.now.rows_per_search, history.now.unreadable, history.now.unclear) == (2.0, 1.0, 0.5)
    assert history.now.coverage == {"price": 0.5, "title": 1.0, "link": 1.0, "availability": 0.5, "seller": 0.5}
    assert history.failures_in_a_row == 0


def test_failures_in_a_row_count_the_newest_looks(database: Database) -> None:
    add(database, wanted())
    outcomes = [Outcome.FOUND, Outcome.BROKEN, Outcome.RESTING, Outcome.BLOCKED, Outcome.OFF, Outcome.UNREACHABLE]
    for age, outcome in enumerate(reversed(outcomes)):
        search(database, outcome=outcome, now=NOW - (len(outcomes) - age) * HOUR, reason=f"because of {outcome.value}")
    search(database, outcome=Outcome.BROKEN, now=NOW, reason="changed")
    with database.reading() as connection:
        history = history_of(connection, SOURCE, NOW)
    # The newest look is broken, then one was found: what the user chose (off, resting) is no look at all.
    assert (history.failures_in_a_row, history.last_reason) == (1, "broken: changed")


def test_a_source_that_was_never_asked(database: Database) -> None:
    with database.reading() as connection:
        history = history_of(connection, "mercari", NOW)
    assert (history.now.searches, history.failures_in_a_row, history.last_at) == (0, 0, None)


@pytest.mark.parametrize(("rows", "all_zero"), [(0, True), (3, False)])
def test_zeros_that_prove_only_each_other(database: Database, rows: int, all_zero: bool) -> None:
    add(database, wanted())
    zero = search(database, outcome=Outcome.NOTHING, rows_read=rows, complete=True)
    with database.reading() as connection:
        assert nothing_is_all(connection, SOURCE, run_of(database, zero)) is all_zero


def test_a_run_that_was_blocked_has_no_zero_to_prove(database: Database) -> None:
    add(database, wanted())
    blocked = search(database, outcome=Outcome.BLOCKED)
    with database.reading() as connection:
        assert not nothing_is_all(connection, SOURCE, run_of(database, blocked))


def test_zeros_of_the_run_are_demoted_and_asked_again(database: Database) -> None:
    add(database, wanted())
    earlier = search(database, outcome=Outcome.NOTHING, now=NOW - 5 * HOUR, complete=True)
    zero = search(database, outcome=Outcome.NOTHING, now=NOW, complete=True)
    with database.writing() as connection:
        assert demote_nothing(connection, [SOURCE], run_of(database, zero), NOW) == 1
    row = row_of(database, zero)
    assert (row["outcome"], row["reason_code"], row["complete"]) == ("broken", "canary", False)
    assert row["reason"] == Canary.REASON
    assert row["due_at"] is not None
    assert row_of(database, earlier)["outcome"] == "nothing"
    with database.reading() as connection:
        assert history_of(connection, SOURCE, NOW).canary_failed


def test_what_was_found_is_not_demoted(database: Database) -> None:
    add(database, wanted())
    found = search(database, listing("a"), now=NOW)
    with database.writing() as connection:
        assert demote_nothing(connection, [SOURCE], run_of(database, found), NOW) == 0
