"""Web search: where else the number is offered, by the provider that the user has a key for."""

from __future__ import annotations

import html
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from scrapy.http import Request, Response

from kataban.items import CannotLook, Lead, Outcome, PageKind, PageRead, Query
from kataban.parsers.text import one_line
from spiders.base import Parsed, SourceSpider
from spiders.landmarks import Landmarks
from spiders.refusals import json_of, refusal
from spiders.values import at, rows, text, whole

MARKS = Landmarks("web_search")
LONGEST_QUERY, MOST_WORDS = 400, 50  # Brave's limits
Setting = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Results:
    """One page of a provider: rows as they stand there, and whether there is a further page."""

    rows: list[Any]
    more: bool


class Provider(ABC):
    """A web search that answers JSON. `key` is the environment key that switches it on; `setting` below reads one."""

    name: ClassVar[str]
    label: ClassVar[str]
    key: ClassVar[str]
    page_parameter: ClassVar[tuple[str, int, int]]  # its name, the first page's value, the step to the next
    rows_a_page: ClassVar[int] = 20

    @abstractmethod
    def address(self, words: str, setting: Setting) -> str:
        """The address of the first page for `words`."""

    @abstractmethod
    def results(self, answer: dict[str, Any]) -> Results | None:
        """The page's rows; None where the answer has not the shape that it should have."""

    def owns(self, url: str) -> bool:
        """Did this provider answer at `url`?"""
        return urlsplit(url).hostname == urlsplit(MARKS.text(f"{self.name}.endpoint")).hostname

    def headers(self, setting: Setting) -> dict[str, str]:
        """The request's headers."""
        return {"Accept": "application/json"}

    def error(self, response: Response, answer: Any) -> tuple[str, str]:
        """(code, message) of an answer that is an error."""
        return self.name, ""

    def outage(self, answer: dict[str, Any]) -> str | None:
        """Why a page without rows is no zero, or None."""
        return None

    def page_of(self, url: str) -> int:
        """Which page `url` is, the first being 0."""
        name, first, step = self.page_parameter
        value = dict(parse_qsl(urlsplit(url).query)).get(name, "")
        return (int(value) - first) // step if value.isdigit() else 0

    def following(self, url: str) -> str:
        """The address of the page after `url`."""
        name, first, step = self.page_parameter
        parts = urlsplit(url)
        kept = [(key, old) for key, old in parse_qsl(parts.query, keep_blank_values=True) if key != name]
        value = first + step * (self.page_of(url) + 1)
        return urlunsplit(parts._replace(query=urlencode([*kept, (name, value)])))


class Brave(Provider):
    """Brave Search API: its own index, official, paid beyond about 1,000 requests a month."""

    name = "brave"
    label = "Brave Search"
    key = "BRAVE_API_KEY"
    page_parameter = ("offset", 0, 1)  # counts pages, not rows

    def address(self, words: str, setting: Setting) -> str:
        return f"{MARKS.text('brave.endpoint')}?{urlencode({'q': words, **MARKS.table('brave.parameters')})}"

    def headers(self, setting: Setting) -> dict[str, str]:
        return {**super().headers(setting), "X-Subscription-Token": setting(self.key)}

    def results(self, answer: dict[str, Any]) -> Results | None:
        """A missing web block with status 200 means no result; an answer without `query` is none of Brave's."""
        block, _, key = MARKS.text("brave.results").partition(".")
        found = at(answer, f"{block}.{key}") if answer.get(block) is not None else []
        if not isinstance(answer.get("query"), dict) or not isinstance(found, list):
            return None
        return Results(found, more=at(answer, MARKS.text("brave.more")) is True)

    def error(self, response: Response, answer: Any) -> tuple[str, str]:
        """The code decides, not the status; the fields of a VALIDATION stand in meta, the month's rest in a header."""
        error = at(answer, "error")
        if not isinstance(error, dict):
            return "", ""
        rest = (response.headers.get("X-RateLimit-Remaining") or b"").decode("latin-1").split(",")
        month = "no request left this month" if len(rest) > 1 and rest[-1].strip() == "0" else ""
        return str(error.get("code") or ""), f"{error.get('detail') or ''} {error.get('meta') or ''} {month}".strip()


class GoogleCustomSearch(Provider):
    """Google's Custom Search JSON API: closed to new customers, and ends on 1 January 2027."""

    name = "google"
    label = "Google Custom Search"
    key = "GOOGLE_CSE_KEY"
    page_parameter = ("start", 1, 10)
    rows_a_page = 10

    def address(self, words: str, setting: Setting) -> str:
        keys = {"key": setting(self.key), "cx": setting("GOOGLE_CSE_ID")}
        return f"{MARKS.text('google.endpoint')}?{urlencode({**keys, 'q': words, **MARKS.table('google.parameters')})}"

    def results(self, answer: dict[str, Any]) -> Results | None:
        """With no hit the list is absent; the answer's own kind and count then say that it is one."""
        found = answer.get(MARKS.text("google.results"))
        counted = whole(at(answer, MARKS.text("google.total"))) or 0
        if found is None and (not counted or self._is_further(answer)):
            found = []
        if answer.get("kind") != MARKS.text("google.kind") or not isinstance(found, list):
            return None
        links = [{**row, "url": row.get("link")} if isinstance(row, dict) else row for row in found]
        return Results(links, more=bool(at(answer, MARKS.text("google.more"))))

    def _is_further(self, answer: dict[str, Any]) -> bool:
        """The count is an estimate, so a further page may be empty although it says more."""
        return any((whole(request.get("startIndex")) or 1) > 1 for request in rows(at(answer, "queries.request")))

    def error(self, response: Response, answer: Any) -> tuple[str, str]:
        """The reason of the first error decides."""
        error = at(answer, "error")
        if not isinstance(error, dict):
            return "", ""
        reasons = [text(row.get("reason")) or "" for row in rows(error.get("errors"))]
        return f"{self.name}:{next(iter(reasons), '')}", str(error.get("message") or "")


