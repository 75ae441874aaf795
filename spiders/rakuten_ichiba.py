"""Rakuten Ichiba by its official API of 2026; the item's own page gives each variant's number, price and stock."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from scrapy.http import Request, Response

from kataban.items import (
    Availability,
    CannotLook,
    Listing,
    Outcome,
    PageKind,
    PageRead,
    PriceKind,
    Query,
    Seller,
)
from kataban.parsers.text import clean_text
from spiders.base import Parsed, SourceSpider
from spiders.rakuten_ichiba_pages import MARKS, condition_in, gone, is_item_page, plain_url, variants, yen
from spiders.rakuten_ichiba_products import PREFIX, address, form_of, is_answer, number_of, products_of
from spiders.refusals import json_of, refusal
from spiders.values import link, link_if, needed, text, whole

VERSION_IN_ADDRESS = re.compile(r"(?<=/Search/)\d{8}")
LONGEST_KEYWORD = 128  # half-width characters; a full-width one counts double


class RakutenIchibaSpider(SourceSpider):
    """Rakuten Ichiba, Japan's largest mall of shops.

    Site: https://www.rakuten.co.jp/ (API at openapi.rakuten.co.jp, item pages at item.rakuten.co.jp)
    API documentation: https://webservice.rakuten.co.jp/documentation/ichiba-item-search
    and https://webservice.rakuten.co.jp/documentation/ichiba-product-search (by JAN, for the maker's number).
    Rate limits: 1 request a second for each application id; the item pages were read at one in 6 seconds.
    Terms: Rakuten's guide allows the service for earning money only by Rakuten Affiliate unless Rakuten permits more;
    prices and stock may be kept for 24 hours. Whether a reseller may use it is the user's own decision.
    Caveats: no model number, JAN, condition or variant in the API's rows; a row with several prices shows the cheapest
    variant's. Versions of the API have ended at short notice twice in 2026. The product search is asked last, with a
    JAN, when nothing else gave what can be bought.
    """

    name = "rakuten_ichiba"
    serves = ("rakuten_ichiba",)
    label = "楽天市場"
    access = "api"
    site = "https://www.rakuten.co.jp/"
    documentation = "https://webservice.rakuten.co.jp/documentation/ichiba-item-search"
    needs = ("RAKUTEN_APPLICATION_ID", "RAKUTEN_ACCESS_KEY")
    terms = (
        "楽天ウェブサービスの手引きは、許可なくこのサービスで収益を得ることを楽天アフィリエイトに限っています。"
        " Rakuten's API guide restricts earning money with the service to Rakuten Affiliate unless Rakuten permits"
        " more; prices are shown with the time at which they were read."
    )
    canary = "CFI-2000A01"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._version = ""

    def forms(self, query: Query) -> tuple[str, ...]:
        """As written, without separators, and the JAN, each made askable; last the JAN in the product search."""
        by_identity = "" if self._product_version() == "off" else form_of(query.jan)
        return tuple(filter(None, (*self._keywords(query), by_identity)))

    def _product_version(self) -> str:
        return self.optional_key("RAKUTEN_PRODUCT_API_VERSION", MARKS.text("product_api.version"))

    def _keywords(self, query: Query) -> tuple[str, ...]:
        spellings = (*super().forms(query), query.jan or "")
        return tuple(dict.fromkeys(filter(None, map(keyword, spellings))))

    def search(self, query: Query) -> Request:
        """The first page of 30 rows, sold-out ones included so that they are told from none; or the product search."""
        if query.text.startswith(PREFIX):
            asked = address(MARKS, self._product_version(), query.text, self.key("RAKUTEN_APPLICATION_ID"))
            return Request(asked, headers=self._headers(), callback=self.parse, cb_kwargs={"query": query})
        return self._ask(query, page=1, version=self._version)

    def _ask(self, query: Query, *, page: int, version: str) -> Request:
        words = keyword(query.text)
        if not words:
            raise CannotLook(Outcome.NOT_ASKED, "keyword_too_short",
                             f"Rakuten takes no keyword as short as {query.text!r}")
        parameters = {
            "applicationId": self.key("RAKUTEN_APPLICATION_ID"), "format": "json", "formatVersion": 2,
            "keyword": words, "availability": 0, "hits": 30, "page": page,
        }
        chosen = version or self.optional_key("RAKUTEN_API_VERSION", MARKS.text("api.version"))
        address = f"{MARKS.text('api.endpoint')}{chosen}?{urlencode(parameters)}"
        return Request(address, headers=self._headers(), callback=self.parse, cb_kwargs={"query": query})

    def _headers(self) -> dict[str, str]:
        """The key as a header, so that it stands in no address. Referer and Origin are the user's own registration."""
        own = {"Referer": self.optional_key("RAKUTEN_REFERER"), "Origin": self.optional_key("RAKUTEN_ORIGIN")}
        return {"accessKey": self.key("RAKUTEN_ACCESS_KEY"), **{name: value for name, value in own.items() if value}}

    def parse(self, response: Response, query: Query) -> Parsed:
        """Rows of the API, or its word that there is none; of the product search the item search it leads to."""
        answer = json_of(response)
        code, message = error_of(answer)
        if is_answer(MARKS, response.url):
            yield self._by_identity(response, query)
        elif MARKS.text("api.version_gone") in message and (older := self._older(response)):
            yield self._ask(query, page=1, version=older)
        elif code == MARKS.text("api.no_hit"):
            yield PageRead(PageKind.EMPTY, hits_reported=0)
        elif code or response.status >= 400 or not isinstance(answer, dict):
            raise refusal(MARKS, response, self.label, code=code, message=message)
        else:
            yield from self._page(answer, response, query)

    def _by_identity(self, response: Response, query: Query) -> Request:
        """The item search for the maker's number; for the JAN, whose answer is at hand, where there is none new."""
        answer = json_of(response)
        code, message = error_of(answer)
        if code not in {"", MARKS.text("api.no_hit")} or not isinstance(answer, dict):
            raise self._no_identity(refusal(MARKS, response, self.label, code=code, message=message), code)
        asked = self._keywords(query)
        number = number_of(products_of(MARKS, answer), asked) or ""
        words = keyword(number) or keyword(query.jan or "")
        return self._ask(replace(query, spelling=words), page=1, version=self._version)

    def _no_identity(self, why: CannotLook, code: str) -> CannotLook:
        """A word of the API's own against this search (a key without it, a retired version) is no block of the site:
        what the keywords gave stands, and the look is not whole."""
        if code and why.outcome not in {Outcome.RATE_LIMITED, Outcome.QUOTA}:
            return CannotLook(Outcome.BROKEN, "product_search_refused", f"the product search by JAN: {why.reason};"
                              " RAKUTEN_PRODUCT_API_VERSION=off in .env leaves it out")
        return why

    def _older(self, response: Response) -> str | None:
        """The version to try once more where this one has ended; remembered, so that later queries ask it at once."""
        older = MARKS.text("api.older_version")
        if f"/{older}" in response.url:
            return None
        self._version = older
        return older

    def _page(self, answer: dict[str, Any], response: Response, query: Query) -> Parsed:
        rows, count = rows_of(answer), whole(answer.get("count"))
        if count is None or (count and not rows):
            raise refusal(MARKS, response, self.label)
        page, pages = whole(answer.get("page")) or 1, whole(answer.get("pageCount")) or 1
        yield from self.cards(rows, listing_of, hits_reported=count, last=page >= pages)
        if page < pages:
            found = VERSION_IN_ADDRESS.search(response.url)
            yield self._ask(query, page=page + 1, version=found[0] if found else self._version)

    def detail(self, listing: Listing) -> Request | None:
        """The item's own page. Rakuten's own shops (books and others) have pages of another make, left unread."""
        shop = listing.listing_id.partition(":")[0]
        if not is_item_page(listing.url) or shop in MARKS.texts("page.shops_of_another_make"):
            return None
        return Request(listing.url, callback=self.parse_detail, cb_kwargs={"listing": listing},
                       headers={"Accept-Language": "ja"})

    def parse_detail(self, response: Response, listing: Listing) -> Iterator[Listing]:
        """The Listing with what its page says; with several variants one Listing for each, after the item's own."""
        if response.status >= 400:
            why = refusal(MARKS, response, self.label)
            if response.status not in {404, 410} or why.outcome is not Outcome.BROKEN:
                raise why
            yield gone(listing, response.status)
        elif not is_item_page(response.url):
            yield listing
        else:
            yield from variants(response, listing, self.label)


