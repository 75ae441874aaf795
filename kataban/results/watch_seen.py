"""What the supply rules are given: of each watched SKU's model all that was seen, looked at, paid and told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from kataban.items import ANSWERED, Availability, Condition, Outcome, PriceKind, Purchase, Verdict
from kataban.offers import Look, Offered, Seen, Sign, SupplyEvidence
from kataban.results.chunks import chunks
from kataban.results.queries import Answer, Covered, Offer, answers
from kataban.results.tables import judgements, listings, searches, sightings, source_states
from matcher import compile_query, life_signs

HISTORY = timedelta(days=30)
_CONDITIONS = list(Condition)
# Reasons of a purchase that stay when it is in stock again: its price is no history of what could be bought.
_LASTING = ("phrase_", "condition_", "price_", "marked_", "user_", "over_")
Sources = Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class _Past:
    """What was in stock of one Query: of each Listing the totals by day, and by condition when it last was."""

    totals: dict[tuple[str, str], dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    last: dict[Condition, datetime] = field(default_factory=dict)
    since: datetime | None = None


def seen_of(connection: sa.Connection, wanted_ids: Sequence[int], sources: Sources, now: datetime) -> dict[int, Seen]:
    """By wanted id what is known now. `sources` are those that should be asked, with the ones whose Leads they read."""
    found: dict[int, Seen] = {}
    answered_at = _answered_at(connection)
    for part in chunks(wanted_ids):
        of_part = answers(connection, now, ids=part)
        query_ids = [a.query.query_id for a in of_part if a.query and a.query.query_id]
        past, began = _past(connection, query_ids, now), _began(connection, query_ids)
        for answer in of_part:
            query_id = answer.query.query_id if answer.query else None
            looks = _looks(answer.coverage, began.get(query_id or 0, {}), answered_at, sources)
            found[answer.wanted.wanted_id or 0] = _seen(answer, past.get(query_id or 0, _Past()), list(looks))
    return found


def _seen(answer: Answer, past: _Past, looks: Sequence[Look]) -> Seen:
    exact = [*answer.alternatives, *answer.not_purchasable]
    accepted = _CONDITIONS.index(answer.wanted.condition)
    new = [at for condition, at in past.last.items()
           if condition is Condition.UNKNOWN or _CONDITIONS.index(condition) <= accepted]
    return Seen(
        offers=[Offered(offer.listing, offer.purchase or Purchase.NO, offer.total, offer.price_doubt)
                for offer in exact],
        looks=looks, signs=list(_signs(answer)), prices=_prices(exact, past),
        new_at=max(new, default=None), since=past.since)


def _looks(coverage: Mapping[str, Covered], began: Mapping[str, datetime], answered_at: Mapping[str, datetime],
           sources: Sources) -> Iterator[Look]:
    for source, follows in sources.items():
        covered = coverage.get(source)
        if covered is None:
            yield Look(source, lists_all=not follows)
            continue
        outcome = None if covered.outcome is None else Outcome(covered.outcome)
        complete = covered.complete
        if outcome is Outcome.NOT_ASKED and covered.reason_code == "no_leads" and _answered(follows, coverage, covered):
            outcome, complete = Outcome.NOTHING, True  # web search answered, and knew no page to read
        yield Look(source, outcome, complete, covered.at, covered.reason_code, began.get(source), not follows,
                   answered_at.get(source))


def _answered(follows: Iterable[str], coverage: Mapping[str, Covered], covered: Covered) -> bool:
    leading = [coverage[name] for name in follows if name in coverage]
    return any(lead.outcome == Outcome.ANSWERED and lead.at is not None and covered.at is not None
               and abs(covered.at - lead.at) < timedelta(hours=12) for lead in leading)


def _signs(answer: Answer) -> Iterator[Sign]:
    """What exact listings say of the model's end, and what listings of other numbers say of ours."""
    if answer.query is None:
        return
    asked = compile_query(answer.query.model_number, maker=answer.query.maker, jan=answer.query.jan)
    for offer in (*answer.alternatives, *answer.not_purchasable, *answer.look_alikes):
        if offer.verdict not in (Verdict.EXACT, Verdict.DIFFERENT):
            continue
        listing = offer.listing
        for sign in life_signs(asked, listing, exact=offer.verdict is Verdict.EXACT):
            told = sign.evidence
            yield Sign(SupplyEvidence(told.rule, told.text_ja, told.text_en, listing.source, listing.listing_id,
                                      listing.url, told.span, listing.seen_at), sign.number)


