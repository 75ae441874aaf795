"""Reading Rakuma's pages: search cards, the item page in its four layers, the shop page. No requests here."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import Any

from parsel import Selector, SelectorList
from scrapy.http import Response

from kataban.items import Availability, Listing, PriceKind, Seller
from kataban.parsers.condition import condition_of
from kataban.parsers.shipping import shipping_of, ships_in_days
from kataban.parsers.stock import stock_word
from kataban.parsers.text import LONG, clean_text, one_line, visible_text
from kataban.parsers.yen import parse_yen
from spiders.embedded import json_ld_product, offer_of
from spiders.landmarks import Landmarks

MARKS = Landmarks("rakuma")
SOURCE = "rakuma"


# --- search ----------------------------------------------------------------------------------------------------------


def is_zero(response: Response) -> bool:
    """Does the page show the site's own mark of no hits? With status 200 the mark must be visible, not a template."""
    if response.status not in {200, 404}:
        return False
    mark = response.css(MARKS.text("search.zero"))
    if mark and (response.status == 404 or visible_text(mark)):
        return True
    if cards(response):
        return False
    words = (MARKS.text("search.zero_words"), MARKS.text("search.shop_zero_words"))
    return any(word in visible_text(each) for each in response.css("p") for word in words)


def cards(response: Response) -> list[Selector]:
    """The boxes of the result list."""
    return list(response.css(MARKS.text("search.card")))


def data(card: Selector | SelectorList[Selector], key: str) -> str | None:
    """A data-rat-* attribute of the card or of anything in it, by its name in the landmarks."""
    name = MARKS.table("search.data")[key]
    return card.xpath("descendant-or-self::*/@*[name()=$name]", name=name).get()


def hits(response: Response) -> int | None:
    """The site's own count for the whole search, which each card carries."""
    total = data(response.css("body"), "total") if response.css("body") else None
    return int(total) if total and total.isdecimal() else None


def has_next(response: Response, reported: int | None, number: int, rows: int) -> bool:
    """Is there a further page? Said by a link, else by the count; pages hold at least 36 items."""
    if any(response.css(mark) for mark in MARKS.texts("search.next")):
        return True
    fewest = int(MARKS.text("search.fewest_per_page"))
    return reported is not None and rows >= fewest and reported > (number - 1) * fewest + rows


def read_card(card: Selector) -> Listing:
    """One card. Raises ValueError where address, title or price is missing.

    Stock stays unknown without the ribbon: what is not marked as sold is not thereby on sale.
    """
    address = next((href for mark in MARKS.texts("search.link") if (href := card.css(mark + "::attr(href)").get())), "")
    found = re.match(MARKS.text("address.item_id"), address)
    title = one_line(data(card, "title")) or one_line(visible_text(card.css(MARKS.text("search.title"))))
    if not found or not title:
        raise ValueError(f"a card without an item's address or a title: {address!r}")
    row = Listing(SOURCE, found["id"], MARKS.text("address.item") + found["id"], title)
    row.price = _card_price(card)
    row.price_kind = PriceKind.FIXED if row.price else PriceKind.NONE
    row.brand = one_line(visible_text(card.css(MARKS.text("search.brand"))[:1])) or None
    row.image_url = card.css(MARKS.text("search.picture") + "::attr(data-original)").get()
    if card.css(MARKS.text("search.sold")):
        row.availability = Availability.SOLD_OUT
        row.availability_evidence = visible_text(card.css(MARKS.text("search.sold"))) or MARKS.text("search.sold")
    row.seller = _card_seller(card)
    return row


def _card_price(card: Selector) -> int | None:
    """The span whose data-content is a number (the other holds JPY), else data-rat-price, on shop pages in brackets."""
    drawn = card.css(MARKS.text("search.price") + "::attr(data-content)").getall()
    said = [data(card, "price") or "", *drawn]
    if not any(said):
        raise ValueError("a card without a price")
    numbers = [parse_yen(text.strip("[]() ")).amount for text in reversed(said)]
    return next((number for number in numbers if number), None)


