"""What a run would ask and how long politeness makes it, without asking anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scrapy.settings import BaseSettings

from kataban.crawling.sources import all_sources, standing
from kataban.items import CannotLook
from kataban.manners.pace import Pace, host_of
from kataban.manners.robots_files import RobotsFiles
from kataban.offers import look_again_of
from kataban.results import queue
from kataban.results.database import Database
from spiders.base import SourceSpider

# Requests of a Search of which nothing is known yet: a page of results and a few items' own pages.
USUAL_REQUESTS = 4.0


@dataclass(frozen=True, slots=True)
class SourcePlan:
    """What one source would be asked: the Queries due, its usual requests of a Search, and the seconds between two of
    them at its host's pace. `why` is set when it cannot be asked."""

    name: str
    due: int = 0
    usual: float = USUAL_REQUESTS
    delay: float = 0.0
    why: CannotLook | None = None

    @property
    def per_search(self) -> float:
        """Seconds that one Search takes at the host's pace."""
        return self.usual * self.delay


def source_plans(database: Database, settings: BaseSettings, names: Iterable[str],
                 only: frozenset[int] | None = None, *, watching: bool = False) -> Iterator[SourcePlan]:
    """One SourcePlan per source."""
    known = all_sources(settings)
    robots = RobotsFiles(Path(settings["STATE_FOLDER"]) / "robots", settings["ROBOTSTXT_USER_AGENT"],
                         settings.getfloat("ROBOTS_CACHE_SECONDS"))
    pace = Pace.from_settings(settings, database, robots.crawl_delay)
    again = look_again_of(settings["KATABAN_LOOK_AGAIN"], settings["KATABAN_WATCH_HOURS"])
    for name in names:
        spider = known[name]
        why = standing(spider, settings)
        if why is not None:
            yield SourcePlan(name, why=why)
            continue
        with database.reading() as connection:
            due = queue.due(connection, name, datetime.now(UTC), only, watching=watching, again=again)
            usual = queue.requests_per_search(connection, name) or USUAL_REQUESTS
        yield SourcePlan(name, len(due), usual, pace.delay(_host(spider, due)))


def plan_lines(database: Database, settings: BaseSettings, names: Iterable[str],
               only: frozenset[int] | None) -> Iterator[str]:
    """One line per source: looks due, requests, and the time that the pace of its host takes."""
    longest = timedelta()
    for plan in source_plans(database, settings, names, only):
        if plan.why is not None:
            yield f"{plan.name}: {plan.why.outcome.value}: {plan.why.reason}"
            continue
        requests = round(plan.due * plan.usual)
        takes = timedelta(seconds=round(requests * plan.delay))
        longest = max(longest, takes)
        yield f"{plan.name}: {plan.due} due, about {requests} requests, {takes} at the host's pace"
    yield f"all at once: about {longest}"


def _host(spider: type[SourceSpider], due: list[queue.Due]) -> str:
    """The host that a Search of this source asks first."""
    if due:
        try:
            found = spider().search(due[0].query)
        except CannotLook:
            found = []
        for request in [found] if hasattr(found, "url") else found:
            return host_of(request.url)
    return host_of(spider.site)