def _prices(exact: Iterable[Offer], past: _Past) -> dict[str, int]:
    """The cheapest total of each day, of offers that were in stock and would do."""
    days: dict[str, int] = {}
    for offer in exact:
        if any(str(reason.get("code", "")).startswith(_LASTING) for reason in offer.reasons):
            continue
        for day, total in past.totals.get((offer.listing.source, offer.listing.listing_id), {}).items():
            days[day] = min(total, days.get(day, total))
    return days


def _began(connection: sa.Connection, query_ids: Sequence[int]) -> dict[int, dict[str, datetime]]:
    """When the last Search of each Query began, by source: what it shows was seen after that."""
    latest = (sa.select(sa.func.max(searches.c.id)).where(searches.c.query_id.in_(query_ids))
              .group_by(searches.c.query_id, searches.c.source))
    found: dict[int, dict[str, datetime]] = defaultdict(dict)
    for row in connection.execute(sa.select(searches).where(searches.c.id.in_(latest))):
        found[row.query_id][row.source] = row.opened_at
    return found


def _answered_at(connection: sa.Connection) -> dict[str, datetime]:
    """When each source last answered, for whatever model."""
    rows = connection.execute(sa.select(source_states.c.source, source_states.c.answered_at).where(
        source_states.c.answered_at.is_not(None)))
    return {row.source: row.answered_at for row in rows}


def _past(connection: sa.Connection, query_ids: Sequence[int], now: datetime) -> dict[int, _Past]:
    found: dict[int, _Past] = defaultdict(_Past)
    for row in connection.execute(_in_stock(query_ids).where(
            sightings.c.seen_at >= now - HISTORY, listings.c.price_kind == PriceKind.FIXED.value,
            sightings.c.price.is_not(None))):
        shipping = 0 if row.shipping_included else row.shipping
        if shipping is not None and row.seen_at.date() < now.date():
            totals = found[row.query_id].totals[row.source, row.listing_id]
            day = row.seen_at.date().isoformat()
            totals[day] = min(row.price + shipping, totals.get(day, row.price + shipping))
    last = sa.func.max(sightings.c.seen_at, type_=sightings.c.seen_at.type).label("last_at")
    for of in connection.execute(_in_stock(query_ids).with_only_columns(
            judgements.c.query_id, listings.c.condition, last).group_by(judgements.c.query_id, listings.c.condition)):
        found[of.query_id].last[Condition(of.condition)] = of.last_at
    first = sa.func.min(searches.c.closed_at, type_=searches.c.closed_at.type).label("first_at")
    for begun in connection.execute(sa.select(searches.c.query_id, first).where(
            searches.c.query_id.in_(query_ids), searches.c.outcome.in_([outcome.value for outcome in ANSWERED])
            ).group_by(searches.c.query_id)):
        found[begun.query_id].since = begun.first_at
    return found


def _in_stock(query_ids: Sequence[int]) -> sa.Select[tuple[int, str, str, bool, int, int, datetime]]:
    return (sa.select(judgements.c.query_id, listings.c.source, listings.c.listing_id, listings.c.shipping_included,
                      sightings.c.price, sightings.c.shipping, sightings.c.seen_at)
            .join(listings, listings.c.id == judgements.c.listing_pk)
            .join(sightings, sightings.c.listing_pk == listings.c.id)
            .where(judgements.c.query_id.in_(query_ids), judgements.c.verdict == Verdict.EXACT.value,
                   sightings.c.availability == Availability.IN_STOCK.value))
