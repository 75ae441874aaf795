"""Reading Yahoo! Flea Market's pages: the JSON of search and item. The auctions' spider reads the same items by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from scrapy.http import Response

from kataban.items import Availability, CannotLook, Listing, Outcome, PageKind, PriceKind, Seller
from kataban.parsers.condition import condition_of
from kataban.parsers.page_kind import challenge_of
from kataban.parsers.shipping import ships_in_days
from kataban.parsers.stock import stock_word
from kataban.parsers.text import LONG, clean_text, one_line, visible_text
from kataban.parsers.yen import parse_yen
from spiders.embedded import ODD_FORM, first_at, identity, next_data, record
from spiders.landmarks import Landmarks

MARKS = Landmarks("yahoo_fleamarket")
SOURCE = "yahoo_fleamarket"


def refuse_region(response: Response) -> None:
    """CannotLook for the page that Yahoo! JAPAN shows to visitors from Europe (both of its markets, since 2022-04)."""
    title = one_line(response.css("title::text").get())
    if response.status == 403 and MARKS.text("blocked.region") in title:
        raise CannotLook(Outcome.BLOCKED, "refused_address", "Yahoo! JAPAN refuses visitors from Europe")


# --- search ----------------------------------------------------------------------------------------------------------


def search_result(response: Response) -> dict[str, Any]:
    """The search's result in the page's JSON, {} where it is not where it was."""
    found = first_at(next_data(response), MARKS.texts("search.result"))
    return found if isinstance(found, dict) else {}


def rows_of(result: dict[str, Any]) -> tuple[list[Any] | None, int | None]:
    """(rows, the site's count of hits); None for what is not there."""
    items, total = result.get(MARKS.text("search.items")), result.get(MARKS.text("search.total"))
    if total == 0 and items is None:
        items = []
    return (items if isinstance(items, list) else None), (total if isinstance(total, int) else None)


def read_row(item: dict[str, Any]) -> Listing:
    """One row. The sellerId there is a hash that fits no address, so the seller is left to the item's page."""
    found = _bare(identity(item["id"]), one_line(item["title"]))
    _set_price(found, item["price"])
    _set_stock(found, item["itemStatus"])
    found.condition = condition_of(item.get("condition"), SOURCE)
    found.image_url = item.get("thumbnailImageUrl")
    found.posted_at = moment(item.get("openTime"))
    return found


def _bare(item_id: str, title: str) -> Listing:
    if not title:
        raise ValueError("a row without a title")
    return Listing(SOURCE, item_id, MARKS.text("address.item") + item_id, title, shipping=0, shipping_included=True)


def _set_price(found: Listing, price: object) -> None:
    found.price = parse_yen(price if isinstance(price, int | str) else None).amount
    found.price_kind = PriceKind.FIXED if found.price else PriceKind.NONE


def _set_stock(found: Listing, state: object) -> None:
    said = stock_word(state, SOURCE)
    found.availability, found.availability_evidence = said.availability, f"status {said.span}" if said.span else None


# --- the item page ---------------------------------------------------------------------------------------------------


def read_item_page(response: Response, row: Listing) -> Listing:
    """`row` from the item's page. Raises CannotLook where the page carries no item."""
    data = first_at(next_data(response), MARKS.texts("item.data"))
    if not data or response.status != 200:
        refuse_region(response)
        challenge_of(response)
    sentence = _gone_sentence(response)
    if response.status in {404, 410} or (sentence and not data):
        return replace(row, availability=Availability.SOLD_OUT, detail_read=True,
                       availability_evidence=sentence or f"status {response.status}")
    try:
        return _item(data, row)
    except ODD_FORM as problem:
        raise CannotLook(Outcome.BROKEN, "layout_changed", f"the page carries no item in the known form: {problem!r}",
                         page_kind=PageKind.BROKEN) from problem


def _gone_sentence(response: Response) -> str | None:
    lines = {line.strip(" 。") for line in visible_text(response.css("body")).splitlines()}
    return next((sentence for sentence in MARKS.texts("item.gone") if sentence in lines), None)


def _item(data: dict[str, Any], row: Listing) -> Listing:
    """The item's record over the row. The record of another item (a recommendation) is an error."""
    if row.listing_id and str(data["id"]) != row.listing_id:
        raise ValueError(f"the record is of {data['id']}, not of {row.listing_id}")
    found = _bare(identity(data["id"]), one_line(data["title"]))
    _set_price(found, data["price"])
    _set_stock(found, data["status"])
    found.description = clean_text(data.get("description"), limit=LONG) or None
    found.attributes = _specifications(data)
    found.brand = _name(data, "brand", "name")
    found.gtin = _jan(data)
    found.image_url = next((image.get("url") for image in data.get("images") or ()), row.image_url)
    found.condition_label = _name(data, "condition", "text")
    found.condition = condition_of(found.condition_label)
    found.shipping_method = _name(data, "deliveryMethod", "name")
    found.ships_in_days = ships_in_days(_name(data, "deliverySchedule", "text"))
    found.ships_from = MARKS.table("prefectures").get(str(data.get("location")))
    found.posted_at = moment(data.get("createDate")) or row.posted_at
    found.seller = _seller(record(data, "seller")) or row.seller
    return replace(found, found_via=row.found_via, query_id=row.query_id, search_id=row.search_id, detail_read=True)


def _name(data: dict[str, Any], key: str, name: str) -> str | None:
    value = data.get(key)
    return one_line(value.get(name)) or None if isinstance(value, dict) else None


def _jan(data: dict[str, Any]) -> str | None:
    digits = str(first_at(data, MARKS.texts("item.jan")) or "")
    return digits if digits.isdecimal() else None


def _specifications(data: dict[str, Any]) -> dict[str, str]:
    rows = first_at(data, MARKS.texts("item.specifications"))
    named = ((row.get("name"), row.get("value")) for row in rows or () if isinstance(row, dict))
    return {one_line(name): one_line(value) for name, value in named if name and value}


def _seller(data: dict[str, Any]) -> Seller | None:
    """The rating is shared with Yahoo! Auctions: a count and the percentage of good ones."""
    if not data.get("id"):
        return None
    rating = record(data, "rating")
    total, good = rating.get("total"), rating.get("goodRatio")
    seller_id = identity(data["id"])
    return Seller(
        SOURCE, seller_id, one_line(data.get("nickname")) or None, MARKS.text("address.user") + seller_id,
        review_count=total if isinstance(total, int) else None,
        percent_good=float(good) if isinstance(good, int | float) and total else None,
    )


def moment(value: object) -> datetime | None:
    """An ISO time with its offset, as UTC; None for anything else."""
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else None
