"""500: into the results database, in batches, with the closing of the Search."""

from __future__ import annotations

from typing import Any, Self

from scrapy.crawler import Crawler

from kataban.items import Listing
from pipelines.desk import desk_of


class StorePipeline:
    """Hands finished Listings to the desk, which writes them in a thread."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Made by Scrapy."""
        return cls(crawler)

    async def process_item(self, item: Any) -> Any:
        """The same item."""
        desk = desk_of(self.crawler)
        if isinstance(item, Listing) and desk is not None:
            desk.keep(item)
            if desk.full:
                await desk.flush()
        return item
