"""The catalogue: products, their offers with the planted truth, sellers, hosts, shops and orders, read from a folder.

Every table is a typed structure; a wrong key, a wrong type or a broken reference is one clear line
(`CatalogueError`), never a half-loaded market. The format is described in docs/sample-market.md.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Literal

import msgspec
from stdnum import ean

BUNDLED = Path(__file__).with_name("catalogue")

Source = Literal["rakuten_ichiba", "yahoo_shopping", "mercari", "mercari_shops", "rakuma", "independent_shops"]
Truth = Literal["exact", "variant", "different", "accessory", "part_or_box", "set", "unclear"]
Condition = Literal["new", "unused", "like_new", "good", "fair", "poor", "junk"]
Trouble = Literal["challenge", "503", "429", "403", "broken", "slow", "outage"]
Robots = Literal["allow", "missing", "disallow", "503", "challenge"]
ShopKind = Literal["shopify", "colorme", "eccube4", "woocommerce", "plain"]
Quirk = Literal[
    "numbers_as_strings", "broken_json_ld", "no_json_ld", "stock_unmanaged", "sold_out_only_in_text", "old_json_root",
    "no_jan", "tax_excluded", "listed_twice",
]


class CatalogueError(ValueError):
    """The catalogue cannot be used. The message is one line that names the file and what to change."""


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
    """A running auction: the offer's price is its current bid."""

    bids: int
    start_price: int


class Offer(Table):
    """One thing for sale at one source, and the truth about it.

    `truth` is the verdict a careful person gives against the product's own model number; `buy` is whether it can be
    bought (`now`, `ask_first`, `no`); `why` says in words what the trap is. Offers of one source with the same
    `id` stand on one page as variants of it. `shipping` None = the source does not say. `stock` None = not managed.
    `approval`: the seller must agree before a purchase (Rakuma).
    `found_by` are further queries for which the source's search shows this offer, as real searches do.
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
    """How a host behaves. `when` limits the trouble to requests that name one of these words; `seconds` is for slow."""

    name: str
    trouble: Trouble | None = None
    when: list[str] = []
    seconds: float = 5.0
    robots: Robots = "allow"
    crawl_delay: float | None = None
    robots_text: str = ""


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


class Placed(msgspec.Struct, frozen=True):
    """An Offer with the Product it belongs to."""

    product: Product
    offer: Offer


Page = tuple[Placed, ...]


class Catalogue:
    """The whole market. `pages(source)` are the offers by page: variants of one item stand together."""

    def __init__(self, folder: Path, files: Iterable[File]) -> None:
        self.folder = folder
        loaded = list(files)
        self.products = [product for file in loaded for product in file.product]
        self.sellers = {(s.source, s.id): s for file in loaded for s in file.seller}
        self.hosts = {host.name: host for file in loaded for host in file.host}
        self.shops = {shop.host: shop for file in loaded for shop in file.shop}
        self.leads = [lead for file in loaded for lead in file.lead]
        self.rakuten = next((f.rakuten for f in loaded if f.rakuten), Rakuten())
        self.mercari = next((f.mercari for f in loaded if f.mercari), Mercari())
        self.rakuma = next((f.rakuma for f in loaded if f.rakuma), Rakuma())

    @cached_property
    def placed(self) -> list[Placed]:
        """Every offer with its product, in the order of the files."""
        return [Placed(product, offer) for product in self.products for offer in product.offer]

    def pages(self, source: str) -> list[Page]:
        """The offers of `source`, those with the same id together."""
        mine = sorted((p for p in self.placed if p.offer.source == source), key=_page_key)
        return [tuple(group) for _, group in groupby(mine, key=_page_key)]

    def item(self, source: str, item_id: str) -> Page | None:
        """The page of one item by its id, for sources whose ids are theirs and not a shop's; None for an unknown id."""
        return next((page for page in self.pages(source) if page[0].offer.id == item_id), None)

    def seller(self, offer: Offer) -> Seller:
        """Who makes this offer; an independent shop is its own seller."""
        if offer.source == "independent_shops":
            return Seller(source=offer.source, id=offer.seller, name=self.shops[offer.seller].name, business=True)
        return self.sellers[offer.source, offer.seller]

    def host(self, name: str) -> Host:
        """How host `name` behaves; a host without a table is well-behaved."""
        return self.hosts.get(name) or Host(name=name)


