"""What ending an order needs: which of its rows are meant, what the cancellation file says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kataban.items import Ending, Wanted, WantedState
from kataban.outgoing import Cancellation, CancelReason
from kataban.results.queries import LIVE
from kataban.results.resolutions import Resolution, resolution_of, resolve
from kataban.results.rows import wanted_of
from kataban.results.tables import judgements, listings, order_lines, sellers, wanted
from kataban.results.words import find_wanted, mark_listing
from matcher import candidates

# An expired row may still have to be told of and cancelled.
_UNSETTLED = frozenset({*LIVE, WantedState.EXPIRED})


def rows_of(connection: sa.Connection, word: str) -> list[Wanted]:
    """The rows that a wanted id or an order id names, in any state; watched SKUs are no orders."""
    return [wanted_of(row) for row in find_wanted(connection, word) if not row["watch"]]


def rows_given_up(connection: sa.Connection, rows: Sequence[Wanted]) -> list[Wanted]:
    """Those of the rows that the user gave up."""
    ended = resolution_of(connection, [row.wanted_id for row in rows if row.wanted_id is not None])
    return [row for row in rows if _kind(ended, row) is Ending.GIVEN_UP]


def rows_to_tell(connection: sa.Connection, rows: Sequence[Wanted]) -> list[Wanted]:
    """The rows that a message to the buyer is about: those given up, else those not settled yet, else all."""
    return rows_given_up(connection, rows) or [row for row in rows if row.state in _UNSETTLED] or list(rows)


def give_up(connection: sa.Connection, rows: Sequence[Wanted], now: datetime) -> list[Wanted]:
    """End the unsettled rows as given up by the user; returns all rows of these that are given up now."""
    resolve(connection, [row.wanted_id for row in rows if row.state in _UNSETTLED and row.wanted_id is not None],
            Ending.GIVEN_UP, "user", now)
    return rows_given_up(connection, rows)


def cancellations(connection: sa.Connection, rows: Sequence[Wanted]) -> list[Cancellation]:
    """The lines of the cancellation file. The reason is NoInventory, unless a report says that the buyer asked.

    An item whose id no report has told has a blank one, which the file refuses.
    """
    return [_cancellation(connection, row) for row in rows]


def buy(connection: sa.Connection, row: Wanted, now: datetime, *, source: str | None, listing_id: str | None,
        seller_id: str | None = None, price: int | None = None, note: str | None = None) -> bool:
    """End the row as bought: at a Listing, which its seller's record remembers, or at `source` in the user's words.

    `price` is yen for the whole row. False, and nothing is changed, when there is no such Listing.
    """
    pk = None
    if listing_id is not None:
        pk, known_seller = listing_and_seller(connection, source or "", listing_id)
        seller_id = seller_id or known_seller
        if pk is None:
            return False
        mark_listing(connection, "bought", source or "", listing_id, now, note=note)
    if row.wanted_id is not None:
        resolve(connection, [row.wanted_id], Ending.BOUGHT, "user", now, source=source, listing_pk=pk,
                seller_id=seller_id, price=price, note=note)
    return True


def listing_and_seller(connection: sa.Connection, source: str, listing_id: str) -> tuple[int | None, str | None]:
    """The key of a Listing and its seller's id; None for what is not known."""
    found = connection.execute(
        sa.select(listings.c.id, sellers.c.seller_id).outerjoin(sellers, sellers.c.id == listings.c.seller_pk)
        .where(listings.c.source == source, listings.c.listing_id == listing_id)).first()
    return (None, None) if found is None else (found.id, found.seller_id)


def rows_judged(connection: sa.Connection, rows: Sequence[Wanted], listing_pk: int) -> list[Wanted]:
    """Those of the rows for whose model the Listing was judged."""
    ids = connection.execute(sa.select(wanted.c.id).join(judgements, judgements.c.query_id == wanted.c.query_id).where(
        judgements.c.listing_pk == listing_pk, wanted.c.id.in_([row.wanted_id for row in rows]))).scalars()
    judged = set(ids)
    return [row for row in rows if row.wanted_id in judged]


def resolution_shape(found: Resolution | None) -> dict[str, Any] | None:
    """How a row ended as plain values; None while it did not end by a word or a report."""
    return None if found is None else {**asdict(found), "kind": found.kind.value, "at": found.at.isoformat()}


def candidate_shapes(name: str | None, maker: str | None) -> list[dict[str, Any]]:
    """The model numbers that a product name may state, the best first: for a person to choose from."""
    return [{**asdict(found), "confidence": found.confidence.value} for found in candidates(name or "", maker)]


def _kind(ended: dict[int, Resolution], row: Wanted) -> Ending | None:
    found = ended.get(row.wanted_id or 0)
    return found.kind if found else None


def _cancellation(connection: sa.Connection, row: Wanted) -> Cancellation:
    same = order_lines.c.sku == row.sku if row.order_item_id is None else (
        order_lines.c.order_item_id == row.order_item_id)  # another item's wish is not this one's
    lines = connection.execute(sa.select(order_lines).where(
        order_lines.c.order_id == row.order_id, same).order_by(order_lines.c.id)).mappings().all()
    item_id = row.order_item_id or next((line["order_item_id"] for line in lines if line["order_item_id"]), "")
    asks = True if any(line["buyer_asks_to_cancel"] for line in lines) else None
    reason = CancelReason.BUYER_CANCELED if asks else CancelReason.NO_INVENTORY
    return Cancellation(row.order_id or "", item_id, reason, asks)
