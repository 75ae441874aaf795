"""The user's own word, kept: a row is bought or done, a listing is the wrong model, a seller is not OK."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kataban.items import Ending, WantedState
from kataban.results.concluding import conclude
from kataban.results.resolutions import reopen, resolution_of, resolve
from kataban.results.seller_words import DEALS, reappraise
from kataban.results.tables import judgements, listings, marks, sellers, wanted

LISTING_MARKS = ("wrong_model", "right_model", "bought", "arrived", "cancelled", "wrong_goods")
SELLER_MARKS = ("seller_trusted", "seller_not_ok", "seller_ok")


def find_wanted(connection: sa.Connection, word: str) -> list[sa.RowMapping]:
    """The Wanted rows that `word` names: a wanted id or an order id."""
    named = wanted.c.order_id == word
    if word.isdecimal() and len(word) < 10:
        named |= wanted.c.id == int(word)
    return list(connection.execute(sa.select(wanted).where(named).order_by(wanted.c.id)).mappings())


def set_state(connection: sa.Connection, ids: list[int], state: WantedState, now: datetime) -> None:
    """Set the state of Wanted rows: "bought" is kept as their ending, opening them again takes any ending back."""
    if state is WantedState.OPEN:
        reopen(connection, ids, now)
    elif state is WantedState.BOUGHT:
        known = resolution_of(connection, ids)
        fresh = [each for each in ids if each not in known or known[each].kind is not Ending.BOUGHT]
        resolve(connection, fresh, Ending.BOUGHT, "user", now)
    else:
        connection.execute(sa.update(wanted).where(wanted.c.id.in_(ids)).values(state=state.value, updated_at=now))
        conclude(connection, wanted_ids=ids)


def mark_listing(connection: sa.Connection, kind: str, source: str, listing_id: str, now: datetime,
                 *, note: str | None = None) -> int:
    """Mark a Listing for every Query it was judged for; returns how many marks that made (0: no such Listing).

    How a deal ended (bought, arrived, cancelled, wrong_goods) is one mark, and counts for the seller.
    """
    row = connection.execute(
        sa.select(listings.c.id, listings.c.seller_pk, sellers.c.seller_id)
        .outerjoin(sellers, sellers.c.id == listings.c.seller_pk)
        .where(listings.c.source == source, listings.c.listing_id == listing_id)).first()
    if row is None:
        return 0
    judged = connection.execute(sa.select(judgements).where(
        judgements.c.listing_pk == row.id).order_by(judgements.c.id)).mappings().all()
    rows: list[dict[str, Any]] = [
        {"kind": kind, "listing_pk": row.id, "query_id": entry["query_id"], "source": source, "note": note,
         "seller_id": row.seller_id, "verdict": entry["verdict"], "evidence": entry["evidence"], "marked_at": now}
        for entry in (judged[:1] if kind in DEALS else judged)]
    if rows:
        connection.execute(sa.insert(marks), rows)
    if kind in DEALS and row.seller_pk is not None:
        reappraise(connection, row.seller_pk, now)
    conclude(connection, listing_pks=[row.id])
    return len(rows)


def mark_seller(connection: sa.Connection, kind: str, source: str, seller_id: str, now: datetime,
                *, note: str | None = None) -> int:
    """Mark a seller of a source; returns how many Listings of theirs are known (they are appraised anew)."""
    connection.execute(sa.insert(marks).values(
        kind=kind, source=source, seller_id=seller_id, note=note, marked_at=now))
    pk = connection.execute(sa.select(sellers.c.id).where(
        sellers.c.source == source, sellers.c.seller_id == seller_id)).scalar()
    return 0 if pk is None else reappraise(connection, pk, now)


def list_wanted(connection: sa.Connection) -> list[sa.RowMapping]:
    """All Wanted rows but the watched SKUs, the nearest ship_by first."""
    order = (wanted.c.ship_by.is_(None), wanted.c.ship_by, wanted.c.id)
    return list(connection.execute(sa.select(wanted).where(wanted.c.watch.is_(False)).order_by(*order)).mappings())
