"""Moments and rests of hosts and sources, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from kataban.results import gates
from kataban.results.database import Database
from kataban.results.tables import host_gates

RULE = gates.RestRule(first=10, longest=100)
HOST = "shop.example.com"


def reserve(database: Database, host: str = HOST, gap: float = 5.0) -> float:
    answer = gates.reserve(database, host, gap=gap, wait_max=300, rest=RULE)
    assert isinstance(answer, float)
    return answer


def set_gate(database: Database, **values: object) -> None:
    with database.writing() as connection:
        connection.execute(sa.update(host_gates).where(host_gates.c.host == HOST).values(**values))


def test_moments_lie_one_gap_apart_and_hosts_are_independent(database: Database) -> None:
    waits = [reserve(database) for _ in range(4)]
    assert waits == pytest.approx([0, 5, 10, 15], abs=1.5)
    assert reserve(database, "other.example.com") == 0


def test_many_at_once_get_different_moments(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        waits = sorted(pool.map(lambda _: reserve(database, gap=10.0), range(8)))
    assert waits == pytest.approx([10.0 * number for number in range(8)], abs=4)


def test_a_moment_far_away_comes_from_a_clock_that_jumped(database: Database) -> None:
    reserve(database)
    set_gate(database, next_at=datetime.now(UTC) + timedelta(days=3))
    assert reserve(database) == pytest.approx(5, abs=1)
    assert reserve(database) == pytest.approx(10, abs=1.5)


def test_a_longer_delay_counts_from_now(database: Database) -> None:
    reserve(database, gap=1)
    gates.push(database, HOST, gap=20)
    gates.push(database, HOST, gap=2)
    assert reserve(database) == pytest.approx(20, abs=1.5)


def test_a_resting_host_gives_no_moment(database: Database) -> None:
    rest = gates.rest_host(database, HOST, "status 429", rule=RULE)
    answer = gates.reserve(database, HOST, gap=1, wait_max=300, rest=RULE)
    assert isinstance(answer, gates.Rest)
    assert (answer.reason, answer.level, answer.until) == ("status 429", 1, rest.until)
    gates.host_answered(database, HOST)
    assert reserve(database) == 0


def test_rests_grow_to_a_limit_and_an_old_one_is_forgotten(database: Database) -> None:
    lengths = [gates.rest_host(database, HOST, "503", rule=RULE).seconds for _ in range(6)]
    assert lengths == [10, 20, 40, 80, 100, 100]
    set_gate(database, rest_until=datetime.now(UTC) - timedelta(seconds=101))
    assert gates.host_rest(database, HOST, rule=RULE) is None
    assert gates.rest_host(database, HOST, "503", rule=RULE).seconds == 10


def test_a_host_is_held_as_long_as_it_asks_and_its_next_rest_is_no_longer(database: Database) -> None:
    for seconds in (5, 60, 3, 1e9):
        gates.hold_host(database, HOST, "429", seconds=seconds, rule=RULE)
        rest = gates.host_rest(database, HOST, rule=RULE)
        assert rest is not None
        assert rest.seconds == pytest.approx(min(max(seconds, 60), 100) if seconds != 5 else 5, abs=1.5)
    assert gates.rest_host(database, HOST, "429", rule=RULE).seconds == 10


def test_no_rest_is_longer_than_the_longest_whatever_the_clock_did(database: Database) -> None:
    gates.rest_host(database, HOST, "503", rule=RULE)
    set_gate(database, rest_until=datetime.now(UTC) + timedelta(days=30))
    rest = gates.host_rest(database, HOST, rule=RULE)
    assert rest is not None
    assert rest.seconds <= 100


def test_a_source_rests_apart_from_its_hosts(database: Database) -> None:
    assert gates.source_rest(database, "rakuma", rule=RULE) is None
    lengths = [gates.rest_source(database, "rakuma", "forbidden", "status 403", rule=RULE).seconds for _ in range(2)]
    assert lengths == [10, 20]
    rest = gates.source_rest(database, "rakuma", rule=RULE)
    assert rest is not None
    assert (rest.level, rest.reason) == (2, "status 403")
    assert gates.source_rest(database, "mercari", rule=RULE) is None
    gates.clear_source(database, "rakuma")
    assert gates.source_rest(database, "rakuma", rule=RULE) is None
    assert gates.rest_source(database, "rakuma", "forbidden", "status 403", rule=RULE).seconds == 10
