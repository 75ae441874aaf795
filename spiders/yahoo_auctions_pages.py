"""Reading Yahoo! Auctions' pages: the rows' data attributes, and the JSON in the item page."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from parsel import Selector
from scrapy.http import Response

from kataban.items import Availability, CannotLook, Listing, Outcome, PageKind, PriceKind, Seller
from kataban.parsers.condition import condition_of
from kataban.parsers.page_kind import challenge_of
from kataban.parsers.shipping import shipping_of, ships_in_days
from kataban.parsers.stock import stock_word
from kataban.parsers.text import LONG, clean_text, one_line, visible_text
from kataban.parsers.yen import Yen, parse_yen
from spiders import yahoo_fleamarket_pages as flea
from spiders.embedded import ODD_FORM, at, first_at, identity, next_data, record
from spiders.landmarks import Landmarks

MARKS = Landmarks("yahoo_auctions")
SOURCE = "yahoo_auctions"


# --- search ----------------------------------------------------------------------------------------------------------


def is_zero(response: Response) -> bool:
    """Does the page say, visibly, that nothing matches? A title that quotes the sentence stands in a row."""
    if response.status not in {200, 404}:
        return False
    rows = response.css(MARKS.text("search.row")) if response.status == 200 else []
    return not rows and MARKS.text("search.zero") in visible_text(response.css("body"))


def hits(response: Response) -> int | None:
    """The count of the meta description, 約N件; None where there is none."""
    said = re.search(MARKS.text("search.total"), response.css('meta[name="description"]::attr(content)').get(""))
    return int(said[1].replace(",", "")) if said else None


def has_next(response: Response, reported: int | None, first: int, rows: int) -> bool:
    """Is there a further page? By the link, else by the count; a full page without a count may be followed by more."""
    if response.css(MARKS.text("search.next")):
        return True
    if reported is None:
        return rows >= int(MARKS.text("search.per_page"))
    return first - 1 + rows < reported


def read_row(row: Selector) -> Listing:
    """One row. Raises ValueError where id, title or price is missing.

    Stock stays unknown: that a row is listed is no word of the site's.
    """
    item_id, title, price = identity(data(row, "id")), one_line(data(row, "title")) or _title(row), data(row, "price")
    if not title or not price:
        raise ValueError(f"a row without title or price: {item_id}")
    if data(row, "flea") == "1":
        return _flea_row(row, item_id, title, price)
    found = Listing(SOURCE, item_id, MARKS.text("address.item") + item_id, title)
    _set_price(found, row, price)
    _set_shipping(found, row)
    found.image_url = data(row, "image") or None
    seller_id = data(row, "seller")
    # A store's rows say so; a row that says nothing may be a store's too, where the attribute is missing.
    found.seller = _seller(seller_id, business=True if data(row, "store") == "1" else None) if seller_id else None
    return found


def data(row: Selector, key: str) -> str:
    """A data-auction-* attribute by its name in the landmarks: of the first element within the row that carries it."""
    name = MARKS.table("search.data")[key]
    return row.xpath("descendant-or-self::*/@*[name()=$name]", name=name).get("")


def _title(row: Selector) -> str:
    return one_line(visible_text(row.css(MARKS.text("search.title"))[:1]))


def _flea_row(row: Selector, item_id: str, title: str, price: str) -> Listing:
    """A row of Yahoo! Flea Market: a fixed price that includes shipping, found here and stored there."""
    amount = parse_yen(price).amount
    return Listing(
        flea.SOURCE, item_id, flea.MARKS.text("address.item") + item_id, title, found_via=SOURCE, price=amount,
        price_kind=PriceKind.FIXED if amount else PriceKind.NONE, shipping=0, shipping_included=True,
        image_url=data(row, "image") or None,
    )


def _set_price(found: Listing, row: Selector, price: str) -> None:
    """The buy-now price where there is one, never the bid. A store's is without tax (2026, five of five rows)."""
    buy_now = parse_yen(data(row, "buy_now")).amount
    if buy_now:
        taxed = Yen(buy_now, PriceKind.FIXED, tax=False).taxed if data(row, "store") == "1" else buy_now
        found.price, found.price_kind = taxed, PriceKind.FIXED
        return
    found.price = parse_yen(price).amount
    found.price_kind = PriceKind.CURRENT_BID if found.price else PriceKind.NONE


def _set_shipping(found: Listing, row: Selector) -> None:
    said = shipping_of(visible_text(row.css(MARKS.text("search.postage"))[:1]))
    found.shipping, found.shipping_included = said.cost, said.included
    if data(row, "free_shipping") == "1":
        found.shipping, found.shipping_included = 0, True


def _seller(seller_id: str, **figures: Any) -> Seller:
    return Seller(SOURCE, seller_id, url=MARKS.text("address.seller") + seller_id, **figures)


# --- the item page ---------------------------------------------------------------------------------------------------


def read_item_page(response: Response, row: Listing) -> Listing:
    """`row` from the item's page. Raises CannotLook where the page carries no item."""
    item = first_at(next_data(response), MARKS.texts("item.data"))
    if not item or response.status != 200:
        flea.refuse_region(response)
        challenge_of(response)
    if response.status in {404, 410}:
        return replace(row, availability=Availability.SOLD_OUT, availability_evidence=f"status {response.status}",
                       detail_read=True)
    try:
        return _item(response, item, row)
    except ODD_FORM as problem:
        raise CannotLook(Outcome.BROKEN, "layout_changed", f"the page carries no item in the known form: {problem!r}",
                         page_kind=PageKind.BROKEN) from problem


