"""What the catalogue's files may hold, as typed tables: a wrong key or type is refused. See docs/sample-market.md."""

from __future__ import annotations

from datetime import date
from math import inf
from typing import Literal

import msgspec

Source = Literal["rakuten_ichiba", "yahoo_shopping", "mercari", "mercari_shops", "rakuma", "independent_shops",
                 "yahoo_auctions", "yahoo_fleamarket", "yodobashi", "surugaya", "sofmap", "geo", "biccamera",
                 "hardoff", "amazon_jp"]
Truth = Literal["exact", "variant", "different", "accessory", "part_or_box", "set", "unclear"]
Condition = Literal["new", "unused", "like_new", "good", "fair", "poor", "junk"]
Trouble = Literal["challenge", "503", "429", "403", "broken", "slow", "outage"]
Robots = Literal["allow", "missing", "disallow", "503", "challenge"]
ShopKind = Literal["shopify", "colorme", "eccube4", "woocommerce", "plain"]
Quirk = Literal[
    "numbers_as_strings", "broken_json_ld", "no_json_ld", "stock_unmanaged", "sold_out_only_in_text", "old_json_root",
    "no_jan", "tax_excluded", "listed_twice",
]


class Table(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Base of all tables: a misspelt key is an error, not a silent default."""


class Seller(Table):
    """Who offers. `good`/`normal`/`bad` count ratings, `average` of `reviews` is 0-5, `days_to_ship` is [min, max]."""

    source: Source
    id: str
    name: str
    good: int | None = None
    normal: int | None = None
    bad: int | None = None
    stars: int | None = None
    average: float | None = None
    reviews: int | None = None
    sold: int | None = None
    since: date | None = None
    identified: bool | None = None
    business: bool = False
    badges: list[str] = []
    profile: str = ""


class Auction(Table):
    """A running auction: the offer's price is its current bid; `buy_now` ends it at once (Yahoo! Auctions)."""

    bids: int
    start_price: int
    buy_now: int | None = None


class Offer(Table):
    """One thing for sale at one source, and the truth about it.

    `truth` is the verdict a careful person gives against the product's own model number; `buy` is whether it can be
    bought (`now`, `ask_first`, `no`); `why` says in words what the trap is. Offers of one source with the same
    `id` stand on one page as variants of it. `shipping` None = the source does not say. `stock` None = not managed.
    `approval`: the seller must agree before a purchase (Rakuma).
    `found_by` are further queries for which the source's search shows this offer, as real searches do.
    `from` and `until` are the hours of the market's clock between which it is there at all; in the spans of `sold_out`
    ([from, until]) it is there and sold out.
    """

    source: Source
    id: str
    seller: str
    title: str
    price: int
    text: str = ""
    catch: str = ""
    path: str = ""
    variant: str = ""
    variant_label: str = ""
    attributes: dict[str, str] = {}
    condition: Condition = "new"
    shipping: int | None = None
    stock: int | None = 1
    auction: Auction | None = None
    quirks: list[Quirk] = []
    found_by: list[str] = []
    days_ago: int = 2
    days_to_ship: tuple[int, int] = (1, 2)
    ships_from: str = "東京都"
    shipping_method: str = ""
    comments: list[str] = []
    approval: bool = False
    truth: Truth = "exact"
    buy: Literal["now", "ask_first", "no"] = "now"
    why: str = ""
    begins: float = msgspec.field(default=-inf, name="from")
    until: float = inf
    sold_out: list[tuple[float, float]] = []


class Product(Table):
    """One model of one maker. `jan` must have a right check digit. `found_by` holds for all its offers."""

    maker: str
    model: str
    name: str
    family: str = ""
    maker_ja: str = ""
    jan: str | None = None
    colour: str = ""
    category: str = ""
    found_by: list[str] = []
    offer: list[Offer] = []


class Host(Table):
    """How a host behaves. `when` limits the trouble to requests that name one of these words, `from` and `until` to
    hours of the market's clock; `seconds` is for slow."""

    name: str
    trouble: Trouble | None = None
    when: list[str] = []
    seconds: float = 5.0
    robots: Robots | None = None
    crawl_delay: float | None = None
    robots_text: str = ""
    begins: float = msgspec.field(default=-inf, name="from")
    until: float = inf


class Shop(Table):
    """An independent shop on its own host."""

    host: str
    kind: ShopKind
    name: str
    shipping_note: str = ""
    law: str = ""


class Lead(Table):
    """A web page that the search engines know besides the shops' own: a mall, a comparison site, a review."""

    url: str
    title: str
    text: str = ""
    found_by: list[str] = []


class Rakuten(Table):
    """The item search's live version (others answer as retired ones do), and the key of its list of rows."""

    version: str = "20260701"
    list_key: Literal["Items", "items"] = "Items"


class Mercari(Table):
    """Which cell layout the search page draws (`both`: one or the other by keyword), how many items a page has, and how
    long the page shows skeletons before its data come."""

    layout: Literal["old", "new", "both"] = "both"
    per_page: int = 120
    delay_ms: int = 300


class Rakuma(Table):
    """How many boxes stand on a page of results."""

    per_page: int = 40


class File(Table):
    """What one TOML file of the catalogue may hold."""

    product: list[Product] = []
    seller: list[Seller] = []
    host: list[Host] = []
    shop: list[Shop] = []
    lead: list[Lead] = []
    rakuten: Rakuten | None = None
    mercari: Mercari | None = None
    rakuma: Rakuma | None = None
