"""Is a source well? Its last run against its own history, and the canary that proves a zero.

`symptoms` is a pure function over figures. `CanaryLook` asks the canary query once, at the end of a run in which a
source said `nothing` and read no row at all: then its zeros prove only each other.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from scrapy.http import Request, Response

from kataban.items import CannotLook, Lead, Listing, Outcome, PageRead, Query
from kataban.manners.failures import cannot_look_of
from kataban.results.database import Database
from kataban.results.health import Canary, History, demote_nothing, nothing_is_all

if TYPE_CHECKING:
    from twisted.python.failure import Failure

    from spiders.base import SourceSpider


@dataclass(frozen=True, slots=True)
class Symptom:
    """One reason why a source is called sick: a code, and the sentence in both languages."""

    code: str
    text_ja: str
    text_en: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What a source may lose against its own history before it is called sick.

    Few looks prove nothing: figures are compared only over `fewest_searches` and `fewest_listings` on both sides.
    """

    failures_in_a_row: int = 3
    fewest_searches: int = 3
    fewest_listings: int = 10
    rows_kept: float = 0.35  # of the rows per search
    unreadable: float = 0.2  # of the searches, and twice as often as before
    unclear_more: float = 0.3  # of the verdicts
    coverage_less: float = 0.3  # of the listings


LIMITS = Limits()


def symptoms(history: History, limits: Limits = LIMITS) -> list[Symptom]:
    """What is wrong with the source, worst first; [] for a well one, or one that was never asked."""
    found: list[Symptom] = []
    if history.canary_failed:
        found.append(Symptom("canary", "必ず結果が出るはずの検索で何も出なかった", "the canary query showed no hit"))
    if history.failures_in_a_row >= limits.failures_in_a_row:
        found.append(Symptom("failing", f"{history.failures_in_a_row}回続けて見られなかった",
                             f"{history.failures_in_a_row} looks in a row failed"))
    return [*found, *_of_searches(history, limits), *_of_listings(history, limits)]


def _of_searches(history: History, limits: Limits) -> Iterable[Symptom]:
    now, before = history.now, history.before
    if (now.unreadable or 0) > limits.unreadable and (now.unreadable or 0) > 2 * (before.unreadable or 0):
        yield Symptom("unreadable", f"検索の{now.unreadable:.0%}に読めない行がある",
                      f"{now.unreadable:.0%} of the searches have rows that cannot be read")
    enough = min(now.answered, before.answered) >= limits.fewest_searches
    if enough and (now.rows_per_search or 0) < limits.rows_kept * (before.rows_per_search or 0):
        yield Symptom("fewer_rows",
                      f"検索あたりの件数が{before.rows_per_search:.1f}から{now.rows_per_search:.1f}に減った",
                      f"rows per search fell from {before.rows_per_search:.1f} to {now.rows_per_search:.1f}")


def _of_listings(history: History, limits: Limits) -> Iterable[Symptom]:
    now, before = history.now, history.before
    if min(now.listings, before.listings) < limits.fewest_listings:
        return
    if (now.unclear or 0) > (before.unclear or 0) + limits.unclear_more:
        yield Symptom("unclear", f"判断できない行が{now.unclear:.0%}",
                      f"{now.unclear:.0%} of the rows cannot be decided")
    for name, share in before.coverage.items():
        if now.coverage.get(name, 0) < share - limits.coverage_less:
            yield Symptom(f"field_{name}", f"{name}のある行が{share:.0%}から{now.coverage.get(name, 0):.0%}に減った",
                          f"rows with {name} fell from {share:.0%} to {now.coverage.get(name, 0):.0%}")


# --- the canary ----------------------------------------------------------------------------------------------------


def canary_query(spider: type[SourceSpider] | SourceSpider) -> Query:
    """The source's canary, or the user's own: KATABAN_CANARY_<SOURCE>=a model number that it surely sells."""
    own = os.environ.get(f"KATABAN_CANARY_{spider.name.upper()}", "").strip()
    return Query(own or spider.canary)


