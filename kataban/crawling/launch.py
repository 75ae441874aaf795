"""A run of several sources in one process: locks, what cannot be asked, the crawlers, the reports, the exit code."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess

from kataban.crawling.run import Run, SourceReport
from kataban.crawling.sources import all_sources, standing
from kataban.items import ANSWERED, BY_CHOICE, CannotLook, Outcome
from kataban.results import queue
from kataban.results.locks import source_lock
from spiders.base import SourceSpider

DONE, INTERNAL, NOT_ALL_LOOKED, NOTHING_CHECKED, LOCKED, STOPPED = 0, 1, 3, 4, 5, 130


@dataclass(slots=True)
class Launched:
    """What a run came to: the reports of its sources, and why others were not asked."""

    reports: dict[str, SourceReport] = field(default_factory=dict)
    not_asked: dict[str, CannotLook] = field(default_factory=dict)
    not_asked_due: int = 0
    locked: list[str] = field(default_factory=list)
    requests_by_model: dict[str, int] = field(default_factory=dict)

    @property
    def due(self) -> int:
        """How many looks were due: one per Query and Source."""
        return sum(report.due for report in self.reports.values())

    @property
    def exit_code(self) -> int:
        """The documented exit code."""
        counted: dict[Outcome, int] = {}
        for report in self.reports.values():
            for outcome, number in report.outcomes.items():
                counted[outcome] = counted.get(outcome, 0) + number
        reasons = {report.finish_reason for report in self.reports.values()}
        if "shutdown" in reasons:
            return STOPPED
        if reasons & {None, "start_error"}:  # a crawler that could not even begin, or whose queue could not be read
            return INTERNAL
        if self.locked and not self.reports:
            return LOCKED
        answered = any(counted.get(outcome) for outcome in ANSWERED)
        if not answered and (self.due or (self.not_asked_due and not self.reports)):
            return NOTHING_CHECKED
        failed = any(number and outcome not in ANSWERED | BY_CHOICE for outcome, number in counted.items())
        return NOT_ALL_LOOKED if failed else DONE


def launch(process: AsyncCrawlerProcess, run: Run, names: Iterable[str],
           crawl: Callable[[type[SourceSpider]], Any] | None = None) -> Launched:
    """Ask these sources what is due and wait until all is done.

    `crawl` makes the crawler of a spider class (the command's own, for feeds); by default the process does.
    """
    launched = Launched(requests_by_model=run.requests_by_model)
    spiders = all_sources(process.settings)
    with ExitStack() as stack:
        for name in names:
            spider = spiders[name]
            why = standing(spider, process.settings)
            if why is not None:
                launched.not_asked[name] = why
                launched.not_asked_due += _record(run, spider, why)
            elif stack.enter_context(source_lock(run.database, run.state / "locks", name)):
                run.expect(name)
                process.crawl((crawl or process.create_crawler)(spider), run=run)
                launched.reports |= {source: run.report(source) for source in spider.sources()}
            else:
                launched.locked.append(name)
        for name in sorted(spiders.keys() - set(launched.reports) - set(launched.not_asked) - set(launched.locked)):
            _say_never_asked(run, spiders[name])
        if launched.reports:
            process.start()
    _write_report(run, launched)
    return launched


def _record(run: Run, spider: type[SourceSpider], why: CannotLook) -> int:
    """What is due and cannot be asked says so in its order's coverage; what is still fresh stays. Returns how many."""
    now = run.now()
    with run.database.writing() as connection:
        for source in spider.sources():
            due = queue.due(connection, source, now, run.only, watching=run.watching, again=run.again)
            queue.record_not_looked(connection, source, due, why, now)
    return len(due)


def _say_never_asked(run: Run, spider: type[SourceSpider]) -> None:
    """A source that this run leaves out and no run ever asked stands in the coverage as well: it was not looked at."""
    why = CannotLook(Outcome.NOT_ASKED, "never_asked", "not asked yet")
    with run.database.writing() as connection:
        for source in spider.sources():
            left = queue.never_asked(connection, source, run.only, watching=run.watching)
            queue.record_not_looked(connection, source, left, why, run.now())


def _write_report(run: Run, launched: Launched) -> None:
    """run.json under the state folder: the newest run, replaced as a whole."""
    folder = run.state / "runs"
    folder.mkdir(parents=True, exist_ok=True)
    report = {
        "ended_at": run.now().isoformat(),
        "exit_code": launched.exit_code,
        "due": launched.due,
        "sources": {name: _report_shape(report) for name, report in launched.reports.items()},
        "not_asked": {name: {"outcome": why.outcome.value, "reason": why.reason}
                      for name, why in launched.not_asked.items()},
        "locked": launched.locked,
        "requests_by_model": launched.requests_by_model,
    }
    text = json.dumps(report, ensure_ascii=False, indent=2)
    for path in (folder / f"{run.now():%Y%m%dT%H%M%S}.json", run.state / "run.json"):
        _replace(path, text)


def _report_shape(report: SourceReport) -> dict[str, Any]:
    return {"due": report.due, "requests": report.requests, "listings": report.listings,
            "finish_reason": report.finish_reason,
            "outcomes": {outcome.value: number for outcome, number in report.outcomes.items()}}


def _replace(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)  # noqa: PTH105 - readers see the old report or the new one
