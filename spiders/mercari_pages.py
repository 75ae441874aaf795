"""Reading what Mercari draws: both layouts of a search cell, the item page, the profile page. No requests here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from parsel import Selector
from scrapy.http import Response

from kataban.items import Availability, CannotLook, Listing, Outcome, PageKind, PriceKind, Seller
from kataban.parsers.shipping import ships_in_days
from kataban.parsers.stock import stock_word
from kataban.parsers.text import LONG, clean_text, is_unseen, one_line, visible_text
from kataban.parsers.yen import parse_yen
from spiders.embedded import json_ld_product, offer_of
from spiders.mercari_json import MARKS, bare, loaded, person, set_condition, set_payer, set_price, whole

_TITLES = frozenset({"item-cell", "thumbnail-item-name", "name"})
_LOADS = ("search", "item", "profile", "shops_product")


# --- search ------------------------------------------------------------------------------------------------


def cells(response: Response) -> tuple[list[Selector], int]:
    """The drawn cells of the result list, and how many more are blank: the list is virtualised.

    A cell without any link is not drawn (20 of 42 were, 2026-09).
    """
    strangers = MARKS.text("search.strangers")
    listed = [cell for cell in response.css(MARKS.text("search.cell")) if not _inside(cell, strangers)]
    drawn = [cell for cell in listed if cell.css("a[href]")]
    return drawn, len(listed) - len(drawn)


def _inside(cell: Selector, container: str) -> bool:
    name = re.search(r'data-testid="([^"]+)"', container)
    return bool(name and cell.xpath("ancestor::*[@data-testid=$name]", name=name[1]))


def shows(response: Response, sentence: str) -> bool:
    """Does a person see `sentence` at the start of a text of the page's own?

    Every page hides it in its translations, and a title or a description may quote it.
    """
    nodes = response.xpath("//body//text()[starts-with(normalize-space(), $sentence)]/..", sentence=sentence)
    return any(not any(_is_other(element) for element in [*node.root.iterancestors(), node.root]) for node in nodes)


def _is_other(element: Any) -> bool:
    return is_unseen(element) or element.tag in {"a", "pre"} or element.get("data-testid") in _TITLES


def is_skeleton(response: Response) -> bool:
    """Are place holders all that a search or an item page has, cells of results that were never drawn included?"""
    if any(response.css(mark) for mark in MARKS.texts("search.skeletons")):
        return True
    return response.url.startswith(MARKS.text("address.search")) and bool(response.css(MARKS.text("search.cell")))


def has_content(response: Response) -> bool:
    """Does the page's main part show any words? In a page that was served and not drawn it is empty or absent."""
    return bool(visible_text(response.css("main, #main")))


def read_cell(cell: Selector) -> Listing | None:
    """One drawn cell, in either layout; None for an advertisement. Type and id are told by its address."""
    address = cell.css(MARKS.text("search.link")).attrib["href"]
    label, price = _label(cell), _drawn_price(cell)
    if any(visible_text(mark) == MARKS.text("search.advertisement") for mark in cell.css("p")):
        return None
    name = label[0] or visible_text(cell.css(MARKS.text("search.name"))) or _alt(cell)
    if not name or not (price or label[1]):
        raise ValueError("a cell with a link but no name or no price: the layout has changed")
    row = bare(last_segment(address), one_line(name), shops="/shops/" in address)
    _set_drawn(row, label[1], price)
    row.image_url = cell.css("img::attr(src)").get()
    said = " ".join([label[1], *_stickers(cell)])
    sold = next((word for word in MARKS.texts("search.sold_words") if word in said), None)
    if sold:
        row.availability, row.availability_evidence = Availability.SOLD_OUT, sold
    return row


def _label(cell: Selector) -> tuple[str, str]:
    """(title, the rest with the price) of an old cell's label. The title may hold a sum and the mark itself."""
    title, mark, rest = cell.css(MARKS.text("search.old_thumbnail")).attrib.get("aria-label", "").rpartition(
        MARKS.text("search.old_label"))
    return (title, rest.strip()) if mark else ("", "")


def _drawn_price(cell: Selector) -> str:
    for mark in ("search.new_price", "search.old_price"):
        drawn = "".join(cell.css(MARKS.text(mark)).css("::text").getall())
        if drawn.strip():
            return one_line(drawn)
    return ""


def _alt(cell: Selector) -> str:
    return cell.css("img::attr(alt)").get("").removesuffix(MARKS.text("search.alt_end"))


def _stickers(cell: Selector) -> Iterator[str]:
    for mark in MARKS.texts("search.stickers"):
        for sticker in cell.css(mark):
            yield visible_text(sticker) + " " + sticker.attrib.get("aria-label", "")


def last_segment(address: str) -> str:
    """The last part of an address's path: the id of what it shows."""
    return re.split(r"[?#]", address, maxsplit=1)[0].rstrip("/").rpartition("/")[2]