def keyword(text: str) -> str:
    """`text` as Rakuten takes it: lone letters are joined to a neighbour or to each other, lone symbols are dropped.

    Rakuten answers 400 to a token under two half-width characters or one kanji. "WH 1000X M 5" becomes "WH 1000XM5",
    "EOS R 5" becomes "EOS R5"; the lone B of "WH-1000XM5 / B" is dropped. "" means that nothing can be asked.
    """
    tokens: list[str] = []
    letters, apart = "", False  # lone letters not placed yet; does a dropped symbol stand before them?
    for token in unicodedata.normalize("NFKC", text).split():
        if len(token) > 1 or is_kanji(token):
            if tokens or len(letters) > 1:
                _place(letters, tokens, apart)
                letters = ""
            tokens.append(letters + token)
            letters, apart = "", False
        elif token.isalnum():
            letters += token
        else:
            _place(letters, tokens, apart)
            letters, apart = "", True
    _place(letters, tokens, apart)
    while width(" ".join(tokens)) > LONGEST_KEYWORD:
        tokens.pop()
    return " ".join(tokens)


def _place(letters: str, tokens: list[str], apart: bool) -> None:
    """Lone letters go to a number before them, stand as one token, or join the word before them."""
    before = tokens[-1] if tokens else ""
    if letters and not apart and any(char.isdigit() for char in before):
        tokens[-1] += letters
    elif len(letters) > 1:
        tokens.append(letters)
    elif letters and before and not apart:
        tokens[-1] += letters


