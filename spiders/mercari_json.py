"""Reading the JSON that Mercari's pages load by themselves: search, item, profile, badges. No requests here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from scrapy.http import Response

from kataban.items import Availability, Listing, PriceKind, Seller
from kataban.parsers.condition import condition_of
from kataban.parsers.shipping import shipping_of
from kataban.parsers.stock import stock_word
from kataban.parsers.text import LONG, clean_text, one_line
from kataban.parsers.yen import parse_yen
from spiders.embedded import at, identity, record
from spiders.landmarks import Landmarks

MARKS = Landmarks("mercari")
SHOPS = "mercari_shops"
PERSONAL_ID = re.compile(r"m\d{6,}")
_YEAR_2100 = 4_102_444_800
JAPAN = timezone(timedelta(hours=9))


def loaded(response: Response, *names: str) -> Iterator[tuple[str, int, Any]]:
    """(address, status, JSON) of what the page loaded from the addresses that the landmarks `loads.<name>` describe."""
    patterns = [MARKS.text(f"loads.{name}") for name in names]
    for answer in response.meta.get("page_json") or ():
        if any(re.search(pattern, answer["url"]) for pattern in patterns):
            yield answer["url"], int(answer.get("status") or 0), answer.get("json")


def search_answer(response: Response, keyword: str) -> dict[str, Any] | None:
    """The answer to the page's own search for `keyword`, or None.

    A page may search more than once: filters by attribute come only with the second request (2026-09-02), so the last
    answer counts. One that echoes another keyword belongs to a recommendation.
    """
    found = None
    for _, status, answer in loaded(response, "search"):
        if status == 200 and isinstance(answer, dict) and isinstance(answer.get("items"), list):
            echo = at(answer, "searchCondition.keyword")
            if not echo or _same(str(echo), keyword):
                found = answer
    return found


def _same(one: str, other: str) -> bool:
    first, second = ("".join(unicodedata.normalize("NFKC", text).casefold().split()) for text in (one, other))
    return first == second


def hits(answer: dict[str, Any]) -> int:
    """The site's count of hits, 0 where it gives none. It is no measure of a complete look: it stops at 15,000 and
    counts what no page shows (150 counted, 143 rows on all pages; captured 2023-03).
    """
    return whole(at(answer, "meta.numFound")) or 0


def read_row(item: dict[str, Any]) -> Listing:
    """One row of the search answer. Numbers are texts there; a Shops row has sellerId and shippingPayerId "0"."""
    item_id, title = identity(item["id"]), one_line(item["name"])
    if not title:
        raise ValueError("a row without a name")
    row = bare(item_id, title, shops=_is_shops(item, item_id))
    set_price(row, item["price"], auction=bool(item.get("auction")), none=item.get("isNoPrice") is True)
    set_stock(row, item["status"])
    set_condition(row, MARKS.table("json.condition").get(str(item.get("itemConditionId"))))
    set_payer(row, MARKS.table("json.payer").get(str(item.get("shippingPayerId"))))
    row.shipping_method = MARKS.table("json.shipping_method").get(str(item.get("shippingMethodId")))
    row.brand = one_line(at(item, "itemBrand.name")) or None
    photos = [photo.get("uri") for photo in item.get("photos") or ()]
    row.image_url = _first([*photos, *(item.get("thumbnails") or ())])
    row.updated_at = moment(item.get("updated"))
    # A Shops product's `created` moves with every update (created equals updated, 2024-10), so it says no age.
    row.posted_at = None if row.source == SHOPS else moment(item.get("created"))
    row.seller = _row_seller(item, row.source)
    return row


def _is_shops(item: dict[str, Any], item_id: str) -> bool:
    kind = item.get("itemType")
    return kind == MARKS.text("json.shops_item") if kind else PERSONAL_ID.fullmatch(item_id) is None


def _row_seller(item: dict[str, Any], source: str) -> Seller | None:
    if source == SHOPS:
        shop_id = at(item, "shop.id")
        return shop(identity(shop_id), item.get("shopName")) if shop_id else None
    seller_id = identity(item.get("sellerId") or "0")
    return person(seller_id) if seller_id != "0" else None


def person(seller_id: str, name: object = None) -> Seller:
    """A private seller by id."""
    return Seller("mercari", seller_id, one_line(name) or None, MARKS.text("address.profile") + seller_id)


def shop(shop_id: str, name: object = None) -> Seller:
    """A shop of Mercari Shops by id."""
    return Seller(SHOPS, shop_id, one_line(name) or None, MARKS.text("address.shops_profile") + shop_id)


def item_answer(response: Response, item_id: str) -> tuple[int, dict[str, Any]] | None:
    """(status, JSON) of the page's own request for this item; answers about other items are passed over."""
    for url, status, answer in loaded(response, "item"):
        if isinstance(answer, dict) and re.search(rf"[?&]id={re.escape(item_id)}(?:&|$)", url):
            return status, answer
    return None


