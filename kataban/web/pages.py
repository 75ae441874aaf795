"""The pages' contents, from kataban.results alone; the file on disk and the server show the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup

from kataban.drafts import Library
from kataban.items import WantedState
from kataban.offers import LookAgain, Terms, due_at
from kataban.results.database import Connection
from kataban.results.gauge import gauge, gauge_shape, open_savings
from kataban.results.order_kit import candidate_shapes
from kataban.results.overview import counted, overview
from kataban.results.queries import Answer, answers, name_of_query, wanted_by_ids
from kataban.results.shapes import answer_shape
from kataban.results.source_health import health
from kataban.results.tracks import Event, Track, events, tracks
from kataban.results.watch_shapes import watch_shapes
from kataban.web import gauge_words, shown, words
from kataban.web.doors import SCRIPT, SCRIPT_SOURCE
from kataban.web.kit import Wishes, kit_content
from kataban.web.plot import plot

# How many alternatives an order shows unfolded, how many offers one fold holds, and how many listings a history names.
MOST_ALTERNATIVES = 5
MOST_FOLDED = 8
MOST_TRACKS = 12
MOST_SAVINGS = 5
MOST_GONE = 3
UNSETTLED = ("open", "needs_model", "expired")
SUPPLY_ORDER = ("gone", "discontinued", "thin", "unknown", "supplied")
LOST = ("gone", "discontinued")
LOOKED = ("found", "nothing", "answered")


@dataclass(frozen=True, slots=True)
class View:
    """For whom a page is made. `token` is the form token of a served page; without one there are no buttons.

    `notices` are sentences about what was just done; `rechecked` are the changes that a recheck found, by order.
    """

    language: str
    terms: Terms = field(default_factory=Terms)
    library: Library = field(default_factory=Library)
    again: LookAgain = field(default_factory=LookAgain)
    token: str | None = None
    notices: Sequence[Markup] = ()
    rechecked: dict[int, list[str] | None] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Model:
    """The history of one model number."""

    query_id: int
    name: str
    tracks: Sequence[Track]
    events: Sequence[Event]
    plot: Markup | None


@cache
def environment() -> jinja2.Environment:
    """The templates, autoescaped always."""
    loader = jinja2.PackageLoader("kataban.web")
    env = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True,
                             lstrip_blocks=True)
    env.globals |= {"t": words.t, "both": words.both, "reason": words.reason, "word": words.word, "LOOKED": LOOKED,
                    "MOST_ALTERNATIVES": MOST_ALTERNATIVES, "MOST_FOLDED": MOST_FOLDED, "MOST_TRACKS": MOST_TRACKS,
                    "MOST_SAVINGS": MOST_SAVINGS, "MOST_GONE": MOST_GONE, "UNSETTLED": UNSETTLED}
    env.filters |= {"moment": shown.moment, "brief": shown.brief, "day": shown.day, "yen": shown.yen,
                    "address": shown.web_address}
    env.globals |= {"SCRIPT": Markup(SCRIPT), "SCRIPT_SOURCE": Markup(SCRIPT_SOURCE), "candidates": candidate_shapes,  # noqa: S704
                    "gauge_head": gauge_words.head, "gauge_sentences": gauge_words.sentences,
                    "gauge_width": gauge_words.width}
    env.globals |= {"left": shown.left, "urgency": shown.urgency, "marked": shown.marked}
    return env


def render(template: str, view: View, **content: Any) -> str:
    """One page as HTML."""
    return environment().get_template(template).render(view=view, **content)


def orders_content(connection: Connection, view: View, *, first: int = 0, most: int = 50) -> dict[str, Any]:
    """The orders from position `first` on, those without an alternative first."""
    found = overview(connection, view.now, first=first, most=most)
    saved = gauge_shape(gauge(connection, view.now), open_savings(connection, view.now, view.terms))
    return {"orders": [answer_shape(answer, view.terms) for answer in found.answers], "first": first, "most": most,
            "number": found.orders, "without": found.without, "gauge": saved}


def order_content(connection: Connection, view: View, wanted_id: int, wishes: Wishes) -> dict[str, Any] | None:
    """One order, whatever its state, with what ends it; None when there is none."""
    found = answers(connection, view.now, ids=[wanted_id], states=list(WantedState))
    if not found or found[0].wanted.watch:
        return None
    return {"order": answer_shape(found[0], view.terms), "next_look": _next_look(found[0], view),
            "kit": kit_content(connection, view.library, found[0].wanted, view.now, wishes)}


def _next_look(answer: Answer, view: View) -> datetime | None:
    """From when on a search looks again, None while nobody has; another order of the model may bring it forward."""
    looked_at = max((covered.at for covered in answer.coverage.values() if covered.at), default=None)
    ship_by = answer.wanted.ship_by
    return None if looked_at is None else due_at(looked_at, view.now, view.again, ship_by=ship_by,
                                                 lacking=not answer.alternatives, lacking_ship_by=ship_by)


def sources_content(connection: Connection, view: View) -> dict[str, Any]:
    """The state of every source."""
    return {"sources": health(connection, view.now)}


def supply_content(connection: Connection, view: View, *, state: str | None = None, first: int = 0,
                   most: int = 100) -> dict[str, Any]:
    """The user's own SKUs under watch, those that need somebody first; of one state or of all."""
    found = watch_shapes(connection, view.now)
    counts = Counter(entry["state"] for entry in found)
    part = [entry for entry in found if state is None or entry["state"] == state]
    lost = sum(entry["state"] in LOST and not entry["suppliers"] for entry in found)
    return {"counts": {name: counts[name] for name in SUPPLY_ORDER}, "state": state, "number": len(part),
            "first": first, "most": most, "listed": part[first:first + most], "lost": lost}


def queue_content(connection: Connection, view: View, *, first: int = 0, most: int = 500) -> dict[str, Any]:
    """Rows of the queue in every state: the living ones by urgency, then the ended ones."""
    ended = [state for state in WantedState if state not in (WantedState.OPEN, WantedState.NEEDS_MODEL)]
    rows = [*counted(connection, view.now), *counted(connection, view.now, ended)]
    part = {row.wanted_id: row.alternatives for row in rows[first:first + most]}
    found = {need.wanted_id: need for need in wanted_by_ids(connection, list(part))}
    return {"rows": [{"need": found[wanted_id], "alternatives": number} for wanted_id, number in part.items()],
            "number": len(rows), "first": first, "most": most}


def model_content(connection: Connection, query_id: int, label: str) -> Model | None:
    """The history of a Query's exact Listings; None when there is no such Query."""
    name = name_of_query(connection, query_id)
    if name is None:
        return None
    found = tracks(connection, query_id)
    return Model(query_id, name, found, events(found), plot(found, label))
