"""The watched SKUs as plain values, for the table, JSON, CSV and the page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kataban.items import Supply, WantedState
from kataban.results.tables import catalogue, takedowns, wanted, watches

# What needs somebody first.
_ORDER = {state.value: at for at, state in enumerate(
    (Supply.GONE, Supply.DISCONTINUED, Supply.THIN, Supply.UNKNOWN, Supply.SUPPLIED))}


def watch_shapes(connection: sa.Connection, now: datetime, states: Iterable[Supply] | None = None,
                 sku: str | None = None) -> list[dict[str, Any]]:
    """One dict per SKU under watch (or of the one named), what needs somebody first; times ISO 8601 with offset.

    `evidence` is a list of {rule, text_ja, text_en, source, listing_id, url, span, at}; `coverage` a share of 0 to 1;
    `price` a decimal number as text; `taken_down_at` when a file of ours set its quantity to 0 and none gave it back;
    `days` how long the state holds.
    """
    down = (sa.select(takedowns.c.sku, sa.func.max(takedowns.c.written_at, type_=takedowns.c.written_at.type)
                      .label("taken_down_at"))
            .where(takedowns.c.restored_at.is_(None)).group_by(takedowns.c.sku).subquery())
    names = ("price", "quantity", "asin", "listed_at")
    statement = (
        sa.select(watches, wanted.c.model_number, wanted.c.maker, wanted.c.jan, wanted.c.name, wanted.c.query_id,
                  *[catalogue.c[name] for name in names], down.c.taken_down_at)
        .join(wanted, wanted.c.id == watches.c.wanted_id)
        .outerjoin(catalogue, catalogue.c.sku == watches.c.sku).outerjoin(down, down.c.sku == watches.c.sku)
        .where(wanted.c.state == WantedState.OPEN.value))
    if states is not None:
        statement = statement.where(watches.c.state.in_([state.value for state in states]))
    if sku is not None:
        statement = statement.where(watches.c.sku == sku)
    rows = connection.execute(statement).mappings().all()
    return [_shape(row, now) for row in sorted(rows, key=lambda row: (_ORDER[row["state"]], row["sku"]))]


def _shape(row: sa.RowMapping, now: datetime) -> dict[str, Any]:
    kept = ("sku", "wanted_id", "query_id", "model_number", "maker", "jan", "asin", "name", "state", "suppliers",
            "cheapest", "cheapest_source", "margin", "coverage", "successor", "price", "quantity")
    times = {name: None if row[name] is None else row[name].isoformat()
             for name in ("since", "checked_at", "listed_at", "taken_down_at")}
    return {name: row[name] for name in kept} | times | {
        "days": (now - row["since"]).days, "evidence": list(row["evidence"] or ())}