def is_kanji(token: str) -> bool:
    """Does this one character count as a whole token?"""
    return "CJK UNIFIED" in unicodedata.name(token, "")


def width(text: str) -> int:
    """Length in half-width characters."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def error_of(answer: Any) -> tuple[str, str]:
    """(code, message) of any of the three shapes that Rakuten's errors have, whatever the status; ("", "") for none."""
    if not isinstance(answer, dict):
        return "", ""
    nested = answer.get("errors")
    if isinstance(nested, dict):
        answer = nested
    code = answer.get("error") or answer.get("errorCode") or ""
    message = answer.get("error_description") or answer.get("errorMessage") or ""
    return str(code), str(message)


def rows_of(answer: dict[str, Any]) -> list[Any]:
    """The rows, whether wrapped (format 1) or flat (format 2); [] where the key is absent, as it is with no hit."""
    found: list[Any] = next((answer[key] for key in MARKS.texts("api.rows") if isinstance(answer.get(key), list)), [])
    wraps = MARKS.texts("api.row")
    return [next((row[wrap] for wrap in wraps if isinstance(row, dict) and wrap in row), row) for row in found]


def listing_of(row: dict[str, Any]) -> Listing:
    """A row of the API as a Listing. Raises KeyError or ValueError where code, name, address or price is missing."""
    listing = Listing(
        source=RakutenIchibaSpider.name, listing_id=needed(row["itemCode"]), url=plain_url(link(row["itemUrl"])),
        title=needed(row["itemName"]), description=_description(row), image_url=_image(row), seller=_seller(row),
    )
    listing.condition, listing.condition_label = condition_in(listing.title)
    _price(listing, row)
    _shipping(listing, row)
    _availability(listing, row)
    return listing


def _description(row: dict[str, Any]) -> str | None:
    parts = [part for part in (row.get("catchcopy"), row.get("itemCaption")) if isinstance(part, str) and part]
    return clean_text("\n".join(parts), limit=20_000) or None


def _price(listing: Listing, row: dict[str, Any]) -> None:
    """Several prices mean that the row's is only the cheapest variant's; a price without tax is none (taxFlag 1)."""
    needed(row["itemPrice"])
    price = yen(row["itemPrice"])
    if price is None:
        return
    if whole(row.get("taxFlag")) == 1:
        listing.attributes["価格（税別）"] = f"{price}円"
        return
    pair = str(row.get("itemPriceBaseField") or "")[-1:]
    pair = pair if pair.isdigit() else MARKS.text("api.price_pair")
    lowest, highest = (whole(row.get(f"itemPrice{end}{pair}")) for end in ("Min", "Max"))
    listing.price = price
    listing.price_kind = PriceKind.FIXED if lowest == highest else PriceKind.RANGE


def _shipping(listing: Listing, row: dict[str, Any]) -> None:
    """In a row postageFlag 0 means that shipping is in the price, 1 that it is not; how much it is stays unknown."""
    flag = whole(row.get("postageFlag"))
    listing.shipping_included = {0: True, 1: False}.get(flag) if flag is not None else None
    listing.shipping = 0 if listing.shipping_included else None


def _availability(listing: Listing, row: dict[str, Any]) -> None:
    """The flag speaks of the item: of several variants at several prices it does not say which is in stock."""
    flag = whole(row.get("availability"))
    listing.availability_evidence = None if flag is None else f"availability={flag}"
    if flag == 0:
        listing.availability = Availability.SOLD_OUT
    elif flag == 1 and listing.price_kind is not PriceKind.RANGE:
        listing.availability = Availability.IN_STOCK


def _image(row: dict[str, Any]) -> str | None:
    """The first picture in full size: format 1 wraps the address in imageUrl."""
    images = row.get("mediumImageUrls") or row.get("smallImageUrls")
    first = images[0] if isinstance(images, list) and images else None
    address = first.get("imageUrl") if isinstance(first, dict) else first
    return link_if(address, lambda shown: shown.split("?_ex=")[0])


def _seller(row: dict[str, Any]) -> Seller | None:
    code = text(row.get("shopCode"))
    if code is None:
        return None
    return Seller(
        source=RakutenIchibaSpider.name, seller_id=code, name=text(row.get("shopName")), business=True,
        url=link_if(row.get("shopUrl"), plain_url),
        badges=("ショップ・オブ・ザ・イヤー",) if whole(row.get("shopOfTheYearFlag")) else (),
    )
