"""300: is it exactly the model that was asked? The matcher decides, on all that is known of the Listing by now."""

from __future__ import annotations

from typing import Any, Self

from scrapy.crawler import Crawler

from kataban.items import Listing
from pipelines.desk import desk_of


class VerifyPipeline:
    """Gives every Listing its Judgement for the Query that found it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        return cls(crawler)

    def process_item(self, item: Any) -> Any:
        """The Listing with its judgement; outside a run there is no Query to judge by."""
        desk = desk_of(self.crawler)
        if isinstance(item, Listing) and desk is not None:
            item.judgement = desk.judge(item)
        return item
