"""What a run would ask and how long politeness makes it, without asking anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scrapy.settings import BaseSettings

from kataban.crawling.sources import all_sources, standing
from kataban.items import CannotLook
from kataban.manners.pace import Pace, host_of
from kataban.manners.robots_files import RobotsFiles
from kataban.results import queue
from kataban.results.database import Database
from spiders.base import SourceSpider

# Requests of a Search of which nothing is known yet: a page of results and a few items' own pages.
USUAL_REQUESTS = 4.0


def plan_lines(database: Database, settings: BaseSettings, names: Iterable[str],
               only: frozenset[int] | None, *, watching: bool = False) -> Iterator[str]:
    """One line per source: looks due, requests, and the time that the pace of its host takes."""
    known = all_sources(settings)
    robots = RobotsFiles(Path(settings["STATE_FOLDER"]) / "robots", settings["ROBOTSTXT_USER_AGENT"],
                         settings.getfloat("ROBOTS_CACHE_SECONDS"))
    pace = Pace.from_settings(settings, database, robots.crawl_delay)
    longest = timedelta()
    for name in names:
        spider = known[name]
        why = standing(spider, settings)
        if why is not None:
            yield f"{name}: {why.outcome.value}: {why.reason}"
            continue
        with database.reading() as connection:
            due = queue.due(connection, name, datetime.now(UTC), only, watching=watching)
            usual = queue.requests_per_search(connection, name) or USUAL_REQUESTS
        requests = round(len(due) * usual)
        takes = timedelta(seconds=round(requests * pace.delay(_host(spider, due))))
        longest = max(longest, takes)
        yield f"{name}: {len(due)} due, about {requests} requests, {takes} at the host's pace"
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
