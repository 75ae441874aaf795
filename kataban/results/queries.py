"""The questions put to the results, one place for all who ask: the command, the page, the exports.

`answers` gives one Answer per Wanted: those without any alternative first, then by ship_by.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kataban.items import Evidence, Lead, Listing, Purchase, Query, Seller, Verdict, Wanted, WantedState
from kataban.results.rows import judgement_of, listing_of, query_of, seller_of, seller_with_phrases, wanted_of
from kataban.results.tables import judgements, leads, listings, purchases, queries, searches, sellers, wanted
from kataban.results.vanished import Vanished, vanished
from matcher import squashed

CHUNK = 500
LIVE = (WantedState.OPEN, WantedState.NEEDS_MODEL)
_ORDER = {Purchase.NOW.value: 0, Purchase.ASK_FIRST.value: 1}


@dataclass(frozen=True, slots=True)
class Offer:
    """A Listing as it stands towards one Wanted. `purchase` is None for what is not the exact model."""

    listing: Listing
    verdict: Verdict
    evidence: tuple[Evidence, ...]
    purchase: Purchase | None = None
    total: int | None = None
    reasons: tuple[dict[str, str], ...] = ()
    fresh_until: datetime | None = None
    price_doubt: bool = False


@dataclass(frozen=True, slots=True)
class Covered:
    """How one Source's last Search of the Query ended. `outcome` is None while it is open."""

    outcome: str | None
    reason_code: str | None
    reason: str | None
    complete: bool
    rows_read: int
    at: datetime | None


@dataclass(slots=True)
class Answer:
    """All that is known for one Wanted: what can be bought, what only looks like it, and how complete the look was.

    `gone` are the alternatives that an earlier look showed and a later one no longer; they are among the others, too.
    """

    wanted: Wanted
    query: Query | None
    alternatives: list[Offer] = field(default_factory=list)
    not_purchasable: list[Offer] = field(default_factory=list)
    look_alikes: list[Offer] = field(default_factory=list)
    gone: list[Vanished] = field(default_factory=list)
    coverage: dict[str, Covered] = field(default_factory=dict)


def answers(connection: sa.Connection, now: datetime, *, model: str | None = None, order: str | None = None,
            states: Iterable[WantedState] = LIVE, ids: Sequence[int] | None = None) -> list[Answer]:
    """One Answer per Wanted in `states`, narrowed by model number (any spelling), order id or wanted ids.

    Watched SKUs are no orders: only `ids` bring them.
    """
    if model is not None:
        ids = _ids_of_model(connection, model, ids)
    found = [_begin(row) for row in _wanted_rows(connection, order, states, ids)]
    for start in range(0, len(found), CHUNK):
        _fill(connection, found[start:start + CHUNK], now)
    found.sort(key=lambda answer: (bool(answer.alternatives), answer.wanted.ship_by is None,
                                   answer.wanted.ship_by or now, answer.wanted.wanted_id))
    return found


def _ids_of_model(connection: sa.Connection, model: str, ids: Sequence[int] | None) -> list[int]:
    """The Wanted of a model number or JAN in any spelling; two narrow columns are read of all, the rest of these."""
    wished = squashed(model)
    rows = connection.execute(sa.select(wanted.c.id, wanted.c.model_number, wanted.c.jan)
                              .where(wanted.c.watch.is_(False)))
    return [row.id for row in rows if squashed(row.model_number or row.jan or "") == wished
            and (ids is None or row.id in ids)]


def _wanted_rows(connection: sa.Connection, order: str | None, states: Iterable[WantedState],
                 ids: Sequence[int] | None) -> Sequence[sa.RowMapping]:
    query_columns = [queries.c[name].label(f"query_{name}") for name in ("model_number", "maker", "jan", "name")]
    statement = (sa.select(wanted, *query_columns).outerjoin(queries, queries.c.id == wanted.c.query_id)
                 .where(wanted.c.state.in_([state.value for state in states])))
    if order is not None:
        statement = statement.where(wanted.c.order_id == order)
    if ids is None:
        return connection.execute(statement.where(wanted.c.watch.is_(False))).mappings().all()
    return connection.execute(statement.where(wanted.c.id.in_(ids))).mappings().all()


def _begin(row: sa.RowMapping) -> Answer:
    query = None
    if row["query_id"] is not None:
        query = Query(row["query_model_number"], row["query_maker"], row["query_jan"], row["query_name"],
                      row["query_id"])
    return Answer(wanted_of(row), query)


def _fill(connection: sa.Connection, found: Sequence[Answer], now: datetime) -> None:
    by_query: dict[int, list[Answer]] = defaultdict(list)
    for answer in found:
        if answer.query is not None and answer.query.query_id is not None:
            by_query[answer.query.query_id].append(answer)
    concluded = _purchases(connection, [a.wanted.wanted_id for a in found])
    for row in _judged(connection, list(by_query)):
        for answer in by_query[row["query_id"]]:
            _sort_in(answer, _offer(row, concluded.get((answer.wanted.wanted_id, row["id"]))), now)
    for query_id, source, covered in _coverage(connection, list(by_query)):
        for answer in by_query[query_id]:
            answer.coverage[source] = covered
    gone = vanished(connection, [a.wanted.wanted_id for a in found if a.wanted.wanted_id is not None], now)
    for answer in found:
        answer.gone = gone.get(answer.wanted.wanted_id or 0, [])
        answer.alternatives.sort(key=_preference)
        answer.look_alikes.sort(key=lambda offer: (offer.verdict.value, offer.listing.source, offer.listing.listing_id))