class SearXNG(Provider):
    """A SearXNG instance of the user's own, with JSON switched on."""

    name = "searxng"
    label = "SearXNG"
    key = "SEARXNG_URL"
    page_parameter = ("pageno", 1, 1)

    def address(self, words: str, setting: Setting) -> str:
        return f"{setting(self.key).rstrip('/')}/search?{urlencode({'q': words, **MARKS.table('searxng.parameters')})}"

    def owns(self, url: str) -> bool:
        """It may stand on any host; it is asked last."""
        return True

    def results(self, answer: dict[str, Any]) -> Results | None:
        """It does not say whether there is more: a page with rows may have a next one."""
        found = answer.get(MARKS.text("searxng.results"))
        return Results(found, more=bool(found)) if isinstance(found, list) else None

    def outage(self, answer: dict[str, Any]) -> str | None:
        """No rows while engines did not answer is an outage with HTTP 200."""
        silent = answer.get(MARKS.text("searxng.outage")) or []
        names = [": ".join(map(str, engine)) if isinstance(engine, list) else str(engine) for engine in silent]
        return f"engines of SearXNG did not answer ({one_line(', '.join(names), limit=200)})" if names else None


PROVIDERS: tuple[Provider, ...] = (Brave(), GoogleCustomSearch(), SearXNG())


class WebSearchSpider(SourceSpider):
    """Web search for pages that offer the number, by the provider that the user has a key for.

    Site: https://search.brave.com/ (API at api.search.brave.com); Google Custom Search for owners of a key (it takes no
    new customers and ends on 1 January 2027); or the SearXNG at SEARXNG_URL
    API documentation: https://api-dashboard.search.brave.com/app/documentation ,
    https://developers.google.com/custom-search/v1/overview , https://docs.searxng.org/dev/search_api.html
    Rate limits: Brave sells 50 requests a second and about 1,000 a month for its free credit; Google 100 a day free.
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
    needs = (tuple(provider.key for provider in PROVIDERS),)
    terms = (
        "検索結果は、利用者自身の契約（Brave、Google、または自前のSearXNG）の条件に従います。"
        " Results come under the user's own contract with Brave or Google, or from the user's own SearXNG; only address"
        " and title are kept."
    )
    off_by_default = False
    gives_leads = True
    canary = "CFI-2000A01"

    max_pages: ClassVar[int] = 2  # what stands further down is seldom a shop that has it

    def forms(self, query: Query) -> tuple[str, ...]:
        """Product name (else maker) with the quoted number, the quoted number, the number without separators."""
        number = query.model_number.replace('"', " ").strip()
        beside = (query.name or query.maker or "").replace('"', " ")
        joined = "".join(char for char in number if char.isalnum())
        return tuple(dict.fromkeys((words_of(beside, f'"{number}"'), f'"{number}"', joined)))

    def search(self, query: Query) -> Request:
        """The first page for the spelling, from the first provider whose key is set."""
        provider = next((one for one in PROVIDERS if self.optional_key(one.key)), None)
        if provider is None:
            names = " nor ".join(one.key for one in PROVIDERS)
            raise CannotLook(Outcome.NO_KEY, "no_key", f"neither {names} is set in .env")
        return self._request(provider.address(query.spelling or self.forms(query)[0], self.key), provider, query)

    def _request(self, url: str, provider: Provider, query: Query) -> Request:
        # An own SearXNG ships with a Disallow meant for strangers; settings say which addresses this may be.
        return Request(url, headers=provider.headers(self.key), callback=self.parse, cb_kwargs={"query": query},
                       meta={"robots_exempt": True})

    def parse(self, response: Response, query: Query) -> Parsed:
        """Leads in the order of the provider. An answer without rows counts only if the provider itself was well."""
        provider, answer = next(one for one in PROVIDERS if one.owns(response.url)), json_of(response)
        results = provider.results(answer) if isinstance(answer, dict) and response.status == 200 else None
        if results is None:
            code, message = provider.error(response, answer)
            raise refusal(MARKS, response, provider.label, code=code, message=message)
        if not results.rows and (why := provider.outage(answer)):
            raise CannotLook(Outcome.UNREACHABLE, "engines_down", why)
        page = provider.page_of(response.url)
        yield from self._leads(results, provider, page)
        if results.more and page + 1 < self.max_pages:
            yield self._request(provider.following(response.url), provider, query)

    def _leads(self, results: Results, provider: Provider, page: int) -> Iterator[Lead | PageRead]:
        """Each row on its own; rows of which none has an address are a layout that we cannot read."""
        first = page * provider.rows_a_page + 1
        found = [lead_of(row, provider.name, rank) for rank, row in enumerate(results.rows, first)]
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
    if not isinstance(url, str) or not is_web_address(url):
        return None
    title = one_line(html.unescape(str(row.get("title") or "")))
    return Lead(source=WebSearchSpider.name, url=url, title=title or None, rank=rank, engine=engine)


def is_web_address(url: str) -> bool:
    """Is it an address of a page, and one that can be taken apart?"""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def words_of(beside: str, number: str) -> str:
    """The quoted number with as many of the words beside it as the providers take."""
    words = beside.split()[: MOST_WORDS - len(number.split())]
    while words and len(" ".join([*words, number])) > LONGEST_QUERY:
        words.pop()
    return " ".join([*words, number])
