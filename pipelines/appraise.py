"""400: whom would we buy from? Reputation from figures, personality and purchasability from phrases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Self

from scrapy.crawler import Crawler

from kataban.items import Listing
from kataban.sellers import appraise
from pipelines.desk import desk_of


class AppraisePipeline:
    """Gives every Listing its Appraisal; the profile's text ends here, only its matched phrases go on."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        """The Listing with its appraisal."""
        if isinstance(item, Listing):
            desk = desk_of(self.crawler)
            word = None if desk is None else desk.word_of(item.seller)
            item.appraisal = appraise(item, now=item.seen_at or datetime.now(UTC), word=word)
            if item.seller is not None:
                item.seller.profile = None
        return item
