"""What is not kept for ever: old looks at listings, listings nobody saw for long, what is known of people."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kataban.results.database import Database
from kataban.results.tables import listings, marks, purchases, sellers, sightings

CHUNK = 500
_NOBODY = {"seller_pk": None, "grade": None, "reputation": None, "personality": None, "reasons": None, "phrases": None}


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows went, and where the archived listings lie."""

    sightings: int = 0
    listings: int = 0
    sellers: int = 0
    archive: Path | None = None


def thin_sightings(database: Database, before: datetime) -> int:
    """Of the looks at a listing before `before` keep the last of each UTC day; returns how many went."""
    gone, last = 0, 0
    while True:
        with database.writing() as connection:
            pks = list(connection.execute(sa.select(listings.c.id).where(listings.c.id > last)
                                          .order_by(listings.c.id).limit(CHUNK * 10)).scalars())
            if not pks:
                return gone
            old = sightings.c.listing_pk.between(pks[0], pks[-1]) & (sightings.c.seen_at < before)
            kept = sa.select(sa.func.max(sightings.c.id)).where(old).group_by(
                sightings.c.listing_pk, sa.func.date(sightings.c.seen_at))
            gone += connection.execute(sa.delete(sightings).where(old, sightings.c.id.not_in(kept))).rowcount
            last = pks[-1]


def archive_listings(database: Database, before: datetime, path: Path) -> int:
    """Move listings not seen since `before` into a gzip file of JSON lines; those the user marked stay. Returns how
    many. The file is complete before the first row is deleted."""
    part = path.with_name(f"{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    pks: list[int] = []
    with database.reading() as connection, gzip.open(part, "wt", encoding="utf-8") as file:
        for row in _unseen(connection, before):
            file.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
            pks.append(row["id"])
    if not pks:
        part.unlink()
        return 0
    part.chmod(0o600)
    os.replace(part, path)  # noqa: PTH105 - whole before anything is deleted
    for start in range(0, len(pks), CHUNK):
        with database.writing() as connection:  # seen again meanwhile: stays
            connection.execute(sa.delete(listings).where(
                listings.c.id.in_(pks[start:start + CHUNK]), listings.c.seen_at < before))
    return len(pks)


def _unseen(connection: sa.Connection, before: datetime) -> Iterator[dict[str, Any]]:
    marked = sa.select(marks.c.listing_pk).where(marks.c.listing_pk.is_not(None))
    # What is known of people is not archived.
    columns = [column for column in listings.c if column.name not in {"seller_pk", "reasons", "phrases"}]
    rows = connection.execute(sa.select(*columns).where(listings.c.seen_at < before, listings.c.id.not_in(marked)))
    for chunk in rows.mappings().partitions(CHUNK):
        yield from (dict(row) for row in chunk)


def remove_files(folders: Iterable[Path], before: datetime) -> int:
    """Remove the files of these folders that were last written before `before`; returns how many. OSError names one."""
    files = [file for folder in folders if folder.is_dir() for file in folder.iterdir() if file.is_file()]
    old = [file for file in files if file.stat().st_mtime < before.timestamp()]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def purge_sellers(database: Database, before: datetime) -> int:
    """Remove sellers none of whose listings was seen since `before`; their listings stay without them."""
    seen = sa.select(listings.c.seller_pk).where(listings.c.seen_at >= before, listings.c.seller_pk.is_not(None))
    with database.writing() as connection:
        pks = list(connection.execute(sa.select(sellers.c.id).where(
            sellers.c.updated_at < before, sellers.c.id.not_in(seen))).scalars())
        _remove(connection, pks)
    return len(pks)


def purge_seller(database: Database, source: str, seller_id: str) -> int:
    """Remove one seller at once, with what was concluded from their words and the user's marks; 0 when unknown."""
    with database.writing() as connection:
        pks = list(connection.execute(sa.select(sellers.c.id).where(
            sellers.c.source == source, sellers.c.seller_id == seller_id)).scalars())
        _remove(connection, pks)
        connection.execute(sa.delete(marks).where(marks.c.source == source, marks.c.seller_id == seller_id))
    return len(pks)


def _remove(connection: sa.Connection, pks: Sequence[int]) -> None:
    for start in range(0, len(pks), CHUNK):
        part = pks[start:start + CHUNK]
        theirs = sa.select(listings.c.id).where(listings.c.seller_pk.in_(part))
        # Without the seller nothing says that it is safe to buy: what could be bought must be looked at again.
        connection.execute(sa.delete(purchases).where(purchases.c.listing_pk.in_(theirs)))
        connection.execute(sa.update(listings).where(listings.c.seller_pk.in_(part)).values(**_NOBODY))
        connection.execute(sa.delete(sellers).where(sellers.c.id.in_(part)))
