"""Pace and rest belong to the host, over all spiders and processes; the truth stands in the table host_gates."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from functools import partial
from time import monotonic
from typing import NamedTuple, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from scrapy.settings import BaseSettings

from kataban.items import CannotLook, Outcome
from kataban.manners.failures import retry_after
from kataban.results import gates
from kataban.results.database import Database

JST = ZoneInfo("Asia/Tokyo")
# A request leaves within this many seconds of its reserved moment (less where the delay is short), or reserves again.
# The gap is longer by as much, so that a late one and an early one are never closer than the delay.
GRACE_SECONDS = 0.25
# A rest with no more than this to go (a short Retry-After) is waited for; a longer one is an outcome.
SHORT_REST_SECONDS = 30.0
DEFAULT_PORTS = {"http": 80, "https": 443}


def host_of(url: str) -> str:
    """The name under which a host's pace is kept: lower case, with the port where it is not the scheme's own."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    return host if parts.port in (None, DEFAULT_PORTS.get(parts.scheme)) else f"{host}:{parts.port}"


def _grace(delay: float) -> float:
    return min(GRACE_SECONDS, delay / 4) if delay else GRACE_SECONDS


class Start(NamedTuple):
    """A reserved moment (monotonic clock, seconds) and the delay that was kept for it."""

    at: float
    delay: float

    @property
    def stale(self) -> bool:
        """True when the moment has passed."""
        return self.at + _grace(self.delay) < monotonic()


class Pace:
    """Reserves the moments at which hosts may be asked, and lets them rest.

    `delays` are seconds by host; a name with a leading dot stands for every host under it. `crawl_delay` tells what
    robots.txt asks for, None where it says nothing.
    """

    def __init__(
        self, database: Database, *, delays: Mapping[str, float], default: float, jitter: float = 0.3,
        crawl_delay_max: float = 60.0, wait_max: float = 300.0, rule: gates.RestRule | None = None,
        crawl_delay: Callable[[str], float | None] = lambda _host: None,
    ) -> None:
        self.database = database
        self.rule = rule or gates.RestRule(900.0, 86_400.0)
        self._delays = delays
        self._default = default
        self._jitter = jitter
        self._crawl_delay_max = crawl_delay_max
        self._wait_max = wait_max
        self._crawl_delay = crawl_delay
        self._starts: defaultdict[str, deque[Start]] = defaultdict(deque)

    @classmethod
    def from_settings(
        cls, settings: BaseSettings, database: Database, crawl_delay: Callable[[str], float | None],
    ) -> Self:
        """Pace as the settings say."""
        return cls(
            database, delays=settings.getdict("HOST_DELAYS"), default=settings.getfloat("DOWNLOAD_DELAY"),
            jitter=settings.getfloat("PACE_JITTER"), crawl_delay_max=settings.getfloat("PACE_CRAWL_DELAY_MAX"),
            wait_max=settings.getfloat("PACE_WAIT_MAX"), crawl_delay=crawl_delay,
            rule=gates.RestRule(settings.getfloat("REST_SECONDS"), settings.getfloat("REST_SECONDS_MAX")),
        )

    def delay(self, host: str) -> float:
        """The least number of seconds between two requests to the host."""
        name = host.partition(":")[0]
        suffixes = [name[index:] for index, sign in enumerate(name) if sign == "."]
        keys = (host, name, f".{name}", *suffixes)
        own = next((self._delays[key] for key in keys if key in self._delays), self._default)
        return max(own, min(self._crawl_delay(host) or 0.0, self._crawl_delay_max))

    async def reserve(self, url: str) -> None:
        """Wait for the host's next free moment, which is then taken. CannotLook(resting) while the host rests."""
        host = host_of(url)
        while not await self._reached(await self._book(host), host):
            pass

    async def moment(self, url: str) -> None:
        """Wait for a moment that this process has reserved and not used, or reserve one; it is used up."""
        host = host_of(url)
        reached = False
        while not reached:
            while (start := self._claim(host)) is None:
                await self._book(host)
            reached = await self._reached(start, host)

    async def _book(self, host: str) -> Start:
        delay = self.delay(host)
        gap = delay * (1.0 + random.uniform(0.0, self._jitter))  # noqa: S311
        if delay:
            gap += _grace(delay)
        far = self._wait_max + 10 * gap  # a queue of several processes at a slow host is no clock that jumped
        take = partial(gates.reserve, self.database, host, gap=gap, wait_max=far, rest=self.rule)
        while isinstance(answer := await asyncio.to_thread(take), gates.Rest):
            await _sit_out(answer, host)
        start = Start(monotonic() + answer, delay)
        self._starts[host].append(start)
        return start

    def _claim(self, host: str) -> Start | None:
        """The earliest reserved moment. One is stale when it has passed, or when a longer delay has become known."""
        starts, delay = self._starts[host], self.delay(host)
        while starts and (starts[0].stale or starts[0].delay < delay):
            starts.popleft()
        return starts.popleft() if starts else None

    async def _reached(self, start: Start, host: str) -> bool:
        """Wait for the moment; False when the host has asked for a pause meanwhile, so that it is worth nothing."""
        await asyncio.sleep(max(0.0, start.at - monotonic()))
        rest = await self.resting(host)
        if rest is not None:
            await _sit_out(rest, host)
        return rest is None

    async def resting(self, host: str) -> gates.Rest | None:
        """The host's rest, None when it may be asked."""
        return await asyncio.to_thread(gates.host_rest, self.database, host, rule=self.rule)

    async def rest(self, host: str, seconds: float | None, reason: str) -> gates.Rest:
        """Let the host rest: `seconds` as it asked, None for our own measure; longer each time, with a limit."""
        return await asyncio.to_thread(
            gates.rest_host, self.database, host, reason, rule=self.rule, retry_after=seconds)

    async def hold(self, host: str, seconds: float, reason: str) -> None:
        """Leave the host alone for as long as its Retry-After says, within the limit of a rest."""
        await asyncio.to_thread(gates.hold_host, self.database, host, reason, seconds=seconds, rule=self.rule)

    async def answered(self, host: str) -> None:
        """The host answered properly: its next rest is a short one again."""
        await asyncio.to_thread(gates.host_answered, self.database, host)

    async def slow_down(self, host: str) -> None:
        """robots.txt was just read: its Crawl-delay counts from now."""
        await asyncio.to_thread(gates.push, self.database, host, gap=self.delay(host))


