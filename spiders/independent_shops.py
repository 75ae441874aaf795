"""Any online shop: product pages that Leads name, and the own search of the shops in shops.toml."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar
from urllib.parse import urlsplit

import msgspec
from scrapy.http import Request, Response

from kataban.items import CannotLook, Lead, Listing, Outcome, PageKind, PageRead, Query
from kataban.parsers.links import clean_url, is_page
from kataban.parsers.page_kind import challenge_of
from spiders.base import Parsed, SourceSpider
from spiders.independent_shops_pages import is_gone, listings_of, page_of
from spiders.independent_shops_search import read_search
from spiders.independent_shops_shops import Shop, shops


class IndependentShops(SourceSpider):
    """Independent online shops, whatever software they run.

    Site: the shops that web_search and google_shopping found, and those of shops.toml, each with its own robots.txt.
    API documentation: none is common; Shopify's suggest.json and WooCommerce's Store API where shops.toml says so.
    Rate limits: each shop's own; STORES names a Crawl-delay of 20 s.
    Terms: each shop's own. A shop that refuses programs (STORES answers plain clients with a challenge) is blocked.
    Caveats: metadata of shops lies (undiscounted or untaxed prices, InStock on sold-out pages), so what a person sees
    is weighed against it; a price that is not in yen is no price; a page whose product cannot be read fails alone.
    """

    name = "independent_shops"
    label = "独立系ショップ / independent shops"
    access = "html"
    site = "https://www.example.jp/"
    terms = "Each shop's own terms and robots.txt, respected per host. / 各ショップの規約とrobots.txtに従います。"
    follows: ClassVar[tuple[str, ...]] = ("web_search", "google_shopping")
    canary = "ER-GN70-K"

    def search(self, query: Query) -> list[Request]:
        """One request for each shop of shops.toml (and of the user's own file); none when there are no shops."""
        return [
            Request(shop.search_url(query.text), callback=self.parse, cb_kwargs={"query": query})
            for shop in self.shops.values()
        ]

    def parse(self, response: Response, query: Query) -> Parsed:
        """A shop's page of results: its rows, or the product itself where a single hit redirects to it."""
        shop = self.shops.get((urlsplit(response.url).hostname or "").lower())
        if shop is None:
            yield from self._product(response)
            return
        yield from read_search(response, shop, self, query)

    def lead(self, lead: Lead, query: Query) -> Request | None:
        """The page of a Lead, unless its address is a file or none of the web."""
        url = clean_url(lead.url)
        if url is None or not is_page(url):
            return None
        return Request(url, callback=self.parse_lead, cb_kwargs={"query": query, "lead": lead})

    def parse_lead(self, response: Response, query: Query, lead: Lead) -> Parsed:
        """The Listings of one product page, one for each variant, and one PageRead. A page without a product raises."""
        yield from self._product(response)

    def detail(self, listing: Listing) -> Request | None:
        """The item's own page: a row of results never proves a model."""
        return Request(listing.url, callback=self.parse_detail, cb_kwargs={"listing": listing})

    def parse_detail(self, response: Response, listing: Listing) -> Iterator[Listing]:
        """The row filled from its page, or one Listing for each variant; nothing when the item is gone."""
        if response.status in {404, 410}:
            return
        challenge_of(response)
        if is_gone(response):
            return
        yield from listings_of(page_of(response), response, source=self.name, listing_id=listing.listing_id)

    @property
    def shops(self) -> dict[str, Shop]:
        """The known shops by host. CannotLook when the user's own file cannot be used."""
        file = self.optional_key("KATABAN_SHOPS")
        try:
            return shops(file)
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            raise CannotLook(Outcome.BROKEN, "bad_setting", f"KATABAN_SHOPS={file}: {error}") from error

    def _product(self, response: Response) -> Parsed:
        if response.status in {404, 410}:
            yield PageRead(kind=PageKind.GONE)
            return
        challenge_of(response)
        if is_gone(response):
            yield PageRead(kind=PageKind.GONE)
            return
        page = page_of(response)
        if not page.is_product:
            raise CannotLook(
                Outcome.BROKEN, "no_product", "no product could be read on the page", page_kind=PageKind.BROKEN
            )
        found = listings_of(page, response, source=self.name)
        yield from found
        yield PageRead(kind=PageKind.PRODUCT, rows=len(found))
