"""The catalogue: what the user's SKUs are, joined from all files and the user's own word, and the orders it settles."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

import sqlalchemy as sa

from kataban.intake import CatalogueEntry, Fulfilment, RowError, join, model_of, settle_by
from kataban.items import Condition, Wanted, WantedState
from kataban.results.chunks import chunks
from kataban.results.concluding import conclude
from kataban.results.queue import query_id_of
from kataban.results.rows import wanted_of, wanted_values
from kataban.results.tables import catalogue, wanted
from kataban.results.writing import upsert

Row = TypeVar("Row", Wanted, CatalogueEntry)
_FIELDS = tuple(field.name for field in dataclasses.fields(CatalogueEntry))


class ModelRefusedError(ValueError):
    """A model number that the user gave cannot be one. `reason_ja` and `reason_en` are for the screen."""

    def __init__(self, reason_ja: str, reason_en: str) -> None:
        super().__init__(reason_en)
        self.reason_ja, self.reason_en = reason_ja, reason_en


def add_catalogue(connection: sa.Connection, entries: Iterable[CatalogueEntry], now: datetime, *,
                  listed: bool = False) -> list[int]:
    """Keep what SKUs are, and settle the orders that waited for it; returns the ids of the settled rows.

    Nothing is forgotten because a file does not say it. `listed` says that a listings report showed these SKUs now.
    """
    joined = join(entries)
    for skus in chunks(joined):
        stored = entries_of(connection, skus)
        rows = {sku: join([*filter(None, [stored.get(sku)]), joined[sku]])[sku] for sku in skus}
        changed = [entry for sku, entry in rows.items() if stored.get(sku) != entry]
        upsert(connection, catalogue, [_values(entry) | {"updated_at": now} for entry in changed], ("sku",))
        if listed:
            connection.execute(sa.update(catalogue).where(catalogue.c.sku.in_(skus)).values(listed_at=now))
    _learn_jans(connection, now)
    return settle_waiting(connection, now)


def entries_of(connection: sa.Connection, skus: Iterable[str]) -> dict[str, CatalogueEntry]:
    """What these SKUs are, as far as files and the user have told."""
    found: dict[str, CatalogueEntry] = {}
    for part in chunks(dict.fromkeys(skus)):
        rows = connection.execute(sa.select(catalogue).where(catalogue.c.sku.in_(part))).mappings()
        found |= {row["sku"]: _entry_of(row) for row in rows}
    return found


def stored_catalogue(connection: sa.Connection) -> dict[str, CatalogueEntry]:
    """What all SKUs are."""
    return {row["sku"]: _entry_of(row) for row in connection.execute(sa.select(catalogue)).mappings()}


def settle_waiting(connection: sa.Connection, now: datetime) -> list[int]:
    """Give the orders without a model number what the catalogue knows by now; returns the ids of the settled rows.

    A SKU that no file names is told by the other SKUs of the order's ASIN, where these agree.
    """
    waiting = [wanted_of(row) for row in connection.execute(sa.select(wanted).where(
        wanted.c.state == WantedState.NEEDS_MODEL.value)).mappings()]
    known = entries_of(connection, [row.sku for row in waiting if row.sku])
    by_asin = _agreed(connection, {row.asin for row in waiting if row.asin})
    told = ((row, _entry_for(row, known, by_asin)) for row in waiting)
    settled = [row for row in (settle_by(row, entry) for row, entry in told if entry) if row.state is WantedState.OPEN]
    for row in settled:
        _update(connection, row, now)
    return [row.wanted_id for row in settled if row.wanted_id is not None]


def name_skus(connection: sa.Connection, named: Iterable[CatalogueEntry], now: datetime) -> list[int]:
    """Keep the user's word on what SKUs are; unlike a file's, it takes nothing else of theirs away.

    Returns the ids of the orders that it settled.
    """
    by_sku = {entry.sku: entry for entry in named}
    stored = entries_of(connection, by_sku)
    return add_catalogue(connection, [_filled(stored.get(sku, CatalogueEntry(sku)), entry)
                                      for sku, entry in by_sku.items()], now)


def settle_model(connection: sa.Connection, wanted_id: int, model_number: str, maker: str | None,
                 now: datetime) -> list[int]:
    """The user's word on what an order is: kept for its SKU, and given to all its orders that stand as this one does.

    Returns the ids of the rows that have it now. Raises ModelRefusedError for what cannot be a model number; 13 digits
    are the JAN. A number given before is taken back by giving another.
    """
    row = connection.execute(sa.select(wanted).where(wanted.c.id == wanted_id)).mappings().first()
    if row is None:
        return []
    named, need = _named(model_number, maker), wanted_of(row)
    ids = _alike(connection, need)
    settled = name_skus(connection, [dataclasses.replace(named, sku=need.sku)], now) if need.sku else []
    for one in connection.execute(sa.select(wanted).where(wanted.c.id.in_(ids))).mappings().all():
        filled = _filled(wanted_of(one), named)
        filled.state = WantedState.OPEN if filled.state is WantedState.NEEDS_MODEL else filled.state
        _update(connection, filled, now)
    conclude(connection, wanted_ids=sorted({*ids, *settled}))
    return ids


def _alike(connection: sa.Connection, need: Wanted) -> list[int]:
    """The row itself, and the live ones of its SKU with the same model number, or none like it."""
    same = wanted.c.id == need.wanted_id
    if need.sku:
        live = wanted.c.state.in_([WantedState.OPEN.value, WantedState.NEEDS_MODEL.value])
        same |= live & (wanted.c.sku == need.sku) & wanted.c.model_number.is_not_distinct_from(need.model_number)
    return list(connection.execute(sa.select(wanted.c.id).where(same).order_by(wanted.c.id)).scalars())


def _filled(about: Row, named: CatalogueEntry) -> Row:
    return dataclasses.replace(about, model_number=named.model_number, jan=named.jan or about.jan,
                               maker=named.maker or about.maker)


def _named(model_number: str, maker: str | None) -> CatalogueEntry:
    try:
        model, jan = model_of(model_number)
    except RowError as error:
        refused = error.reject(0, {})
        raise ModelRefusedError(refused.reason_ja, refused.reason_en) from error
    if model is None and jan is None:
        refused = RowError("empty_model").reject(0, {})
        raise ModelRefusedError(refused.reason_ja, refused.reason_en)
    return CatalogueEntry("", model, (maker or "").strip() or None, jan)


def _update(connection: sa.Connection, row: Wanted, now: datetime) -> None:
    """By id: a row without an order is known by its model number, which it only now has."""
    values = wanted_values(row) | {"query_id": query_id_of(connection, row, now), "updated_at": now}
    connection.execute(sa.update(wanted).where(wanted.c.id == row.wanted_id).values(**values))


def _learn_jans(connection: sa.Connection, now: datetime) -> None:
    """A SKU with only an ASIN has the JAN of the other SKUs of this ASIN, where these agree on one."""
    agreed = (sa.select(catalogue.c.asin, sa.func.min(catalogue.c.jan).label("jan"))
              .where(catalogue.c.asin.is_not(None), catalogue.c.jan.is_not(None)).group_by(catalogue.c.asin)
              .having(sa.func.min(catalogue.c.jan) == sa.func.max(catalogue.c.jan)).subquery())
    lacking = connection.execute(sa.select(catalogue.c.sku, agreed.c.jan).join(
        agreed, agreed.c.asin == catalogue.c.asin).where(catalogue.c.jan.is_(None))).all()
    if lacking:
        connection.execute(
            sa.update(catalogue).where(catalogue.c.sku == sa.bindparam("of_sku")).values(
                jan=sa.bindparam("agreed"), updated_at=now),
            [{"of_sku": row.sku, "agreed": row.jan} for row in lacking])


def _agreed(connection: sa.Connection, asins: Iterable[str]) -> dict[str, CatalogueEntry]:
    """By ASIN what all its SKUs agree on: model number, maker and JAN; nothing where they name two."""
    groups: dict[str, list[CatalogueEntry]] = {}
    for part in chunks(asins):
        rows = connection.execute(sa.select(catalogue).where(catalogue.c.asin.in_(part))).mappings()
        for row in rows:
            groups.setdefault(row["asin"], []).append(_entry_of(row))
    return {asin: CatalogueEntry("", _one(group, "model_number"), _one(group, "maker"), _one(group, "jan"), asin=asin)
            for asin, group in groups.items()}


def _one(group: Sequence[CatalogueEntry], name: str) -> str | None:
    values = {getattr(entry, name) for entry in group} - {None}
    return values.pop() if len(values) == 1 else None


def _entry_for(row: Wanted, known: Mapping[str, CatalogueEntry],
               by_asin: Mapping[str, CatalogueEntry]) -> CatalogueEntry | None:
    """The entry of the row's SKU, else of its ASIN."""
    own = known.get(row.sku or "")
    return own if own is not None and (own.model_number or own.jan) else by_asin.get(row.asin or "")


def _values(entry: CatalogueEntry) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in _FIELDS}
    return values | {"price": None if entry.price is None else str(entry.price),
                     "condition": entry.condition and entry.condition.value,
                     "fulfilment": entry.fulfilment and entry.fulfilment.value}


def _entry_of(row: sa.RowMapping) -> CatalogueEntry:
    values = {name: row[name] for name in _FIELDS}
    return CatalogueEntry(**values | {
        "price": None if row["price"] is None else Decimal(row["price"]),
        "condition": Condition(row["condition"]) if row["condition"] else None,
        "fulfilment": Fulfilment(row["fulfilment"]) if row["fulfilment"] else None})
