"""The queue: Wanted rows, the Queries they make, and the Searches that are opened, closed and due again.

A Search is leased by being open: at most one may be open for a Query and Source (an index says so), and the run that
opened it holds the Source's lock (kataban.results.locks), which ends with the process. So whoever gets that lock knows
that all open Searches of the Source are dead ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from kataban.intake import key_of
from kataban.items import ANSWERED, CannotLook, Ending, Outcome, Purchase, Query, Wanted, WantedState
from kataban.offers import LookAgain, due_at
from kataban.results.chunks import chunks
from kataban.results.resolutions import resolve
from kataban.results.rows import query_of, wanted_values
from kataban.results.tables import purchases, queries, queue_files, runs, searches, source_states, wanted
from matcher import canonical, squashed

USUAL = LookAgain()
EXPIRES_AFTER = timedelta(days=3)
_BOUGHT = WantedState.BOUGHT.value
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
# When a look that failed is worth trying again; a rest has its own end, and what is not here is due at once.
TRY_AGAIN_AFTER = {
    Outcome.BROKEN: timedelta(hours=1),
    Outcome.UNREACHABLE: timedelta(hours=1),
    Outcome.UNRENDERED: timedelta(hours=1),
    Outcome.ROBOTS_UNKNOWN: timedelta(hours=1),
    Outcome.ROBOTS_DENIED: timedelta(hours=24),
    Outcome.QUOTA: timedelta(hours=6),
    Outcome.BLOCKED: timedelta(hours=1),
    Outcome.RATE_LIMITED: timedelta(hours=1),
}


@dataclass(frozen=True, slots=True)
class Counts:
    """What reading a file did to the queue, in rows."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0


def wanted_key(row: Wanted) -> str:
    """What makes two rows the same Wanted, as one text: a watched SKU, the order's item, else maker, model, JAN and
    condition."""
    return f"watch|{row.sku}" if row.watch else "|".join(key_of(row))


def add_wanted(connection: sa.Connection, rows: Iterable[Wanted], now: datetime,
               fields: frozenset[str] = frozenset()) -> tuple[Counts, list[int]]:
    """Add or update Wanted rows; nothing is deleted because it left a file.

    `fields` are those that the file has columns for (empty: all); what it has no column for stays as it was. Returns
    the counts and the ids of added and changed rows, whose purchases must be concluded anew. The user's own word
    (bought, done) stays, and "bought" is kept as the order's ending; an expired row opens again when its ship_by moved
    into the future. A row that names no model does not take away the one that is known.
    """
    by_key = {wanted_key(row): row for row in rows}
    known = _known_rows(connection, by_key)
    touched: list[int] = []
    bought: list[int] = []
    for key, told in by_key.items():
        row = _with_model(told, known[key]) if key in known else told
        values = wanted_values(row) | {"query_id": query_id_of(connection, row, now), "updated_at": now}
        if key not in known:
            result = connection.execute(sa.insert(wanted).values(key=key, created_at=now, **values))
            touched.append(_new_id(result))
            bought += touched[-1:] if row.state is WantedState.BOUGHT else []
            continue
        old = known[key]
        changes = _changes(old, values, fields) | {"state": _state(WantedState(old["state"]), row, now).value}
        if row.order_item_id:  # now it is known which item of the order this is
            changes["key"] = key
        if any(old[name] != value for name, value in changes.items()):
            connection.execute(sa.update(wanted).where(wanted.c.id == old["id"]).values(updated_at=now, **changes))
            touched.append(old["id"])
            bought += [old["id"]] if changes["state"] == _BOUGHT != old["state"] else []
    resolve(connection, bought, Ending.BOUGHT, "user", now)
    added = len(by_key) - len(known)
    changed = len(touched) - added
    return Counts(added, changed, len(known) - changed), touched


def _known_rows(connection: sa.Connection, by_key: Mapping[str, Wanted]) -> dict[str, sa.RowMapping]:
    known: dict[str, sa.RowMapping] = {}
    for keys in chunks(by_key):
        rows = connection.execute(sa.select(wanted).where(wanted.c.key.in_(keys))).mappings()
        known |= {row["key"]: row for row in rows}
    return known | _same_order_rows(connection, {key: row for key, row in by_key.items() if key not in known})


