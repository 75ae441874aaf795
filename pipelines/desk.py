"""The running Search's desk, for the pipelines that need the queue; None outside a run."""

from __future__ import annotations

from scrapy.crawler import Crawler

from kataban.crawling.middleware import Desk, QueueMiddleware


def desk_of(crawler: Crawler) -> Desk | None:
    """The Desk of the crawler's queue middleware."""
    middleware = crawler.get_spider_middleware(QueueMiddleware)
    return middleware.desk if middleware is not None else None
