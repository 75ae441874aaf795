"""200: one Search shows a Listing once; what its own page said is never replaced by a poorer row."""

from __future__ import annotations

from typing import Any

from kataban.crawling.middleware import Repeated
from kataban.items import Listing
from kataban.items.merging import merge_listings

Key = tuple[int | None, str, str]


class DeduplicatePipeline:
    """Keeps what was seen in the open Searches; merging across Searches is the store's."""

    def __init__(self) -> None:
        self._seen: dict[Key, Listing] = {}
        self._search_id: int | None = None

    def process_item(self, item: Any) -> Any:
        """The Listing merged with what this Search showed of it before, or Repeated."""
        if not isinstance(item, Listing):
            return item
        if item.query_id != self._search_id:  # one Query is asked at a time
            self._seen.clear()
            self._search_id = item.query_id
        key = (item.query_id, item.source, item.listing_id)
        before = self._seen.get(key)
        if before is not None and not item.detail_read:
            raise Repeated("seen in this search already")
        self._seen[key] = item if before is None else merge_listings(before, item)
        return self._seen[key]
