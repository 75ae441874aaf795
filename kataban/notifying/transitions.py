"""From what was told to what is: the transitions worth a message. Plain Python, no I/O."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from kataban.items import Supply

State = Mapping[str, Any]
NEVER: State = {}


class Kind(StrEnum):
    """What happened. In the order of urgency."""

    LAST_GONE = "last_gone"
    LAST_STALE = "last_stale"
    NOTHING = "nothing"
    FIRST = "first"
    BETTER = "better"
    SUPPLY_GONE = "supply_gone"
    DISCONTINUED = "discontinued"
    SUPPLY_BACK = "supply_back"
    SOURCE_SICK = "source_sick"
    SOURCE_WELL = "source_well"


@dataclass(frozen=True, slots=True)
class Transition:
    """Something to tell about a subject, with the subject's state now and before."""

    kind: Kind
    subject: str
    state: State
    before: State


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to tell, and the states to keep once it is told."""

    transitions: list[Transition]
    states: dict[str, dict[str, Any]]


def compare(before: Mapping[str, State], now_states: Mapping[str, State], now: datetime, deadline: timedelta) -> Told:
    """What to tell a target that knows `before`. "Nothing found" is told when ship_by is nearer than `deadline`."""
    told = Told([], {})
    for subject, state in now_states.items():
        old = before.get(subject, NEVER)
        kinds = list(_kinds(old, state, now, deadline))
        told.transitions.extend(Transition(kind, subject, state, old) for kind in kinds)
        kept = _kept(old, state, kinds)
        if kept != old:
            told.states[subject] = kept
    order = list(Kind)
    told.transitions.sort(key=lambda t: (order.index(t.kind), t.state.get("ship_by") or "9", t.subject))
    return told


def _kinds(old: State, state: State, now: datetime, deadline: timedelta) -> Iterator[Kind]:
    if "sick" in state:
        return _source(old, state)
    return _supply(old, state) if "supply" in state else _order(old, state, now, deadline)


def _order(old: State, state: State, now: datetime, deadline: timedelta) -> Iterator[Kind]:
    had, has = old.get("alternatives", 0), state["alternatives"]
    if has and not had:
        yield Kind.FIRST
    elif has and _is_better(state["best"], old.get("best")):
        yield Kind.BETTER
    elif had and not has:
        yield Kind.LAST_STALE if state["stale"] else Kind.LAST_GONE
    near = state["ship_by"] is not None and datetime.fromisoformat(state["ship_by"]) - now < deadline
    if not has and not state["stale"] and state["covered"] and near and not old.get("nothing"):
        yield Kind.NOTHING


def _is_better(best: int | None, told: int | None) -> bool:
    return best is not None and (told is None or best < told)


def _source(old: State, state: State) -> Iterator[Kind]:
    if state["sick"] and not old.get("sick"):
        yield Kind.SOURCE_SICK
    elif old.get("sick") and not state["sick"]:
        yield Kind.SOURCE_WELL


def _supply(old: State, state: State) -> Iterator[Kind]:
    """`unknown` is no news: what could not be looked at is what it was."""
    was, is_now = old.get("supply"), state["supply"]
    if is_now in (was, Supply.UNKNOWN):
        return
    if is_now == Supply.DISCONTINUED:
        yield Kind.DISCONTINUED
    elif is_now == Supply.GONE:
        yield Kind.SUPPLY_GONE
    elif was is not None:
        yield Kind.SUPPLY_BACK


def _kept(old: State, state: State, kinds: list[Kind]) -> dict[str, Any]:
    """What is remembered. The cheapest total ever told stays while there are alternatives: a price that goes up and
    down again is no news."""
    if "sick" in state:
        return {"sick": state["sick"]}
    if "supply" in state:  # of a SKU that has its suppliers, as most do, nothing need be remembered
        told = old.get("supply") if state["supply"] == Supply.UNKNOWN else state["supply"]
        return {"supply": told} if told in (Supply.GONE, Supply.DISCONTINUED) else {}
    best = state["best"]
    if state["alternatives"] and old.get("alternatives") and old.get("best") is not None:
        best = old["best"] if best is None else min(best, old["best"])
    nothing = Kind.NOTHING in kinds or (bool(old.get("nothing")) and not state["alternatives"])
    return {"alternatives": state["alternatives"], "best": best, "nothing": nothing}
