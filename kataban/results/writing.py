"""Storing what a crawl found: upserts in batches, merged with what is known, and the closing of Searches with them.

One call is one transaction, so a Search is never closed without its last Listing, nor a Listing half there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from kataban.items import Availability, Lead, Listing, Outcome, Purchase, Seller
from kataban.items.merging import merge_listings, merge_sellers
from kataban.offers.absence import RESUMED
from kataban.results import concluding
from kataban.results.queue import due_again
from kataban.results.rows import (
    appraisal_values,
    listing_of,
    listing_values,
    seller_of,
    seller_values,
    seller_with_phrases,
)
from kataban.results.seller_words import words_on_sellers
from kataban.results.tables import judgements, leads, listings, purchases, queries, searches, sellers, sightings, wanted
from kataban.sellers import appraise
from matcher import Asked, compile_query, judge_listing

BATCH = 500
_NEVER = datetime.min.replace(tzinfo=UTC)
Key = tuple[str, str]


@dataclass(slots=True)
class Closing:
    """How a Search ended. `leads` are what a lead-giving source found."""

    search_id: int
    query_id: int
    source: str
    outcome: Outcome
    closed_at: datetime
    reason_code: str | None = None
    reason: str | None = None
    complete: bool = False
    hits_reported: int | None = None
    rows_read: int = 0
    pages_read: int = 0
    requests: int = 0
    exact_count: int = 0
    forms: Sequence[str] = ()
    rest_until: datetime | None = None
    leads: Sequence[Lead] = field(default_factory=tuple)


def store(connection: sa.Connection, found: Iterable[Listing], closings: Iterable[Closing] = ()) -> None:
    """Store Listings (judged and appraised, with query_id) and close Searches, in the connection's transaction."""
    rows = iter(found)
    while batch := list(islice(rows, BATCH)):
        _store_batch(connection, batch)
    for closing in closings:
        _close(connection, closing)


def _store_batch(connection: sa.Connection, batch: Sequence[Listing]) -> None:
    merged: dict[Key, Listing] = {}
    for listing in batch:
        key = (listing.source, listing.listing_id)
        merged[key] = merge_listings(merged[key], listing) if key in merged else listing
    by_seller = _store_sellers(connection, merged.values())
    whole = _store_listings(connection, merged, by_seller)
    stored = stored_rows(connection, listings, "listing_id", merged)
    pks = {key: row["id"] for key, row in stored.items()}
    _store_sightings(connection, batch, pks)
    _store_judgements(connection, batch, pks, whole)
    concluding.conclude(connection, listing_pks=list(pks.values()))


def upsert(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]], key: Sequence[str],
           keep: Sequence[str] = ()) -> None:
    """INSERT rows, or UPDATE where `key` exists already, by executemany; columns in `keep` stay as they were."""
    if not rows:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in {*key, *keep}}
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=changed), list(rows))


def _by_source(keys: Iterable[Key]) -> Iterator[tuple[str, list[str]]]:
    groups: dict[str, list[str]] = {}
    for source, identity in keys:
        groups.setdefault(source, []).append(identity)
    yield from groups.items()


def stored_rows(connection: sa.Connection, table: sa.Table, identity: str, keys: Iterable[Key]) -> dict[Key, Any]:
    """The rows of `table` whose (source, `identity`) is in `keys`."""
    found: dict[Key, Any] = {}
    for source, ids in _by_source(keys):
        statement = sa.select(table).where(table.c.source == source, table.c[identity].in_(ids))
        found |= {(source, row[identity]): row for row in connection.execute(statement).mappings()}
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    """A stored seller: all that is known of them, and whether anything was known before this batch."""

    pk: int
    seller: Seller
    before: bool


def _store_sellers(connection: sa.Connection, found: Iterable[Listing]) -> dict[Key, _Known]:
    by_key: dict[Key, tuple[Seller, Listing]] = {}
    for listing in found:
        if listing.seller is None:
            continue
        key = (listing.seller.source, listing.seller.seller_id)
        seller = merge_sellers(by_key[key][0], listing.seller) if key in by_key else listing.seller
        by_key[key] = (seller, listing)
    known = stored_rows(connection, sellers, "seller_id", by_key)
    rows = []
    for key, (seller, listing) in by_key.items():
        merged = merge_sellers(seller_of(known[key]), seller) if key in known else seller
        rows.append(seller_values(merged) | {"updated_at": listing.seen_at,
                                             "profile_phrases": _profile_phrases(listing, known.get(key))})
    upsert(connection, sellers, rows, ("source", "seller_id"))
    stored = stored_rows(connection, sellers, "seller_id", by_key)
    return {key: _Known(row["id"], seller_with_phrases(row), key in known) for key, row in stored.items()}


def _profile_phrases(listing: Listing, known: sa.RowMapping | None) -> list[dict[str, Any]] | None:
    hits = [asdict(hit) for hit in (listing.appraisal.phrases if listing.appraisal else ()) if hit.place == "profile"]
    return hits or (known["profile_phrases"] if known is not None else None)


