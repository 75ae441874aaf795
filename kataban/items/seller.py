"""Who offers a Listing, in the figures the site shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(slots=True)
class Seller:
    """A seller as one source shows them. What a site does not show stays None: unknown is never 0 and never False.

    `good`, `normal`, `bad` are counts of ratings; `stars` 0-5 as shown; `percent_good` 0-100; `review_average` 0-5 with
    `review_count` (shops); `since` is the day the account began; `bad_dates` are the days of known bad ratings.
    `profile` is the public profile text while it is being appraised; only its matched phrases are ever stored.
    """

    source: str
    seller_id: str
    name: str | None = None
    url: str | None = None
    good: int | None = None
    normal: int | None = None
    bad: int | None = None
    stars: float | None = None
    percent_good: float | None = None
    review_average: float | None = None
    review_count: int | None = None
    sold_count: int | None = None
    since: date | None = None
    identity_verified: bool | None = None
    business: bool | None = None
    badges: tuple[str, ...] = ()
    bad_dates: tuple[date, ...] = ()
    profile: str | None = field(default=None, repr=False)
