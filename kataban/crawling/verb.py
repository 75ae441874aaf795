"""What `search` and `crawl` share: queue files in, a run, what it came to."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from kataban.crawling.launch import DONE, Launched
from kataban.crawling.queue_files import Taken, take_in, take_in_folder
from kataban.crawling.run import SourceReport
from kataban.results import queue
from kataban.results.database import Database
from kataban.results.queries import queries_of_keys, queries_of_model
from kataban.verbs import InputError, KatabanCommand
from kataban.web.report import write_report

MINUTE = 60.0
SHOWN_BY_NAME = 5  # model numbers, those that took most requests


class CrawlingCommand(KatabanCommand):
    """A verb that crawls."""

    def begin(self) -> Database:
        """The database; every setting that the end of the run needs is tried before anybody is asked."""
        _ = self.terms, self.look_again  # InputError names a setting that cannot be used
        return self.open_database()

    def read_queue(self, database: Database, given: str | None, *, verbose: bool) -> frozenset[int] | None:
        """Read the queue folder, or the file or folder that was given; returns the Queries to narrow to (None: all).

        A bad row is told and set aside; a file that cannot be read at all is an InputError when it was named, and one
        line when it lay in the folder.
        """
        now = datetime.now(UTC)
        if given is None or Path(given).is_dir():
            taken = take_in_folder(database, Path(given or self.setting("KATABAN_QUEUE")), self.state, now)
            self.tell(taken, verbose=verbose)
            narrowed = None
        else:
            taken = take_in(database, [Path(given)], self.state, now)
            if taken[0].error is not None:
                raise taken[0].error
            self.tell(taken, verbose=verbose)
            with database.reading() as connection:
                narrowed = queries_of_keys(connection, taken[0].keys) if taken[0].keys else None
        with database.writing() as connection:
            queue.expire(connection, now)
        return narrowed

    def tell(self, taken: Iterable[Taken], *, verbose: bool) -> None:
        """What somebody must know about the files that were read; with `verbose` the notes too."""
        for entry in taken:
            if entry.error is not None:
                self.say(getattr(entry.error, f"reason_{self.language}"))  # it names the file
            if entry.rejected:
                self.say(f"{entry.path.name}: {entry.rejected} bad rows set aside in {entry.rejects_file}")
            for note in entry.notes if verbose or sys.stderr.isatty() else ():
                where = f" line {note.line}" if note.line else ""
                self.say(f"{entry.path.name}{where}: {getattr(note, f'text_{self.language}')}")

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """Scrapy's log goes into a file of the day under the state folder, unless the person named one."""
        super().process_options(args, opts)
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before a command runs
        folder = self.state / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        self.settings.set("LOG_FILE", str(folder / f"{datetime.now(UTC):%Y-%m-%d}.log"), priority="project")

    @staticmethod
    def say(line: str) -> None:
        """One line for a person, on stderr: cron mails it, so only what needs somebody is said so."""
        sys.stderr.write(f"kataban: {line}\n")

    def narrow(self, database: Database, model: str | None, only: frozenset[int] | None) -> frozenset[int] | None:
        """Narrow to one model number as well; InputError when it is not in the queue."""
        if model is None:
            return only
        with database.reading() as connection:
            found = queries_of_model(connection, model)
        found = found if only is None else found & only
        if not found:
            raise InputError(f"{model} is not in the queue")
        return found

    def conclude(self, database: Database, launched: Launched, *, verbose: bool) -> int:
        """Renew the report, and say what the run came to where somebody looks; returns the exit code."""
        try:
            write_report(database, self.state, self.language, self.terms)
        except OSError as error:  # what was found is in the database whatever becomes of the page
            self.say(f"the report could not be written: {error}")
        code = launched.exit_code
        if verbose or code != DONE or sys.stderr.isatty():
            for line in summary(launched):
                self.say(line)
        return code


def summary(launched: Launched) -> list[str]:
    """The run in lines: what was due, then one line per source."""
    lines = [f"{launched.due} due"]
    for name, report in launched.reports.items():
        outcomes = ", ".join(f"{number} {outcome.value}" for outcome, number in report.outcomes.items() if number)
        if report.finish_reason is None:
            outcomes = "could not begin (see the log)"
        lines.append(f"  {name}: {outcomes or 'nothing due'} ({report.requests} requests)")
    lines += [f"  {name}: {why.outcome.value}: {why.reason}" for name, why in launched.not_asked.items()]
    lines += [f"  {name}: another run is asking it" for name in launched.locked]
    return [*lines, *_dearest(launched.requests_by_model)]


def _dearest(requests: dict[str, int]) -> list[str]:
    """What the model numbers cost, the dearest by name; all of them stand in run.json."""
    if not sum(requests.values()):
        return []
    first = sorted(requests.items(), key=lambda pair: (-pair[1], pair[0]))[:SHOWN_BY_NAME]
    named = ", ".join(f"{model} {number}" for model, number in first)
    rest = len(requests) - len(first)
    mean = sum(requests.values()) / len(requests)
    return [f"  requests for each model number: {mean:.1f} on average; {named}" + (f", {rest} others" if rest else "")]


class Progress:
    """A plain line a minute with -v, a line that renews itself on a terminal, else silence."""

    def __init__(self, *, verbose: bool) -> None:
        self._terminal = sys.stderr.isatty()
        self._verbose = verbose
        self._said = time.monotonic()
        self._reports: dict[str, SourceReport] = {}

    def __call__(self, report: SourceReport) -> None:
        """A Search of this source closed."""
        self._reports[report.source] = report
        if self._terminal:
            sys.stderr.write(f"\r\x1b[K{self._line()}")
            sys.stderr.flush()
        elif self._verbose and time.monotonic() - self._said >= MINUTE:
            self._said = time.monotonic()
            sys.stderr.write(f"kataban: {self._line()}\n")

    def _line(self) -> str:
        return "  ".join(f"{name} {sum(report.outcomes.values())}/{report.due}"
                         for name, report in self._reports.items())

    def end(self) -> None:
        """Leave the terminal's line clean."""
        if self._terminal and self._reports:
            sys.stderr.write("\r\x1b[K")
