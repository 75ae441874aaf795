"""What a source shows: Listing, Lead, and what one answer was (PageRead, CannotLook)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from kataban.items.seller import Seller

if TYPE_CHECKING:
    from kataban.items.verdict import Appraisal, Judgement


class Availability(StrEnum):
    """What the site says. `in_stock` needs positive evidence; no evidence is `unknown`."""

    IN_STOCK = "in_stock"
    APPROVAL_NEEDED = "approval_needed"
    RESERVED = "reserved"
    BACKORDER = "backorder"
    SOLD_OUT = "sold_out"
    UNKNOWN = "unknown"


class Condition(StrEnum):
    """Condition of the goods, best first; `unknown` where the site does not say."""

    NEW = "new"
    UNUSED = "unused"
    LIKE_NEW = "like_new"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"
    JUNK = "junk"
    UNKNOWN = "unknown"


class PriceKind(StrEnum):
    """Only `fixed` is a price one can pay now. An auction with buy-now has its buy-now price, `fixed`."""

    FIXED = "fixed"
    CURRENT_BID = "current_bid"
    RANGE = "range"
    NONE = "none"


@dataclass(slots=True)
class Listing:
    """One offer as one source shows it, unjudged; a page with several variants gives one Listing per variant.

    `listing_id` is `<item>` or `<item>:<variant>` with `variant_of` = `<item>`. `price` and `shipping` are whole yen,
    tax included; another currency is no price. `shipping` is None when unknown, never 0 for unknown; `quantity` is how
    many are in stock. `ships_in_days` is (min, max) days until dispatch. `detail_read` says that the item's own page
    was read, not only a row of results. The last four fields are the crawl's own; a spider leaves them alone.
    """

    source: str
    listing_id: str
    url: str
    title: str
    found_via: str | None = None
    variant_of: str | None = None
    description: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    brand: str | None = None
    mpn: str | None = None
    sku: str | None = None
    gtin: str | None = None
    image_url: str | None = None
    price: int | None = None
    price_kind: PriceKind = PriceKind.NONE
    shipping: int | None = None
    shipping_included: bool | None = None
    shipping_method: str | None = None
    points: int | None = None
    coupon: str | None = None
    availability: Availability = Availability.UNKNOWN
    availability_evidence: str | None = None
    store_stock: dict[str, str] = field(default_factory=dict)
    condition: Condition = Condition.UNKNOWN
    condition_label: str | None = None
    quantity: int | None = None
    ships_in_days: tuple[int, int] | None = None
    ships_from: str | None = None
    posted_at: datetime | None = None
    updated_at: datetime | None = None
    seen_at: datetime | None = None
    seller: Seller | None = None
    detail_read: bool = False
    query_id: int | None = None
    search_id: int | None = None
    judgement: Judgement | None = None
    appraisal: Appraisal | None = None


@dataclass(slots=True)
class Lead:
    """An address that `web_search` or `google_shopping` found. Its price and title are hints, never facts."""

    source: str
    url: str
    title: str | None = None
    rank: int | None = None
    engine: str | None = None


class PageKind(StrEnum):
    """What an answer is, decided before it is parsed."""

    RESULTS = "results"
    EMPTY = "empty"
    PRODUCT = "product"
    GONE = "gone"
    SELLER = "seller"
    CHALLENGE = "challenge"
    LOGIN_WALL = "login_wall"
    UNRENDERED = "unrendered"
    ERROR = "error"
    BROKEN = "broken"


@dataclass(slots=True)
class PageRead:
    """What one answered page of results was; each `parse` yields exactly one, before or after its Listings.

    `hits_reported` is the site's own count for the whole search, None when it shows none. `rows` is how many results
    stand on this page, `unreadable` how many of them could not be read. `last` is True when the site shows no further
    page; False when there is one (whether or not it was asked). `similarity` marks a search that shows strangers
    instead of saying zero. `source` is set when a spider serves several sources and the page speaks of one of them.
    """

    kind: PageKind
    hits_reported: int | None = None
    rows: int = 0
    unreadable: int = 0
    last: bool = True
    similarity: bool = False
    source: str | None = None