def _with_model(row: Wanted, old: sa.RowMapping) -> Wanted:
    if row.model_number or row.jan or not (old["model_number"] or old["jan"]):
        return row
    return replace(row, model_number=old["model_number"], jan=old["jan"], maker=row.maker or old["maker"],
                   state=WantedState.OPEN if row.state is WantedState.NEEDS_MODEL else row.state)


def _same_order_rows(connection: sa.Connection, rows: Mapping[str, Wanted]) -> dict[str, sa.RowMapping]:
    """Rows that another report knows without item ids: the same order and SKU is the same Wanted, bought once."""
    stored: dict[tuple[str, str], sa.RowMapping] = {}
    for orders in chunks({row.order_id for row in rows.values() if row.order_id and row.sku}):
        found = connection.execute(sa.select(wanted).where(wanted.c.order_id.in_(orders), wanted.c.sku.is_not(None)))
        stored |= {(old["order_id"], old["sku"]): old for old in found.mappings()}
    same = {}
    for key, row in rows.items():
        old = stored.get((row.order_id or "", row.sku or ""))
        if old is not None and not (row.order_item_id and old["order_item_id"]):
            same[key] = old
    return same


def _changes(old: sa.RowMapping, values: dict[str, Any], fields: frozenset[str]) -> dict[str, Any]:
    # What was filled in from elsewhere (the catalogue) is not emptied by a file that has no such column.
    return {name: value for name, value in values.items()
            if name not in {"updated_at", "state"} and value != old[name]
            and (old[name] is None or name == "query_id" or (value is not None and (not fields or name in fields)))}


def known_files(connection: sa.Connection) -> frozenset[str]:
    """The content hashes of the files that were read."""
    return frozenset(connection.execute(sa.select(queue_files.c.content_hash)).scalars())


def remember_file(connection: sa.Connection, **values: Any) -> None:
    """Keep that a file was read (content_hash, name, kind, read_at, rows_kept, rows_rejected)."""
    connection.execute(sa.insert(queue_files).values(**values))


def _new_id(result: sa.CursorResult[Any]) -> int:
    key = result.inserted_primary_key
    assert key is not None  # noqa: S101 - an INSERT of one row always has one
    return int(key[0])


def _state(old: WantedState, row: Wanted, now: datetime) -> WantedState:
    if old in (WantedState.BOUGHT, WantedState.DONE):
        return old
    if old is WantedState.EXPIRED and not (row.ship_by and row.ship_by > now):
        return old
    return row.state


def query_id_of(connection: sa.Connection, row: Wanted, now: datetime) -> int | None:
    """The id of the Query that this Wanted makes, begun where there is none yet; None while it has no model number."""
    asked = row.model_number or row.jan
    if row.state is WantedState.NEEDS_MODEL or not asked:
        return None
    key = "|".join((squashed(asked), squashed(row.maker or ""), row.jan or ""))
    found = connection.execute(sa.select(queries.c.id, queries.c.name).where(queries.c.key == key)).first()
    if found is None:
        return _new_id(connection.execute(sa.insert(queries).values(
            key=key, model_number=canonical(asked), maker=row.maker, jan=row.jan, name=row.name, created_at=now)))
    if row.name and not found.name:
        connection.execute(sa.update(queries).where(queries.c.id == found.id).values(name=row.name))
    return int(found.id)


def expire(connection: sa.Connection, now: datetime) -> int:
    """End the Wanted rows whose ship_by passed three days ago; returns how many."""
    open_states = (WantedState.OPEN.value, WantedState.NEEDS_MODEL.value)
    late = wanted.c.state.in_(open_states) & (wanted.c.ship_by < now - EXPIRES_AFTER)
    return connection.execute(
        sa.update(wanted).where(late).values(state=WantedState.EXPIRED.value, updated_at=now)).rowcount


@dataclass(frozen=True, slots=True)
class Due:
    """A Query that a Source is to be asked. `resumes` is the interrupted Search whose answers may be taken up."""

    query: Query
    ship_by: datetime | None
    resumes: int | None = None


