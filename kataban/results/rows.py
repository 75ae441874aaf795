"""Between the items and the rows of the tables, both ways."""

from __future__ import annotations

from dataclasses import asdict, fields
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from kataban.items import (
    Appraisal,
    Availability,
    Condition,
    Effect,
    Evidence,
    Grade,
    Judgement,
    Listing,
    PhraseHit,
    PriceKind,
    Query,
    Reason,
    Seller,
    Verdict,
    Wanted,
    WantedState,
)
from kataban.results import tables

_LISTING_COLUMNS = {f.name for f in fields(Listing)} & {c.name for c in tables.listings.c}
_SELLER_COLUMNS = {f.name for f in fields(Seller)} & {c.name for c in tables.sellers.c}
_WANTED_COLUMNS = {f.name for f in fields(Wanted)} & {c.name for c in tables.wanted.c}


def listing_values(listing: Listing) -> dict[str, Any]:
    """The columns of `listings` that a Listing fills."""
    values = {name: getattr(listing, name) for name in _LISTING_COLUMNS}
    low, high = listing.ships_in_days or (None, None)
    return values | {"ships_in_days_min": low, "ships_in_days_max": high}


def appraisal_values(appraisal: Appraisal | None) -> dict[str, Any]:
    """The columns of `listings` that an Appraisal fills."""
    if appraisal is None:
        return {"grade": None, "reputation": None, "personality": None, "reasons": None, "phrases": None}
    return {
        "grade": appraisal.grade.value,
        "reputation": appraisal.reputation,
        "personality": appraisal.personality,
        "reasons": [asdict(reason) for reason in appraisal.reasons],
        "phrases": [asdict(phrase) for phrase in appraisal.phrases],
    }


def listing_of(row: sa.RowMapping, seller: Seller | None) -> Listing:
    """The Listing of a row of `listings`, with what was concluded about its seller."""
    values = {name: row[name] for name in _LISTING_COLUMNS}
    values["attributes"] = values["attributes"] or {}
    values["store_stock"] = values["store_stock"] or {}
    values["price_kind"] = PriceKind(values["price_kind"])
    values["availability"] = Availability(values["availability"])
    values["condition"] = Condition(values["condition"])
    low, high = row["ships_in_days_min"], row["ships_in_days_max"]
    days = None if low is None or high is None else (low, high)
    return Listing(**values, ships_in_days=days, seller=seller, appraisal=_appraisal_of(row))


def _appraisal_of(row: sa.RowMapping) -> Appraisal | None:
    if row["grade"] is None:
        return None
    phrases = tuple(PhraseHit(**{**hit, "effect": Effect(hit["effect"])}) for hit in row["phrases"] or ())
    reasons = tuple(Reason(**reason) for reason in row["reasons"] or ())
    return Appraisal(Grade(row["grade"]), row["reputation"], row["personality"], reasons, phrases)


def seller_values(seller: Seller) -> dict[str, Any]:
    """The columns of `sellers` that a Seller fills; the profile's text is not among them."""
    return {name: getattr(seller, name) for name in _SELLER_COLUMNS} | {"badges": list(seller.badges)}


def seller_of(row: sa.RowMapping) -> Seller:
    """The Seller of a row of `sellers`."""
    values = {name: row[name] for name in _SELLER_COLUMNS}
    return Seller(**{**values, "badges": tuple(values["badges"] or ())})


def seller_with_phrases(row: sa.RowMapping) -> Seller:
    """The Seller of a row, with what was kept of the profile (its matched phrases) in the profile's place."""
    seller = seller_of(row)
    seller.profile = "\n".join(hit["span"] for hit in row["profile_phrases"] or ()) or None
    return seller


def judgement_of(verdict: str, evidence: list[dict[str, Any]] | None) -> Judgement:
    """The Judgement of a row of `judgements`."""
    return Judgement(Verdict(verdict), tuple(Evidence(**entry) for entry in evidence or ()))


def wanted_values(wanted: Wanted) -> dict[str, Any]:
    """The columns of `wanted` that a Wanted fills."""
    values = {name: getattr(wanted, name) for name in _WANTED_COLUMNS}
    return values | {"sale_price": None if wanted.sale_price is None else str(wanted.sale_price)}


def wanted_of(row: sa.RowMapping) -> Wanted:
    """The Wanted of a row of `wanted`."""
    values = {name: row[name] for name in _WANTED_COLUMNS}
    values["sale_price"] = None if values["sale_price"] is None else Decimal(values["sale_price"])
    values["condition"] = Condition(values["condition"])
    values["state"] = WantedState(values["state"])
    return Wanted(**values, wanted_id=row["id"])


def query_of(row: sa.RowMapping) -> Query:
    """The Query of a row of `queries`."""
    return Query(row["model_number"], row["maker"], row["jan"], row["name"], row["id"])
