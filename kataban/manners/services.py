"""What the middlewares of one crawl share: its database, the robots.txt files it knows, its pace and its robots."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar, Self
from weakref import WeakKeyDictionary

from scrapy import signals
from scrapy.crawler import Crawler

from kataban.manners.egress import Egress
from kataban.manners.pace import Pace
from kataban.manners.robots import Robots
from kataban.manners.robots_files import RobotsFiles
from kataban.results.database import Database


class Services:
    """One per Crawler; `Services.of(crawler)` gives it."""

    _known: ClassVar[WeakKeyDictionary[Crawler, Services]] = WeakKeyDictionary()

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self.egress = Egress.from_settings(settings)
        self.database = Database(settings["KATABAN_DATABASE"])
        self.files = RobotsFiles(
            Path(settings["STATE_FOLDER"]) / "robots", settings["ROBOTSTXT_USER_AGENT"],
            settings.getfloat("ROBOTS_CACHE_SECONDS"))
        self.pace = Pace.from_settings(settings, self.database, self.files.crawl_delay)
        self.robots = Robots(crawler, self.files, self.pace)
        crawler.signals.connect(self.close, signals.engine_stopped)

    @classmethod
    def of(cls, crawler: Crawler) -> Self:
        """The services of this crawl, made at the first call."""
        if crawler not in cls._known:
            cls._known[crawler] = cls(crawler)
        return cls._known[crawler]  # type: ignore[return-value]

    def close(self) -> None:
        """Give back the database's connections."""
        self.database.close()