def due(connection: sa.Connection, source: str, now: datetime, only: frozenset[int] | None = None,
        *, watching: bool = False, again: LookAgain = USUAL) -> list[Due]:
    """The Queries that `source` is to be asked now, those that a rest held back first, then by nearest ship_by.

    Whether the source rests is another question (source_rest). An order with something to buy is due when the look is
    no longer fresh, one without as often as `again` says. `watching` takes the watched SKUs instead of orders, those
    asked longest ago first, and `again.watch` between two looks.
    """
    asked = _open_queries(connection, source, only, watching=watching, now=now)
    rows = [row for row in asked if _is_due(row, now, again, watching=watching)]
    rows.sort(key=lambda row: (row["outcome"] != Outcome.RESTING.value, row["ship_by"] is None, row["ship_by"] or now,
                               watching and (row["closed_at"] or _LONG_AGO), row["id"]))
    return [Due(query_of(row), row["ship_by"],
                row["search_id"] if row["outcome"] == Outcome.INTERRUPTED.value else None) for row in rows]


def never_asked(connection: sa.Connection, source: str, only: frozenset[int] | None = None,
                *, watching: bool = False) -> list[Due]:
    """The open Queries of which this Source has no Search at all."""
    return [Due(query_of(row), row["ship_by"])
            for row in _open_queries(connection, source, only, watching=watching, now=None)
            if row["search_id"] is None]


def _open_queries(connection: sa.Connection, source: str, only: frozenset[int] | None,
                  *, watching: bool, now: datetime | None) -> Sequence[sa.RowMapping]:
    """The open Queries with the last Search of the source; with `now` also which have orders with nothing to buy."""
    latest = (sa.select(searches.c.query_id, sa.func.max(searches.c.id).label("search_id"))
              .where(searches.c.source == source).group_by(searches.c.query_id).subquery())
    last = searches.alias("last")
    need = _needs(now, watching=watching)
    statement = (
        sa.select(queries, need, latest.c.search_id, last.c.outcome, last.c.closed_at, last.c.due_at, last.c.opened_at)
        .join(need, need.c.query_id == queries.c.id)
        .outerjoin(latest, latest.c.query_id == queries.c.id)
        .outerjoin(last, last.c.id == latest.c.search_id)
    )
    rows = connection.execute(statement).mappings().all()
    return rows if only is None else [row for row in rows if row["id"] in only]


def _needs(now: datetime | None, *, watching: bool) -> sa.Subquery:
    """By Query the nearest ship_by of its orders, how many of them have nothing to buy, and the nearest of these."""
    lacking = sa.true() if now is None or watching else ~sa.select(purchases.c.wanted_id).where(
        purchases.c.wanted_id == wanted.c.id, purchases.c.purchase != Purchase.NO.value,
        purchases.c.fresh_until > now).exists()
    rows = (sa.select(wanted.c.query_id, wanted.c.ship_by, lacking.label("lacking"))
            .where(wanted.c.state == WantedState.OPEN.value, wanted.c.watch.is_(watching)).subquery())
    moment = wanted.c.ship_by.type  # MIN keeps the type: ship_by comes back as an aware datetime on both databases
    return sa.select(
        rows.c.query_id, sa.func.min(rows.c.ship_by, type_=moment).label("ship_by"),
        sa.func.sum(sa.case((rows.c.lacking, 1), else_=0)).label("lacking"),
        sa.func.min(sa.case((rows.c.lacking, rows.c.ship_by)), type_=moment).label("lacking_ship_by"),
    ).group_by(rows.c.query_id).subquery()


def _is_due(row: sa.RowMapping, now: datetime, again: LookAgain, *, watching: bool) -> bool:
    if row["search_id"] is None:
        return True
    if row["closed_at"] is None:  # open: another run of this moment has it
        return False
    if row["outcome"] in ANSWERED:
        until = row["closed_at"] + again.watch if watching else due_at(
            row["closed_at"], now, again, ship_by=row["ship_by"], lacking=bool(row["lacking"]),
            lacking_ship_by=row["lacking_ship_by"])
        return until <= now
    return row["due_at"] is None or row["due_at"] <= now


