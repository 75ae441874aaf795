"""Reading pages of a shop's own site by its landmarks: results, a card, the item's page. No requests here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Any
from urllib.parse import urljoin, urlsplit

from parsel import Selector, SelectorList
from scrapy.http import Response, TextResponse

from kataban.items import Availability, Condition, Listing, PriceKind
from kataban.parsers.condition import condition_of
from kataban.parsers.links import clean_url
from kataban.parsers.product import RawProduct, read_product
from kataban.parsers.stock import NOTHING_SAID, StockWord, stock_word
from kataban.parsers.text import LONG, clean_text, is_unseen, one_line, visible_text
from kataban.parsers.yen import Yen, parse_yen, plausible
from spiders.landmarks import Landmarks
from spiders.values import whole

_NEXT = re.compile(r"次(?:へ|の?ページ(?:へ)?|の\d+件)?[>＞»›→]*|[>＞»›]|next", re.IGNORECASE)
_GRADE = re.compile(r"^\s*中古\s*([SABCD])\s*$")
Node = Selector | SelectorList[Selector] | Response


# --- by landmark -----------------------------------------------------------------------------------------------------


def nodes(node: Node, marks: Landmarks, name: str) -> list[Selector]:
    """What the landmark `name` finds: the first of its selectors that finds anything; [] where it is not named."""
    found = (list(node.css(selector)) for selector in (marks.texts(name) if name in marks else ()))
    return next(filter(None, found), [])


def shown(node: Node, marks: Landmarks, name: str) -> str:
    """The visible text of the landmark's first node that shows any, on one line."""
    texts = (one_line(visible_text(found)) for selector in (marks.texts(name) if name in marks else ())
             for found in node.css(selector))
    return next(filter(None, texts), "")


def said(node: Node, marks: Landmarks, name: str) -> str | None:
    """What is drawn there, or the value of an attribute where the landmark ends in ::attr(...)."""
    for selector in marks.texts(name) if name in marks else ():
        found = node.css(selector)
        text = one_line(found.get()) if "::attr(" in selector else shown_of(found)
        if text:
            return text
    return None


def attribute(node: Node, marks: Landmarks, name: str, attribute_name: str) -> str:
    """The attribute of the landmark's first node that has it, "" where none has."""
    found = (node.css(f"{selector}::attr({attribute_name})").get() for selector in marks.texts(name))
    return next(filter(None, found), "")


def shown_of(found: Iterable[Selector]) -> str:
    """The visible text of the first node that shows any."""
    return next(filter(None, (one_line(visible_text(node)) for node in found)), "")


def item_id(url: str, marks: Landmarks) -> str:
    """The id in an item's address, "" where it is none."""
    found = re.match(marks.text("address.item"), url)
    return found["id"] if found else ""


# --- the page of results ---------------------------------------------------------------------------------------------


