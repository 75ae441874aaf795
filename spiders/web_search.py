"""Web search: where else the number is offered, by Brave Search API or a SearXNG of the user's own."""

from __future__ import annotations

import html
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from scrapy.http import Request, Response

from kataban.items import CannotLook, Lead, Outcome, PageKind, PageRead, Query
from kataban.parsers.text import one_line
from spiders.base import Parsed, SourceSpider
from spiders.landmarks import Landmarks
from spiders.refusals import json_of, refusal
from spiders.values import at

MARKS = Landmarks("web_search")
LONGEST_QUERY, MOST_WORDS = 400, 50  # Brave's limits


@dataclass(frozen=True, slots=True)
class Results:
    """One page of a provider: rows as they stand there, and whether there is a further page."""

    rows: list[dict[str, Any]]
    more: bool


class Provider(ABC):
    """A web search that answers JSON."""

    name: ClassVar[str]
    label: ClassVar[str]

    @abstractmethod
    def address(self, base: str, words: str) -> str:
        """The address of the first page for `words`."""

    @abstractmethod
    def following(self, url: str, page: int) -> str:
        """The address of page `page` (the first is 0) of the search at `url`."""

    @abstractmethod
    def page_of(self, url: str) -> int:
        """Which page `url` is, the first being 0."""

    @abstractmethod
    def results(self, answer: dict[str, Any]) -> Results | None:
        """The page's rows; None where the answer has not the shape that it should have."""

    def headers(self, key: str) -> dict[str, str]:
        """The request's headers; `key` is the user's."""
        return {"Accept": "application/json"}

    def error(self, response: Response, answer: Any) -> tuple[str, str]:
        """(code, message) of an answer that is an error."""
        return self.name, ""

    def outage(self, answer: dict[str, Any]) -> str | None:
        """Why a page without rows is no zero, or None."""
        return None


class Brave(Provider):
    """Brave Search API: its own index, official, paid beyond about 1,000 requests a month."""

    name = "brave"
    label = "Brave Search"

    def address(self, base: str, words: str) -> str:
        return f"{MARKS.text('brave.endpoint')}?{urlencode({'q': words, **MARKS.table('brave.parameters')})}"

    def following(self, url: str, page: int) -> str:
        return with_parameter(url, "offset", page)  # counts pages, not rows

    def page_of(self, url: str) -> int:
        return number_of(url, "offset", first=0)

    def headers(self, key: str) -> dict[str, str]:
        return {**super().headers(key), "X-Subscription-Token": key}

    def results(self, answer: dict[str, Any]) -> Results | None:
        """A missing web block with status 200 means no result; an answer without `query` is none of Brave's."""
        block, _, key = MARKS.text("brave.results").partition(".")
        rows = at(answer, f"{block}.{key}") if answer.get(block) is not None else []
        if not isinstance(answer.get("query"), dict) or not isinstance(rows, list):
            return None
        return Results(rows, more=at(answer, MARKS.text("brave.more")) is True)

    def error(self, response: Response, answer: Any) -> tuple[str, str]:
        """The code decides, not the status; the fields of a VALIDATION stand in meta, the month's rest in a header."""
        error = answer.get("error") if isinstance(answer, dict) else None
        if not isinstance(error, dict):
            return "", ""
        rest = (response.headers.get("X-RateLimit-Remaining") or b"").decode("latin-1").split(",")
        month = "no request left this month" if len(rest) > 1 and rest[-1].strip() == "0" else ""
        return str(error.get("code") or ""), f"{error.get('detail') or ''} {error.get('meta') or ''} {month}".strip()


class SearXNG(Provider):
    """A SearXNG instance of the user's own, with JSON switched on."""

    name = "searxng"
    label = "SearXNG"

    def address(self, base: str, words: str) -> str:
        parameters = {"q": words, "format": "json", "language": "ja-JP", "categories": "general", "safesearch": "0"}
        return f"{base.rstrip('/')}/search?{urlencode(parameters)}"

    def following(self, url: str, page: int) -> str:
        return with_parameter(url, "pageno", page + 1)

    def page_of(self, url: str) -> int:
        return number_of(url, "pageno", first=1) - 1

    def results(self, answer: dict[str, Any]) -> Results | None:
        """It does not say whether there is more: a page with rows may have a next one."""
        rows = answer.get(MARKS.text("searxng.results"))
        return Results(rows, more=bool(rows)) if isinstance(rows, list) else None

    def outage(self, answer: dict[str, Any]) -> str | None:
        """No rows while engines did not answer is an outage with HTTP 200."""
        silent = answer.get(MARKS.text("searxng.outage")) or []
        names = [": ".join(map(str, engine)) if isinstance(engine, list) else str(engine) for engine in silent]
        return f"engines of SearXNG did not answer ({one_line(', '.join(names), limit=200)})" if names else None


