"""A shop's own page of results: rows, zero, count and next page, by what shops.toml says of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from parsel import Selector
from scrapy.http import Request, Response, TextResponse

from kataban.items import Availability, CannotLook, Listing, Outcome, PageKind, PageRead, PriceKind, Query
from kataban.parsers.cart_scripts import shopify_product, woocommerce_product
from kataban.parsers.links import clean_url
from kataban.parsers.page_kind import challenge_of
from kataban.parsers.raw_product import RawProduct
from kataban.parsers.stock import stock_word
from kataban.parsers.text import one_line, visible_text
from kataban.parsers.yen import parse_yen
from spiders.base import Parsed
from spiders.independent_shops_pages import is_gone, listing_of, listings_of, page_of
from spiders.independent_shops_shops import Shop

if TYPE_CHECKING:
    from spiders.independent_shops import IndependentShops


def read_search(response: Response, shop: Shop, spider: IndependentShops, query: Query) -> Parsed:
    """The rows of the shop's answer and its PageRead; a redirect to the only hit gives that product."""
    if shop.answer != "html":
        yield from _json_rows(response, shop, spider)
        return
    if not isinstance(response, TextResponse):
        raise CannotLook(Outcome.BROKEN, "bad_type", f"{shop.label} answered with no text", page_kind=PageKind.BROKEN)
    challenge_of(response)
    rows = list(_rows(response, shop))
    if rows:
        yield from _page(response, shop, spider, query, rows)
    elif _says_none(response, shop):
        yield PageRead(kind=PageKind.EMPTY, hits_reported=0)
    elif response.status == 200 and not is_gone(response) and (page := page_of(response)).is_product:
        yield from listings_of(page, response, source=spider.name)
        yield PageRead(kind=PageKind.RESULTS, rows=1)
    else:
        raise CannotLook(Outcome.BROKEN, "layout_changed", f"{shop.label} showed neither results nor its sign of none",
                         page_kind=PageKind.BROKEN)


def _page(response: TextResponse, shop: Shop, spider: IndependentShops, query: Query, rows: list[Selector]) -> Parsed:
    following = response.css(shop.next).xpath("@href").get() if shop.next else None
    url = clean_url(following, response.url) if following else None
    yield from spider.cards(
        rows,
        lambda row: _row(row, response, shop, spider.name),
        hits_reported=_hits(response, shop),
        last=url is None,
        similarity=shop.similarity,
    )
    if url is not None:
        yield Request(url, callback=spider.parse, cb_kwargs={"query": query})


def _rows(response: TextResponse, shop: Shop) -> Iterator[Selector]:
    """The shop's rows; without a selector for them, the first link to each item that has a text."""
    if shop.rows:
        yield from response.css(shop.rows)
        return
    seen: set[str] = set()
    for link in response.css("a[href]"):
        url = clean_url(link.attrib["href"], response.url)
        if url and _is_item(url, shop) and url not in seen and _title(link, shop):
            seen.add(url)
            yield link


def _is_item(url: str, shop: Shop) -> bool:
    parts = urlsplit(url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return parts.hostname == shop.host and bool(shop.item) and re.search(shop.item, path) is not None


def _row(row: Selector, response: TextResponse, shop: Shop, source: str) -> Listing:
    href = row.attrib.get("href") or row.css(shop.link).xpath("@href").get()
    url = clean_url(href or "", response.url)
    title = _title(row, shop)
    if not href or url is None or not title:
        raise ValueError("a row without link or title")
    price = parse_yen(visible_text(row.css(shop.price)[:1])) if shop.price else None
    word = stock_word(visible_text(row.css(shop.stock)[:1])) if shop.stock else None
    listing = Listing(source=source, listing_id=url, url=url, title=title)
    if price is not None and price.amount is not None:
        listing.price, listing.price_kind = price.taxed, price.kind
    if word is not None and word.availability is not Availability.UNKNOWN:
        listing.availability, listing.availability_evidence = word.availability, word.span
    return listing


def _title(row: Selector, shop: Shop) -> str:
    shown = visible_text(row.css(shop.title)[:1]) if shop.title else ""
    return one_line(shown or visible_text(row) or row.css("img::attr(alt)").get() or row.attrib.get("title"))


def _says_none(response: TextResponse, shop: Shop) -> bool:
    if shop.none and response.css(shop.none):
        return True
    return bool(shop.none_words) and re.search(shop.none_words, visible_text(response.selector)) is not None


def _hits(response: TextResponse, shop: Shop) -> int | None:
    shown = re.sub(r"[,\s]", "", visible_text(response.css(shop.hits)[:1])) if shop.hits else ""
    found = re.search(r"\d{1,7}", shown)
    return int(found[0]) if found else None


# --- JSON answers ----------------------------------------------------------------------------------------------------


def _json_rows(response: Response, shop: Shop, spider: IndependentShops) -> Parsed:
    data = _json(response)
    if data is None:
        challenge_of(response)
    found = _list(data, shop)
    if found is None:
        raise CannotLook(
            Outcome.BROKEN,
            "bad_payload",
            f"{shop.label} answered {response.status} without its list of products",
            page_kind=PageKind.BROKEN,
        )
    read = _woocommerce_row if shop.answer == "woocommerce" else _shopify_row
    yield from spider.cards(found, lambda one: read(one, response, spider.name), similarity=shop.similarity)


def _json(response: Response) -> Any:
    try:
        return json.loads(response.body)
    except ValueError:
        return None


def _list(data: Any, shop: Shop) -> list[Any] | None:
    if shop.answer == "shopify":
        for name in ("resources", "results", "products"):
            data = data.get(name) if isinstance(data, dict) else None
    return data if isinstance(data, list) else None


def _woocommerce_row(one: dict[str, Any], response: Response, source: str) -> Listing:
    product = woocommerce_product(one)
    if product is None or not product.name or not product.url:
        raise ValueError("a product without name, price block or address")
    return listing_of(
        product, source=source, url=clean_url(product.url, response.url) or "", is_yen=product.currency == "JPY"
    )


def _shopify_row(one: dict[str, Any], response: Response, source: str) -> Listing:
    """suggest.json has neither SKU nor currency: the item's page says both, the row only where it is."""
    url = clean_url(one["url"], response.url)
    if url is None or not one.get("title"):
        raise ValueError("a product without title or address")
    product = shopify_product({**one, "variants": []}) or RawProduct(
        name=one_line(one["title"]), brand=one_line(one.get("vendor")) or None
    )
    listing = listing_of(product, source=source, url=url, is_yen=False)
    listing.price_kind = PriceKind.NONE
    return listing
