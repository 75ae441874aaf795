"""Suruga-ya, shops for used and new goods: pages drawn on the server, one price per condition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urljoin

from parsel import Selector
from scrapy.http import Request, Response

from kataban.items import Availability, Condition, Listing, PriceKind, Seller
from kataban.parsers.condition import condition_of
from kataban.parsers.stock import stock_word
from kataban.parsers.text import one_line, visible_text
from kataban.parsers.yen import NO_PRICE, Yen, parse_yen
from spiders import shop_site_pages as pages
from spiders.landmarks import Landmarks
from spiders.refusals import refusal
from spiders.shop_site import ShopSiteSpider

MARKS = Landmarks("surugaya")


class SurugayaSpider(ShopSiteSpider):
    """Suruga-ya's net shop: its own stock, its branches' and that of its marketplace's shops.

    Site: https://www.suruga-ya.jp/
    Documentation: none; there is no API for the public.
    Rate: Crawl-delay 30 in robots.txt (2026-10-03), so an item opened costs half a minute.
    Terms: not read by us; they are on the site. robots.txt disallows /search/ with a slash; this asks /search?...
    Caveats: a row names no model number, so each undecided one is opened. The page's JSON-LD has the price before the
    discount and can be broken; 型番 stands only in a table row; a hidden note with 品切れ is on every page. How an
    empty search looks was never seen.
    """

    name = "surugaya"
    label = "駿河屋"
    site = "https://www.suruga-ya.jp/"
    terms = (
        "利用規約は未確認です。robots.txtのCrawl-delay（30秒）に従います。"
        " Its terms were not read by us; the 30 seconds of its robots.txt are kept."
    )
    canary = "WH-1000XM4"
    marks = MARKS

    def read_card(self, card: Selector) -> Listing:
        """A row: sold out, or the price of the better of its conditions; a range where one has several."""
        href = card.css(MARKS.text("search.link") + "::attr(href)").get() or ""
        listing_id = pages.item_id(urljoin(self.site, href), MARKS)
        title = pages.said(card, MARKS, "search.title")
        if not listing_id or not title:
            raise ValueError(f"a card without an item's address or a title: {href[:80]!r}")
        row = Listing(self.name, listing_id, urljoin(self.site, href.partition("?")[0]), title, seller=self.shop())
        row.brand = (pages.said(card, MARKS, "search.brand") or "").strip("[] ") or None
        row.image_url = pages.picture(card, MARKS, "search.picture")
        kind = pages.said(card, MARKS, "search.kind")
        row.attributes = {"カテゴリ": kind} if kind else {}
        _take_prices(row, card)
        return _of_branch(row, href, self.site)

    def read_item(self, response: Response, row: Listing) -> list[Listing]:
        """The item with each of its conditions; with several, one Listing for each."""
        found = pages.item(response, row, MARKS) or self._without_price(response, row)
        if found is None:
            return []
        found.seller = self._seller(response, row)
        offers = [_offer(label, found, response) for label in response.css(MARKS.text("item.offer"))]
        if not offers:
            return [_not_offered(found, response)]
        if len(offers) == 1:
            return [replace(offers[0], listing_id=row.listing_id, variant_of=None)]
        return offers

    def _without_price(self, response: Response, row: Listing) -> Listing | None:
        """A page that shows the item and nothing to buy."""
        title = pages.said(response, MARKS, "item.title")
        if not title or pages.item_id(response.url, MARKS) != pages.item_id(row.url, MARKS):
            return None
        rows = pages.rows_of(response, MARKS)
        return replace(row, title=title, detail_read=True, attributes={**row.attributes, **rows},
                       mpn=pages.first_of(rows, MARKS, "item.number_rows"), price=None, price_kind=PriceKind.NONE)

    def _seller(self, response: Response, row: Listing) -> Seller | None:
        """A marketplace shop where the page says that it sells and sends the item."""
        told = re.search(MARKS.text("item.sold_by"), visible_text(response.css("body")))
        if told is None:
            return row.seller or self.shop()
        branch = re.search(MARKS.text("address.shop"), response.url)
        name = one_line(told["name"])
        return Seller(self.name, branch[1] if branch else name, name=name, business=True)

    def detail(self, listing: Listing) -> Request:
        """The item's page; of an item that only other shops have, the page of those."""
        read = self.parse_others if MARKS.text("address.others") in listing.url else self.parse_detail
        return Request(listing.url, callback=read, cb_kwargs={"listing": listing})

    def parse_detail(self, response: Response, listing: Listing) -> Iterator[Listing | Request]:
        """The item's own page; where the shop itself has none, the page of the other shops that have it is read too."""
        found = list(super().parse_detail(response, listing))
        yield from found
        can_buy = any(isinstance(one, Listing) and one.availability is Availability.IN_STOCK for one in found)
        others = response.css(f'a[href*="{MARKS.text("address.others")}"]::attr(href)').get() if not can_buy else None
        if others and response.status == 200:
            yield Request(urljoin(self.site, others), callback=self.parse_others, cb_kwargs={"listing": listing})

    def parse_others(self, response: Response, listing: Listing) -> Iterator[Listing]:
        """One Listing per marketplace shop. Its name and price are all that is known of that page."""
        found = [other for row in response.css(MARKS.text("others.row")) if (other := self._other(row, listing))]
        if not found:
            raise refusal(MARKS, response, self.label)
        yield from found

    def _other(self, row: Selector, listing: Listing) -> Listing | None:
        link = row.css(MARKS.text("others.shop"))[:1]
        name, price = one_line(visible_text(link)), parse_yen(pages.said(row, MARKS, "others.price"))
        branch = re.search(MARKS.text("address.shop"), " ".join(row.css("a::attr(href)").getall()))
        if not name or price.amount is None:
            return None
        label = pages.said(row, MARKS, "others.condition") or None
        shop_id = branch[1] if branch else name
        other = replace(
            listing, listing_id=f"{listing.listing_id}:{shop_id}", variant_of=listing.listing_id, detail_read=True,
            condition=condition_of(label), condition_label=label, store_stock={}, quantity=None,
            seller=Seller(self.name, shop_id, name=name, business=True))
        word = pages.stock_in(row, MARKS, "others.buy")
        other.availability, other.availability_evidence = word.availability, word.span or None
        pages.take_price(other, price)
        return other