class ResultPage:
    """One page of results: its number, its cards, the site's own count, whether it is the site's zero, what follows."""

    def __init__(self, response: Response, marks: Landmarks) -> None:
        self.response, self.marks = response, marks
        self.cards = nodes(response, marks, "search.card") if isinstance(response, TextResponse) else []

    @cached_property
    def number(self) -> int:
        """Which page this is, by its address, the first being 1."""
        found = re.search(self.marks.text("address.page_number"), self.response.url)
        return int(found[1]) if found else 1

    @cached_property
    def hits(self) -> int | None:
        """The site's own count for the whole search."""
        if "search.hits" not in self.marks:
            return None
        text = unicodedata.normalize("NFKC", shown(self.response, self.marks, "search.hits"))
        found = re.search(self.marks.text("search.hits_pattern"), text)
        return whole(found[1]) if found else None

    @cached_property
    def is_zero(self) -> bool:
        """Does the site say that it has none? Its sentence must be visible, and stand before any card: a page with hits
        may hold it in a template, and a page without may show other goods below it."""
        if self.response.status not in {200, 404} or not isinstance(self.response, TextResponse) or self.hits:
            return False
        if not self.cards:
            return self.hits == 0 or self._says_zero(visible_text(self.response.css("body")))
        return self.hits == 0 or self._first_is_sentence()

    def _says_zero(self, text: str) -> bool:
        plain = "".join(unicodedata.normalize("NFKC", text).split())
        return any("".join(words.split()) in plain for words in self.marks.texts("search.zero_words"))

    def _first_is_sentence(self) -> bool:
        first = self.cards[0].root
        for element in self.response.selector.root.iter():
            if element is first:
                return False
            own = element.text or ""
            if isinstance(element.tag, str) and own.strip() and self._says_zero(own) and _is_drawn(element):
                return True
        return False

    @cached_property
    def next_url(self) -> str | None:
        """The address of the next page where the page links it, by its landmark or by the link's own words."""
        selectors = self.marks.texts("search.next") if "search.next" in self.marks else ()
        marked = [link for selector in selectors for link in self.response.css(selector)]
        said = [link for link in self.response.css("a[href]") if _NEXT.fullmatch(one_line(visible_text(link)))]
        urls = [urljoin(self.response.url, link.attrib.get("href", "").strip()) for link in (*marked, *said)]
        return next((url for url in urls if self._is_next(url)), None)

    def _is_next(self, url: str) -> bool:
        """Another address of the same search: its path with other parameters, or one that names a page's number."""
        asked, own = urlsplit(url), urlsplit(self.response.url)
        if asked.hostname != own.hostname or (asked.path, asked.query) == (own.path, own.query):
            return False
        return asked.path == own.path or re.search(self.marks.text("address.page_number"), url) is not None

    @property
    def is_last(self) -> bool:
        """Does nothing speak of further rows? A full page without a count may have some, though it links none."""
        if self.has_next or "search.rows_a_page" not in self.marks:
            return not self.has_next
        size = int(self.marks.text("search.rows_a_page"))
        if self.hits is None:
            return len(self.cards) < size
        return self.hits <= (self.number - 1) * size + len(self.cards)

    @property
    def has_next(self) -> bool:
        """Is there a further page? Said by a link, else by the count, else guessed from a full page."""
        if self.next_url is not None:
            return True
        if "address.search_page" not in self.marks:
            return False
        full = len(self.cards) >= int(self.marks.text("search.rows_a_page"))
        if self.hits is None:
            return full
        return full and self.hits > self.number * int(self.marks.text("search.rows_a_page"))


def _is_drawn(element: Any) -> bool:
    return not any(is_unseen(one) for one in (element, *element.iterancestors()))


# --- a card ----------------------------------------------------------------------------------------------------------


def card_row(card: Selector, marks: Landmarks, source: str) -> Listing:
    """One card by the landmarks of `search`. Raises ValueError where address, title or price text is missing.

    Stock stays unknown where the card says nothing: what is not marked as sold is not thereby on sale.
    """
    href = attribute(card, marks, "search.link", "href")
    listing_id = item_id(urljoin(marks.text("address.item_page").format(id="0"), href.strip()), marks)
    title = said(card, marks, "search.title")
    price = said(card, marks, "search.price")
    word = stock_in(card, marks, "search.stock")
    if not listing_id or not title:
        raise ValueError(f"a card without an item's address or a title: {href[:80]!r}")
    if price is None and word.availability is Availability.UNKNOWN:
        raise ValueError(f"a card without a price: {href[:80]!r}")
    row = Listing(source, listing_id, marks.text("address.item_page").format(id=listing_id), title)
    take_price(row, parse_yen(price))
    row.availability, row.availability_evidence = word.availability, word.span or None
    row.brand = said(card, marks, "search.brand")
    row.image_url = picture(card, marks, "search.picture")
    row.points = points(said(card, marks, "search.points"))
    take_condition(row, said(card, marks, "search.condition"))
    return row


def take_price(row: Listing, yen: Yen) -> None:
    """The price with tax, or none."""
    row.price, row.price_kind = yen.taxed, yen.kind if yen.amount else PriceKind.NONE


def take_condition(row: Listing, label: str | None) -> None:
    """The condition that a label names; the label is kept as shown. 中古B is grade B of used goods."""
    if label:
        row.condition, row.condition_label = condition_of(_GRADE.sub(r"中古 ランク\1", label)), label


def picture(node: Node, marks: Landmarks, name: str) -> str | None:
    """The address of a picture, made whole."""
    href = said(node, marks, name)
    url = urljoin(marks.text("address.item_page").format(id="0"), href) if href else ""
    return url if url.startswith(("http://", "https://")) else None


def points(text: str | None) -> int | None:
    """The number of points in words like 528 ゴールドポイント（1％還元）; the share alone is no number of points."""
    found = re.search(r"(?<![\d.,])(\d[\d,]*)(?![\d.,]*\s*[%％倍])", unicodedata.normalize("NFKC", text or ""))
    return whole(found[1]) if found else None


def stock_in(node: Node, marks: Landmarks, name: str) -> StockWord:
    """What the landmark's places say about stock: the first that says anything."""
    for selector in marks.texts(name) if name in marks else ():
        for found in node.css(selector):
            word = stock_word(found.get() if "::attr(" in selector else visible_text(found))
            if word.availability is not Availability.UNKNOWN:
                return word
    return NOTHING_SAID


