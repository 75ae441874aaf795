"""Stored Listings judged anew after a rule changed, and the user's marks as cases for the matcher."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from kataban.items import Judgement
from kataban.results.concluding import conclude
from kataban.results.rows import listing_of, query_of
from kataban.results.tables import judgements, listings, marks, queries
from kataban.results.writing import BATCH
from matcher import compile_query, judge_listing


@dataclass(frozen=True, slots=True)
class Changed:
    """A stored verdict that the rules of today do not give any more."""

    model_number: str
    source: str
    listing_id: str
    title: str
    before: str
    after: Judgement


def judge_stored(connection: sa.Connection, now: datetime) -> Iterator[Changed]:
    """Judge every stored Listing anew, keep the new verdicts and what follows from them; yields what changed."""
    for row in connection.execute(sa.select(queries)).mappings().all():
        query = query_of(row)
        asked = compile_query(query.model_number, maker=query.maker, jan=query.jan)
        stored = connection.execute(
            sa.select(listings, judgements.c.id.label("judgement_id"), judgements.c.verdict)
            .join(judgements, judgements.c.listing_pk == listings.c.id)
            .where(judgements.c.query_id == query.query_id)).mappings().all()
        touched = []
        for entry in stored:
            found = judge_listing(asked, listing_of(entry, None))
            if found.verdict.value == entry["verdict"]:
                continue
            connection.execute(sa.update(judgements).where(judgements.c.id == entry["judgement_id"]).values(
                verdict=found.verdict.value, evidence=[asdict(e) for e in found.evidence], judged_at=now))
            touched.append(entry["id"])
            yield Changed(query.model_number, entry["source"], entry["listing_id"], entry["title"], entry["verdict"],
                          found)
        for start in range(0, len(touched), BATCH):
            conclude(connection, listing_pks=touched[start:start + BATCH])


def marked_cases(connection: sa.Connection) -> Iterator[dict[str, str]]:
    """The user's marks as rows that `judge` reads: label 1 for the right model, 0 for a wrong one."""
    statement = (
        sa.select(marks.c.kind, queries.c.model_number, queries.c.maker, queries.c.jan, listings.c.title,
                  listings.c.description, listings.c.attributes, marks.c.verdict)
        .join(queries, queries.c.id == marks.c.query_id).join(listings, listings.c.id == marks.c.listing_pk)
        .where(marks.c.kind.in_(("right_model", "wrong_model"))).order_by(marks.c.id))
    for row in connection.execute(statement):
        yield {
            "model_number": row.model_number, "brand": row.maker or "", "jan": row.jan or "", "title": row.title,
            "description": row.description or "", "attributes": json.dumps(row.attributes or {}, ensure_ascii=False),
            "label": "1" if row.kind == "right_model" else "0", "verdict_then": row.verdict or "",
        }