def _page_key(placed: Placed) -> tuple[str, str]:
    """Ids are a shop's own, so two shops may use the same."""
    return placed.offer.seller, placed.offer.id


def folder_in_use() -> Path:
    """The stranger's catalogue named by KATABAN_SAMPLE_CATALOGUE, else the bundled one."""
    return Path(os.environ.get("KATABAN_SAMPLE_CATALOGUE") or BUNDLED)


def load(folder: Path | None = None) -> Catalogue:
    """Read every *.toml of `folder` except expected.toml; raises CatalogueError with one line on the first fault."""
    folder = folder or folder_in_use()
    paths = sorted(p for p in folder.glob("*.toml") if p.name != "expected.toml") if folder.is_dir() else []
    if not paths:
        raise CatalogueError(f"{folder}: no *.toml there, so no sample market")
    catalogue = Catalogue(folder, [_read(path) for path in paths])
    for fault in _faults(catalogue):
        raise CatalogueError(f"{folder}: {fault}")
    return catalogue


def _read(path: Path) -> File:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=File)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}: {error}") from None


def _faults(catalogue: Catalogue) -> Iterator[str]:
    """References and numbers that the types cannot check, each as one sentence."""
    if not catalogue.products:
        yield "no [[product]] in any file"
    for product in catalogue.products:
        if product.jan is not None and not ean.is_valid(product.jan):
            yield f"product {product.model!r}: {product.jan!r} is no JAN with a right check digit"
    for placed in catalogue.placed:
        yield from _offer_faults(catalogue, placed)
    keys = Counter((p.offer.source, *_page_key(p), p.offer.variant) for p in catalogue.placed)
    yield from (f"two offers with source, seller, id, variant {key!r}" for key, count in keys.items() if count > 1)


def _offer_faults(catalogue: Catalogue, placed: Placed) -> Iterator[str]:
    offer = placed.offer
    where = f"offer {offer.source} {offer.id!r} of {placed.product.model!r}"
    if offer.source == "independent_shops":
        if offer.seller not in catalogue.shops:
            yield f"{where}: no [[shop]] has host {offer.seller!r}"
    elif (offer.source, offer.seller) not in catalogue.sellers:
        yield f"{where}: no [[seller]] of {offer.source} has id {offer.seller!r}"
    if (offer.truth, offer.buy) != ("exact", "now") and not offer.why:
        yield f"{where}: a trap must say why"
    yield from (f"{where}: {fault}" for fault in _id_faults(catalogue, offer))


IDS = {"rakuten_ichiba": r"\d+", "yahoo_shopping": r"[\w-]+", "mercari": r"m\d{10,11}",        "mercari_shops": r"[0-9A-Za-z]{22}", "rakuma": r"[0-9a-f]{32}"}
SELLER_IDS = {"mercari": r"\d+", "rakuma": r"[0-9a-f]{32}"}
NUMBERED = {"shopify", "colorme", "eccube4", "woocommerce"}
WITHOUT_VARIANTS = {"yahoo_shopping", "mercari", "rakuma"}


def _id_faults(catalogue: Catalogue, offer: Offer) -> Iterator[str]:
    """Ids look as the source's own do, since sources are told apart and read by them."""
    kind = catalogue.shops[offer.seller].kind if offer.seller in catalogue.shops else "plain"
    pattern = IDS.get(offer.source, r"\d+" if kind in NUMBERED else r"[\w-]+")
    if not re.fullmatch(pattern, offer.id, re.ASCII):
        yield f"id must look like {pattern}"
    if not re.fullmatch(SELLER_IDS.get(offer.source, r".+"), offer.seller):
        yield f"seller must look like {SELLER_IDS[offer.source]}"
    in_shop = offer.source == "independent_shops"
    if offer.variant and (offer.source in WITHOUT_VARIANTS or (in_shop and kind == "plain")):
        yield "this source has no variants"
    if offer.variant and in_shop and not offer.variant.isdecimal():
        yield "a shop's variant is a number"
