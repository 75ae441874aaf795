"""Yahoo! Shopping by its official API v3: JAN, condition, stock and the seller's rating stand in every row."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from parsel import Selector
from scrapy.http import Request, Response

from kataban.items import Availability, Listing, PriceKind, Query, Seller
from kataban.parsers.condition import condition_of
from kataban.parsers.text import clean_text
from kataban.parsers.yen import parse_yen
from spiders.base import Parsed, SourceSpider
from spiders.landmarks import Landmarks
from spiders.refusals import json_of, refusal
from spiders.values import at, is_jan, link, link_if, needed, table, text, whole

MARKS = Landmarks("yahoo_shopping")
ROWS_A_PAGE = 50  # 100 is used by some programs, unproven
LAST_ROW = 1000  # start + results may not pass it


class YahooShoppingSpider(SourceSpider):
    """Yahoo! Shopping, a mall of shops.

    Site: https://shopping.yahoo.co.jp/ (API at shopping.yahooapis.jp)
    API documentation: https://developer.yahoo.co.jp/webapi/shopping/v3/itemsearch.html
    Rate limits: 30 requests in a clock minute for each client id (measured 2026-10-04; the documented one a second is
    not reached), so one in 2.2 seconds (2.0 stands exactly on the edge); 50,000 a day.
    Terms: Yahoo's developer FAQ allows its web services for the user's own convenience and non-commercial ends, and
    sends commercial wishes to its enquiry desk. The source is off until the user, having cleared that, names it.
    Caveats: no field for the model number, so the JAN is asked first; stock is the item's, not the variant's; shipping
    is known only where it is free; built from documentation and users' programs, no real answer was at hand.
    """

    name = "yahoo_shopping"
    serves = ("yahoo_shopping",)
    label = "Yahoo!ショッピング"
    access = "api"
    site = "https://shopping.yahoo.co.jp/"
    documentation = "https://developer.yahoo.co.jp/webapi/shopping/v3/itemsearch.html"
    needs = ("YAHOO_CLIENT_ID",)
    terms = (
        "Yahoo!の開発者向けFAQは、利用者自身の便宜と非営利目的での利用を認め、営利目的の利用は窓口への相談を求めています。"
        " Yahoo's developer FAQ allows the API for one's own convenience and non-commercial ends; clear commercial use"
        " with Yahoo's enquiry desk before you switch it on. (Web Services by Yahoo! JAPAN)"
    )
    canary = "CFI-2000A01"

    def forms(self, query: Query) -> tuple[str, ...]:
        """The JAN, which the API compares exactly, then the number as written and without separators.

        A JAN with a wrong check digit would be answered 400.
        """
        by_jan = (query.jan,) if query.jan and is_jan(query.jan) else ()
        return tuple(dict.fromkeys((*by_jan, *super().forms(query))))

    def search(self, query: Query) -> Request:
        """The first 50 rows, sold-out and used ones included. The client id can only stand in the address."""
        return self._ask(query, start=1)

    def _ask(self, query: Query, *, start: int) -> Request:
        asked = {"jan_code": query.text} if query.text == query.jan else {"query": query.text}
        parameters = {"appid": self.key("YAHOO_CLIENT_ID"), **asked, "results": ROWS_A_PAGE, "start": start}
        return Request(f"{MARKS.text('api.endpoint')}?{urlencode(parameters)}", callback=self.parse,
                       cb_kwargs={"query": query})

    def parse(self, response: Response, query: Query) -> Parsed:
        """Rows of the API. An answer is one only if its hits are a list."""
        answer = json_of(response)
        hits = table(answer).get(MARKS.text("api.rows"))
        if response.status >= 400 or not isinstance(hits, list):
            code, message = error_of(response, answer)
            raise refusal(MARKS, response, self.label, code=code, message=message)
        total = whole(answer.get(MARKS.text("api.total")))
        start = whole(answer.get("firstResultsPosition")) or 1
        if total is None or (total >= start and not hits):
            raise refusal(MARKS, response, self.label)
        following = start + len(hits)
        yield from self.cards(hits, listing_of, hits_reported=total, last=following > total)
        if following <= min(total, LAST_ROW - ROWS_A_PAGE):
            yield self._ask(query, start=following)


def error_of(response: Response, answer: Any) -> tuple[str, str]:
    """(code, message) of any of the shapes: an Error object, a flat one, or XML, which the JSON API sends too."""
    if isinstance(answer, dict):
        return _first(answer, "api.error_codes"), _first(answer, "api.error_messages")
    if not response.body.lstrip().startswith((b"<?xml", b"<Error")):
        return "", ""
    page = Selector(body=response.body, type="xml")
    code, message = (page.xpath(f"string(//*[local-name()='{name}'])").get() for name in ("Code", "Message"))
    return code or "", message or ""


def _first(answer: dict[str, Any], paths: str) -> str:
    return next(filter(None, (text(at(answer, path)) for path in MARKS.texts(paths))), "")


def listing_of(row: dict[str, Any]) -> Listing:
    """A row of the API as a Listing. Raises KeyError or ValueError where code, name, address or price is missing."""
    price = parse_yen(needed(row["price"])).amount
    state = text(row.get("condition")) or ""
    listing = Listing(
        source=YahooShoppingSpider.name, listing_id=needed(row["code"]), url=shop_url(link(row["url"])),
        title=needed(row["name"]), description=_description(row), brand=text(at(row, "brand.name")),
        gtin=text(row.get("janCode")), image_url=link_if(at(row, "image.medium")),
        points=whole(at(row, "point.amount")),
        price=price, price_kind=PriceKind.FIXED if price else PriceKind.NONE,
        condition=condition_of(state, "yahoo_shopping"), condition_label=MARKS.table("api.conditions").get(state),
        seller=_seller(table(row.get("seller"))),
    )
    _shipping(listing, table(row.get("shipping")))
    _stock(listing, row.get("inStock"))
    return listing


def _description(row: dict[str, Any]) -> str | None:
    parts = [part for part in (row.get("headLine"), row.get("description")) if isinstance(part, str) and part]
    return clean_text("\n".join(parts), limit=20_000) or None


def shop_url(url: str) -> str:
    """The shop's own address, out of a redirecting link, without parameters."""
    parts = urlsplit(url)
    inside = MARKS.table("api.redirects").get(parts.hostname or "")
    if inside:
        parts = urlsplit(parse_qs(parts.query)[inside][0])
    if not parts.hostname:
        raise ValueError("no address")
    return urlunsplit(("https", parts.netloc, parts.path or "/", "", ""))