def _of_branch(row: Listing, href: str, site: str) -> Listing:
    """A row of a branch or marketplace shop is another offer of the same item, with an address of its own."""
    branch = re.search(MARKS.text("address.shop"), href)
    if branch is None:
        return row
    seller = Seller(row.source, branch[1], business=True)
    return replace(row, listing_id=f"{row.listing_id}-{branch[1]}", url=urljoin(site, href), seller=seller)


def _take_prices(row: Listing, card: Selector) -> None:
    """Price lines begin with the condition. New before used; the list price is none to pay."""
    lines = dict(_price_lines(card))
    for key, label in (("new", "新品"), ("used", "中古")):
        if lines.get(key, NO_PRICE).amount is not None:
            pages.take_price(row, lines[key])
            pages.take_condition(row, label)
            return
    sold = stock_word(pages.shown(card, MARKS, "search.sold"))
    if sold.availability is not Availability.SOLD_OUT:
        raise ValueError("a card with neither a price nor 品切れ")
    row.availability, row.availability_evidence = sold.availability, sold.span


def _price_lines(card: Selector) -> Iterator[tuple[str, Yen]]:
    for line in card.css(MARKS.text("search.prices")):
        text = one_line(visible_text(line))
        kind = next((kind for word, kind in MARKS.table("search.price_labels").items() if text.startswith(word)), "")
        if kind:
            yield kind, parse_yen(text.partition("：")[2] or text)


def _offer(label: Selector, found: Listing, response: Response) -> Listing:
    """The offer of one condition. In stock needs the button that puts it into the cart, and a price to pay."""
    words = one_line(label.attrib.get(MARKS.text("item.offer_label")))
    key = one_line(label.attrib.get(MARKS.text("item.offer_for"))) or words
    offer = replace(found, listing_id=f"{found.listing_id}:{key}", variant_of=found.listing_id, detail_read=True)
    pages.take_price(offer, parse_yen(pages.said(label, MARKS, "item.paid")))
    offer.condition, offer.condition_label = condition_of(words), words or None
    stock, button = stock_word(visible_text(label)), stock_word(pages.shown(response, MARKS, "item.buy"))
    word = stock if stock.availability is Availability.SOLD_OUT else button
    offer.availability = word.availability if offer.price else Availability.UNKNOWN
    offer.availability_evidence = word.span or None
    offer.quantity = pages.quantity(visible_text(label)) if word.availability is Availability.IN_STOCK else None
    return offer


def _not_offered(found: Listing, response: Response) -> Listing:
    """No condition is offered: what the place of the cart says, never more than that."""
    word = pages.stock_in(response, MARKS, "item.stock")
    seen = word.availability if word.availability is not Availability.IN_STOCK else Availability.UNKNOWN
    return replace(found, price=None, price_kind=PriceKind.NONE, availability=seen, quantity=None,
                   availability_evidence=word.span or None, condition=Condition.UNKNOWN, condition_label=None)
