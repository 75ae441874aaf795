"""What the sources of one run share: database, state folder, clock, what is narrowed, and who waits for whom."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from kataban.items import Outcome
from kataban.offers import LookAgain
from kataban.results.database import Database


@dataclass(slots=True)
class SourceReport:
    """What one source did in a run: how many Queries were due, and how their Searches ended."""

    source: str
    due: int = 0
    outcomes: dict[Outcome, int] = field(default_factory=dict)
    requests: int = 0
    listings: int = 0
    finish_reason: str | None = None
    locked: bool = False

    def count(self, outcome: Outcome) -> None:
        """One more Search ended so."""
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1


def _silent(_report: SourceReport) -> None:
    """Nobody watches."""


@dataclass(slots=True)
class Run:
    """One run of one or more sources in one process.

    `only` narrows to these Queries; `watching` asks for the watched SKUs instead of the orders. `max_minutes` bounds
    the run: what is left is `not_asked`. `progress` is called with the report of a source whenever a Search closed.
    `again` says how often is looked again.
    """

    database: Database
    state: Path
    only: frozenset[int] | None = None
    max_minutes: float | None = None
    progress: Callable[[SourceReport], None] = _silent
    watching: bool = False
    again: LookAgain = field(default_factory=LookAgain)
    reports: dict[str, SourceReport] = field(default_factory=dict)
    requests_by_model: dict[str, int] = field(default_factory=dict)
    _begun: float = field(default_factory=time.monotonic)
    _finished: dict[str, asyncio.Event] = field(default_factory=dict)

    @staticmethod
    def now() -> datetime:
        """This moment, in UTC."""
        return datetime.now(UTC)

    @property
    def out_of_time(self) -> bool:
        """True when the run's time is used up."""
        return self.max_minutes is not None and time.monotonic() - self._begun > self.max_minutes * 60

    def report(self, source: str) -> SourceReport:
        """The report of `source`, begun when first asked for."""
        return self.reports.setdefault(source, SourceReport(source))

    def asked(self, model_number: str, requests: int) -> None:
        """One site was asked `requests` times for this model number."""
        self.requests_by_model[model_number] = self.requests_by_model.get(model_number, 0) + requests

    def expect(self, name: str) -> None:
        """A spider of this run; others may wait for its end."""
        self._finished[name] = asyncio.Event()

    def finish(self, name: str) -> None:
        """A spider of this run ended."""
        if name in self._finished:
            self._finished[name].set()

    async def wait_for(self, names: tuple[str, ...]) -> None:
        """Wait until those of `names` that are in this run have ended."""
        for name in names:
            if name in self._finished:
                await self._finished[name].wait()
