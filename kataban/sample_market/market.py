"""Which site answers for which host, and how hosts misbehave: robots.txt, blocks, breakage, slowness."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import unquote_plus, urlencode

from kataban.sample_market.answers import Answer, Ask, as_html, as_json, as_text, not_found, page
from kataban.sample_market.catalogue import BUNDLED, Catalogue, load
from kataban.sample_market.clock import Clock
from kataban.sample_market.finding import squashed
from kataban.sample_market.sites import (
    amazon,
    known_shops,
    mercari,
    net_shops,
    rakuma,
    rakuten,
    search_engines,
    serpapi,
    shops,
    yahoo,
    yahoo_auctions,
    yahoo_fleamarket,
)
from kataban.sample_market.tables import Host

Site = Callable[[Ask, Catalogue], Answer]

MALLS = (rakuten, yahoo, search_engines, rakuma, mercari, yahoo_auctions, yahoo_fleamarket, net_shops, amazon,
         serpapi, known_shops)
# The product's sources that can look here; others find no host.
SOURCES = ("rakuten_ichiba", "yahoo_shopping", "mercari", "mercari_shops", "rakuma", "yahoo_auctions",
           "yahoo_fleamarket", *net_shops.SOURCES, "amazon_jp", "web_search", "google_shopping",
           "independent_shops")
SITES: dict[str, Site] = {host: site.answer for site in MALLS for host in site.HOSTS}


# The official APIs have no robots.txt (404); some sites have rules of their own. A [[host]] with `robots`,
# `robots_text` or `crawl_delay` replaces them.
WITHOUT_ROBOTS = {rakuten.API, yahoo.API, search_engines.BRAVE, search_engines.SEARXNG, mercari.API, *amazon.HOSTS,
                  serpapi.API}
OWN_ROBOTS = {
    mercari.SITE: "User-agent: *\n" + "".join(f"Disallow: /{path}/\n" for path in (
        "mypage", "purchase", "sell", "transaction", "v1", "v2")),
    rakuma.ITEM: "User-agent: *\nDisallow: /search/\nAllow: /search/$\n",
    yahoo_auctions.SITE: yahoo_auctions.ROBOTS, yahoo_fleamarket.SITE: yahoo_fleamarket.ROBOTS,
    **net_shops.ROBOTS,
}


# Model numbers that sources ask to prove that a zero is one.
CANARIES = ("WH-1000XM4", "WH-1000XM5", "CFI-2000A01", "ER-GN70-K")


def hosts(catalogue: Catalogue) -> tuple[str, ...]:
    """Every host that the market answers for; all others do not exist in it."""
    return tuple(dict.fromkeys((*SITES, *catalogue.shops)))


@dataclass(frozen=True, slots=True)
class Market:
    """The market as one function of a request and of its clock."""

    catalogue: Catalogue
    clock: Clock = field(default_factory=Clock)

    @property
    def now(self) -> Catalogue:
        """The market at this hour of its clock."""
        return self.catalogue.at(self.clock.hours)

    def answer(self, ask: Ask) -> Answer:
        """What `ask.host` answers, its troubles included (slowness is the server's: see `delay`)."""
        catalogue = self._catalogue_for(ask)
        site = self.site(ask.host)
        if site is None:
            return as_text(f"no host {ask.host} in the sample market", 421)
        if ask.path == "/robots.txt":
            return robots(self.catalogue.host(ask.host))
        host = self.now.host(ask.host)
        if not _troubled(host, ask):
            return site(ask, catalogue)
        if host.trouble == "broken":
            # A shop whose words are still there can still be read, so a shop's redesign takes them into a script.
            in_shop = ask.host in self.catalogue.shops
            return as_html(page("client_shell")) if in_shop else changed(site(ask, catalogue))
        trouble = host.trouble or ""
        own = OWN_TROUBLES.get((host.name, trouble)) or TROUBLES.get(trouble)
        return own() if own else site(ask, catalogue)

    def _catalogue_for(self, ask: Ask) -> Catalogue:
        """The catalogue, but for a canary that it does not have: those always have hits, as on the real sites."""
        named = _words_of(ask)
        own = {squashed(product.model) for product in self.catalogue.products}
        missing = any(squashed(canary) in named and squashed(canary) not in own for canary in CANARIES)
        return _bundled() if missing and self.catalogue.folder != BUNDLED else self.now

    def delay(self, ask: Ask) -> float:
        """Seconds this answer is held back."""
        host = self.now.host(ask.host)
        return host.seconds if host.trouble == "slow" and _troubled(host, ask) else 0.0

    def site(self, host: str) -> Site | None:
        """The site behind a host name: a known one or a shop of the catalogue."""
        return SITES.get(host) or (shops.answer if host in self.catalogue.shops else None)


def _troubled(host: Host, ask: Ask) -> bool:
    """Does the host's trouble hold for this request? Words of `when` are looked for in address and body."""
    if host.trouble is None or ask.path == "/robots.txt":
        return False
    named = _words_of(ask)
    return not host.when or any(squashed(word) in named for word in host.when)


def _words_of(ask: Ask) -> str:
    """What a request names, in its address and its body."""
    return squashed(unquote_plus(ask.path + "?" + urlencode(dict(ask.query))) + ask.body.decode("utf-8", "replace"))


@cache
def _bundled() -> Catalogue:
    return load(BUNDLED)


def robots(host: Host) -> Answer:
    """robots.txt of a host. A Crawl-delay stands in the group of everybody."""
    asked = host.robots or host.robots_text or host.crawl_delay is not None
    if host.robots == "missing" or (not asked and host.name in WITHOUT_ROBOTS):
        return not_found()
    if not asked and host.name in OWN_ROBOTS:
        return as_text(OWN_ROBOTS[host.name])
    if host.robots == "503":
        return as_html(page("unavailable"), 503)
    if host.robots == "challenge":
        return challenge()
    if host.robots_text:
        return as_text(host.robots_text)
    delay = f"Crawl-delay: {host.crawl_delay:g}\n" if host.crawl_delay is not None else ""
    return as_text(f"User-agent: *\n{delay}Disallow: {'/' if host.robots == 'disallow' else '/cart/'}\n")


def challenge() -> Answer:
    """A challenge page with status 200: no product, no result, only a script that wants a browser to prove itself."""
    return as_html(page("challenge"), server="cloudflare", cf_ray="8f0c1d2e3a4b5c6d-NRT", cf_mitigated="challenge")


TROUBLES: dict[str, Callable[[], Answer]] = {
    "challenge": challenge,
    "503": lambda: as_html(page("unavailable"), 503, retry_after="120"),
    "429": lambda: as_html(page("unavailable"), 429, retry_after="60"),
    "403": lambda: as_html(page("refused"), 403),
}


# The APIs say it in bodies of their own; Yahoo's in three forms, the last of them XML although the API is a JSON one.
OWN_TROUBLES: dict[tuple[str, str], Callable[[], Answer]] = {
    (rakuten.API, "429"): lambda: rakuten.error("too_many_requests", "number of allowed requests has been exceeded "
                                                "for this API. please try again soon.", 429),
    (rakuten.API, "503"): lambda: rakuten.error("service_unavailable", "IchibaItem/Search is under maintenance", 503),
    (yahoo.API, "403"): lambda: yahoo.error("Your Request was Forbidden", 403),
    (yahoo.API, "429"): lambda: as_json({"Status": 429, "Message": "The AppID is denied: total count of AppID reached "
                                         "the URL's limit count."}, 429),
    (yahoo.API, "503"): lambda: Answer(503, b"<Error><Message>API_MAINTENANCE</Message><Code>503</Code></Error>",
                                       "application/xml"),
}


def changed(answer: Answer) -> Answer:
    """The same answer after a redesign: nobody's keys, classes or data attributes are where they were."""
    if "json" in answer.content_type:
        return Answer(answer.status, json.dumps(_renamed(json.loads(answer.body), depth=2)).encode(),
                      answer.content_type, answer.headers)
    charset = answer.content_type.rpartition("=")[2]
    text = answer.body.decode(charset, "replace")
    for old, new in REDESIGN:
        text = text.replace(old, new)
    return Answer(answer.status, text.encode(charset, "xmlcharrefreplace"), answer.content_type, answer.headers)


REDESIGN = (("class=", "data-v7="), ("itemprop=", "data-p="), ("data-rat-", "data-x-"),
            ("application/ld+json", "text/x-state"), ("application/json", "text/x-state"),
            ("property=", "data-m="), ("<h1", "<div"), ("</h1", "</div"))


def _renamed(value: Any, depth: int) -> Any:
    if isinstance(value, dict) and depth:
        return {f"{key}V2": _renamed(inner, depth - 1) for key, inner in value.items()}
    return value