class WebSearchSpider(SourceSpider):
    """Web search for pages that offer the number, by the provider that the user has a key for.

    Site: https://search.brave.com/ (API at api.search.brave.com), or the SearXNG at SEARXNG_URL
    API documentation: https://api-dashboard.search.brave.com/app/documentation ; https://docs.searxng.org/dev/search_api.html
    Rate limits: Brave sells 50 requests a second and about 1,000 a month for its free credit; 10 pages of 20 at most.
    Terms: Brave's plans may restrict what is stored, so only the address and title are kept; many engines of a SearXNG
    scrape others' pages, so enable official ones only.
    Caveats: yields Leads, not Listings: prices and titles here are hints, the shop's own page decides. The robots.txt
    of google.com forbids its /search to programs, so that is only ever a link for the person.
    """

    name = "web_search"
    serves = ("web_search",)
    label = "ウェブ検索"
    access = "api"
    site = "https://search.brave.com/"
    documentation = "https://api-dashboard.search.brave.com/app/documentation"
    needs = (("BRAVE_API_KEY", "SEARXNG_URL"),)
    terms = (
        "検索結果は、利用者自身の契約（Brave Search API、または自前のSearXNG）の条件に従います。"
        " Results come under the user's own contract with Brave, or from the user's own SearXNG; only address and title"
        " are kept."
    )
    gives_leads = True
    canary = "CFI-2000A01"

    providers: ClassVar[tuple[Provider, ...]] = (Brave(), SearXNG())
    max_pages: ClassVar[int] = 2  # of 20: what stands further down is seldom a shop that has it

    def forms(self, query: Query) -> tuple[str, ...]:
        """Product name (else maker) with the quoted number, the quoted number, the number without separators."""
        number = query.model_number.replace('"', " ").strip()
        beside = (query.name or query.maker or "").replace('"', " ")
        joined = "".join(char for char in number if char.isalnum())
        return tuple(dict.fromkeys((words_of(beside, f'"{number}"'), f'"{number}"', joined)))

    def search(self, query: Query) -> Request:
        """The first page for the spelling, from Brave if its key is set, else from the user's SearXNG."""
        words = query.spelling or self.forms(query)[0]
        brave, searxng = self.providers
        if key := self.optional_key("BRAVE_API_KEY"):
            return self._request(brave.address("", words), brave, key, query)
        if base := self.optional_key("SEARXNG_URL"):
            return self._request(searxng.address(base, words), searxng, "", query)
        raise CannotLook(Outcome.NO_KEY, "no_key", "neither BRAVE_API_KEY nor SEARXNG_URL is set in .env")

    def _request(self, url: str, provider: Provider, key: str, query: Query) -> Request:
        return Request(url, headers=provider.headers(key), callback=self.parse, cb_kwargs={"query": query})

    def provider_of(self, url: str) -> Provider:
        """Who answered at `url`: Brave at its own host, else the user's SearXNG."""
        brave, searxng = self.providers
        return brave if urlsplit(url).hostname == urlsplit(MARKS.text("brave.endpoint")).hostname else searxng

    def parse(self, response: Response, query: Query) -> Parsed:
        """Leads in the order of the provider. An answer without rows counts only if the provider itself was well."""
        provider, answer = self.provider_of(response.url), json_of(response)
        results = provider.results(answer) if isinstance(answer, dict) and response.status == 200 else None
        if results is None:
            code, message = provider.error(response, answer)
            raise refusal(MARKS, response, provider.label, code=code, message=message)
        if not results.rows and (why := provider.outage(answer)):
            raise CannotLook(Outcome.UNREACHABLE, "engines_down", why)
        page = provider.page_of(response.url)
        yield from self._leads(results, provider, page)
        if results.more and page + 1 < self.max_pages:
            key = self.key("BRAVE_API_KEY") if provider is self.providers[0] else ""
            yield self._request(provider.following(response.url, page + 1), provider, key, query)

    def _leads(self, results: Results, provider: Provider, page: int) -> Iterator[Lead | PageRead]:
        """Each row on its own; rows of which none has an address are a layout that we cannot read."""
        found = [lead_of(row, provider.name, page * 20 + place) for place, row in enumerate(results.rows, 1)]
        leads = [lead for lead in found if lead]
        if results.rows and not leads:
            raise CannotLook(Outcome.BROKEN, "layout_changed", f"none of {len(found)} results could be read",
                             page_kind=PageKind.BROKEN)
        yield from leads
        yield PageRead(PageKind.RESULTS if leads else PageKind.EMPTY, rows=len(found),
                       unreadable=len(found) - len(leads), last=not results.more)


def lead_of(row: Any, engine: str, rank: int) -> Lead | None:
    """A row as a Lead; None where it has no web address. Entities are undone: they would break the number."""
    url = row.get("url") if isinstance(row, dict) else None
    if not isinstance(url, str) or urlsplit(url).scheme not in {"http", "https"}:
        return None
    title = one_line(html.unescape(str(row.get("title") or "")))
    return Lead(source=WebSearchSpider.name, url=url, title=title or None, rank=rank, engine=engine)


def words_of(beside: str, number: str) -> str:
    """The quoted number with as many of the words beside it as the providers take."""
    words = beside.split()[: MOST_WORDS - len(number.split())]
    while words and len(" ".join([*words, number])) > LONGEST_QUERY:
        words.pop()
    return " ".join([*words, number])


def number_of(url: str, name: str, *, first: int) -> int:
    """The number of the parameter `name`, or `first`."""
    value = dict(parse_qsl(urlsplit(url).query)).get(name, "")
    return int(value) if value.isdigit() else first


def with_parameter(url: str, name: str, value: int) -> str:
    """`url` with the parameter `name` set to `value`."""
    parts = urlsplit(url)
    kept = [(key, old) for key, old in parse_qsl(parts.query, keep_blank_values=True) if key != name]
    return urlunsplit(parts._replace(query=urlencode([*kept, (name, value)])))