def due_again(outcome: Outcome, now: datetime, rest_until: datetime | None = None) -> datetime | None:
    """When a Search that ended so may be asked again; None where freshness decides or it is due at once."""
    if outcome is Outcome.RESTING:
        return rest_until
    after = TRY_AGAIN_AFTER.get(outcome)
    return None if after is None else now + after


def open_search(connection: sa.Connection, query_id: int, sources: Iterable[str], run_id: int,
                now: datetime) -> dict[str, int] | None:
    """Open one Search per Source for this Query; None when another run has one open already."""
    names = list(sources)
    taken = sa.select(searches.c.id).where(
        searches.c.query_id == query_id, searches.c.source.in_(names), searches.c.closed_at.is_(None))
    if connection.execute(taken).first() is not None:
        return None
    return {name: _new_id(connection.execute(sa.insert(searches).values(
        query_id=query_id, source=name, run_id=run_id, opened_at=now))) for name in names}


def interrupt_open(connection: sa.Connection, sources: Iterable[str], now: datetime) -> int:
    """Close the Searches that a dead run left open; only for who holds the sources' lock. Returns how many."""
    left = searches.c.source.in_(list(sources)) & searches.c.closed_at.is_(None)
    return connection.execute(sa.update(searches).where(left).values(
        closed_at=now, outcome=Outcome.INTERRUPTED.value, reason_code="run_ended",
        reason="the run ended before this search was complete")).rowcount


def done_with(connection: sa.Connection, ids: Sequence[int]) -> list[int]:
    """Those of these Searches that ended otherwise than interrupted: nothing of them is taken up again."""
    statement = sa.select(searches.c.id).where(
        searches.c.id.in_(ids), searches.c.closed_at.is_not(None), searches.c.outcome != Outcome.INTERRUPTED.value)
    return list(connection.execute(statement).scalars())


def record_not_looked(connection: sa.Connection, source: str, asked: Iterable[Due], why: CannotLook, now: datetime,
                      *, rest_until: datetime | None = None) -> None:
    """Say for each Query that `source` was not asked, and why. The same word for another reason takes its place."""
    outcome = why.outcome.value
    values = {"closed_at": now, "reason_code": why.reason_code, "reason": why.reason,
              "due_at": due_again(why.outcome, now, rest_until)}
    ids = [entry.query.query_id for entry in asked]
    latest = (sa.select(sa.func.max(searches.c.id))
              .where(searches.c.source == source, searches.c.query_id.in_(ids)).group_by(searches.c.query_id))
    same = connection.execute(sa.select(searches.c.id, searches.c.query_id).where(
        searches.c.id.in_(latest), searches.c.outcome == outcome)).all()
    connection.execute(sa.update(searches).where(
        searches.c.id.in_([row.id for row in same]), searches.c.reason != why.reason).values(**values))
    said = {row.query_id for row in same}
    fresh = [{"query_id": i, "source": source, "opened_at": now, "outcome": outcome, **values}
             for i in ids if i not in said]
    if fresh:
        connection.execute(sa.insert(searches), fresh)


def source_rest(connection: sa.Connection, source: str, now: datetime) -> datetime | None:
    """Until when `source` rests after a block, or None."""
    until = connection.execute(
        sa.select(source_states.c.rest_until).where(source_states.c.source == source)).scalar()
    return until if until is not None and until > now else None


def open_run(connection: sa.Connection, source: str, now: datetime, due_count: int) -> int:
    """Begin a Run; returns its id."""
    return _new_id(connection.execute(sa.insert(runs).values(source=source, started_at=now, due=due_count)))


def close_run(connection: sa.Connection, run_id: int, **values: Any) -> None:
    """End a Run with its counts (requests, listings, finish_reason, outcomes, ended_at)."""
    connection.execute(sa.update(runs).where(runs.c.id == run_id).values(**values))


def requests_per_search(connection: sa.Connection, source: str) -> float | None:
    """How many requests a Search of `source` took on average so far; None when there was none."""
    mean = connection.execute(sa.select(sa.func.avg(searches.c.requests)).where(
        searches.c.source == source, searches.c.requests > 0)).scalar()
    return None if mean is None else float(mean)
