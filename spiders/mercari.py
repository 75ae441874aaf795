"""Mercari, the largest flea-market app, and the rows of Mercari Shops that its search shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from scrapy.http import Request, Response

from kataban.items import Listing, PageKind, PageRead, Query, Seller
from kataban.parsers.page_kind import challenge_of
from spiders import mercari_json as answers
from spiders import mercari_pages as pages
from spiders import mercari_shops_pages as shops_pages
from spiders.base import Parsed, SourceSpider
from spiders.embedded import ODD_FORM, at

MARKS = answers.MARKS


class MercariSpider(SourceSpider):
    """Mercari (jp.mercari.com): personal listings, auctions, and the rows of Mercari Shops.

    Documentation: none that is open to the public; a partner API exists by contract (2026-08).
    Rate: no limit is published. One page at a time with the pauses of the settings.
    Terms: Mercari lists as improper to reach the service by another way than the offered one, and the commercial use
    of its contents without leave; the source stays off until the user names it.
    Caveats: everything is drawn by the page's own scripts, so a browser is needed. We read the JSON that the page
    itself loads and never send a request of our own to the API, whose client token we do not forge. A page that is not
    drawn is reported as `unrendered`, not evaded. Without that JSON the drawn part is read, which is only a part: the
    list is virtualised. An auction's price is its current bid.
    """

    name = "mercari"
    serves = ("mercari", answers.SHOPS)
    label = "メルカリ"
    access = "browser"
    site = "https://jp.mercari.com/"
    terms = (
        "メルカリの規約は、提供された以外の方法での接続と、許可のない営利目的での内容の利用を禁じています。"
        " Mercari's terms forbid other ways of access than the offered ones, and commercial use of its contents without"
        " leave: switch it on only if your use is cleared."
    )
    canary = "WH-1000XM4"

    # --- search ----------------------------------------------------------------------------------------------------

    def search(self, query: Query) -> Request:
        """The search page for what is on sale; filters by condition or price are left to us."""
        return self._search_page(query, 0)

    def _search_page(self, query: Query, number: int) -> Request:
        address = f"{MARKS.text('address.search')}?keyword={quote(query.text, safe='')}&status=on_sale"
        if number:
            address += f"&page_token=v1:{number}"
        zero = f':text("{MARKS.text("search.zero")}")'
        return self.rendered(address, ready=f"{MARKS.text('search.link')}, {zero}",
                             page_json=(MARKS.text("loads.search"),), callback=self.parse, cb_kwargs={"query": query})

    def parse(self, response: Response, query: Query) -> Parsed:
        """Rows of the page's own JSON; where that did not come, of the drawn cells."""
        answer = answers.search_answer(response, query.text)
        if response.status != 200:
            challenge_of(response)
            raise pages.unreadable(response)
        if answer is None:
            yield from self._parse_drawn(response, query)
        elif not answer["items"]:
            yield self._zero(response, answer)
        else:
            yield from self._parse_answer(response, query, answer)

    def _parse_answer(self, response: Response, query: Query, answer: dict[str, Any]) -> Parsed:
        token = str(at(answer, "meta.nextPageToken") or "")
        yield from self.cards(answer["items"], answers.read_row, last=not token)
        following = re.fullmatch(r"v1:(\d+)", token)
        if following and int(following[1]) > _page_number(response.url):
            yield self._search_page(query, int(following[1]))

    def _zero(self, response: Response, answer: dict[str, Any]) -> PageRead:
        """No rows in the JSON: zero hits, unless the same JSON speaks of hits on the first page."""
        reported = answers.hits(answer)
        seen = pages.shows(response, MARKS.text("search.zero"))
        if reported and not seen and not _page_number(response.url):
            raise pages.broken(f"the search speaks of {reported} hits and shows none")
        return PageRead(kind=PageKind.EMPTY, hits_reported=0 if not _page_number(response.url) else None)

    def _parse_drawn(self, response: Response, query: Query) -> Parsed:
        """The drawn cells. They are never known to be all, so the page never counts as the last."""
        if pages.shows(response, MARKS.text("search.zero")):
            yield PageRead(kind=PageKind.EMPTY, hits_reported=0)
            return
        drawn, blank = pages.cells(response)
        if not drawn:
            challenge_of(response)
            raise pages.unreadable(response)
        yield from self.cards(drawn, pages.read_cell, last=False, hits_reported=len(drawn) + blank if blank else None)
        if response.css(MARKS.text("search.next")):
            yield self._search_page(query, _page_number(response.url) + 1)

    # --- the item's own page -----------------------------------------------------------------------------------------

    def detail(self, listing: Listing) -> Request:
        """The item's page; a variant's is its product's."""
        if listing.source == answers.SHOPS:
            return self.rendered(listing.url, ready=shops_pages.READY, page_json=(MARKS.text("loads.shops_product"),),
                                 callback=self.parse_detail, cb_kwargs={"listing": listing})
        deleted = f':text("{MARKS.text("item.deleted")}")'
        return self.rendered(listing.url, ready=f"{MARKS.text('item.title')}, {deleted}",
                             page_json=(MARKS.text("loads.item"),), callback=self.parse_detail,
                             cb_kwargs={"listing": listing})

    def parse_detail(self, response: Response, listing: Listing) -> Iterator[Listing]:
        """The listing from its page's JSON, then from what is drawn; one per variant of a Shops product."""
        if listing.source == answers.SHOPS or "/shops/product/" in response.url:
            yield from shops_pages.read_product(response, listing)
        else:
            yield self._personal(response, listing)

    def _personal(self, response: Response, listing: Listing) -> Listing:
        item_id = listing.listing_id or pages.last_segment(response.url)
        drawn = pages.from_item_page(response, item_id)
        status, answer = answers.item_answer(response, item_id) or (0, {})
        if answers.is_missing(answer) or (drawn is None and pages.shows(response, MARKS.text("item.deleted"))):
            return pages.gone(listing, MARKS.text("item.deleted"))
        data = answer.get("data") if status == 200 else None
        if drawn is None and not data:
            challenge_of(response)
            raise pages.unreadable(response)
        try:
            loaded = answers.from_item_json(data, item_id) if data else None
        except ODD_FORM as problem:
            if drawn is None:
                raise pages.broken(f"the item's JSON has changed: {problem!r}") from problem
            loaded = None
        return pages.settled(listing, loaded, drawn)

    # --- the seller's own page ---------------------------------------------------------------------------------------

    def seller(self, listing: Listing) -> Request | None:
        """The profile page of a private seller; a shop's figures stand in its product's JSON already."""
        if listing.seller is None or listing.seller.source != self.name:
            return None
        address = MARKS.text("address.profile") + listing.seller.seller_id
        wanted = "|".join(MARKS.text(f"loads.{name}") for name in ("profile", "badges", "identity"))
        return self.rendered(address, ready=f"{MARKS.text('seller.name')}, {MARKS.text('search.link')}",
                             page_json=(wanted,), callback=self.parse_seller, cb_kwargs={"seller": listing.seller})

    def parse_seller(self, response: Response, seller: Seller) -> Iterator[Seller]:
        """The seller from the profile page's JSON, then from what is drawn."""
        seller_id = seller.seller_id or pages.last_segment(response.url)
        status, answer = answers.profile_answer(response, seller_id) or (0, {})
        if answers.is_missing(answer):  # an account that was closed: nothing more is to be learnt
            yield seller
            return
        data = answer.get("data") if status == 200 else None
        found = pages.filled(_known_person(data) if data else None, pages.from_profile_page(response, seller_id))
        if found is None:
            challenge_of(response)
            raise pages.unreadable(response)
        yield pages.filled(answers.add_badges(found, response), seller)


def _known_person(data: Any) -> Seller:
    try:
        return answers.from_person_json(data)
    except ODD_FORM as problem:
        raise pages.broken(f"the profile's JSON has changed: {problem!r}") from problem


def _page_number(address: str) -> int:
    token = parse_qs(urlsplit(address).query).get("page_token", [""])[0]
    return int(token.removeprefix("v1:")) if token.removeprefix("v1:").isdecimal() else 0
