"""When a host may be asked next, and how long a host or a source rests: one truth for all spiders and processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from kataban.results.database import Database
from kataban.results.tables import host_gates, source_states


@dataclass(frozen=True, slots=True)
class Rest:
    """A rest of a host or source: until when (UTC), how many in a row, and why."""

    until: datetime
    level: int
    reason: str
    seconds: float  # from now


@dataclass(frozen=True, slots=True)
class RestRule:
    """The first rest and the longest one, in seconds."""

    first: float
    longest: float

    def seconds(self, level: int, retry_after: float | None) -> float:
        """How long the rest number `level` (0 = the first) lasts. A first rest is as long as the host asked for."""
        doubled = self.first * 2.0 ** min(level, 60)
        if retry_after is None:
            return min(doubled, self.longest)
        return min(max(retry_after, doubled if level else 0.0), self.longest)


def reserve(database: Database, host: str, *, gap: float, wait_max: float, rest: RestRule) -> float | Rest:
    """Take the host's next free moment: seconds to wait until it, or the Rest that forbids asking at all.

    `gap` is what is kept free after that moment, in seconds. A moment more than `wait_max` away was written by a clock
    that has jumped, and is set anew.
    """
    with database.writing() as connection:
        now = _now(connection)
        gate = _gate(connection, host, now)
        resting = _resting(gate, now, rest)
        if resting is not None:
            return resting
        start: datetime = max(gate.next_at, now)
        if start > now + timedelta(seconds=wait_max):
            start = now + timedelta(seconds=gap)
        _set_gate(connection, host, next_at=start + timedelta(seconds=gap))
        return (start - now).total_seconds()


def push(database: Database, host: str, *, gap: float) -> None:
    """Keep the host free for `gap` seconds from now at least (a Crawl-delay that has just been read)."""
    with database.writing() as connection:
        now = _now(connection)
        gate = _gate(connection, host, now)
        _set_gate(connection, host, next_at=max(gate.next_at, now + timedelta(seconds=gap)))


def rest_host(database: Database, host: str, reason: str, *, rule: RestRule, retry_after: float | None = None) -> Rest:
    """Let the host rest, longer each time. `retry_after` is what it asked for, in seconds."""
    with database.writing() as connection:
        now = _now(connection)
        resting = _next_rest(_gate(connection, host, now), now, rule, retry_after, reason)
        _set_gate(connection, host, rest_until=resting.until, rest_level=resting.level, reason=reason)
        return resting


def hold_host(database: Database, host: str, reason: str, *, seconds: float, rule: RestRule) -> None:
    """Leave the host alone for as long as it asked (Retry-After); a longer rest stays, and the next is no longer."""
    with database.writing() as connection:
        now = _now(connection)
        until = now + timedelta(seconds=min(seconds, rule.longest))
        gate = _gate(connection, host, now)
        if gate.rest_until is None or gate.rest_until < until:
            _set_gate(connection, host, rest_until=until, reason=reason)


def host_rest(database: Database, host: str, *, rule: RestRule) -> Rest | None:
    """The host's rest, None when it may be asked."""
    with database.reading() as connection:
        gate = connection.execute(sa.select(host_gates).where(host_gates.c.host == host)).first()
        return None if gate is None else _resting(gate, _now(connection), rule)


def host_answered(database: Database, host: str) -> None:
    """The host answered properly: its next rest is a first one again."""
    with database.writing() as connection:
        _set_gate(connection, host, rest_until=None, rest_level=0, reason=None)


def rest_source(
    database: Database, source: str, reason_code: str, reason: str, *, rule: RestRule, retry_after: float | None = None,
) -> Rest:
    """Let the source rest, longer each time."""
    with database.writing() as connection:
        now = _now(connection)
        state = _state(connection, source)
        resting = _next_rest(state, now, rule, retry_after, reason)
        _set_state(connection, source, rest_until=resting.until, rest_level=resting.level, reason_code=reason_code,
                   reason=reason)
        return resting


def source_rest(database: Database, source: str, *, rule: RestRule) -> Rest | None:
    """The source's rest, None when it may be asked."""
    with database.reading() as connection:
        state = connection.execute(sa.select(source_states).where(source_states.c.source == source)).first()
        return None if state is None else _resting(state, _now(connection), rule)


def clear_source(database: Database, source: str) -> None:
    """The source answered properly: no rest, and its next one is a first one again."""
    with database.writing() as connection:
        _state(connection, source)
        _set_state(connection, source, rest_until=None, rest_level=0, reason_code=None, reason=None,
                   answered_at=_now(connection))


def _now(connection: sa.Connection) -> datetime:
    # Several machines share a PostgreSQL, so its clock counts; a SQLite file has only this machine's.
    if connection.dialect.name == "postgresql":
        now: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
        return now.astimezone(UTC)
    return datetime.now(UTC)


def _insert(connection: sa.Connection, table: sa.Table, **values: Any) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(table).values(**values).on_conflict_do_nothing())


def _gate(connection: sa.Connection, host: str, now: datetime) -> sa.Row[Any]:
    _insert(connection, host_gates, host=host, next_at=now, rest_level=0)
    return connection.execute(sa.select(host_gates).where(host_gates.c.host == host).with_for_update()).one()


def _state(connection: sa.Connection, source: str) -> sa.Row[Any]:
    _insert(connection, source_states, source=source, rest_level=0)
    return connection.execute(sa.select(source_states).where(source_states.c.source == source).with_for_update()).one()


def _set_gate(connection: sa.Connection, host: str, **values: Any) -> None:
    connection.execute(sa.update(host_gates).where(host_gates.c.host == host).values(**values))


def _set_state(connection: sa.Connection, source: str, **values: Any) -> None:
    connection.execute(sa.update(source_states).where(source_states.c.source == source).values(**values))


def _resting(row: sa.Row[Any], now: datetime, rule: RestRule) -> Rest | None:
    if row.rest_until is None or row.rest_until <= now:
        return None
    # No rest is longer than the longest, so one that looks it comes from a clock that has jumped.
    until = min(row.rest_until, now + timedelta(seconds=rule.longest))
    return Rest(until, row.rest_level, row.reason or "", (until - now).total_seconds())


def _next_rest(row: sa.Row[Any], now: datetime, rule: RestRule, retry_after: float | None, reason: str) -> Rest:
    forgotten = row.rest_until is not None and row.rest_until < now - timedelta(seconds=rule.longest)
    level = 0 if forgotten else row.rest_level
    seconds = rule.seconds(level, retry_after)
    return Rest(now + timedelta(seconds=seconds), level + 1, reason, seconds)
