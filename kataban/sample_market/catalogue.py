"""The catalogue of a market: products, offers with the planted truth, sellers, hosts and shops, read from a folder.

A wrong key, a wrong type or a broken reference is one clear line (`CatalogueError`), never a half-loaded market. The
format is described in docs/sample-market.md.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from stdnum import ean

from kataban.sample_market.clock import host_at, is_timed, products_at
from kataban.sample_market.tables import File, Host, Mercari, Offer, Product, Rakuma, Rakuten, Seller, Table

BUNDLED = Path(__file__).with_name("catalogue")


class CatalogueError(ValueError):
    """The catalogue cannot be used. The message is one line that names the file and what to change."""


class Placed(msgspec.Struct, frozen=True):
    """An Offer with the Product it belongs to."""

    product: Product
    offer: Offer


Page = tuple[Placed, ...]


class Catalogue:
    """The whole market. `pages(source)` are the offers by page: variants of one item stand together."""

    def __init__(self, folder: Path, files: Iterable[File]) -> None:
        self.folder = folder
        self._at: tuple[float, Catalogue] | None = None
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
    def _moves(self) -> bool:
        """Does anything here depend on the hour?"""
        return any(map(is_timed, (*(placed.offer for placed in self.placed), *self.hosts.values())))

    @cached_property
    def placed(self) -> list[Placed]:
        """Every offer with its product, in the order of the files."""
        return [Placed(product, offer) for product in self.products for offer in product.offer]

    @cached_property
    def _pages(self) -> dict[str, list[Page]]:
        grouped: dict[tuple[str, str, str], list[Placed]] = {}
        for placed in self.placed:
            grouped.setdefault((placed.offer.source, *_page_key(placed)), []).append(placed)
        pages: dict[str, list[Page]] = {}
        for (source, *_), group in grouped.items():
            pages.setdefault(source, []).append(tuple(group))
        return pages

    def at(self, hours: float) -> Catalogue:
        """The market as it is at this hour of its clock. The newest hour is kept, since many requests ask for it."""
        if not self._moves:
            return self
        if self._at is None or self._at[0] != hours:
            file = File(product=products_at(self.products, hours), seller=[*self.sellers.values()],
                        host=[host_at(host, hours) for host in self.hosts.values()], shop=[*self.shops.values()],
                        lead=self.leads, rakuten=self.rakuten, mercari=self.mercari, rakuma=self.rakuma)
            self._at = hours, Catalogue(self.folder, [file])
        return self._at[1]

    def pages(self, source: str) -> list[Page]:
        """The offers of `source`, those with the same id together, in the order of the files."""
        return self._pages.get(source, [])

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
    for fault in faults(catalogue):
        raise CatalogueError(f"{folder}: {fault}")
    return catalogue


def _read(path: Path) -> File:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=File)
    except msgspec.ValidationError as error:
        raise CatalogueError(f"{path}: {_place(path)}{error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}: {error}") from None


def _place(path: Path) -> str:
    """Which product and offer the file's first fault is in, since the reader only says that it is in one of them."""
    for product in _tables(tomllib.loads(path.read_text(encoding="utf-8")), "product"):
        faulty = next((offer for offer in _tables(product, "offer") if not _fits(offer, Offer)), None)
        if faulty is not None:
            return f"product {product.get('model')!r}, offer {faulty.get('id')!r}: "
        if not _fits(product, Product):
            return f"product {product.get('model')!r}: "
    return ""


def _tables(table: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = table.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _fits(table: object, form: type[Table]) -> bool:
    try:
        msgspec.convert(table, form)
    except msgspec.ValidationError:
        return False
    return True


def faults(catalogue: Catalogue) -> Iterator[str]:
    """References and numbers that the types cannot check, each as one sentence."""
    if not catalogue.products:
        yield "no [[product]] in any file"
    for product in catalogue.products:
        if product.jan is not None and not ean.is_valid(product.jan):
            yield f"product {product.model!r}: {product.jan!r} is no JAN with a right check digit"
    for placed in catalogue.placed:
        yield from _offer_faults(catalogue, placed)
    yield from (f"host {host.name!r}: only SearXNG has an outage" for host in catalogue.hosts.values()
                if host.trouble == "outage" and not host.name.startswith("searxng."))
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
    if offer.auction and offer.auction.buy_now is None and offer.buy != "no":
        yield f"{where}: what one can only bid for has buy = \"no\""
    if (offer.truth, offer.buy) != ("exact", "now") and not offer.why:
        yield f"{where}: a trap must say why"
    yield from (f"{where}: {fault}" for fault in _id_faults(catalogue, offer))


IDS = {"rakuten_ichiba": r"\d+", "yahoo_shopping": r"[\w-]+", "mercari": r"m\d{10,11}",
       "mercari_shops": r"[0-9A-Za-z]{22}", "rakuma": r"[0-9a-f]{32}",
       "yahoo_auctions": r"[a-y]\d{9,10}", "yahoo_fleamarket": r"z\d{9,10}",
       **dict.fromkeys(("surugaya", "sofmap", "geo", "biccamera", "hardoff"), r"\d+"), "yodobashi": r"\d{18}",
       "amazon_jp": r"B0[0-9A-Z]{8}"}
SELLER_IDS = {"mercari": r"\d+", "rakuma": r"[0-9a-f]{32}", "yahoo_fleamarket": r"p\d+"}
NUMBERED = {"shopify", "colorme", "eccube4", "woocommerce"}
WITHOUT_VARIANTS = {"yahoo_shopping", "mercari", "rakuma", "yahoo_auctions", "yahoo_fleamarket", "yodobashi",
                    "surugaya", "sofmap", "geo", "biccamera", "hardoff", "amazon_jp"}


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
