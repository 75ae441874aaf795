"""What the gauge counts: the orders of the last seven days out of the reports read, and the open ones to be saved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from kataban.intake import FileKind, Fulfilment, OrderStatus
from kataban.items import Ending, Purchase, Wanted
from kataban.offers.gauge import LIMIT, Cheapest, Gauge, Saving, Savings, percent, savings
from kataban.offers.profit import Terms
from kataban.results.queries import LIVE
from kataban.results.rows import wanted_of
from kataban.results.tables import listings, order_lines, purchases, queue_files, resolutions, wanted

WINDOW = timedelta(days=7)


def gauge(connection: sa.Connection, now: datetime) -> Gauge:
    """Orders placed in the seven days before `now`: FBA and pending ones left out, cancelled ones counted as such.

    What the buyer asked to cancel is an order, but no cancellation of ours.
    """
    placed = _placed(connection, now - WINDOW)
    cancelled = {order_id for order_id, lines in placed.items() if _is_cancelled(lines)}
    given_up = _given_up(connection, now - WINDOW)
    unseen = given_up - _known_orders(connection, given_up)
    waiting = {order_id for order_id in given_up & placed.keys() - cancelled if _may_be_cancelled(placed[order_id])}
    return Gauge(orders=len(placed) + len(unseen), cancelled=len(cancelled), given_up=len(waiting) + len(unseen),
                 read_at=_read_at(connection, now - WINDOW), known_since=_known_since(connection))


def open_savings(connection: sa.Connection, now: datetime, terms: Terms) -> Savings:
    """The open orders by what filling them with their cheapest alternative costs."""
    return savings(_open_rows(connection, now), terms)


def gauge_shape(found: Gauge, saved: Savings | None = None) -> dict[str, Any]:
    """Gauge and orders as plain values: the one shape that JSON, the command and the page are made from.

    Rates are percent as text with two places, null when unknown; money is yen. Without `saved` no order is named.
    """
    saved = saved or Savings()
    return {
        "orders": found.orders, "cancelled": found.cancelled, "given_up": found.given_up,
        "rate": _text(percent(found.rate())), "limit": _text(percent(LIMIT)),
        "with_one_more": _text(percent(found.rate(1))), "room": found.room, "over": found.over,
        "one_more_is_over": (found.rate(1) or 0) >= LIMIT, "why_unknown": found.why_unknown,
        "report_read_at": found.read_at.isoformat() if found.read_at else None,
        "known_since": found.known_since.isoformat() if found.known_since else None,
        "cheapest_to_save": [_saving_shape(saving) for saving in saved.ranked],
        "profit_unknown": [_saving_shape(saving) for saving in saved.unknown],
        "without_alternative": [_saving_shape(saving) for saving in saved.without],
    }


def _saving_shape(saving: Saving) -> dict[str, Any]:
    return {"order_id": saving.order_id, "ship_by": saving.ship_by.isoformat() if saving.ship_by else None,
            "profit": saving.profit, "rows": [_row_shape(row, cheapest) for row, cheapest in saving.rows]}


def _row_shape(row: Wanted, cheapest: Cheapest | None) -> dict[str, Any]:
    return {"wanted_id": row.wanted_id, "maker": row.maker, "model_number": row.model_number or row.jan,
            "name": row.name, "cheapest": None if cheapest is None else {
                "source": cheapest.source, "listing_id": cheapest.listing_id, "total": cheapest.total,
                "purchase": cheapest.purchase.value}}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _placed(connection: sa.Connection, since: datetime) -> dict[str, list[sa.RowMapping]]:
    """The rows of the orders placed since then, by order; FBA and pending rows are not among them."""
    own = order_lines.c.fulfilment.is_(None) | (order_lines.c.fulfilment != Fulfilment.AMAZON.value)
    columns = [order_lines.c[name] for name in ("order_id", "sku", "status", "buyer_asks_to_cancel")]
    rows = connection.execute(sa.select(*columns).where(
        own, order_lines.c.purchased_at > since, order_lines.c.status != OrderStatus.PENDING.value)).mappings()
    orders: dict[str, list[sa.RowMapping]] = defaultdict(list)
    for row in rows:
        orders[row["order_id"]].append(row)
    return orders


def _is_cancelled(lines: Iterable[sa.RowMapping]) -> bool:
    """Was any of its goods cancelled without the buyer asking? One SKU may stand in rows of several reports."""
    by_sku: dict[str | None, list[sa.RowMapping]] = defaultdict(list)
    for line in lines:
        by_sku[line["sku"]].append(line)
    return any(any(line["status"] == OrderStatus.CANCELLED.value for line in rows)
               and not any(line["buyer_asks_to_cancel"] for line in rows) for rows in by_sku.values())


def _may_be_cancelled(lines: Iterable[sa.RowMapping]) -> bool:
    """Is a cancellation of ours still to come: nothing was sent, and the buyer did not ask for it?"""
    return not any(line["status"] == OrderStatus.SHIPPED.value or line["buyer_asks_to_cancel"] for line in lines)


def _given_up(connection: sa.Connection, since: datetime) -> set[str]:
    """The orders with a row that the user gave up since then."""
    rows = connection.execute(sa.select(wanted.c.order_id).join(resolutions).where(
        resolutions.c.kind == Ending.GIVEN_UP.value, resolutions.c.at > since, wanted.c.order_id.is_not(None)))
    return set(rows.scalars())


def _known_orders(connection: sa.Connection, order_ids: set[str]) -> set[str]:
    return set(connection.execute(sa.select(order_lines.c.order_id).where(
        order_lines.c.order_id.in_(order_ids), order_lines.c.purchased_at.is_not(None))).scalars())


def _read_at(connection: sa.Connection, since: datetime) -> datetime | None:
    """When the newest all-orders report was read; the other reports show neither what was sent nor cancelled."""
    newest = sa.func.max(queue_files.c.read_at, type_=queue_files.c.read_at.type)
    return connection.execute(sa.select(newest).where(
        queue_files.c.kind == FileKind.ALL_ORDERS.value, queue_files.c.read_at > since)).scalar()


def _known_since(connection: sa.Connection) -> datetime | None:
    return connection.execute(
        sa.select(sa.func.min(order_lines.c.purchased_at, type_=order_lines.c.purchased_at.type))).scalar()


def _open_rows(connection: sa.Connection, now: datetime) -> Iterable[tuple[Wanted, Cheapest | None]]:
    """The live rows of orders, each with the alternative that the page shows first; no Listing is read whole."""
    order = (purchases.c.purchase != Purchase.NOW.value, listings.c.price_doubt, purchases.c.total.is_(None),
             purchases.c.total, listings.c.price, listings.c.listing_id)
    best = (sa.select(purchases.c.wanted_id, purchases.c.purchase, purchases.c.total, listings.c.source,
                      listings.c.listing_id,
                      sa.func.row_number().over(partition_by=purchases.c.wanted_id, order_by=order).label("place"))
            .join(listings, listings.c.id == purchases.c.listing_pk)
            .where(purchases.c.purchase != Purchase.NO.value, purchases.c.fresh_until > now).subquery())
    statement = (sa.select(wanted, best.c.source, best.c.listing_id, best.c.total, best.c.purchase)
                 .outerjoin(best, (best.c.wanted_id == wanted.c.id) & (best.c.place == 1))
                 .where(wanted.c.state.in_([state.value for state in LIVE]), wanted.c.watch.is_(False),
                        wanted.c.order_id.is_not(None)).order_by(wanted.c.id))
    for row in connection.execute(statement).mappings():
        cheapest = None if row["source"] is None else Cheapest(
            row["source"], row["listing_id"], row["total"], Purchase(row["purchase"]))
        yield wanted_of(row), cheapest