def _item(response: Response, item: dict[str, Any], row: Listing) -> Listing:
    """The item's record over the row. The record of another item is an error."""
    item_id = identity(item["auctionId"])
    if row.listing_id and item_id != row.listing_id:
        raise ValueError(f"the record is of {item_id}, not of {row.listing_id}")
    found = replace(row, listing_id=item_id, title=one_line(item["title"]), detail_read=True)
    found.price, found.price_kind = _item_price(item, row)
    said = stock_word(item["status"], SOURCE)
    found.availability, found.availability_evidence = said.availability, f"status {said.span}"
    found.description = _description(response, item) or row.description
    found.attributes = {**row.attributes, **_limits(item)}
    found.image_url = next((image.get("image") for image in item.get("img") or ()), row.image_url)
    found.condition_label = one_line(item.get("conditionName")) or None
    found.condition = condition_of(found.condition_label)
    found.quantity = item["quantity"] if isinstance(item.get("quantity"), int) else row.quantity
    found.ships_in_days = ships_in_days(item.get("shipScheduleName"))
    found.ships_from = one_line(at(item, "seller.location.prefecture")) or None
    _set_payer(found, item)
    found.posted_at = flea.moment(item.get("startTime"))
    found.seller = _item_seller(record(item, "seller")) or row.seller
    return found


def _item_price(item: dict[str, Any], row: Listing) -> tuple[int | None, PriceKind]:
    """Buy-now where the record names it, else the row's own buy-now price, else the current bid.

    A store's plain price is without tax; without its taxed twin 10 % are added.
    """
    if "price" not in item:
        raise KeyError("price")
    store = at(item, "seller.isStore") is True
    for key in MARKS.texts("item.buy_now"):
        if amount := parse_yen(item.get(key)).amount:
            plain = store and not key.startswith("taxin")
            return Yen(amount, PriceKind.FIXED, tax=False if plain else None).taxed, PriceKind.FIXED
    if item.get("isFleaMarket") is True:
        return _taxed_price(item, store), PriceKind.FIXED
    if row.price_kind is PriceKind.FIXED:
        return row.price, row.price_kind
    price = _taxed_price(item, store)
    return price, PriceKind.CURRENT_BID if price else PriceKind.NONE


def _taxed_price(item: dict[str, Any], store: bool) -> int | None:
    taxed, plain = (parse_yen(item.get(key)).amount for key in MARKS.texts("item.price"))
    return taxed or (Yen(plain, PriceKind.FIXED, tax=False).taxed if store else plain)


def _set_payer(found: Listing, item: dict[str, Any]) -> None:
    """A free row stays free; the amount that a buyer pays stands on the row, if anywhere."""
    payer = MARKS.table("item.payer").get(str(item.get("chargeForShipping")))
    said = shipping_of(payer)
    if said.included:
        found.shipping, found.shipping_included = 0, True
    elif said.included is False and not found.shipping:
        found.shipping, found.shipping_included = None, False


def _description(response: Response, item: dict[str, Any]) -> str:
    parts = item.get("description")
    text = "\n".join(part for part in parts if isinstance(part, str)) if isinstance(parts, list) else parts
    if isinstance(text, str) and text.strip():
        return clean_text(visible_text(Selector(text=f"<div>{text}</div>")), limit=LONG)
    heading = response.xpath("//*[self::h2 or self::h3][normalize-space()=$word]", word=MARKS.text("item.description"))
    return visible_text(heading.xpath("following-sibling::*[1]"))


def _limits(item: dict[str, Any]) -> dict[str, str]:
    """What can keep a buyer out, and whether goods are taken back, as rows of the page."""
    found = {label: "あり" for flag, label in MARKS.table("item.limits").items() if item.get(flag) is True}
    returnable = at(item, "itemReturnable.allowed")
    if isinstance(returnable, bool):
        found["返品"] = "可" if returnable else "不可"
    return found


def _item_seller(data_: dict[str, Any]) -> Seller | None:
    """Points are counts of ratings; the number mixes selling and buying."""
    if not data_.get("aucUserId"):
        return None
    points = record(data_, "rating.ult")
    percent = re.fullmatch(r"([\d.]+)%", str(at(data_, "rating.goodRating") or ""))
    flags = (data_.get("isExcellentSeller") is True, at(data_, "sellerPerformance.isSpeedShipping") is True)
    badges = tuple(badge for badge, earned in zip(MARKS.texts("seller.badges"), flags, strict=True) if earned)
    return _seller(
        identity(data_["aucUserId"]), name=one_line(data_.get("displayName")) or None,
        good=_count(points.get("goodPoint")), bad=_count(points.get("badPoint")),
        review_count=_count(points.get("allPoint")),
        percent_good=float(percent[1]) if percent and points.get("allPoint") else None,
        business=data_["isStore"] if isinstance(data_.get("isStore"), bool) else None, badges=badges,
    )


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
