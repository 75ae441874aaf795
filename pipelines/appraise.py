"""400: whom would we buy from? Reputation from figures, personality and purchasability from phrases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from kataban.items import Listing
from kataban.sellers import appraise


class AppraisePipeline:
    """Gives every Listing its Appraisal; the profile's text ends here, only its matched phrases go on."""

    def process_item(self, item: Any) -> Any:
        """The Listing with its appraisal."""
        if isinstance(item, Listing):
            item.appraisal = appraise(item, now=item.seen_at or datetime.now(UTC))
            if item.seller is not None:
                item.seller.profile = None
        return item