# --- the item's page -------------------------------------------------------------------------------------------------


def gone_sentence(response: Response, marks: Landmarks) -> str:
    """The visible sentence that says that the item is no longer there, "" without."""
    if "item.gone_words" not in marks or not isinstance(response, TextResponse):
        return ""
    text = visible_text(response.css("body"))
    return next((words for words in marks.texts("item.gone_words") if words in text), "")


def gone(row: Listing, evidence: str) -> Listing:
    """The row of an item that is no longer there."""
    return replace(row, availability=Availability.SOLD_OUT, availability_evidence=evidence, detail_read=True)


def item(response: Response, row: Listing, marks: Landmarks) -> Listing | None:
    """`row` filled from the item's page: by its landmarks, and where they find nothing by what any product page says.

    None where the page is another item's or shows no title, or neither price nor stock.
    """
    if not isinstance(response, TextResponse) or item_id(response.url, marks) != item_id(row.url, marks):
        return None
    product = read_product(response.text, response.url).product
    attributes = {**row.attributes, **(rows_of(response, marks) or product.attributes)}
    found = replace(row, detail_read=True, attributes=attributes)
    found.title = said(response, marks, "item.title") or one_line(product.name)
    _take_price(found, response, product, marks)
    _take_stock(found, response, product, marks)
    if not found.title or (found.price is None and found.availability is Availability.UNKNOWN):
        return None
    _take_identity(found, response, product, marks)
    return found


def _take_price(found: Listing, response: Response, product: RawProduct, marks: Landmarks) -> None:
    yen = parse_yen(said(response, marks, "item.price"))
    price = product.price
    if yen.amount is None and price is not None and product.currency in {None, "JPY"} and _is_whole(price):
        yen = Yen(int(price), product.price_kind, product.tax_included)
    take_price(found, yen)


def _is_whole(price: Decimal) -> bool:
    return price == price.to_integral_value() and plausible(int(price))


def _take_stock(found: Listing, response: Response, product: RawProduct, marks: Landmarks) -> None:
    word = stock_in(response, marks, "item.stock")
    if word.availability is Availability.UNKNOWN:
        word = StockWord(product.availability, product.availability_evidence or "")
    found.availability, found.availability_evidence = word.availability, word.span or None
    found.quantity = quantity(word.span) if word.availability is Availability.IN_STOCK else None


def _take_identity(found: Listing, response: Response, product: RawProduct, marks: Landmarks) -> None:
    row = found.attributes
    found.mpn = first_of(row, marks, "item.number_rows") or product.mpn or found.mpn
    found.gtin = product.gtin or found.gtin
    found.brand = said(response, marks, "item.brand") or product.brand or found.brand
    found.description = clean_text(product.description, limit=LONG) or found.description
    found.image_url = picture(response, marks, "item.picture") or clean_url(product.image_url or "") or found.image_url
    found.points = points(said(response, marks, "item.points")) or found.points
    label = said(response, marks, "item.condition") or first_of(row, marks, "item.condition_rows")
    take_condition(found, label)
    if found.condition is Condition.UNKNOWN and product.condition is not Condition.UNKNOWN:
        found.condition, found.condition_label = product.condition, product.condition_label


def first_of(row: dict[str, str], marks: Landmarks, name: str) -> str | None:
    """The value of the first of these rows that the page has."""
    return next((row[key] for key in (marks.texts(name) if name in marks else ()) if row.get(key)), None)


def quantity(text: str | None) -> int | None:
    """The number of pieces in words like 在庫数：3."""
    found = re.search(r"(?:在庫数?|残り?|あと)\s*:?\s*(\d{1,5})(?![\d,])", unicodedata.normalize("NFKC", text or ""))
    return int(found[1]) if found else None


def rows_of(node: Node, marks: Landmarks) -> dict[str, str]:
    """The label and value cells of the item's table, as shown; the first of each label."""
    found: dict[str, str] = {}
    for label, value in _cells(node, marks):
        if label and value:
            found.setdefault(label, value)
    return found


def _cells(node: Node, marks: Landmarks) -> Iterator[tuple[str, str]]:
    for row in nodes(node, marks, "item.rows"):
        cells: list[Any] = row.xpath("./*[self::th or self::td or self::dt or self::dd]")
        for label, value in pairwise(cells):
            if label.root.tag in {"th", "dt"} and value.root.tag in {"td", "dd"}:
                yield one_line(visible_text(label)), one_line(visible_text(value))