def _card_seller(card: Selector) -> Seller | None:
    """data-rat-itemid is "<numeric seller id>/<numeric item id>"."""
    seller_id, slash, _ = (data(card, "ids") or "").partition("/")
    if not slash or not seller_id.isdecimal():
        return None
    said = MARKS.table("search.genre").get(one_line(data(card, "genre")))
    return Seller(SOURCE, seller_id, business=None if said is None else said == "yes")


# --- the item page ---------------------------------------------------------------------------------------------------


def gone_sentence(response: Response) -> str | None:
    """The visible sentence that says that the item is no longer there."""
    lines = {line.strip(" 。") for line in visible_text(response.css("body")).splitlines()}
    return next((sentence for sentence in MARKS.texts("item.gone") if sentence in lines), None)


def gone(row: Listing, evidence: str) -> Listing:
    """The row of an item that is no longer there."""
    return replace(row, availability=Availability.SOLD_OUT, availability_evidence=evidence, detail_read=True)


def read_item(response: Response, row: Listing) -> Listing | None:
    """`row` filled from the item's page; None where the page shows no title or no price."""
    product = json_ld_product(response)
    title = _title(response) or one_line(product.get("name"))
    price = _price(response, product)
    if not title or price is None:
        return None
    found = replace(row, title=title, price=price, price_kind=PriceKind.FIXED, detail_read=True)
    described = _shown(response, "item.description") or clean_text(product.get("description"), limit=LONG)
    found.description = described or row.description
    found.image_url = _meta(response, "image") or row.image_url
    rows = _rows(response)
    found.brand = rows.get(MARKS.table("item.row")["brand"]) or _brand(response) or row.brand
    _fill_rows(found, rows)
    found.availability, found.availability_evidence = _stock(response, product, rows)
    found.seller = _item_seller(response, row.seller)
    return found


def _meta(response: Response, key: str) -> str | None:
    name = MARKS.table("item.meta")[key]
    return response.xpath("//meta[@property=$name or @name=$name]/@content", name=name).get()


def _title(response: Response) -> str:
    named = one_line(_meta(response, "title")).removesuffix(MARKS.text("item.title_end")).strip()
    return one_line(_shown(response, "item.title")) or named


def _price(response: Response, product: dict[str, Any]) -> int | None:
    """The first layer that speaks of yen: meta, JSON-LD, the drawn price."""
    offer = offer_of(product)
    said = [
        _meta(response, "price") if _meta(response, "currency") in {None, "JPY"} else None,
        offer.get("price") if offer.get("priceCurrency") in {None, "JPY"} else None,
        visible_text(response.css(MARKS.text("item.price"))[:1]),
    ]
    return next((amount for text in said if (amount := parse_yen(text).amount)), None)


def _shown(response: Response, marks: str) -> str:
    """The visible text of the first of these landmarks that shows any."""
    return next((text for mark in MARKS.texts(marks) if (text := visible_text(response.css(mark)[:1]))), "")


def _brand(response: Response) -> str | None:
    for link in response.css(MARKS.text("item.brand")):
        if re.search(MARKS.text("item.brand_address"), link.attrib["href"]):
            return one_line(visible_text(link)) or None
    return None


def _rows(response: Response) -> dict[str, str]:
    """The page's th and td as shown. Boxes of other items have no such rows."""
    found: dict[str, str] = {}
    for row in response.css(MARKS.text("item.rows")):
        name, value = visible_text(row.css("th")[:1]), visible_text(row.css("td")[:1])
        if name and value:
            found.setdefault(one_line(name), one_line(value))
    return found


def _fill_rows(found: Listing, rows: dict[str, str]) -> None:
    said = {key: rows.get(name) for key, name in MARKS.table("item.row").items()}
    known = set(MARKS.table("item.row").values())
    found.attributes = {**found.attributes, **{name: value for name, value in rows.items() if name not in known}}
    found.condition_label = said["condition"]
    found.condition = condition_of(said["condition"])
    payer = shipping_of(said["payer"])
    found.shipping, found.shipping_included = payer.cost, payer.included
    found.shipping_method = said["method"]
    found.ships_in_days = ships_in_days(said["days"])
    found.ships_from = said["ships_from"]


