"""`doctor`: versions, keys, browser, database, robots, clock: what works, and what to do where it does not."""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kataban.crawling.sources import all_sources, standing
from kataban.manners.browser_path import find_browser
from kataban.results.checks import has_wal_bug, inspect_database
from kataban.results.database import Database, DatabaseError
from kataban.verbs import KatabanCommand
from kataban.web.shown import moment

PACKAGES = ("scrapy", "scrapy-playwright", "playwright", "sqlalchemy", "alembic", "apprise", "starlette", "holidays")
SMALLEST_DISK = 1 << 30
GOOD, WARN, BAD = "ok  ", "warn", "BAD "


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: how it is, of what, and what to say."""

    mark: str
    what: str
    said: str


class Command(KatabanCommand):
    """Asks no host; exit 2 when something must be mended before anything can work."""

    def syntax(self) -> str:
        """The usage line."""
        return ""

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Check versions, keys, browser, database, robots and clock"

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Print the findings."""
        found = [*_versions(), *self._sources(), _browser(), *self._database(), *self._state(), _clock()]
        for finding in found:
            print(f"{finding.mark} {finding.what}: {finding.said}")  # noqa: T201 - what it is asked for
        return 2 if any(finding.mark == BAD for finding in found) else 0

    def _sources(self) -> Iterator[Finding]:
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before a command runs
        for name, spider in all_sources(self.settings).items():
            why = standing(spider, self.settings)
            needs = ", ".join(need if isinstance(need, str) else " or ".join(need) for need in spider.needs)
            yield Finding(GOOD if why is None else WARN, f"source {name}",
                          (f"on{f', {needs} set' if needs else ''}" if why is None else why.reason))
        if "contact-not-set" in self.setting("USER_AGENT"):
            yield Finding(WARN, "contact", "KATABAN_CONTACT is not set: sites cannot reach you")

    def _database(self) -> Iterator[Finding]:
        try:
            database = Database(self.setting("KATABAN_DATABASE"))
        except DatabaseError as error:
            yield Finding(BAD, "database", str(error))
            return
        report = inspect_database(database)
        if report.problem is not None:
            mark = WARN if "not exist" in report.problem else BAD
            yield Finding(mark, "database", f"{report.shown}: {report.problem}")
            return
        size = "" if report.size is None else f", {report.size / 1e6:,.1f} MB"
        yield Finding(GOOD, "database", f"{report.shown}: {report.server}{size}")
        if report.revision != report.needed:
            yield Finding(BAD, "schema", f"{report.revision}, needed {report.needed}: run `python -m scrapy migrate`")
        if database.is_sqlite and has_wal_bug():
            yield Finding(WARN, "SQLite", "this version has the WAL-reset bug (3.7.0-3.51.2); writers here take a file "
                                          "lock, so write to the file with nothing else")
        if report.newest is not None and report.newest > datetime.now(UTC) + timedelta(minutes=5):
            yield Finding(BAD, "clock", f"the newest look is of {moment(report.newest)}, in the future")

    def _state(self) -> Iterator[Finding]:
        folder = self.state
        try:
            folder.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(folder).free
        except OSError as error:
            yield Finding(BAD, "state folder", f"{folder}: {error.strerror}")
            return
        writable = os.access(folder, os.W_OK)
        yield Finding(GOOD if writable else BAD, "state folder", f"{folder}{'' if writable else ' cannot be written'}")
        yield Finding(GOOD if free > SMALLEST_DISK else WARN, "disk", f"{free / 1e9:,.1f} GB free")
        robots = sum(1 for _ in (folder / "robots").glob("*")) if (folder / "robots").is_dir() else 0
        obeyed = self.setting("ROBOTSTXT_OBEY") in (True, "True")
        yield Finding(GOOD if obeyed else BAD, "robots.txt",
                      f"{'obeyed' if obeyed else 'NOT obeyed'}, {robots} files known")


def _versions() -> Iterator[Finding]:
    yield Finding(GOOD, "python", f"{platform.python_version()} on {platform.machine()}")
    yield Finding(GOOD, "libraries", ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES))


def _browser() -> Finding:
    path = find_browser()
    if path is None:
        return Finding(WARN, "browser", "none found: sources that need one will say no_browser")
    return Finding(GOOD, "browser", path)


def _clock() -> Finding:
    now = datetime.now(UTC)
    if now.year < 2026:
        return Finding(BAD, "clock", f"{moment(now)}: set it")
    return Finding(GOOD, "clock", moment(now))