def _preference(offer: Offer) -> tuple[Any, ...]:
    # An unknown total is never cheaper than a known one.
    return (_ORDER[(offer.purchase or Purchase.NO).value], offer.price_doubt, offer.total is None,
            offer.total if offer.total is not None else offer.listing.price or 0, offer.listing.listing_id)


def _sort_in(answer: Answer, offer: Offer, now: datetime) -> None:
    if offer.verdict is not Verdict.EXACT:
        answer.look_alikes.append(offer)
    elif offer.purchase in (Purchase.NOW, Purchase.ASK_FIRST) and offer.fresh_until and offer.fresh_until > now:
        answer.alternatives.append(offer)
    else:
        answer.not_purchasable.append(offer)


def _purchases(connection: sa.Connection, ids: Sequence[int | None]) -> dict[tuple[int | None, int], sa.RowMapping]:
    rows = connection.execute(sa.select(purchases).where(purchases.c.wanted_id.in_(ids))).mappings()
    return {(row["wanted_id"], row["listing_pk"]): row for row in rows}


def _judged(connection: sa.Connection, query_ids: Sequence[int]) -> Sequence[sa.RowMapping]:
    seller_columns = [column.label(f"seller_{column.name}") for column in sellers.columns]
    statement = (
        sa.select(listings, judgements.c.query_id, judgements.c.verdict, judgements.c.evidence, *seller_columns)
        .join(judgements, judgements.c.listing_pk == listings.c.id)
        .outerjoin(sellers, sellers.c.id == listings.c.seller_pk)
        .where(judgements.c.query_id.in_(query_ids)))
    return connection.execute(statement).mappings().all()


def _offer(row: sa.RowMapping, concluded: sa.RowMapping | None) -> Offer:
    seller = None
    if row["seller_pk"] is not None:
        seller = seller_of({name.removeprefix("seller_"): value for name, value in row.items()  # type: ignore[arg-type]
                            if name.startswith("seller_")})
    judgement = judgement_of(row["verdict"], row["evidence"])
    listing = listing_of(row, seller)
    if concluded is None:
        return Offer(listing, judgement.verdict, judgement.evidence, price_doubt=row["price_doubt"])
    return Offer(listing, judgement.verdict, judgement.evidence, Purchase(concluded["purchase"]), concluded["total"],
                 tuple(concluded["reasons"] or ()), concluded["fresh_until"], row["price_doubt"])


def _coverage(connection: sa.Connection, query_ids: Sequence[int]) -> list[tuple[int, str, Covered]]:
    latest = (sa.select(sa.func.max(searches.c.id)).where(searches.c.query_id.in_(query_ids))
              .group_by(searches.c.query_id, searches.c.source))
    rows = connection.execute(sa.select(searches).where(searches.c.id.in_(latest)).order_by(searches.c.source))
    return [(row.query_id, row.source, Covered(row.outcome, row.reason_code, row.reason, row.complete, row.rows_read,
                                               row.closed_at)) for row in rows]


def leads_of(connection: sa.Connection, query_id: int) -> list[Lead]:
    """The addresses that lead-giving sources found for this Query, best rank first."""
    rows = connection.execute(sa.select(leads).where(leads.c.query_id == query_id).order_by(leads.c.rank, leads.c.id))
    return [Lead(row.source, row.url, row.title, row.rank, row.engine) for row in rows]


def wanted_of_query(connection: sa.Connection, query_id: int) -> list[Wanted]:
    """The open Wanted rows of this Query."""
    rows = connection.execute(sa.select(wanted).where(
        wanted.c.query_id == query_id, wanted.c.state == WantedState.OPEN.value)).mappings()
    return [wanted_of(row) for row in rows]


def sellers_read(connection: sa.Connection, sources: Iterable[str], since: datetime) -> dict[tuple[str, str], Seller]:
    """The sellers whose own page was read since then; their profile is what was kept of it: its matched phrases."""
    rows = connection.execute(sa.select(sellers).where(
        sellers.c.source.in_(list(sources)), sellers.c.page_read_at >= since)).mappings()
    return {(row["source"], row["seller_id"]): seller_with_phrases(row) for row in rows}


def wanted_by_ids(connection: sa.Connection, ids: Sequence[int]) -> list[Wanted]:
    """The Wanted rows with these ids, in any state."""
    return [wanted_of(row) for row in connection.execute(sa.select(wanted).where(wanted.c.id.in_(ids))).mappings()]


def name_of_query(connection: sa.Connection, query_id: int) -> str | None:
    """Maker and model number of a Query; None when there is no such Query."""
    row = connection.execute(sa.select(queries).where(queries.c.id == query_id)).mappings().first()
    return None if row is None else " ".join(filter(None, (row["maker"], row["model_number"])))


def queries_of_model(connection: sa.Connection, model: str) -> frozenset[int]:
    """The ids of the Queries of this model number, in any spelling."""
    rows = connection.execute(sa.select(queries)).mappings()
    return frozenset(row["id"] for row in rows if squashed(query_of(row).model_number) == squashed(model))


def queries_of_keys(connection: sa.Connection, keys: Iterable[str]) -> frozenset[int]:
    """The ids of the Queries of these Wanted, by their keys (queue.wanted_key)."""
    statement = sa.select(wanted.c.query_id).where(wanted.c.key.in_(list(keys)), wanted.c.query_id.is_not(None))
    return frozenset(connection.execute(statement).scalars())
