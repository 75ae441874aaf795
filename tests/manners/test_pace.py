"""Pace and rest: by the table, and by a server's log over two processes at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from time import monotonic

import pytest
import sqlalchemy as sa
from aiohttp import web
from scrapy.http import Headers

from kataban.items import CannotLook, Outcome
from kataban.manners.failures import retry_after
from kataban.manners.pace import Pace, host_of
from kataban.results import gates
from kataban.results.database import Database
from kataban.results.tables import host_gates, metadata
from tests.manners.conftest import Crawling
from tests.manners.loopback import serving, site, text

RULE = gates.RestRule(first=10, longest=100)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path}/pace.db")
    metadata.create_all(opened.engine)
    yield opened
    opened.close()


def pace_of(database: Database, **settings: object) -> Pace:
    return Pace(database, **{"delays": {}, "default": 0.3, "jitter": 0.0, "rule": RULE, **settings})


def set_gate(database: Database, host: str, **values: object) -> None:
    with database.writing() as connection:
        connection.execute(sa.update(host_gates).where(host_gates.c.host == host).values(**values))


# --- pace ------------------------------------------------------------------------------------------------------------


def test_reserved_moments_of_one_host_keep_their_distance(database: Database) -> None:
    async def moments() -> list[float]:
        pace = pace_of(database, default=0.1)

        async def one() -> float:
            await pace.reserve("https://shop.example.com/a")
            return monotonic()
        return sorted(await asyncio.gather(*(one() for _ in range(5))))

    times = asyncio.run(moments())
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.1


def test_hosts_do_not_wait_for_each_other(database: Database) -> None:
    async def ask() -> None:
        pace = pace_of(database, default=30.0)
        await asyncio.gather(*(pace.reserve(f"https://shop{number}.example.com/") for number in range(6)))

    started = monotonic()
    asyncio.run(ask())
    assert monotonic() - started < 5


@pytest.mark.parametrize(("host", "delay"), [
    ("openapi.rakuten.co.jp", 1.1), ("item.rakuten.co.jp", 6.0), ("rakuten.co.jp", 6.0),
    ("rakuten.co.jp.example.com", 3), ("notrakuten.co.jp", 3), ("shop.stores.jp", 40.0), ("a.b.stores.jp", 20.0),
    ("slow.example.com", 60.0), ("openapi.rakuten.co.jp:8443", 1.1),
])
def test_the_longest_of_setting_and_crawl_delay_counts(database: Database, host: str, delay: float) -> None:
    asked = {"shop.stores.jp": 40.0, "item.rakuten.co.jp": 0.5, "slow.example.com": 86_400.0}
    delays = {"openapi.rakuten.co.jp": 1.1, ".rakuten.co.jp": 6.0, ".stores.jp": 20.0}
    assert pace_of(database, default=3.0, delays=delays, crawl_delay=asked.get).delay(host) == delay


def test_a_clock_that_jumps_makes_no_long_wait(database: Database) -> None:
    pace = pace_of(database, default=0.1)
    asyncio.run(pace.reserve("https://a.example.com/"))
    set_gate(database, "a.example.com", next_at=datetime.now(UTC) + timedelta(days=30))
    started = monotonic()
    asyncio.run(pace.reserve("https://a.example.com/"))
    assert 0.1 <= monotonic() - started < 2
    set_gate(database, "a.example.com", rest_until=datetime.now(UTC) + timedelta(days=30), rest_level=1)
    rest = asyncio.run(pace.resting("a.example.com"))
    assert rest is not None
    assert rest.seconds <= RULE.longest


def test_a_moment_is_used_once_and_only_while_it_is_fresh(database: Database) -> None:
    async def ask() -> list[float]:
        pace, url = pace_of(database, default=0.5), "https://a.example.com/"
        await pace.reserve(url)
        waits = [await seconds(pace.moment(url)), await seconds(pace.moment(url))]
        await pace.reserve(url)
        await asyncio.sleep(0.3)
        return [*waits, await seconds(pace.moment(url))]

    at_once, next_one, after_a_stale_one = asyncio.run(ask())
    assert at_once < 0.2
    assert next_one > 0.4
    assert after_a_stale_one > 0.2


async def seconds(waiting: Awaitable[None]) -> float:
    started = monotonic()
    await waiting
    return monotonic() - started


@pytest.mark.parametrize(("url", "host"), [
    ("https://Shop.Example.com/a?b", "shop.example.com"), ("https://shop.example.com:443/", "shop.example.com"),
    ("http://shop.example.com:8080/", "shop.example.com:8080"), ("http://shop.example.com:80", "shop.example.com"),
])
def test_the_host_of_an_address(url: str, host: str) -> None:
    assert host_of(url) == host


def test_two_processes_share_one_pace(crawl: Crawling) -> None:
    with serving(site("User-agent: *\nAllow: /\n")) as server:
        urls = [f"{server.url}/{number}" for number in range(4)]
        task = {"allow": [server.address], "settings": {"DOWNLOAD_DELAY": 0.3}}
        both = [crawl.start(urls, paced=paced, **task) for paced in (True, False)]
        for process in both:
            crawl.finish(process)
    assert len(server.pages()) == 8
    assert min(server.gaps()) >= 0.3


def test_a_redirect_waits_for_the_pace_of_the_host_it_leads_to(crawl: Crawling) -> None:
    with serving(site(None)) as slow:
        async def away(request: web.Request) -> web.Response:
            raise web.HTTPFound(f"{slow.url}{request.path}")

        with serving(site(None, away=away)) as server:
            crawl([f"{server.url}/away/{number}" for number in range(3)], allow=[server.address, slow.address],
                  settings={"HOST_DELAYS": {slow.address: 0.6}})
    assert len(slow.pages()) == 3
    assert min(slow.gaps()) >= 0.6


def test_a_slow_server_is_still_asked_one_at_a_time(crawl: Crawling) -> None:
    running, most = 0, 0

    async def slow(_request: web.Request) -> web.Response:
        nonlocal running, most
        running, most = running + 1, max(most, running + 1)
        await asyncio.sleep(0.4)
        running -= 1
        return text("ok")

    with serving(site(None, slow=slow)) as server:
        crawl([f"{server.url}/slow/{number}" for number in range(4)], allow=[server.address], paced=True,
              settings={"DOWNLOAD_DELAY": 0.1})
    assert most == 1
    assert len(server.pages()) == 4


# --- rest ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("asked", "lengths"), [(5.0, [5, 20, 40]), (30.0, [30, 30, 40]), (1e9, [100, 100, 100])])
def test_what_the_host_asks_for_is_kept_and_capped(database: Database, asked: float, lengths: list[float]) -> None:
    pace = pace_of(database)
    assert [asyncio.run(pace.rest("a.example.com", asked, "503")).seconds for _ in range(3)] == lengths


def test_a_resting_host_is_refused_with_the_time_and_the_reason(database: Database) -> None:
    pace = pace_of(database)
    asyncio.run(pace.rest("a.example.com", 60, "status 429"))
    with pytest.raises(CannotLook, match=r"rests until \d{4}-.* JST: status 429") as caught:
        asyncio.run(pace.reserve("https://a.example.com/"))
    assert caught.value.outcome is Outcome.RESTING
    assert 0 < (caught.value.retry_after or 0) <= 60
    asyncio.run(pace.reserve("https://b.example.com/"))


def test_a_rest_that_begins_while_a_request_waits_stops_that_request(database: Database) -> None:
    async def both() -> None:
        pace = pace_of(database, default=0.5)
        await pace.reserve("https://a.example.com/1")
        waiting = asyncio.ensure_future(pace.reserve("https://a.example.com/2"))
        await asyncio.sleep(0.1)
        await pace.rest("a.example.com", 60, "429")
        await waiting

    with pytest.raises(CannotLook, match="resting"):
        asyncio.run(both())


def header_after(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize("value", ["", "abc", "-5", "0", "１０", header_after(-60), "Mon, 99 Foo 2026 00:00:00 GMT",
                                   "1e3"])
def test_a_retry_after_without_sense_is_none(value: str) -> None:
    assert retry_after(Headers({"Retry-After": value})) is None


@pytest.mark.parametrize(("value", "seconds"), [("5", 5), (" 120 ", 120), ("1000000000", 1e9)])
def test_retry_after_in_seconds(value: str, seconds: float) -> None:
    assert retry_after(Headers({"Retry-After": value})) == seconds


def test_retry_after_as_a_date() -> None:
    assert retry_after(Headers({"Retry-After": header_after(90)})) == pytest.approx(90, abs=3)


def test_after_a_429_nobody_asks_before_its_retry_after_is_over(crawl: Crawling) -> None:
    async def limited_once(_request: web.Request) -> web.Response:
        first = server.pages() == ["/limited/0"]
        return text("", 429, Retry_After="2") if first else text("ok")

    with serving(site(None, limited=limited_once)) as server:
        both = [crawl.start([f"{server.url}/limited/{number}" for number in numbers], allow=[server.address],
                            paced=True, settings={"DOWNLOAD_DELAY": 0.2}) for numbers in ((0, 1), (0, 3))]
        results = [result for process in both for result in crawl.finish(process)]
    assert sorted(result["outcome"] or "" for result in results) == ["", "", "", "rate_limited"]
    pages = [asked.at for asked in server.log if asked.path != "/robots.txt"]
    assert pages[1] - pages[0] >= 2.0
    assert min(later - earlier for earlier, later in pairwise(pages)) >= 0.2


def test_a_long_retry_after_is_an_outcome_for_the_next_request(crawl: Crawling) -> None:
    async def limited(_request: web.Request) -> web.Response:
        return text("", 503, Retry_After="3600")

    with serving(site(None, limited=limited)) as server:
        results = [crawl([f"{server.url}/limited/{run}"], allow=[server.address])[0] for run in range(2)]
    assert [result["outcome"] for result in results] == ["rate_limited", "resting"]
    assert server.pages() == ["/limited/0"]


def test_a_429_is_told_with_its_retry_after_and_not_asked_again(crawl: Crawling) -> None:
    async def limited(_request: web.Request) -> web.Response:
        return text("", 429, Retry_After="7")

    with serving(site(None, limited=limited)) as server:
        (result,) = crawl([f"{server.url}/limited"], allow=[server.address])
    assert (result["outcome"], result["retry_after"]) == ("rate_limited", 7)
    assert server.pages() == ["/limited"]