def _set_drawn(found: Listing, *said: str | float | None) -> None:
    """The first of these that is in yen; any other currency is no price. One that speaks of a bid makes it a bid.

    The word is looked for apart from the sum: an auction shown in dollars is an auction still.
    """
    amount = next((sum_ for text in said if (sum_ := parse_yen(text).amount)), None)
    bid = any(word in str(text) for text in said if text for word in MARKS.texts("search.bid_words"))
    set_price(found, amount, auction=bid)


# --- item and profile page ---------------------------------------------------------------------------------


def from_item_page(response: Response, item_id: str) -> Listing | None:
    """A personal listing from what its page draws, its JSON-LD and its meta tags; None where no title is drawn."""
    title = visible_text(response.css(MARKS.text("item.title")))
    if not title:
        return None
    found = bare(item_id, one_line(title), shops=False)
    product = json_ld_product(response)
    found.description = _whole_text(response.css(MARKS.text("item.description"))) or clean_text(
        product.get("description"), limit=LONG) or None
    _page_price(found, response, product)
    _page_stock(found, response, product)
    _page_rows(found, response)
    found.image_url = response.css(MARKS.text("item.picture") + "::attr(src)").get()
    found.seller = _page_seller(response)
    return found


def _whole_text(node: Any) -> str:
    return clean_text("".join(node.css("::text").getall()), limit=LONG)


def _page_price(found: Listing, response: Response, product: dict[str, Any]) -> None:
    """Yen from the first layer that speaks of yen: a foreign address is shown dollars, but not in every layer."""
    offer = offer_of(product)
    _set_drawn(
        found,
        offer.get("price") if offer.get("priceCurrency") == "JPY" else None,
        _meta(response, "item.price_meta") if _meta(response, "item.currency_meta") == "JPY" else None,
        "".join(response.css(MARKS.text("item.price")).css("::text").getall()),
    )
    buttons = visible_text(response.css(MARKS.text("item.buttons")))
    if found.price and any(word in buttons for word in MARKS.texts("item.bid_buttons")):
        found.price_kind = PriceKind.CURRENT_BID


def _meta(response: Response, mark: str) -> str | None:
    name = MARKS.text(mark)
    return response.xpath("//meta[@name=$name or @property=$name]/@content", name=name).get()


def _page_stock(found: Listing, response: Response, product: dict[str, Any]) -> None:
    """A drawn sold badge overrules everything; a disabled button alone says nothing (false "sold", 2026-04)."""
    said = stock_word(offer_of(product).get("availability"), "schema_org")
    badge = response.css(MARKS.text("item.sold_badge"))
    if badge:
        found.availability = Availability.SOLD_OUT
        found.availability_evidence = one_line(visible_text(badge[0])) or MARKS.text("item.sold_badge")
    elif said.availability is not Availability.UNKNOWN:
        found.availability, found.availability_evidence = said.availability, said.span
    else:
        button = visible_text(response.css(MARKS.text("item.checkout")))
        if button in MARKS.texts("item.checkout_words"):
            found.availability, found.availability_evidence = Availability.IN_STOCK, button


def _page_rows(found: Listing, response: Response) -> None:
    rows = {key: _first_text(response, testid) for key, testid in MARKS.table("item.cells").items()}
    found.brand = rows["brand"]
    set_condition(found, rows["condition"])
    set_payer(found, rows["payer"])
    found.shipping_method, found.ships_from = rows["method"], rows["ships_from"]
    found.ships_in_days = ships_in_days(rows["days"]) if rows["days"] else None


def _first_text(response: Response, testid: str) -> str | None:
    """The first text of a row's value: what follows it explains it (細かな使用感...)."""
    texts = response.xpath("//*[@data-testid=$testid]//text()[normalize-space()]", testid=testid)
    return one_line(texts.get()) or None


def _page_seller(response: Response) -> Seller | None:
    link = response.css(MARKS.text("seller.link"))
    if not link:
        return None
    found = person(last_segment(link.attrib.get("href", "")))
    said = re.match(MARKS.text("seller.label"), link.attrib.get("aria-label", ""))
    if said:
        found.name, found.review_count = one_line(said["name"]), whole(said["reviews"].replace(",", ""))
        found.stars = float(said["stars"]) if said["stars"] and found.review_count else None
        found.identity_verified = _identity(said["identity"])
    _page_badges(found, response)
    return found


def _page_badges(found: Seller, response: Response) -> None:
    found.badges = tuple(dict.fromkeys(visible_text(badge) for badge in response.css(MARKS.text("seller.badge"))))
    if found.identity_verified is None:
        found.identity_verified = _identity(visible_text(response.css(MARKS.text("seller.identity_badge"))))


def _identity(word: str | None) -> bool | None:
    said = MARKS.table("seller.identity").get(word or "")
    return None if said is None else said == "yes"


