"""Orders that wait for their model number: which they are, and the user's answers out of a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from kataban.intake import CatalogueEntry, ModelAnswer
from kataban.items import Wanted, WantedState
from kataban.results.catalogue import name_skus, settle_model
from kataban.results.rows import wanted_of
from kataban.results.tables import wanted

_LIVE = (WantedState.OPEN.value, WantedState.NEEDS_MODEL.value)


def waiting_orders(connection: sa.Connection) -> list[Wanted]:
    """The orders without a model number, the nearest ship_by first; of each SKU only the first."""
    rows = connection.execute(
        sa.select(wanted).where(wanted.c.state == WantedState.NEEDS_MODEL.value, wanted.c.watch.is_(False))
        .order_by(wanted.c.ship_by.is_(None), wanted.c.ship_by, wanted.c.id)).mappings()
    first: dict[object, Wanted] = {}
    for row in rows:
        first.setdefault(row["sku"] or row["id"], wanted_of(row))
    return list(first.values())


def settle_answers(connection: sa.Connection, answers: Sequence[ModelAnswer], now: datetime) -> list[int]:
    """Keep the user's answers for their SKUs and settle the orders they are about; returns the ids of these.

    An answer about orders that have another model number by now is given to them all the same: it is the later word.
    """
    entries = [CatalogueEntry(one.sku, one.model_number, one.maker, one.jan) for one in answers if one.sku]
    settled = name_skus(connection, entries, now) if entries else []
    for answer in answers:
        named = answer.model_number or answer.jan or ""
        for wanted_id in _unlike(connection, answer):
            settled += settle_model(connection, wanted_id, named, answer.maker, now)
    return sorted(set(settled))


def _unlike(connection: sa.Connection, answer: ModelAnswer) -> list[int]:
    """One live order of each model number, or of none, that is not as the answer says."""
    about = wanted.c.sku == answer.sku if answer.sku else sa.and_(
        wanted.c.sku.is_(None), wanted.c.order_id == answer.order_id,
        sa.true() if answer.asin is None else wanted.c.asin == answer.asin)
    column, value = (("model_number", answer.model_number) if answer.model_number else ("jan", answer.jan))
    statement = (sa.select(sa.func.min(wanted.c.id)).where(
        about, wanted.c.state.in_(_LIVE), wanted.c.watch.is_(False), wanted.c[column].is_distinct_from(value)))
    grouped = statement.group_by(wanted.c.model_number) if answer.sku else statement.group_by(wanted.c.id)
    return list(connection.execute(grouped.order_by(sa.func.min(wanted.c.id))).scalars())
