"""What each Wanted may buy: the Purchase of every exact Listing, kept by the transaction that changes either side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kataban.items import Appraisal, Judgement, Listing, Outcome, Purchase, Reason, Verdict, Wanted, WantedState
from kataban.offers import fresh_until, price_doubt, purchase, total
from kataban.offers.absence import RESUMED
from kataban.results.rows import listing_of, seller_of, wanted_of
from kataban.results.tables import judgements, listings, marks, purchases, searches, sellers, wanted

_WRONG_MODEL = Reason("marked_wrong_model", "別の型番と記録済み", "you marked this as the wrong model")
_SELLER_NOT_OK = Reason("marked_seller_not_ok", "この出品者は避けると記録済み", "you marked this seller as not OK")
_PRICE_DOUBT = Reason("price_doubt", "同じ状態の他の出品よりかなり安い",
                      "far cheaper than other offers of this condition")


def conclude(connection: sa.Connection, *, listing_pks: Sequence[int] | None = None,
             wanted_ids: Sequence[int] | None = None) -> None:
    """Conclude the purchases of these Listings, or of these Wanted, anew."""
    rows = connection.execute(_pairs(listing_pks, wanted_ids)).mappings().all()
    told = _marks(connection, rows)
    doubted = _doubts(connection, {row["query_id"] for row in rows})
    looks = _whole_looks(connection, {row["query_id"] for row in rows})
    scope = purchases.c.listing_pk.in_(listing_pks or []) | purchases.c.wanted_id.in_(wanted_ids or [])
    connection.execute(sa.delete(purchases).where(scope))
    values = [_conclusion(row, told, doubted, looks) for row in rows]
    if values:
        connection.execute(sa.insert(purchases), values)
    _keep_doubts(connection, rows, doubted)


def _names(table: sa.Table) -> list[str]:
    return [column.name for column in table.columns]


def _pairs(listing_pks: Sequence[int] | None, wanted_ids: Sequence[int] | None) -> sa.Select[Any]:
    statement = (
        sa.select(listings, judgements.c.query_id, wanted.c.id.label("wanted_id"),
                  *[wanted.c[name].label(f"wanted_{name}") for name in _names(wanted) if name != "id"],
                  *[sellers.c[name].label(f"seller_{name}") for name in _names(sellers)])
        .join(judgements, judgements.c.listing_pk == listings.c.id)
        .join(wanted, wanted.c.query_id == judgements.c.query_id)
        .outerjoin(sellers, sellers.c.id == listings.c.seller_pk)
        .where(judgements.c.verdict == Verdict.EXACT.value, wanted.c.state == WantedState.OPEN.value)
    )
    if listing_pks is not None:
        return statement.where(listings.c.id.in_(listing_pks))
    return statement.where(wanted.c.id.in_(wanted_ids or []))


def _conclusion(row: sa.RowMapping, told: dict[tuple[Any, ...], Reason], doubted: set[int],
                looks: dict[tuple[int, str], tuple[datetime, datetime]]) -> dict[str, Any]:
    need, listing = _sides(row)
    conclusion, reasons = purchase(listing, Judgement(Verdict.EXACT), listing.appraisal or Appraisal(), need)
    word = told.get(("listing", row["id"], row["query_id"])) or told.get(("seller", row["seller_pk"]))
    if word is not None:
        conclusion, reasons = Purchase.NO, (word, *reasons)
    if row["id"] in doubted:
        reasons = (*reasons, _PRICE_DOUBT)
    fresh = fresh_until(row["seen_at"], need.ship_by)
    opened, closed = looks.get((row["query_id"], row["source"]), (row["seen_at"], fresh))
    return {
        "wanted_id": row["wanted_id"], "listing_pk": row["id"], "purchase": conclusion.value, "total": total(listing),
        "reasons": [asdict(reason) for reason in reasons],
        "fresh_until": min(fresh, closed) if opened - RESUMED > row["seen_at"] else fresh,
    }


def _whole_looks(connection: sa.Connection, query_ids: set[int]) -> dict[tuple[int, str], tuple[datetime, datetime]]:
    """By Query and Source when the last Search that read everything began and ended.

    A Listing that was not seen then is not believed any longer: it most likely is gone, and its own page can tell.
    """
    last = (sa.select(sa.func.max(searches.c.id)).where(
        searches.c.query_id.in_(query_ids), searches.c.complete.is_(True),
        searches.c.outcome.in_([Outcome.FOUND.value, Outcome.NOTHING.value]))
        .group_by(searches.c.query_id, searches.c.source))
    found = connection.execute(sa.select(searches).where(searches.c.id.in_(last)))
    return {(row.query_id, row.source): (row.opened_at, row.closed_at) for row in found}


def not_shown(connection: sa.Connection, query_id: int, source: str, opened_at: datetime, now: datetime) -> list[int]:
    """The exact Listings of this Query that are still believed, and that a whole look at their Source did not show."""
    statement = (sa.select(listings.c.id).distinct()
                 .join(judgements, judgements.c.listing_pk == listings.c.id)
                 .join(purchases, purchases.c.listing_pk == listings.c.id)
                 .where(judgements.c.query_id == query_id, judgements.c.verdict == Verdict.EXACT.value,
                        listings.c.source == source, listings.c.seen_at < opened_at - RESUMED,
                        purchases.c.purchase != Purchase.NO.value, purchases.c.fresh_until > now))
    return list(connection.execute(statement).scalars())


def _sides(row: sa.RowMapping) -> tuple[Wanted, Listing]:
    need = wanted_of(_part(row, "wanted_"))
    seller = None if row["seller_pk"] is None else seller_of(_part(row, "seller_"))
    return need, listing_of(row, seller)


def _part(row: sa.RowMapping, prefix: str) -> Any:
    return {name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix)}


def _marks(connection: sa.Connection, rows: Iterable[sa.RowMapping]) -> dict[tuple[Any, ...], Reason]:
    """The user's own word, by listing and query or by seller; a later mark of the other kind takes it back."""
    told: dict[tuple[Any, ...], Reason] = {}
    pks = {row["id"] for row in rows}
    by_seller = {(row["source"], row["seller_seller_id"]): row["seller_pk"] for row in rows if row["seller_pk"]}
    for mark in connection.execute(sa.select(marks).order_by(marks.c.id)).mappings():
        if mark["listing_pk"] in pks and mark["kind"] in {"wrong_model", "right_model"}:
            _tell(told, ("listing", mark["listing_pk"], mark["query_id"]), mark["kind"] == "wrong_model", _WRONG_MODEL)
        elif mark["kind"] in {"seller_not_ok", "seller_ok", "seller_trusted"}:
            pk = by_seller.get((mark["source"], mark["seller_id"]))
            if pk is not None:
                _tell(told, ("seller", pk), mark["kind"] == "seller_not_ok", _SELLER_NOT_OK)
    return told