async def _sit_out(rest: gates.Rest, host: str) -> None:
    if rest.seconds > SHORT_REST_SECONDS:
        raise resting_error(host, rest)
    await asyncio.sleep(rest.seconds + 0.01)


def resting_error(name: str, rest: gates.Rest) -> CannotLook:
    """The refusal to ask a host or source that rests."""
    until = rest.until.astimezone(JST)
    return CannotLook(Outcome.RESTING, "resting", f"{name} rests until {until:%Y-%m-%d %H:%M} JST: {rest.reason}",
                      retry_after=rest.seconds)


class PaceMiddleware:
    """Sends one request per host at a time, each at a moment reserved for it.

    The crawl reserves before it yields a request (meta["paced_for"] says so), and such a request passes at once with
    the moment that was reserved. Redirect hops, robots.txt and requests that came late wait here.
    """

    def __init__(self, pace: Pace, patience: float) -> None:
        self.pace = pace
        self._patience = patience
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._holders: dict[Request, asyncio.Lock] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The crawl's one Pace. No request waits and flies for longer than all time limits together."""
        from kataban.manners.services import Services  # noqa: PLC0415

        limits = ("PACE_WAIT_MAX", "DOWNLOAD_TIMEOUT", "BROWSER_DEADLINE_SECONDS")
        return cls(Services.of(crawler).pace, sum(crawler.settings.getfloat(name) for name in limits))

    async def process_request(self, request: Request) -> None:
        """Wait for the host's turn and moment. CannotLook(resting) while the host rests."""
        host = host_of(request.url)
        if not request.meta.get("robots_fetch"):  # asked for by a request that may itself hold the turn
            await self._wait_for_turn(request, host)
        request.meta.pop("paced_for", None)  # a hop to another host must not carry it
        await self.pace.moment(request.url)

    async def process_response(self, request: Request, response: Response) -> Response:
        """The host's turn passes on. A Retry-After counts for everybody who asks this host, in every process."""
        self._release(request)
        pause = retry_after(response.headers) if response.status in (429, 503) else None
        if pause is not None:
            host = host_of(request.url)
            await self.pace.hold(host, pause, f"status {response.status} with Retry-After")
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """The host's turn passes on."""
        self._release(request)

    async def _wait_for_turn(self, request: Request, host: str) -> None:
        turn = self._turns[host]
        try:
            await asyncio.wait_for(turn.acquire(), self._patience)
        except TimeoutError:
            return  # the holder was lost; its request cannot be in flight any more
        self._holders[request] = turn

    def _release(self, request: Request) -> None:
        turn = self._holders.pop(request, None)
        if turn is not None:
            turn.release()
