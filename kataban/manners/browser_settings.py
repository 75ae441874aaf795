"""The settings that a spider needs whose access is `browser`, and no other spider pays for."""

from __future__ import annotations

from typing import Any, Self

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.settings import BaseSettings
from scrapy.utils.project import get_project_settings

from kataban.manners.browser_path import find_browser

HANDLER = "kataban.manners.browser.BrowserDownloadHandler"


def settings_for(spider_class: type[Spider]) -> dict[str, Any]:
    """What this spider's crawl needs beyond the project's settings; nothing for a spider without a browser."""
    return _needed(spider_class, get_project_settings())


def _needed(spider_class: type[Spider], settings: BaseSettings) -> dict[str, Any]:
    if getattr(spider_class, "access", None) != "browser":
        return {}
    launch: dict[str, Any] = {"args": settings.getlist("PLAYWRIGHT_LAUNCH_ARGS")}
    browser = find_browser()
    if browser:
        launch["executable_path"] = browser
    return {
        # https alone: the handler starts one driver per scheme, and every shop has https.
        "DOWNLOAD_HANDLERS": {**dict(settings.getdict("DOWNLOAD_HANDLERS")), "https": HANDLER},
        "PLAYWRIGHT_LAUNCH_OPTIONS": {**launch, **settings.getdict("PLAYWRIGHT_LAUNCH_OPTIONS")},
    }


class BrowserSettings:
    """Scrapy add-on that applies `settings_for` to the crawl it is made for."""

    def __init__(self, crawler: Crawler) -> None:
        self._spider_class = crawler.spidercls

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The add-on of this crawl."""
        return cls(crawler)

    def update_settings(self, settings: BaseSettings) -> None:
        """Before the engine is built. What the command line says stays."""
        for name, value in _needed(self._spider_class, settings).items():
            settings.set(name, value, priority="spider")