def _shipping(listing: Listing, shipping: dict[str, Any]) -> None:
    """Only code 2 is free shipping; 1 says nothing and 3 names a condition, so the cost stays unknown."""
    if text(shipping.get("code")) in MARKS.table("api.shipping"):
        listing.shipping_included, listing.shipping = True, 0
    name = text(shipping.get("name"))
    if name:
        listing.attributes["送料"] = name


def _stock(listing: Listing, in_stock: Any) -> None:
    known = {True: Availability.IN_STOCK, False: Availability.SOLD_OUT}
    if isinstance(in_stock, bool):
        listing.availability, listing.availability_evidence = known[in_stock], f"inStock={str(in_stock).lower()}"


def _seller(shop: dict[str, Any]) -> Seller | None:
    """The shop with its rating; an average over no reviews is none."""
    seller_id = text(shop.get("sellerId"))
    if seller_id is None:
        return None
    count, rate = whole(at(shop, "review.count")), at(shop, "review.rate")
    rated = count and isinstance(rate, int | float) and not isinstance(rate, bool)
    return Seller(
        source=YahooShoppingSpider.name, seller_id=seller_id, name=text(shop.get("name")),
        url=link_if(shop.get("url"), shop_url), review_count=count, review_average=float(rate) if rated else None,
        badges=("ベストストア",) if shop.get("isBestSeller") is True else (),
    )
