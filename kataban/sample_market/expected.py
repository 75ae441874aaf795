"""The right answer for every sample order, derived from the planted truth and kept in a file, expected.toml.

The file is what tests and acceptance compare the database with; a test compares the file with this derivation. It
follows from the catalogue alone: what a source's search shows, what is exact, what may be bought within the order's
limits, and which hosts cannot be looked at.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import msgspec
from protego import Protego

from kataban.sample_market.catalogue import Catalogue, Page, Placed
from kataban.sample_market.finding import search, squashed
from kataban.sample_market.orders import orders
from kataban.sample_market.sites import (
    amazon,
    mercari,
    net_shops,
    rakuma,
    rakuten,
    search_engines,
    shopify,
    shops,
    yahoo,
    yahoo_auctions,
    yahoo_fleamarket,
)
from kataban.sample_market.tables import Host, Offer

# Where each source looks first; the official APIs are exempt from robots.txt.
FRONT = {"rakuten_ichiba": rakuten.API, "yahoo_shopping": yahoo.API, "mercari": mercari.SITE,
         "mercari_shops": mercari.SITE, "rakuma": rakuma.SEARCH, "yahoo_auctions": yahoo_auctions.SITE,
         "yahoo_fleamarket": yahoo_fleamarket.SITE, **net_shops.SOURCES, amazon.SOURCE: amazon.API}
# The address of a search, for robots.txt that closes some of them.
SEARCHES = {rakuma.SEARCH: "https://fril.jp/s?query={}&transaction=selling",
            mercari.SITE: "https://jp.mercari.com/search?keyword={}&status=on_sale",
            yahoo_auctions.SITE: "https://auctions.yahoo.co.jp/search/search?p={}",
            yahoo_fleamarket.SITE: "https://paypayfleamarket.yahoo.co.jp/search/{}"}
# These leave sold goods out of their results.
ONLY_UNSOLD = {"mercari", "mercari_shops", "yahoo_auctions"}
APIS = {rakuten.API, yahoo.API, amazon.API}
OUTCOMES = {"challenge": "blocked", "403": "blocked", "503": "rate_limited", "429": "rate_limited", "broken": "broken"}
CONDITIONS = ("new", "unused", "like_new", "good", "fair", "poor", "junk")


class Alternative(msgspec.Struct, forbid_unknown_fields=True):
    """A listing that must be offered for the order; `purchase` is now or ask_first."""

    source: str
    listing_id: str
    purchase: str


class Trap(msgspec.Struct, forbid_unknown_fields=True):
    """A listing that must never be offered for the order."""

    source: str
    listing_id: str
    why: str


class Expected(msgspec.Struct, forbid_unknown_fields=True):
    """One order's right answer. `coverage` is the outcome by source."""

    order_id: str
    model_number: str
    alternatives: list[Alternative]
    traps: list[Trap]
    coverage: dict[str, str]


class File(msgspec.Struct, forbid_unknown_fields=True):
    """expected.toml as a whole."""

    order: list[Expected]


def read(path: Path) -> list[Expected]:
    """The answers in the file. Raises msgspec.DecodeError with one line when it is not of this form."""
    return msgspec.toml.decode(path.read_bytes(), type=File).order


def derive(catalogue: Catalogue) -> list[Expected]:
    """The answers that follow from the catalogue."""
    return [_answer(catalogue, order) for order in orders(catalogue) if order.get("model_number")]


def listing_id(placed: Placed, catalogue: Catalogue) -> str:
    """The id under which a spider must give this offer; a page's only variant has the page's own."""
    offer = placed.offer
    if offer.source == "independent_shops":
        base = shops.page_url(placed, catalogue)
    else:
        base = {"rakuten_ichiba": rakuten.item_code, "yahoo_shopping": yahoo.code,
                amazon.SOURCE: _sellers_id}.get(offer.source, _own_id)(placed)
    page = next(page for page in catalogue.pages(offer.source) if placed in page)
    return f"{base}:{_variant_id(placed, catalogue)}" if offer.variant and len(page) > 1 else base


def _variant_id(placed: Placed, catalogue: Catalogue) -> str:
    """The variant's id as its page shows it first: Shopify's structured data name variants by SKU."""
    shop = catalogue.shops.get(placed.offer.seller)
    return shopify.sku(placed) if shop and shop.kind == "shopify" else placed.offer.variant


def _sellers_id(placed: Placed) -> str:
    return f"{placed.offer.id}:{placed.offer.seller}"


def _own_id(placed: Placed) -> str:
    return placed.offer.id


# --- one order ------------------------------------------------------------------------------------------------------


def _answer(catalogue: Catalogue, order: dict[str, str]) -> Expected:
    pages = (page for source in (*FRONT, shops.SOURCE) for page in _shown(catalogue, source, order))
    shown = [placed for page in pages for placed in page]
    good = [placed for placed in shown if not _why_not(catalogue, placed, order)]
    traps = [(placed, why) for placed in shown if (why := _why_not(catalogue, placed, order))]
    return Expected(
        order["order_id"], order["model_number"],
        [Alternative(p.offer.source, listing_id(p, catalogue), p.offer.buy) for p in good],
        [Trap(p.offer.source, listing_id(p, catalogue), why) for p, why in traps],
        {source: _outcome(catalogue, source, order) for source in FRONT}
        | {"web_search": "answered", "google_shopping": "answered", shops.SOURCE: _shops_outcome(catalogue, order)},
    )