def canary_failure(found: Iterable[Any]) -> CannotLook | None:
    """Why this answer to the canary query proves that zeros of the source are not to be believed; None when it shows
    a hit. `found` is what `parse` yielded; a further request alone (a token) is no answer yet, and no failure."""
    results = list(found)
    rows = sum(one.rows for one in results if isinstance(one, PageRead))
    if rows or any(isinstance(one, Listing | Lead) for one in results):
        return None
    if not any(isinstance(one, PageRead) for one in results):
        return None
    return CannotLook(Outcome.BROKEN, Canary.REASON_CODE, Canary.REASON)


class CanaryLook:
    """One look with the canary query. `ask()` yields the request; `failure` is why the source's zeros are not believed.

    An answer that is no look at all (blocked, unreachable) proves nothing about earlier zeros and is no failure,
    except a layout that cannot be read.
    """

    def __init__(self, spider: SourceSpider) -> None:
        self.spider = spider
        self.failure: CannotLook | None = None
        self.lost: CannotLook | None = None
        self._answered = asyncio.Event()

    async def ask(self) -> AsyncIterator[Request]:
        """Yield the canary's first request and wait until its answer was read."""
        query = canary_query(self.spider)
        try:
            first = self.spider.search(query)
        except CannotLook:
            return
        requests = [first] if isinstance(first, Request) else list(first)[:1]
        for request in requests:
            self._answered.clear()
            yield self._watched(request, query)
            await self._answered.wait()

    def _watched(self, request: Request, query: Query) -> Request:
        return request.replace(callback=partial(self._read, query=query), errback=self._lost, dont_filter=True,
                               cb_kwargs={})

    def _read(self, response: Response, query: Query) -> Iterable[Request]:
        try:
            found = list(self.spider.parse(response, query=query))
        except CannotLook as why:
            self.failure = why if why.outcome is Outcome.BROKEN else None
            self._answered.set()
            return
        again = [one for one in found if isinstance(one, Request)]
        if again and not any(isinstance(one, PageRead) for one in found):
            yield self._watched(again[0], query)  # the first answer was a token
            return
        self.failure = canary_failure(found)
        self._answered.set()

    def _lost(self, failure: Failure) -> None:
        self.lost = cannot_look_of(failure)  # a lost answer says nothing about earlier ones
        self._answered.set()


class ZeroProof:
    """The end of a source's turn: where all that it read were zeros, the canary is asked; a failed one demotes them.

    `ask()` yields the canary's requests to Scrapy and does nothing in a run that read rows. Afterwards `demoted` says
    how many `nothing` of each Source became `broken`.
    """

    def __init__(self, database: Database, spider: SourceSpider, run_id: int, now: Callable[[], datetime]) -> None:
        self.database, self.spider, self.run_id, self._now = database, spider, run_id, now
        self.demoted: dict[str, int] = {}

    async def ask(self) -> AsyncIterator[Request]:
        """Ask the canary where it is needed, and demote."""
        if self.spider.gives_leads or not await asyncio.to_thread(self._all_zero):
            return
        canary = CanaryLook(self.spider)
        async for request in canary.ask():
            yield request
        if canary.failure is not None:
            self.demoted = await asyncio.to_thread(self._demote, canary.failure)

    def _all_zero(self) -> bool:
        with self.database.reading() as connection:
            return nothing_is_all(connection, self.spider.sources()[0], self.run_id)

    def _demote(self, why: CannotLook) -> dict[str, int]:
        reason = Canary.REASON if why.reason_code == Canary.REASON_CODE else f"{Canary.REASON} ({why.reason})"
        with self.database.writing() as connection:
            return {source: number for source in self.spider.sources()
                    if (number := demote_nothing(connection, [source], self.run_id, self._now(), reason))}
