"""The user's own SKUs kept under watch: what is due, and who supplies them as of now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from kataban.items import ANSWERED, Supply, WantedState
from kataban.offers import Conclusion, Margins, Rules, Seen, supply
from kataban.results.tables import catalogue, order_lines, wanted, watch_events, watches
from kataban.results.watch_seen import Sources, seen_of
from kataban.results.watch_shapes import watch_shapes
from kataban.results.watch_sync import Synced, sync

__all__ = ["Grounds", "Renewed", "Sources", "Synced", "Watched", "concluded", "currency_of_orders", "keep",
           "open_watches", "renew", "sync", "watch_shapes"]


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a conclusion stands on: the user's rules, the sources that should be asked (each with those whose Leads it
    reads), and how margins are reckoned."""

    rules: Rules = field(default_factory=Rules)
    sources: Sources = field(default_factory=dict)
    margins: Margins = field(default_factory=Margins)


@dataclass(frozen=True, slots=True)
class Watched:
    """A SKU under watch. `checked_at` is the newest look that told something of it, None when there was none."""

    sku: str
    wanted_id: int
    query_id: int
    state: Supply
    price: Decimal | None
    checked_at: datetime | None

    def is_due(self, now: datetime, rules: Rules) -> bool:
        """Is it to be looked at? What is unknown always is; the sources themselves are not asked again so soon."""
        return self.state is Supply.UNKNOWN or self.checked_at is None or now - self.checked_at >= rules.again


def open_watches(connection: sa.Connection) -> list[Watched]:
    """Every SKU under watch, the one looked at longest ago first."""
    statement = (sa.select(watches, wanted.c.query_id, catalogue.c.price)
                 .join(wanted, wanted.c.id == watches.c.wanted_id)
                 .outerjoin(catalogue, catalogue.c.sku == watches.c.sku)
                 .where(wanted.c.state == WantedState.OPEN.value, wanted.c.query_id.is_not(None))
                 .order_by(watches.c.checked_at.is_not(None), watches.c.checked_at, watches.c.sku))
    return [Watched(row.sku, row.wanted_id, row.query_id, Supply(row.state),
                    None if row.price is None else Decimal(row.price), row.checked_at)
            for row in connection.execute(statement)]


def currency_of_orders(connection: sa.Connection) -> str | None:
    """The one currency of the user's orders; None where there are several, or no orders."""
    found = connection.execute(sa.select(order_lines.c.sale_currency).where(
        order_lines.c.sale_currency.is_not(None)).distinct()).scalars().all()
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class Renewed:
    """A SKU as it was concluded now. `under_floor`: its margin is surely under the user's floor."""

    watched: Watched
    conclusion: Conclusion
    margin: int | None
    under_floor: bool

    @property
    def changed(self) -> bool:
        """Is the state another than before?"""
        return self.watched.state is not self.conclusion.state


def renew(connection: sa.Connection, now: datetime, grounds: Grounds) -> list[Renewed]:
    """Conclude every watch anew from what is stored, and keep it."""
    return keep(connection, concluded(connection, open_watches(connection), now, grounds), now)


def keep(connection: sa.Connection, found: Sequence[tuple[Renewed, Seen]], now: datetime) -> list[Renewed]:
    """Keep what was concluded; a change of state is an event as well."""
    for renewed, seen in found:
        _keep(connection, renewed, seen, now)
    events = [{"sku": renewed.watched.sku, "state": renewed.conclusion.state.value, "at": now,
               "evidence": _evidence(renewed.conclusion)} for renewed, _ in found if renewed.changed]
    if events:
        connection.execute(sa.insert(watch_events), events)
    return [renewed for renewed, _ in found]


def concluded(connection: sa.Connection, of: Sequence[Watched], now: datetime,
              grounds: Grounds) -> list[tuple[Renewed, Seen]]:
    """What follows for these SKUs, with what it follows from; nothing is stored."""
    found = seen_of(connection, [watched.wanted_id for watched in of], grounds.sources, now)
    return [(_renewed(watched, seen, now, grounds), seen)
            for watched in of for seen in (found.get(watched.wanted_id, Seen()),)]


def _renewed(watched: Watched, seen: Seen, now: datetime, grounds: Grounds) -> Renewed:
    conclusion = supply(seen, now, grounds.rules)
    return Renewed(watched, conclusion, grounds.margins.of(watched.price, conclusion.cheapest),
                   grounds.margins.is_under(watched.price, conclusion.least))


def _keep(connection: sa.Connection, renewed: Renewed, seen: Seen, now: datetime) -> None:
    conclusion = renewed.conclusion
    values: dict[str, Any] = {
        "state": conclusion.state.value, "suppliers": conclusion.suppliers, "cheapest": conclusion.cheapest,
        "cheapest_source": conclusion.cheapest_source, "margin": renewed.margin, "coverage": conclusion.coverage,
        "successor": conclusion.successor, "evidence": _evidence(conclusion), "checked_at": last_look(seen)}
    if renewed.changed:
        values["since"] = now
    connection.execute(sa.update(watches).where(watches.c.sku == renewed.watched.sku).values(**values))


def _evidence(conclusion: Conclusion) -> list[dict[str, Any]]:
    return [asdict(entry) | {"at": None if entry.at is None else entry.at.isoformat()}
            for entry in conclusion.evidence]


def last_look(seen: Seen) -> datetime | None:
    """The newest look that told something: an exact Listing that was seen, or a source that answered."""
    answered = [look.at for look in seen.looks if look.outcome in ANSWERED]
    return max(filter(None, (*answered, *(offer.listing.seen_at for offer in seen.offers))), default=None)
