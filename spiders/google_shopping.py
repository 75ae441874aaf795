"""Google's Shopping tab, through a seller of search results that the user has a key for. Yields Leads."""

from __future__ import annotations

import html
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from scrapy.http import Request, Response

from kataban.items import CannotLook, Lead, Outcome, PageKind, PageRead, Query
from kataban.parsers.links import clean_url
from kataban.parsers.text import one_line
from spiders.base import Parsed, SourceSpider
from spiders.landmarks import Landmarks
from spiders.refusals import json_of, refusal
from spiders.values import at, table, text, whole

MARKS = Landmarks("google_shopping")


@dataclass(frozen=True, slots=True)
class Results:
    """One page of a provider: rows as they stand there, their place in the whole, where the next page begins."""

    rows: list[Any]
    start: int = 0
    following: int | None = None


class Provider(ABC):
    """A seller of Shopping results. `key` is the environment key that switches it on. A further one is a class here."""

    name: ClassVar[str]
    label: ClassVar[str]
    key: ClassVar[str]

    @abstractmethod
    def address(self, words: str, start: int, key: str) -> str:
        """The address of the results for `words` from row `start` on."""

    @abstractmethod
    def owns(self, url: str) -> bool:
        """Did this provider answer at `url`?"""

    @abstractmethod
    def results(self, answer: dict[str, Any]) -> Results | None:
        """The page's rows; None where the answer has not the shape that it should have, or is an error."""

    @abstractmethod
    def error(self, answer: Any) -> tuple[str, str]:
        """(code, message) of an answer that is an error."""

    @abstractmethod
    def url_of(self, row: dict[str, Any]) -> str | None:
        """The shop's own address in a row, None where there is only one of Google's."""


class SerpApi(Provider):
    """SerpApi's engine google_shopping."""

    name = "serpapi"
    label = "SerpApi"
    key = "SERPAPI_KEY"

    def address(self, words: str, start: int, key: str) -> str:
        asked = {**MARKS.table("serpapi.parameters"), "q": words, **({"start": start} if start else {}), "api_key": key}
        return f"{MARKS.text('serpapi.endpoint')}?{urlencode(asked)}"

    def owns(self, url: str) -> bool:
        return urlsplit(url).hostname == urlsplit(MARKS.text("serpapi.endpoint")).hostname

    def results(self, answer: dict[str, Any]) -> Results | None:
        """The status is read first: an empty search carries an error text although it was a success."""
        if text(at(answer, MARKS.text("serpapi.status"))) != "Success":
            return None
        found = next((answer[key] for key in MARKS.texts("serpapi.results") if isinstance(answer.get(key), list)), None)
        if found is None:
            said = text(answer.get(MARKS.text("serpapi.error"))) or ""
            return Results([]) if re.search(MARKS.text("serpapi.empty"), said) else None
        start = whole(at(answer, MARKS.text("serpapi.start"))) or 0
        link = clean_url(text(at(answer, MARKS.text("serpapi.next")), limit=4000) or "") or ""
        following = dict(parse_qsl(urlsplit(link).query))
        return Results(found, start, whole(following.get("start")))

    def error(self, answer: Any) -> tuple[str, str]:
        found = table(answer)
        return "", text(found.get(MARKS.text("serpapi.error"))) or text(at(found, MARKS.text("serpapi.status"))) or ""

    def url_of(self, row: dict[str, Any]) -> str | None:
        for key in MARKS.texts("serpapi.links"):
            url = clean_url(row[key]) if isinstance(row.get(key), str) else None
            if url and not re.search(MARKS.text("serpapi.own_hosts"), urlsplit(url).hostname or ""):
                return url
        return None


PROVIDERS: tuple[Provider, ...] = (SerpApi(),)


class GoogleShoppingSpider(SourceSpider):
    """Google's Shopping tab for Japan, bought from a seller of search results.

    Site: https://serpapi.com/ (Google itself has no API for the tab, and its robots.txt forbids /search to programs)
    API documentation: https://serpapi.com/google-shopping-api
    Rate limits: those of the user's plan; each page of results is one search of it.
    Terms: such sellers read Google's pages, which Google does not welcome. The source is off without the user's key,
    and whether to use it is the user's own decision.
    Caveats: yields Leads; prices and titles are hints. Many rows lead back to Google and name no shop's address: those
    are counted and left out. The answer echoes what was asked, key included, so nothing of it is kept.
    """

    name = "google_shopping"
    label = "Googleショッピング"
    access = "api"
    site = "https://serpapi.com/"
    documentation = "https://serpapi.com/google-shopping-api"
    needs = (tuple(provider.key for provider in PROVIDERS),)
    terms = (
        "Googleの検索結果を販売する外部サービス（有料）を利用します。利用の可否はご自身でご判断ください。"
        " Uses a paid service that reads Google's results; whether to use it is your own decision."
    )
    gives_leads = True
    canary = "WH-1000XM5"

    max_rows: ClassVar[int] = 100  # what stands further down is seldom a shop that has it

    def forms(self, query: Query) -> tuple[str, ...]:
        """Product name (else maker) with the number, then the number alone."""
        beside = " ".join((query.name or query.maker or "").split()[:12])
        return tuple(dict.fromkeys((f"{beside} {query.model_number}".strip(), query.model_number)))

    def search(self, query: Query) -> Request:
        """The first page for the spelling, from the first provider whose key is set."""
        provider = next((one for one in PROVIDERS if self.optional_key(one.key)), None)
        if provider is None:
            names = " nor ".join(one.key for one in PROVIDERS)
            raise CannotLook(Outcome.NO_KEY, "no_key", f"{names} is not set in .env")
        return self._request(provider, query, 0)

    def _request(self, provider: Provider, query: Query, start: int) -> Request:
        words = query.spelling or self.forms(query)[0]
        # The answer echoes the key, so it is not to be saved with the other answers of a Search.
        return Request(provider.address(words, start, self.key(provider.key)), callback=self.parse,
                       cb_kwargs={"query": query}, meta={"secret_answer": True, "robots_exempt": True})

    def parse(self, response: Response, query: Query) -> Parsed:
        """Leads in the order of the tab, and the next page."""
        provider = next((one for one in PROVIDERS if one.owns(response.url)), PROVIDERS[0])
        answer = json_of(response)
        results = provider.results(answer) if isinstance(answer, dict) and response.status == 200 else None
        if results is None:
            code, message = provider.error(answer)
            raise refusal(MARKS, response, provider.label, code=code, message=message)
        yield from self._leads(results, provider)
        if results.following and results.following < self.max_rows:
            yield self._request(provider, query, results.following)

    def _leads(self, results: Results, provider: Provider) -> Iterator[Lead | PageRead]:
        """Rows with a shop's own address. Rows of which none is an object are a layout that we cannot read."""
        rows = [(rank, row) for rank, row in enumerate(results.rows, results.start + 1) if isinstance(row, dict)]
        readable = [(rank, row) for rank, row in rows if text(row.get("title"))]
        if results.rows and not readable:
            raise CannotLook(Outcome.BROKEN, "layout_changed", f"none of {len(results.rows)} results could be read",
                             page_kind=PageKind.BROKEN)
        for rank, row in readable:
            url = provider.url_of(row)
            if url is not None:
                title = one_line(html.unescape(str(row["title"])))
                yield Lead(source=self.name, url=url, title=title or None, rank=rank, engine=provider.name)
        kind = PageKind.RESULTS if results.rows else PageKind.EMPTY
        yield PageRead(kind, rows=len(results.rows), unreadable=len(results.rows) - len(readable),
                       last=results.following is None)