def _stock(response: Response, product: dict[str, Any], rows: dict[str, str]) -> tuple[Availability, str | None]:
    """What the page says, the worst layer first: sold marks, then sold in the data, then approval, then in stock."""
    sold = next((mark for mark in MARKS.texts("item.sold") if _outside_cards(response, mark)), None)
    if sold:
        return Availability.SOLD_OUT, one_line(visible_text(_outside_cards(response, sold)[0])) or sold
    said = [stock_word(_meta(response, "availability"), SOURCE),
            stock_word(offer_of(product).get("availability"), "schema_org")]
    for word in said:
        if word.availability is Availability.SOLD_OUT:
            return word.availability, word.span
    approval = _approval(response, rows)
    if approval:
        return Availability.APPROVAL_NEEDED, approval
    known = next((word for word in said if word.availability is not Availability.UNKNOWN), None)
    return (known.availability, known.span) if known else (Availability.UNKNOWN, None)


def _outside_cards(response: Response, mark: str) -> list[Selector]:
    """Nodes of the item itself: boxes of other items on the page have ribbons of their own."""
    return [node for node in response.css(mark)
            if not node.xpath("ancestor-or-self::*[contains(concat(' ', @class, ' '), ' item-box ')]")]


def _approval(response: Response, rows: dict[str, str]) -> str | None:
    """The row or the buy button that says that the seller must approve the purchase."""
    word = MARKS.text("item.approval")
    for name, value in rows.items():
        if word in name and not any(off in value for off in MARKS.texts("item.approval_off")):
            return f"{name} {value}"
    buttons = (visible_text(node) for mark in MARKS.texts("item.buy") for node in response.css(mark))
    return next((button for button in buttons if word in button), None)


def _item_seller(response: Response, known: Seller | None) -> Seller | None:
    """The seller with the shop's address. The numeric id of the cards stays the id where it is known."""
    link = response.css(MARKS.text("seller.link"))
    shop = re.search(MARKS.text("seller.address"), link.attrib.get("href", "")) if link else None
    own = re.search(MARKS.text("seller.own_id"), " ".join(response.css("script::text").getall()))
    seller_id = known.seller_id if known else own["id"] if own else shop["id"] if shop else ""
    if not seller_id:
        return known
    found = replace(known) if known else Seller(SOURCE, seller_id)
    if shop:
        found.url = MARKS.text("address.shop") + shop["id"]
    found.name = found.name or _name(response)
    count = visible_text(response.css(MARKS.text("seller.reviews"))[:1]).replace(",", "")
    found.review_count = int(count) if count.isdecimal() else found.review_count
    return found


def _name(response: Response) -> str | None:
    named = [visible_text(response.css(mark)[:1]) for mark in MARKS.texts("seller.name")]
    named.append(visible_text(response.css(MARKS.text("seller.link"))[:1]))
    return next((one_line(name) for name in named if name and name not in MARKS.texts("seller.link_words")), None)


# --- the shop page ---------------------------------------------------------------------------------------------------


def read_seller(response: Response, seller: Seller) -> Seller | None:
    """`seller` with the counts よい, ふつう, わるい; None where they are not shown."""
    counts = _counts(visible_text(response.css("body")))
    if counts is None:
        return None
    name = seller.name or _name(response)
    profile = _shown(response, "seller.profile")
    good, normal, bad = counts
    return replace(seller, name=name, good=good, normal=normal, bad=bad, profile=profile or seller.profile,
                   review_count=sum(counts), identity_verified=_identity(response))


def _identity(response: Response) -> bool | None:
    lines = visible_text(response.css("body")).splitlines()
    said = next((word for line in lines if (word := MARKS.table("seller.identity").get(line.strip()))), None)
    return None if said is None else said == "yes"


def _counts(text: str) -> tuple[int, int, int] | None:
    """The three counts that follow each other, those after 販売 where the page shows selling and buying apart."""
    line = unicodedata.normalize("NFKC", text)
    found = list(re.finditer(r"\D{0,12}?".join(MARKS.texts("seller.ratings")), line, re.DOTALL))
    if not found:
        return None
    selling = [one for one in found if _heading(line[: one.start()]) == MARKS.text("seller.selling")]
    good, normal, bad = (int(number.replace(",", "")) for number in (selling or found)[0].groups())
    return good, normal, bad


def _heading(before: str) -> str:
    """The last of the words 販売 and 購入 before a place in the text."""
    words = re.findall(r"販売|購入", before)
    return words[-1] if words else ""