def from_profile_page(response: Response, seller_id: str) -> Seller | None:
    """A seller from what the profile page draws; None where neither a name nor stars are drawn."""
    name = visible_text(response.css(MARKS.text("seller.name"))[:1])
    stars = response.css(MARKS.text("seller.stars")).attrib.get("aria-label", "")
    if not name and not stars:
        return None
    found = person(seller_id, name)
    count = re.search(r"[\d,]+", visible_text(response.css(MARKS.text("seller.reviews_link"))[:1]))
    found.review_count = whole(count[0].replace(",", "")) if count else None
    found.stars = float(stars) if re.fullmatch(r"\d(?:\.\d+)?", stars) and found.review_count != 0 else None
    _page_badges(found, response)
    return found


# --- putting layers together -------------------------------------------------------------------------------


def filled(first: Any, second: Any) -> Any:
    """`first` (a Listing or a Seller) with its empty fields taken from `second`, either of which may be None.

    Identity and title stay those of `first`.
    """
    if first is None or second is None:
        return first or second
    keys = _KEYS[type(first)]
    empty = type(first)(**{key: getattr(first, key) for key in keys})
    gaps = {f.name: getattr(second, f.name) for f in fields(first)
            if f.name not in keys and getattr(first, f.name) == getattr(empty, f.name)}
    if isinstance(first, Listing):
        gaps["seller"] = filled(first.seller, second.seller)
    else:
        gaps["badges"] = tuple(dict.fromkeys([*first.badges, *second.badges]))
    return replace(first, **gaps)


_KEYS: dict[type, tuple[str, ...]] = {
    Listing: ("source", "listing_id", "url", "title"),
    Seller: ("source", "seller_id"),
}


def settled(row: Listing, loaded_: Listing | None, drawn: Listing | None) -> Listing:
    """The row filled from the item's page: its JSON first, then what is drawn, then what the row knew.

    Stock is the page's alone, since it is the newer look; where its two layers disagree the worse one counts, since
    half-drawn pages have said both. A price of the JSON stands even when it is none; a page drawn in dollars leaves the
    row's yen. What the row called an auction stays one: an item page need not say so again.
    """
    found: Listing = filled(filled(loaded_, drawn), row)
    stock = next((each for each in (drawn, loaded_) if each and each.availability is Availability.SOLD_OUT), None)
    stock = stock or loaded_ or drawn or row
    priced = loaded_ or found
    was_bid = row.price_kind is PriceKind.CURRENT_BID and priced.price_kind is PriceKind.FIXED
    kind = row.price_kind if was_bid else priced.price_kind
    return replace(
        found, price=priced.price, price_kind=kind, availability=stock.availability,
        availability_evidence=stock.availability_evidence, found_via=row.found_via, query_id=row.query_id,
        search_id=row.search_id, detail_read=True,
    )


def gone(row: Listing, sentence: str) -> Listing:
    """The row of an item that is no longer there."""
    return replace(row, availability=Availability.SOLD_OUT, availability_evidence=sentence, detail_read=True)


# --- why nothing could be read -----------------------------------------------------------------------------


def broken(reason: str) -> CannotLook:
    """The CannotLook of a page that is here and cannot be read."""
    return CannotLook(Outcome.BROKEN, "layout_changed", reason, page_kind=PageKind.BROKEN)


def unreadable(response: Response) -> CannotLook:
    """Why nothing could be read: the page's own requests failed, or it was not drawn, or we do not know its form."""
    if _own_rules_forbid(response):
        return CannotLook(Outcome.ROBOTS_DENIED, "disallow",
                          "robots.txt (or the guard of addresses) forbids what the page itself loads")
    statuses = [status for _, status, _ in loaded(response, *_LOADS)]
    if 200 in statuses:
        return broken("the JSON that the page loaded has another form than known")
    if any(status >= 400 for status in statuses):
        return _refused(statuses)
    if is_skeleton(response) or not has_content(response):
        return CannotLook(Outcome.UNRENDERED, "skeleton", "the page came without its contents; they were never drawn",
                          page_kind=PageKind.UNRENDERED)
    return broken("neither the page's JSON nor a known layout was found")


def _refused(statuses: list[int]) -> CannotLook:
    if 429 in statuses:
        return CannotLook(Outcome.RATE_LIMITED, "too_many_requests", "Mercari told its own page to slow down (429)")
    if 403 in statuses:
        return CannotLook(Outcome.BLOCKED, "refused", "Mercari refused its own page's request (403)")
    return CannotLook(Outcome.UNREACHABLE, f"status_{statuses[-1]}",
                      f"the page's own request was answered {statuses[-1]}")


def _own_rules_forbid(response: Response) -> bool:
    """Was one of the page's own requests for its data not let through by our manners?"""
    patterns = [MARKS.text(f"loads.{name}") for name in _LOADS]
    return any(re.search(pattern, url) for url in response.meta.get("refused_requests") or () for pattern in patterns)
