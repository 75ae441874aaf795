"""robots.txt, failing closed: what could not be read forbids everything, and each host is asked for it once a day."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from time import monotonic
from typing import Self
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK

from kataban.items import CannotLook, Outcome
from kataban.manners.failures import cannot_look_of, is_challenge, retry_after
from kataban.manners.pace import Pace, host_of
from kataban.manners.robots_files import RobotsFiles, Rules, is_robots_text, origin_of, text_of

# 4xx means "there is none" (RFC 9309, 2.3.1.3), but these mean "not now".
NOT_NOW = frozenset({408, 425, 429})


class Robots:
    """May this address be asked? One lock per origin around the fetch, so that all first requests wait for the same
    answer (Scrapy 2.19's own middleware lets them pass)."""

    def __init__(self, crawler: Crawler, files: RobotsFiles, pace: Pace) -> None:
        self._crawler = crawler
        self._files = files
        self._pace = pace
        self._exempt = tuple(urlsplit(entry) for entry in crawler.settings.getlist("ROBOTS_EXEMPT_ENDPOINTS"))
        self._unknown_seconds = crawler.settings.getfloat("ROBOTS_UNKNOWN_SECONDS")
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._unknown: dict[str, tuple[float, CannotLook]] = {}

    async def check(self, url: str) -> None:
        """CannotLook(robots_denied) or CannotLook(robots_unknown) when the address may not be asked."""
        if not (await self._rules(origin_of(url))).allow(url):
            raise CannotLook(Outcome.ROBOTS_DENIED, "disallow", f"robots.txt of {host_of(url)} forbids this address")

    async def denies(self, url: str) -> bool:
        """True on an explicit Disallow only; for what a page's own scripts load."""
        try:
            return not (await self._rules(origin_of(url))).allow(url)
        except CannotLook:
            return False

    def is_exempt(self, request: Request) -> bool:
        """A call with the user's own key to a documented endpoint that the settings name one by one."""
        url = urlsplit(request.url)
        return bool(request.meta.get("robots_exempt")) and any(
            (url.scheme, url.netloc) == (entry.scheme, entry.netloc) and url.path.startswith(entry.path or "/")
            for entry in self._exempt)

    async def _rules(self, origin: str) -> Rules:
        async with self._locks[origin]:
            rules = self._files.get(origin)
            if rules is not None:
                return rules
            self._raise_if_unknown(origin)
            try:
                text = await self._fetch(f"{origin}/robots.txt")
            except CannotLook as error:
                self._remember(origin, error)
                raise
            rules = self._files.put(origin, text)
            if rules.crawl_delay:
                await self._pace.slow_down(host_of(origin))
            return rules

    def _raise_if_unknown(self, origin: str) -> None:
        until, error = self._unknown.get(origin, (0.0, None))
        if error is not None and monotonic() < until:
            raise CannotLook(error.outcome, error.reason_code, error.reason, retry_after=error.retry_after)

    def _remember(self, origin: str, error: CannotLook) -> None:
        if error.outcome is Outcome.ROBOTS_UNKNOWN:
            self._unknown[origin] = (monotonic() + self._unknown_seconds, error)

    async def _fetch(self, url: str) -> str:
        # A slot of its own: in the host's slot it would wait for the very page that waits for it.
        meta = {"robots_fetch": True, "download_slot": f"robots.txt of {host_of(url)}"}
        request = Request(url, priority=1000, meta=meta, callback=NO_CALLBACK, dont_filter=True)
        engine = self._crawler.engine
        if engine is None:
            raise unknown(url, "interrupted", "the crawl has ended")
        try:
            response = await engine.download_async(request)
        except CannotLook as error:
            if error.outcome is Outcome.RESTING or error.reason_code == "refused_address":
                raise  # said better than "unknown"
            raise unknown(url, error.reason_code, error.reason) from error
        except Exception as error:
            failure = cannot_look_of(error)
            raise unknown(url, failure.reason_code, failure.reason) from error
        return read(response, url)


def unknown(url: str, reason_code: str, why: str, seconds: float | None = None) -> CannotLook:
    """robots.txt could not be read, so nothing is asked."""
    return CannotLook(Outcome.ROBOTS_UNKNOWN, reason_code,
                      f"robots.txt of {host_of(url)} could not be read ({why}), so nothing was asked",
                      retry_after=seconds)


def read(response: Response, url: str) -> str:
    """The text of the answer to `url`, empty when there is no file. CannotLook(robots_unknown) when neither is sure."""
    if is_challenge(response):
        raise unknown(url, "challenge", "a challenge page came instead")
    status = response.status
    if (400 <= status < 500 and status not in NOT_NOW) or status == 204:
        return ""
    if status not in (200, 203):
        raise unknown(url, f"http_{status}", f"status {status}", retry_after(response.headers))
    text = text_of(response.body)
    if not is_robots_text(text):
        raise unknown(url, "not_robots_txt", "another page came instead")
    if not text.strip() and ("partial" in response.flags or b"html" in (response.headers.get("Content-Type") or b"")):
        raise unknown(url, "truncated", "the answer was cut")
    return text


class RobotsMiddleware:
    """Lets no request past robots.txt, redirect hops and API hosts included."""

    def __init__(self, robots: Robots) -> None:
        self.robots = robots

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The crawl's one Robots."""
        from kataban.manners.services import Services  # noqa: PLC0415

        return cls(Services.of(crawler).robots)

    async def process_request(self, request: Request) -> None:
        """CannotLook(robots_denied | robots_unknown) when the address may not be asked."""
        if not (request.meta.get("robots_fetch") or self.robots.is_exempt(request)):
            await self.robots.check(request.url)
