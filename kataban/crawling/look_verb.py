"""What `probe` and `capture` share: the crawler without queue and pipelines, under the same manners and locks."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from contextlib import ExitStack

from scrapy.crawler import AsyncCrawlerProcess

from kataban.crawling.looking import Looking
from kataban.crawling.sources import all_sources, standing
from kataban.crawling.verb import CrawlingCommand
from kataban.items import CannotLook, Outcome
from kataban.results.locks import source_lock
from kataban.verbs import InputError
from spiders.base import SourceSpider

LOOKS = "kataban.crawling.looking.LookMiddleware"


class LookingCommand(CrawlingCommand):
    """A verb that looks at sources without storing anything."""

    requires_crawler_process = True

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        """The queue's middleware and the pipelines stay out: what is looked at is judged and stored by nobody."""
        super().process_options(args, opts)
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before a command runs
        self.settings.set("SPIDER_MIDDLEWARES", {LOOKS: 900}, priority="project")
        self.settings.set("ITEM_PIPELINES", {}, priority="project")

    def spiders(self, names: list[str]) -> dict[str, type[SourceSpider]]:
        """The sources by name, all of them where none is named. InputError for an unknown one."""
        assert self.settings is not None  # noqa: S101
        known = all_sources(self.settings)
        odd = [name for name in names if name not in known]
        if odd:
            raise InputError(f"unknown source {', '.join(odd)}; known are: {', '.join(known)}")
        return {name: known[name] for name in names or known}

    def look(self, lookings: Mapping[type[SourceSpider], Looking]) -> dict[str, CannotLook]:
        """Look at each source and wait until all is done; returns why others were not looked at."""
        assert self.settings is not None  # noqa: S101
        assert isinstance(self.crawler_process, AsyncCrawlerProcess)  # noqa: S101
        left: dict[str, CannotLook] = {}
        database, going = self.open_database(), False
        with ExitStack() as stack:
            for spider, looking in lookings.items():
                why = standing(spider, self.settings)
                if why is None and not stack.enter_context(source_lock(database, self.state / "locks", spider.name)):
                    why = CannotLook(Outcome.NOT_ASKED, "locked", "another run is asking it")
                if why is not None:
                    left[spider.name] = why
                    continue
                self.crawler_process.crawl(self.crawler_process.create_crawler(spider), looking=looking)
                going = True
            if going:
                self.crawler_process.start()
        return left