def _shown(catalogue: Catalogue, source: str, order: dict[str, str]) -> list[Page]:
    """What the source's search shows for any spelling of the order."""
    spellings = [*_spellings(order), *filter(None, [order.get("jan")])]
    found = [page for spelling in spellings for page in search(catalogue, source, spelling)]
    unsold = [page for page in found if source not in ONLY_UNSOLD or _any_stock(page)]
    return [page for number, page in enumerate(unsold) if page not in unsold[:number]]


def _spellings(order: dict[str, str]) -> list[str]:
    """As written, and without separators."""
    model = order["model_number"]
    return [model, "".join(c for c in model if c.isalnum())]


def _any_stock(page: Page) -> bool:
    return any(placed.offer.stock != 0 for placed in page)


def _exact(placed: Placed, order: dict[str, str]) -> bool:
    return squashed(placed.product.model) == squashed(order["model_number"]) and placed.offer.truth == "exact"


def _why_not(catalogue: Catalogue, placed: Placed, order: dict[str, str]) -> str:
    """Why the offer is no alternative for the order; empty when it is one."""
    offer, product = placed.offer, placed.product
    if squashed(product.model) != squashed(order["model_number"]):
        return f"別の型番 {product.model}"
    if offer.truth != "exact" or offer.buy == "no":
        return offer.why
    if offer.stock == 0:
        return "売り切れ"
    return _beyond_limits(offer, order) or _out_of_sight(catalogue, placed, order)


def _beyond_limits(offer: Offer, order: dict[str, str]) -> str:
    worst = order.get("condition") or "unused"
    if CONDITIONS.index(offer.condition) > CONDITIONS.index(worst):
        return f"状態 {offer.condition} は注文の {worst} に届かない"
    limit = order.get("max_price")
    price = offer.auction.buy_now or offer.price if offer.auction else offer.price
    if limit and price + (offer.shipping or 0) > int(limit):
        return "上限額を超える"
    return ""


def _out_of_sight(catalogue: Catalogue, placed: Placed, order: dict[str, str]) -> str:
    in_shop = placed.offer.source == shops.SOURCE
    host = placed.offer.seller if in_shop else FRONT[placed.offer.source]
    pages = [shops.page_url(placed, catalogue)] if in_shop else _searches(host, order)
    outcome = _trouble(catalogue.host(host), order, pages)
    return f"{host} は見られない（{outcome}）" if outcome else ""


# --- coverage -------------------------------------------------------------------------------------------------------


def _searches(host: str, order: dict[str, str]) -> list[str]:
    return [SEARCHES[host].format(quote(text, safe="")) for text in _spellings(order)] if host in SEARCHES else []


def _trouble(host: Host, order: dict[str, str], pages: list[str]) -> str:
    """The outcome that the host's behaviour forces for this order, which is looked for at `pages`; empty when one can
    look."""
    if host.robots_text and pages:
        rules = Protego.parse(host.robots_text)
        if not any(rules.can_fetch(page, "Kataban") for page in pages):
            return "robots_denied"
    if host.name not in APIS and host.robots in {"disallow", "503", "challenge"}:
        return "robots_denied" if host.robots == "disallow" else "robots_unknown"
    named = {squashed(word) for word in host.when}
    asked = {squashed(order["model_number"]), squashed(order.get("jan") or "")}
    return OUTCOMES.get(host.trouble or "", "") if not named or named & asked else ""


def _outcome(catalogue: Catalogue, source: str, order: dict[str, str]) -> str:
    if trouble := _trouble(catalogue.host(FRONT[source]), order, _searches(FRONT[source], order)):
        return trouble
    shown = (placed for page in _shown(catalogue, source, order) for placed in page)
    return "found" if any(_exact(placed, order) for placed in shown) else "nothing"


def _shops_outcome(catalogue: Catalogue, order: dict[str, str]) -> str:
    """The shops that the search engines name; one that cannot be looked at leaves the look partial, if none has it.

    The shops that the product knows by name (sites.known_shops) are asked for every order and say zero.
    """
    urls = [hit.url for hit in search_engines.hits(catalogue, f'"{order["model_number"]}"')]
    named: dict[str, list[str]] = {host: [] for url in urls if (host := url.split("/")[2]) in catalogue.shops}
    for url in urls:
        named.get(url.split("/")[2], []).append(url)
    shut = {host for host, pages in named.items() if _trouble(catalogue.host(host), order, pages)}
    shown = (placed for page in _shown(catalogue, shops.SOURCE, order) for placed in page)
    if any(_exact(placed, order) and placed.offer.seller in named.keys() - shut for placed in shown):
        return "found"
    return "partial" if shut else "nothing"


# --- the file -------------------------------------------------------------------------------------------------------


def to_toml(answers: list[Expected]) -> str:
    """The file's text, stable for a stable catalogue."""
    head = "# The right answer for every order, derived: python -m kataban.sample_market expected OUT.toml\n"
    return head + "".join(f"\n{line}" for answer in answers for line in _lines(answer)).rstrip() + "\n"


def _lines(answer: Expected) -> Iterator[str]:
    yield "[[order]]"
    yield f"order_id = {_text(answer.order_id)}"
    yield f"model_number = {_text(answer.model_number)}"
    for name, rows in (("alternatives", answer.alternatives), ("traps", answer.traps)):
        yield f"{name} = ["
        yield from (f"    {_inline(msgspec.structs.asdict(row))}," for row in rows)
        yield "]"
    yield f"coverage = {_inline(answer.coverage)}\n"


def _inline(table: dict[str, str]) -> str:
    return "{ " + ", ".join(f"{key} = {_text(value)}" for key, value in table.items()) + " }"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
