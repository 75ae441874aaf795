"""The user's own word on sellers: trusted, to be avoided, and how past deals ended. It wins over every figure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from kataban.results.concluding import conclude
from kataban.results.rows import appraisal_values, listing_of, seller_with_phrases
from kataban.results.tables import listings, marks, sellers
from kataban.sellers import Stand, Word, appraise

DEALS = ("bought", "arrived", "cancelled", "wrong_goods")
_STANDS = {"seller_trusted": Stand.TRUSTED, "seller_not_ok": Stand.AVOID, "seller_ok": None}
_COUNTS = {"arrived": "arrived", "cancelled": "cancelled", "wrong_goods": "wrong"}
Key = tuple[str, str]


def words_on_sellers(connection: sa.Connection, sources: Iterable[str] | None = None) -> dict[Key, Word]:
    """The Word on every seller that was ever marked, by (source, seller_id); of these sources, or all."""
    statement = sa.select(marks).where(marks.c.seller_id.is_not(None)).order_by(marks.c.id)
    if sources is not None:
        statement = statement.where(marks.c.source.in_(list(sources)))
    words: dict[Key, Word] = {}
    for mark in connection.execute(statement).mappings():
        key = (mark["source"], mark["seller_id"])
        words[key] = _with_mark(words.get(key, Word()), mark["kind"], mark["note"])
    return words


def _with_mark(word: Word, kind: str, note: str | None) -> Word:
    if kind in _STANDS:
        return replace(word, stand=_STANDS[kind], note=note or "")
    if kind in _COUNTS:
        name = _COUNTS[kind]
        return replace(word, **{name: getattr(word, name) + 1})
    return word


def reappraise(connection: sa.Connection, seller_pk: int, now: datetime) -> int:
    """Appraise a seller's stored Listings anew and conclude what may be bought of them; returns how many there are."""
    row = connection.execute(sa.select(sellers).where(sellers.c.id == seller_pk)).mappings().one()
    seller = seller_with_phrases(row)
    word = words_on_sellers(connection, [seller.source]).get((seller.source, seller.seller_id))
    found = connection.execute(sa.select(listings).where(listings.c.seller_pk == seller_pk)).mappings().all()
    for entry in found:
        values = appraisal_values(appraise(listing_of(entry, seller), now=now, word=word))
        connection.execute(sa.update(listings).where(listings.c.id == entry["id"]).values(**values))
    conclude(connection, listing_pks=[entry["id"] for entry in found])
    return len(found)
