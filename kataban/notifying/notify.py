"""Telling every target what it does not know yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from kataban.notifying.message import digest
from kataban.notifying.sending import Target
from kataban.notifying.transitions import Told, compare
from kataban.results.database import Database
from kataban.results.notices import State, current_states, forget_told, keep_told, told_states


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one target: how many transitions, the message, and whether it was taken (None: a dry run)."""

    target: str
    number: int
    title: str = ""
    body: str = ""
    taken: bool | None = None
    complaint: str = ""


def preview(database: Database, target: Target | None, language: str, now: datetime, deadline: timedelta) -> Sent:
    """What `target` (None: one that knows nothing yet) would be told now; nothing is kept."""
    with database.reading() as connection:
        before = told_states(connection, target.key) if target else {}
        told = compare(before, current_states(connection, now), now, deadline)
    return Sent(target.shown if target else "-", len(told.transitions), *digest(told.transitions, language))


def notify(database: Database, targets: Iterable[Target], language: str, now: datetime,
           deadline: timedelta) -> Iterator[Sent]:
    """Send each target one digest of what changed for it; nothing where nothing did.

    What is told is kept before it is sent and taken back when the service refuses it, so that a run that dies in
    between leaves something untold rather than telling it twice.
    """
    for target in targets:
        before, told = _keep(database, target, now, deadline)
        if not told.transitions:
            continue
        title, body = digest(told.transitions, language)
        taken = target.send(title, body)
        if not taken:
            _take_back(database, target, before, told, now)
        yield Sent(target.shown, len(told.transitions), title, body, taken, target.complaint)


def _keep(database: Database, target: Target, now: datetime, deadline: timedelta) -> tuple[dict[str, State], Told]:
    with database.writing() as connection:
        before, states = told_states(connection, target.key), current_states(connection, now)
        told = compare(before, states, now, deadline)
        keep_told(connection, target.key, told.states, now)
        forget_told(connection, target.key, before.keys() - states.keys())
    return before, told


def _take_back(database: Database, target: Target, before: dict[str, State], told: Told, now: datetime) -> None:
    with database.writing() as connection:
        keep_told(connection, target.key, {name: before[name] for name in told.states if name in before}, now)
        forget_told(connection, target.key, told.states.keys() - before.keys())