def is_missing(answer: dict[str, Any]) -> bool:
    """Does the site's JSON say that there is no such item, product or person?"""
    errors = answer.get("errors")
    codes = [error.get("code") for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    return any(code in codes for code in MARKS.texts("json.not_found"))


def from_item_json(data: dict[str, Any], item_id: str) -> Listing:
    """The personal listing `item_id` from its own JSON. Raises one of ODD_FORM where that has another form."""
    if identity(data["id"]) != item_id:
        raise ValueError(f"the record is of {data['id']}, not of {item_id}")
    found = bare(item_id, one_line(data["name"]), shops=False)
    set_price(found, data["price"], auction=bool(data.get("auction_info")), none=data.get("is_no_price") is True)
    set_stock(found, data["status"])
    found.description = clean_text(data.get("description"), limit=LONG) or None
    found.attributes = _attributes(data)
    found.brand = one_line(_name(data, "item_brand")) or None
    found.image_url = _first(data.get("photos") or ())
    set_condition(found, _name(data, "item_condition"))
    set_payer(found, _name(data, "shipping_payer"))
    found.shipping_method = _name(data, "shipping_method")
    found.ships_from = _name(data, "shipping_from_area")
    found.ships_in_days = days(data.get("shipping_duration") or {}, "min_days", "max_days")
    found.posted_at, found.updated_at = moment(data.get("created")), moment(data.get("updated"))
    found.seller = from_person_json(record(data, "seller")) if data.get("seller") else None
    reserved = _reserved_by_comment(data)
    if reserved and found.availability is Availability.IN_STOCK:
        found.availability, found.availability_evidence = Availability.RESERVED, f"seller's comment: {reserved}"
    return found


def _reserved_by_comment(data: dict[str, Any]) -> str | None:
    """The words with which the seller's newest comment on the matter keeps the item for one buyer, else None.

    Title and description can be silent about it (seen 2022-09). Only these words are kept, nobody's name.
    """
    own = [comment for comment in data.get("comments") or ()
           if at(comment, "user.id") is not None and at(comment, "user.id") == at(data, "seller.id")]
    for comment in sorted(own, key=lambda each: whole(each.get("created")) or 0, reverse=True):
        message = clean_text(comment.get("message"), limit=LONG)
        if _first_match("comments.not_reserved", message):
            return None
        if said := _first_match("comments.reserved", message):
            return said
    return None


def _first_match(marks: str, text: str) -> str | None:
    found = (re.search(pattern, text) for pattern in MARKS.texts(marks))
    return next((match[0] for match in found if match), None)


def _attributes(data: dict[str, Any]) -> dict[str, str]:
    found = {}
    for attribute in data.get("item_attributes") or ():
        values = [one_line(value.get("text")) for value in attribute.get("values") or ()]
        if attribute.get("text") and any(values):
            found[one_line(attribute["text"])] = "、".join(value for value in values if value)
    return found


def from_person_json(data: dict[str, Any]) -> Seller:
    """A private seller from an item's or a profile's JSON.

    Only public figures are taken: the answer also carries fields for an address or a phone number, never read here.
    `num_sell_items` counts what was ever put up, not what was sold, and the SMS confirmation is no proof of identity.
    """
    found = person(identity(data["id"]), data.get("name"))
    ratings = record(data, "ratings")
    found.good, found.normal, found.bad = (whole(ratings.get(word)) for word in ("good", "normal", "bad"))
    found.review_count = whole(data.get("num_ratings"))
    # 0 stars stand for "no rating yet".
    stars = data.get("star_rating_score")
    found.stars = float(stars) if isinstance(stars, int | float) and 0 < stars <= 5 and found.review_count else None
    found.since = day(data.get("created"))
    found.business = True if data.get("is_official") or data.get("is_organizational_user") else None
    found.badges = (MARKS.text("seller.quick_shipper"),) if data.get("quick_shipper") is True else ()
    found.profile = clean_text(data.get("introduction"), limit=LONG) or None
    return found


def profile_answer(response: Response, seller_id: str) -> tuple[int, dict[str, Any]] | None:
    """(status, JSON) of the page's own request for this person's profile."""
    for url, status, answer in loaded(response, "profile"):
        if isinstance(answer, dict) and re.search(rf"[?&]user_id={re.escape(seller_id)}(?:&|$)", url):
            return status, answer
    return None


def add_badges(found: Seller, response: Response) -> Seller:
    """`found` with the badges and the identity flag that the page's own requests answered."""
    for url, status, answer in loaded(response, "badges", "identity"):
        if status != 200 or not isinstance(answer, dict):
            continue
        if re.search(MARKS.text("loads.identity"), url) and isinstance(answer.get("hasBadge"), bool):
            found.identity_verified = answer["hasBadge"]
        badges = answer.get("badges")
        listed = badges if isinstance(badges, list) else []
        names = [one_line(badge.get("name")) for badge in listed if isinstance(badge, dict)]
        found.badges = tuple(dict.fromkeys([*found.badges, *(name for name in names if name)]))
    return found


# --- values of the JSON ------------------------------------------------------------------------------------


def whole(value: object) -> int | None:
    """An integer that the site may write as a text; None for anything else."""
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isdecimal() and len(text) < 20 else None


def moment(value: object) -> datetime | None:
    """Unix seconds, perhaps as a text, as an aware time in UTC; None for 0 and for what is no such time."""
    seconds = whole(value)
    return datetime.fromtimestamp(seconds, UTC) if seconds and seconds < _YEAR_2100 else None


def day(value: object) -> date | None:
    """Unix seconds as the day in Japan."""
    at = moment(value)
    return at.astimezone(JAPAN).date() if at else None


def days(duration: dict[str, Any], least: str, most: str) -> tuple[int, int] | None:
    """(min, max) days until dispatch of a JSON object with these two keys."""
    low, high = whole(duration.get(least)), whole(duration.get(most))
    return None if low is None or high is None or low > high else (low, high)


# --- fields of a Listing -----------------------------------------------------------------------------------


def bare(item_id: str, title: str, *, shops: bool) -> Listing:
    address = MARKS.text("address.shops_product" if shops else "address.item") + item_id
    return Listing(SHOPS if shops else "mercari", item_id, address, title)


def set_price(found: Listing, price: object, *, auction: bool, none: bool = False) -> None:
    """A price of the JSON, which is always in yen; 9,999,999 and isNoPrice stand for "not set"."""
    amount = None if none else parse_yen(price if isinstance(price, int | str) else None).amount
    found.price = amount
    found.price_kind = PriceKind.NONE if amount is None else PriceKind.CURRENT_BID if auction else PriceKind.FIXED


def set_stock(found: Listing, status: object) -> None:
    said = stock_word(status, "mercari")
    found.availability, found.availability_evidence = said.availability, f"status {said.span}" if said.span else None


def set_condition(found: Listing, label: str | None) -> None:
    found.condition_label = label
    if label:
        found.condition = condition_of(label)


def set_payer(found: Listing, label: str | None) -> None:
    if label:
        said = shipping_of(label)
        found.shipping, found.shipping_included = said.cost, said.included


def _name(data: dict[str, Any], key: str) -> str | None:
    value = data.get(key)
    return one_line(value.get("name")) or None if isinstance(value, dict) else None


def _first(values: Iterable[Any]) -> str | None:
    return next((value for value in values if isinstance(value, str) and value), None)
