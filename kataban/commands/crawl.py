"""`crawl`: one source over what is due. Replaces Scrapy's own, whose exit code is 0 whatever happened."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from scrapy.commands import BaseRunSpiderCommand
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.exceptions import UsageError

from kataban.crawling.launch import launch
from kataban.crawling.run import Run
from kataban.crawling.sources import all_sources
from kataban.crawling.verb import CrawlingCommand, Progress
from kataban.verbs import InputError


class Command(CrawlingCommand, BaseRunSpiderCommand):
    """Takes -a queue=FILE and -a model=MODEL, and Scrapy's -o and -O."""

    requires_crawler_process = True

    def syntax(self) -> str:
        """The usage line."""
        return "[options] SOURCE"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Ask one source what is due (-a queue=FILE and -a model=MODEL narrow it)"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--max-minutes", type=float, metavar="N", help="stop asking after N minutes")
        parser.add_argument("-v", "--verbose", action="store_true", help="a line a minute, and a summary")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Read the queue, ask the one source, and say what it came to."""
        if len(args) != 1:
            raise UsageError("crawl takes one source")
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before a command runs
        known = all_sources(self.settings)
        if args[0] not in known:
            raise InputError(f"unknown source {args[0]}; known are: {', '.join(known)}")
        odd = set(opts.spargs) - {"queue", "model"}
        if odd:
            raise InputError(f"unknown argument -a {', '.join(sorted(odd))}; known are queue and model")
        database = self.begin()
        only = self.read_queue(database, opts.spargs.get("queue"), verbose=opts.verbose)
        only = self.narrow(database, opts.spargs.get("model"), only)
        progress = Progress(verbose=opts.verbose)
        run = Run(database, self.state, only, opts.max_minutes, progress, again=self.look_again)
        assert isinstance(self.crawler_process, AsyncCrawlerProcess)  # noqa: S101
        launched = launch(self.crawler_process, run, args, self._create_crawler)
        progress.end()
        return self.conclude(database, launched, verbose=opts.verbose)
