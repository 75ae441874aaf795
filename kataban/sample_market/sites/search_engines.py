"""Web search: the Brave Search API and a SearXNG instance, both over the same small web of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kataban.sample_market.answers import Answer, Ask, as_html, as_json, esc
from kataban.sample_market.catalogue import Catalogue, Page
from kataban.sample_market.finding import finds, squashed, text_of
from kataban.sample_market.sites import rakuten, shops

BRAVE = "api.search.brave.com"
SEARXNG = "searxng.example.jp"
HOSTS = (BRAVE, SEARXNG)


@dataclass(frozen=True, slots=True)
class Hit:
    """One page of the small web."""

    url: str
    title: str
    text: str


def answer(ask: Ask, catalogue: Catalogue) -> Answer:
    """Brave or SearXNG, by host."""
    return _brave(ask, catalogue) if ask.host == BRAVE else _searxng(ask, catalogue)


def hits(catalogue: Catalogue, query: str) -> list[Hit]:
    """What the web knows of `query`: shops' pages first, then malls and other pages.

    Quoted phrases must stand on the page (without any, the words with a digit); the other words only help.
    """
    required = re.findall(r'"([^"]+)"', query) or [word for word in query.split() if any(c.isdigit() for c in word)]
    return list(_hits(catalogue, [phrase.replace(" ", "") for phrase in required] or query.split()))


def _hits(catalogue: Catalogue, required: list[str]) -> Iterator[Hit]:
    for source in (shops.SOURCE, rakuten.SOURCE):
        for page in catalogue.pages(source):
            words = " ".join(text_of(placed) for placed in page)
            found_by = [query for p in page for query in (*p.offer.found_by, *p.product.found_by)]
            if all(finds(words, found_by, phrase) for phrase in required):
                yield Hit(page_url(page, catalogue), f"{page[0].offer.title} | {catalogue.seller(page[0].offer).name}",
                          page[0].offer.text.strip().replace("\n", " ")[:160])
    for lead in catalogue.leads:
        if all(finds(f"{lead.title} {lead.text}", lead.found_by, phrase) for phrase in required):
            yield Hit(lead.url, lead.title, lead.text)


def page_url(page: Page, catalogue: Catalogue) -> str:
    """The page's address as an engine lists it."""
    if page[0].offer.source == shops.SOURCE:
        return shops.page_url(page[0], catalogue)
    return rakuten.item_url(page[0])


# --- Brave ----------------------------------------------------------------------------------------------------------


def _brave(ask: Ask, catalogue: Catalogue) -> Answer:
    if ask.path != "/res/v1/web/search":
        return _brave_error("RESOURCE_NOT_FOUND", "Not found", 404)
    return _brave_refusal(ask) or _brave_results(ask, catalogue)


def _brave_refusal(ask: Ask) -> Answer | None:
    """A wrong key is a 422 as a bad parameter is; only the code inside tells them apart."""
    if not ask.headers.get("x-subscription-token"):
        return _brave_error("SUBSCRIPTION_TOKEN_INVALID", "The provided subscription token is invalid.", 422)
    count, offset, lang = ask.number("count", 20), ask.number("offset", 0), ask.query.get("search_lang", "en")
    wrong = [name for name, bad in (("q", not 0 < len(ask.query.get("q", "")) <= 400),
                                    ("count", not 1 <= count <= 20), ("offset", not 0 <= offset <= 9),
                                    ("search_lang", lang not in {"jp", "en"})) if bad]
    return _brave_error("VALIDATION", "Unable to validate request parameter(s)", 422, wrong) if wrong else None


def _brave_error(code: str, detail: str, status: int, fields: list[str] | None = None) -> Answer:
    meta = {"errors": [{"type": "enum", "loc": ["query", name], "msg": "Input is not valid"} for name in fields or []]}
    return as_json({"type": "ErrorResponse", "error": {"id": "0f3c", "status": status, "code": code, "detail": detail,
                                                       "meta": meta}, "time": 1790000000}, status)


def _brave_results(ask: Ask, catalogue: Catalogue) -> Answer:
    query, count, offset = ask.query["q"], ask.number("count", 20), ask.number("offset", 0)
    found = hits(catalogue, query) if _japanese(ask) else ENGLISH
    shown = found[offset * count : (offset + 1) * count]
    body: dict[str, Any] = {"type": "search", "query": {"original": query, "more_results_available":
                                                        len(found) > (offset + 1) * count, "country": "jp"},
                            "mixed": {"type": "mixed", "main": []}}
    if shown:
        marked = ask.query.get("text_decorations", "true") not in {"false", "0"}
        body["web"] = {"type": "search", "results": [_brave_row(hit, query, marked=marked) for hit in shown]}
    return as_json(body, X_RateLimit_Limit="50, 2000", X_RateLimit_Remaining="49, 1999", X_RateLimit_Reset="1, 500000")


def _japanese(ask: Ask) -> bool:
    """Without country and language a Japanese query brings pages in other languages."""
    return ask.query.get("country", "").upper() == "JP" and ask.query.get("search_lang") == "jp"


ENGLISH = [Hit("https://www.example.com/best-gadgets", "The best gadgets of the year", "Our editors picked ten.")]


def _brave_row(hit: Hit, query: str, *, marked: bool) -> dict[str, Any]:
    """Texts hold HTML entities; unless told otherwise they also hold highlight marks."""
    title, text = esc(hit.title), esc(hit.text)
    if marked:
        words = sorted(set(query.replace('"', "").split()), key=len, reverse=True)
        pattern = re.compile("|".join(re.escape(esc(word)) for word in words))
        title, text = (pattern.sub(r"<strong>\g<0></strong>", value) for value in (title, text))
    return {"title": title, "url": hit.url, "description": text, "is_source_local": False, "language": "ja",
            "family_friendly": True, "type": "search_result", "subtype": "generic",
            "meta_url": {"scheme": "https", "hostname": hit.url.split("/")[2]}}


# --- SearXNG --------------------------------------------------------------------------------------------------------


def _searxng(ask: Ask, catalogue: Catalogue) -> Answer:
    if ask.path not in {"/", "/search"}:
        return as_html("<html><body>Not Found</body></html>", 404)
    if ask.query.get("format") != "json":
        return as_html("<html><body><h1>SearXNG</h1></body></html>")
    query, number = ask.query.get("q", ""), max(1, ask.number("pageno", 1))
    outage = catalogue.host(SEARXNG).trouble == "outage"
    found = [] if outage else hits(catalogue, query)[(number - 1) * 20 : number * 20]
    # An outage of every engine is a 200 with no results, and must not be read as "no hit".
    return as_json({"query": query, "results": [_searxng_row(hit, rank) for rank, hit in enumerate(found, 1)],
                    "answers": [], "corrections": [], "infoboxes": [], "suggestions": [],
                    "unresponsive_engines": [["mojeek", "timeout"]] if outage else []})


def _searxng_row(hit: Hit, rank: int) -> dict[str, Any]:
    host, _, path = hit.url.removeprefix("https://").partition("/")
    return {"url": hit.url, "title": hit.title, "content": hit.text, "engine": "mojeek", "engines": ["mojeek"],
            "parsed_url": ["https", host, f"/{path}", "", "", ""], "template": "default.html", "positions": [rank],
            "score": round(1 / rank, 3), "category": "general", "thumbnail": "", "publishedDate": None}


def knows(catalogue: Catalogue, model: str) -> bool:
    """Does any page of the web name this model?"""
    return bool(squashed(model)) and bool(hits(catalogue, f'"{model}"'))