def _tell(told: dict[tuple[Any, ...], Reason], key: tuple[Any, ...], against: bool, reason: Reason) -> None:
    if against:
        told[key] = reason
    else:
        told.pop(key, None)


def _doubts(connection: sa.Connection, query_ids: set[int]) -> set[int]:
    """The exact Listings whose price lies far below the others of the same condition (three or more)."""
    statement = (
        sa.select(listings.c.id, judgements.c.query_id, listings.c.condition, listings.c.price)
        .join(judgements, judgements.c.listing_pk == listings.c.id)
        .where(judgements.c.query_id.in_(query_ids), judgements.c.verdict == Verdict.EXACT.value,
               listings.c.price.is_not(None), listings.c.price_kind == "fixed"))
    groups: dict[tuple[int, str], dict[int, int]] = defaultdict(dict)
    for row in connection.execute(statement):
        groups[row.query_id, row.condition][row.id] = row.price
    return {pk for prices in groups.values() for pk, price in prices.items()
            if price_doubt(price, [p for other, p in prices.items() if other != pk])}


def _keep_doubts(connection: sa.Connection, rows: Iterable[sa.RowMapping], doubted: set[int]) -> None:
    pks = {row["id"] for row in rows}
    for doubt in (True, False):
        connection.execute(sa.update(listings).where(
            listings.c.id.in_([pk for pk in pks if (pk in doubted) is doubt])).values(price_doubt=doubt))
