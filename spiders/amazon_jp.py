"""Amazon.co.jp by the way that the user has: SP-API for sellers, Creators API for associates, or (off) its pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scrapy.http import Request, Response

from kataban.items import CannotLook, Listing, Outcome, Query, Seller
from spiders.amazon_jp_creators import Creators
from spiders.amazon_jp_pages import Pages
from spiders.amazon_jp_sellers import SellingPartner
from spiders.amazon_jp_way import MARKS, Way
from spiders.base import Parsed, SourceSpider


class AmazonJpSpider(SourceSpider):
    """Amazon.co.jp, the place where the order came from or its Japanese sister.

    Site: https://www.amazon.co.jp/ (APIs at sellingpartnerapi-fe.amazon.com and creatorsapi.amazon)
    API documentation: https://developer-docs.amazon.com/sp-api/ , https://affiliate-program.amazon.com/creatorsapi/docs
    Rate limits: SP-API 2 searches and 1 offer list in 2 seconds; the Creators API about 1 a second at the start.
    Terms: the Creators API's licence is for leading buyers to Amazon, so a seller should use SP-API. The conditions of
    use forbid automated reading of the pages: that way exists, is off, and is the user's own decision.
    Caveats: SP-API shows at most 20 new offers with the sellers' feedback; the Creators API only the featured offers,
    without shipping and feedback, to associates with 10 sales in 30 days. One ASIN may carry several EANs, so an equal
    EAN is weaker than an equal model number. No page of amazon.co.jp and no Creators answer was at hand.
    """

    name = "amazon_jp"
    label = "Amazon.co.jp"
    access = "api"
    site = "https://www.amazon.co.jp/"
    documentation = "https://developer-docs.amazon.com/sp-api/docs/catalog-items-api"
    needs = (("AMAZON_SP_REFRESH_TOKEN", "AMAZON_CREATORS_CREDENTIAL_ID", "AMAZON_PAGES"),)
    terms = (
        "Creators APIはAmazonへの送客が目的です。出品者はSP-APIをお使いください。"
        "ページの自動取得は利用規約で禁じられており、初期設定では行いません。"
        " The Creators API is licensed for leading buyers to Amazon; sellers should use SP-API. Amazon's conditions of"
        " use forbid automated reading of its pages, which stays off unless AMAZON_PAGES says otherwise."
    )
    off_by_default = True
    canary = "WH-1000XM5"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ways: tuple[Way, ...] = (SellingPartner(self), Creators(self), Pages(self))

    def chosen(self) -> Way | None:
        """The first way whose setting is there."""
        return next((way for way in self.ways if self.optional_key(way.switch)), None)

    def way(self) -> Way:
        """The way to use. CannotLook(no_key) where none is set."""
        way = self.chosen()
        if way is not None:
            return way
        names = ", ".join(way.switch for way in self.ways)
        raise CannotLook(Outcome.NO_KEY, "no_key", f"none of {names} is set in .env")

    def way_of(self, url: str) -> Way:
        """The way that an answer from `url` came by."""
        return next((way for way in self.ways if way.owns(url)), self.ways[-1])

    def forms(self, query: Query) -> tuple[str, ...]:
        """The spellings of the way that is used; without any way those of the first."""
        return (self.chosen() or self.ways[0]).forms(query, super().forms(query))

    def search(self, query: Query) -> Request:
        """The first request of the way that is used; it may be that for a token."""
        return self.way().search(query)

    def parse(self, response: Response, query: Query) -> Parsed:
        """Rows, or the search itself after a token."""
        yield from self.way_of(response.url).parse(response, query)

    def detail(self, listing: Listing) -> Request | None:
        """The offers of an ASIN, or its page; the Creators API said all that it knows."""
        way = self.chosen()
        return None if way is None else way.detail(listing)

    def parse_detail(self, response: Response, listing: Listing) -> Iterator[Listing | Request]:
        """One Listing per offer, or the page's own."""
        yield from self.way_of(response.url).parse_detail(response, listing)

    def seller_of(self, seller_id: str, **fields: Any) -> Seller:
        """A seller on Amazon, with the address of the public page."""
        return Seller(self.name, seller_id, url=MARKS.text("address.seller_page").format(id=seller_id), **fields)
