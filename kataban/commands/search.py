"""`search`: crawl the enabled sources over what is due."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from scrapy.crawler import AsyncCrawlerProcess

from kataban.crawling.launch import launch
from kataban.crawling.plan import plan_lines
from kataban.crawling.run import Run
from kataban.crawling.sources import all_sources
from kataban.crawling.verb import CrawlingCommand, Progress
from kataban.verbs import InputError


class Command(CrawlingCommand):
    """All sources, or the named ones, in one process."""

    requires_crawler_process = True

    def syntax(self) -> str:
        """The usage line."""
        return "[options] [SOURCE ...]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Ask all enabled sources (or the named ones) what is due"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--queue", metavar="FILE_OR_FOLDER", help="read this queue file, and ask only its rows")
        parser.add_argument("--model", metavar="MODEL", help="ask only this model number of the queue")
        parser.add_argument("--plan", action="store_true", help="print the requests and the time it takes; ask nothing")
        parser.add_argument("--max-minutes", type=float, metavar="N", help="stop asking after N minutes")
        parser.add_argument("-v", "--verbose", action="store_true", help="a line a minute, and a summary")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Read the queue, ask, and say what it came to."""
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before a command runs
        known = all_sources(self.settings)
        unknown = [name for name in args if name not in known]
        if unknown:
            raise InputError(f"unknown source {', '.join(unknown)}; known are: {', '.join(known)}")
        database = self.begin()
        only = self.narrow(database, opts.model, self.read_queue(database, opts.queue, verbose=opts.verbose))
        if opts.plan:
            for line in plan_lines(database, self.settings, list(args) or list(known), only):
                print(line)  # noqa: T201 - this is what --plan is asked for
            return 0
        progress = Progress(verbose=opts.verbose)
        run = Run(database, self.state, only, opts.max_minutes, progress, again=self.look_again)
        assert isinstance(self.crawler_process, AsyncCrawlerProcess)  # noqa: S101
        launched = launch(self.crawler_process, run, list(args) or list(known))
        progress.end()
        return self.conclude(database, launched, verbose=opts.verbose)