def _store_listings(connection: sa.Connection, found: dict[Key, Listing],
                    by_seller: dict[Key, _Known]) -> dict[Key, Listing]:
    """Store them merged; returns those of which more was known before than this batch shows, as they are now."""
    known = stored_rows(connection, listings, "listing_id", found)
    words = words_on_sellers(connection, {source for source, _ in by_seller})
    rows: list[dict[str, Any]] = []
    whole: dict[Key, Listing] = {}
    for key, listing in found.items():
        old = known.get(key)
        merged = listing if old is None else _merged(_earlier(connection, old), listing)
        seller = None if merged.seller is None else by_seller.get((merged.seller.source, merged.seller.seller_id))
        if merged.appraisal is not None and (old is not None or (seller is not None and seller.before)):
            # One look shows a part of what is known by now: the phrases of the item's page, the figures of the seller.
            word = None if merged.seller is None else words.get((merged.seller.source, merged.seller.seller_id))
            complete = replace(merged, seller=merged.seller if seller is None else seller.seller)
            merged.appraisal = appraise(complete, now=listing.seen_at or merged.seen_at or _NEVER, word=word)
        if old is not None:
            whole[key] = merged
        values = listing_values(merged) | appraisal_values(merged.appraisal)
        values["seller_pk"] = seller.pk if seller else old["seller_pk"] if old is not None else None
        values["first_seen_at"] = merged.seen_at if old is None else min(old["first_seen_at"], listing.seen_at)
        values["price_doubt"] = False
        rows.append(values)
    upsert(connection, listings, rows, ("source", "listing_id"))
    return whole


def _merged(old: Listing, new: Listing) -> Listing:
    """What both looks give.

    Where no page of its own was ever read (an API shows rows alone), the row of a later look is all there is, and what
    was sold out may be back; within one look a row that says sold out outweighs the others.
    """
    if not (old.detail_read or new.detail_read):
        older, newer = sorted((old, new), key=lambda listing: listing.seen_at or _NEVER)
        if (newer.seen_at or _NEVER) - (older.seen_at or _NEVER) > RESUMED:
            return merge_listings(replace(older, availability=Availability.UNKNOWN), newer)
    return merge_listings(old, new)


def _earlier(connection: sa.Connection, row: sa.RowMapping) -> Listing:
    """The stored Listing with its seller."""
    seller = connection.execute(sa.select(sellers).where(sellers.c.id == row["seller_pk"])).mappings().first()
    return listing_of(row, None if seller is None else seller_with_phrases(seller))


def _store_sightings(connection: sa.Connection, batch: Sequence[Listing], pks: dict[Key, int]) -> None:
    rows = {(pks[entry.source, entry.listing_id], entry.seen_at): entry for entry in batch}
    upsert(connection, sightings, [
        {"listing_pk": pk, "seen_at": seen_at, "price": entry.price, "shipping": entry.shipping,
         "availability": entry.availability.value} for (pk, seen_at), entry in rows.items()
    ], ("listing_pk", "seen_at"))


def _store_judgements(connection: sa.Connection, batch: Sequence[Listing], pks: dict[Key, int],
                      whole: dict[Key, Listing]) -> None:
    rows = {}
    asked = _asked(connection, {entry.query_id for entry in batch if entry.query_id is not None})
    for entry in batch:
        if entry.judgement is None or entry.query_id is None:
            continue
        key = (entry.source, entry.listing_id)
        # A row alone may look like the model although the item's page once said what it is.
        found = judge_listing(asked[entry.query_id], whole[key]) if key in whole else entry.judgement
        rows[pks[key], entry.query_id] = {
            "listing_pk": pks[key], "query_id": entry.query_id, "verdict": found.verdict.value,
            "evidence": [asdict(evidence) for evidence in found.evidence], "judged_at": entry.seen_at}
    upsert(connection, judgements, list(rows.values()), ("listing_pk", "query_id"))


def _asked(connection: sa.Connection, ids: set[int]) -> dict[int, Asked]:
    rows = connection.execute(sa.select(queries).where(queries.c.id.in_(ids))).mappings()
    return {row["id"]: compile_query(row["model_number"], maker=row["maker"], jan=row["jan"]) for row in rows}


def note_sellers_read(connection: sa.Connection, keys: Iterable[Key], now: datetime) -> None:
    """Keep that these sellers' own pages were read."""
    for source, ids in _by_source(keys):
        connection.execute(sa.update(sellers).where(
            sellers.c.source == source, sellers.c.seller_id.in_(ids)).values(page_read_at=now))


def _close(connection: sa.Connection, closing: Closing) -> None:
    values = {name: value for name, value in asdict(closing).items()
              if name not in {"search_id", "query_id", "source", "leads", "rest_until"}}
    values |= {"outcome": closing.outcome.value, "forms": list(closing.forms),
               "purchasable_count": _purchasable(connection, closing),
               "due_at": due_again(closing.outcome, closing.closed_at, closing.rest_until)}
    connection.execute(sa.update(searches).where(
        searches.c.id == closing.search_id, searches.c.closed_at.is_(None)).values(**values))
    upsert(connection, leads, [
        {"query_id": closing.query_id, "source": lead.source, "url": lead.url, "title": lead.title, "rank": lead.rank,
         "engine": lead.engine, "seen_at": closing.closed_at} for lead in closing.leads
    ], ("query_id", "url"))
    if closing.complete and closing.outcome in (Outcome.FOUND, Outcome.NOTHING):
        opened = connection.execute(sa.select(searches.c.opened_at).where(
            searches.c.id == closing.search_id)).scalar_one()
        if missed := concluding.not_shown(connection, closing.query_id, closing.source, opened, closing.closed_at):
            concluding.conclude(connection, listing_pks=missed)


def _purchasable(connection: sa.Connection, closing: Closing) -> int:
    opened = sa.select(searches.c.opened_at).where(searches.c.id == closing.search_id).scalar_subquery()
    statement = (
        sa.select(sa.func.count(sa.distinct(listings.c.id)))
        .join(purchases, purchases.c.listing_pk == listings.c.id)
        .join(wanted, wanted.c.id == purchases.c.wanted_id)
        .where(wanted.c.query_id == closing.query_id, listings.c.source == closing.source,
               listings.c.seen_at >= opened, purchases.c.purchase == Purchase.NOW.value)
    )
    return int(connection.execute(statement).scalar() or 0)
