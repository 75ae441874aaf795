"""robots.txt by the server's own log: real crawls against real loopback servers."""

from __future__ import annotations

import asyncio
import json
from contextlib import ExitStack
from pathlib import Path

import pytest
from aiohttp import web

from tests.manners.conftest import Crawling
from tests.manners.loopback import Handler, html, serving, site, text

DISALLOW = "User-agent: *\nDisallow: /no\n"
CHALLENGE = "<html><head><title>Just a moment...</title></head><body><form id=challenge-form></form></body></html>"


def test_of_concurrent_first_requests_none_reaches_a_forbidden_address(crawl: Crawling) -> None:
    with serving(site(DISALLOW)) as server:
        results = crawl([f"{server.url}/no/{number}" for number in range(16)] + [f"{server.url}/yes"],
                        allow=[server.address])
    assert server.paths() == ["/robots.txt", "/yes"]
    assert [result["outcome"] for result in results if "/no/" in result["asked"]] == ["robots_denied"] * 16


def test_the_answer_comes_late_and_all_wait_for_it(crawl: Crawling) -> None:
    async def late(_request: web.Request) -> web.Response:
        await asyncio.sleep(0.8)
        return text(DISALLOW)

    with serving(site(late)) as server:
        crawl([f"{server.url}/no/{number}" for number in range(14)], allow=[server.address])
    assert server.paths() == ["/robots.txt"]


# --- what cannot be read forbids everything, what is not there forbids nothing ---------------------------------------


def answering(status: int, body: str = "", **headers: str) -> Handler:
    async def handler(_request: web.Request) -> web.Response:
        return text(body, status, **headers)
    return handler


def html_answer(body: str, status: int = 200) -> Handler:
    async def handler(_request: web.Request) -> web.Response:
        return html(body, status)
    return handler


async def silent(_request: web.Request) -> web.Response:
    await asyncio.sleep(8)
    return text("")


async def cut(request: web.Request) -> web.Response:
    request.transport.abort()
    return text("")


async def truncated(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "5000", "Content-Type": "text/plain"})
    await response.prepare(request)
    await response.write(b"User-agent: *\nAllow: /\n")
    request.transport.close()
    return response


async def round_and_round(_request: web.Request) -> web.Response:
    raise web.HTTPFound("/robots.txt")


async def raw_bytes(request: web.Request) -> web.Response:
    return web.Response(body="\ufeffUSER-AGENT: kataban # 型番\nDISALLOW: /no\n".encode(), content_type="text/plain")


async def japanese_bytes(request: web.Request) -> web.Response:
    return web.Response(body="# 検索禁止\nUser-agent: *\nDisallow: /no\n".encode("cp932"), content_type="text/plain")


async def large(request: web.Request) -> web.Response:
    padding = "".join(f"Disallow: /padding/{number}\n" for number in range(29_000))
    assert len(padding) > 500 * 1024
    return text(f"User-agent: *\n{padding}Disallow: /no\n")


UNKNOWN = {
    "500": answering(500, DISALLOW), "503": answering(503, "User-agent: *\nAllow: /\n"), "429": answering(429),
    "408": answering(408), "silent": silent, "cut": cut, "truncated": truncated, "loop": round_and_round,
    "html": html_answer("<!doctype html><title>Top</title><p>Welcome"), "in text": answering(200, "<html>x</html>"),
    "challenge 403": html_answer(CHALLENGE, 403), "challenge 200": html_answer(CHALLENGE),
    "sentence": answering(200, "The service is not available at the moment."),
    "json": answering(200, '{"error": "not found"}'), "202": answering(202, ""), "empty html": html_answer(""),
    "marked challenge": answering(403, "", cf_mitigated="challenge"),
}
ALLOWED = {
    "404": answering(404, DISALLOW), "403": html_answer("<title>403 Forbidden</title>Forbidden", 403),
    "410": answering(410), "401": answering(401), "204": answering(204), "empty": answering(200, ""),
    "comment": answering(200, "# nothing to say\n"), "for others": answering(200, "User-agent: other\nDisallow: /\n"),
    "rules as html": html_answer("User-agent: *\nDisallow: /elsewhere\n"),
}
DENIED = {
    "plain": answering(200, DISALLOW), "BOM, other case, own name": raw_bytes, "cp932": japanese_bytes,
    "over 500 KiB": large, "rules as html": html_answer(DISALLOW),
    "own group counts": answering(200, "User-agent: *\nAllow: /\n\nUser-agent: Kataban\nDisallow: /no\n"),
    "own group with a version": answering(200, "User-agent: *\nAllow: /\n\nUser-agent: KATABAN/0.1 (x)\nDisallow: /\n"),
    "longest rule": answering(200, "User-agent: *\nAllow: /\nDisallow: /*/page$\n"),
}


@pytest.mark.parametrize(("answers", "outcome", "pages"), [
    (UNKNOWN, "robots_unknown", 0), (ALLOWED, None, 1), (DENIED, "robots_denied", 0),
], ids=["unknown", "allowed", "denied"])
def test_what_an_answer_means(
    crawl: Crawling, answers: dict[str, Handler], outcome: str | None, pages: int,
) -> None:
    with ExitStack() as stack:
        servers = {name: stack.enter_context(serving(site(handler))) for name, handler in answers.items()}
        results = crawl([f"{server.url}/no/page" for server in servers.values()],
                        allow=[server.address for server in servers.values()])
    got = {name: result["outcome"] for name, server in servers.items()
           for result in results if result["asked"].startswith(server.url + "/")}
    assert got == dict.fromkeys(answers, outcome)
    assert {name: len(server.pages()) for name, server in servers.items()} == dict.fromkeys(answers, pages)


def test_redirects_of_the_file_itself_are_followed_five_times(crawl: Crawling) -> None:
    def hops(count: int) -> Handler:
        async def answer(request: web.Request) -> web.Response:
            number = int(request.query.get("hop", "0"))
            if request.path == "/robots.txt" and number < count:
                raise web.HTTPFound(f"/robots.txt?hop={number + 1}")
            return text(DISALLOW)
        return answer

    with serving(hops(5)) as five, serving(hops(6)) as six:
        results = crawl([f"{five.url}/no", f"{six.url}/yes"], allow=[five.address, six.address])
    outcomes = {result["asked"]: result["outcome"] for result in results}
    assert outcomes == {f"{five.url}/no": "robots_denied", f"{six.url}/yes": "robots_unknown"}


# --- redirects of pages ----------------------------------------------------------------------------------------------


def test_a_redirect_is_asked_of_the_new_hosts_robots(crawl: Crawling) -> None:
    with serving(site(DISALLOW)) as target:
        async def away(_request: web.Request) -> web.Response:
            raise web.HTTPFound(f"{target.url}/no/page")

        async def within(_request: web.Request) -> web.Response:
            raise web.HTTPFound("/no/page")

        with serving(site(DISALLOW, away=away, within=within)) as server:
            results = crawl([f"{server.url}/away", f"{server.url}/within"], allow=[server.address, target.address])
    assert [result["outcome"] for result in results] == ["robots_denied"] * 2
    assert target.paths() == ["/robots.txt"]
    assert "/no/page" not in server.paths()


# --- the files are kept ----------------------------------------------------------------------------------------------


def test_a_second_run_does_not_ask_again_and_a_day_later_it_does(crawl: Crawling) -> None:
    with serving(site(DISALLOW)) as server:
        for _ in range(2):
            crawl([f"{server.url}/no", f"{server.url}/yes"], allow=[server.address])
        assert server.paths() == ["/robots.txt", "/yes", "/yes"]
        shift_kept_files(crawl.state, seconds=-24 * 3600 - 1)
        crawl([f"{server.url}/no"], allow=[server.address])
        assert server.paths().count("/robots.txt") == 2
        shift_kept_files(crawl.state, seconds=7200)  # the clock was ahead when the file was read
        crawl([f"{server.url}/no"], allow=[server.address])
    assert server.paths().count("/robots.txt") == 3


def test_an_unknown_answer_is_not_kept_and_a_damaged_file_is_not_believed(crawl: Crawling) -> None:
    with serving(site(answering(503))) as server:
        for _ in range(2):
            crawl([f"{server.url}/a", f"{server.url}/b"], allow=[server.address])
        assert server.paths() == ["/robots.txt"] * 2
    with serving(site(DISALLOW)) as server:
        crawl([f"{server.url}/no"], allow=[server.address])
        for kept in (crawl.state / "robots").glob("*.json"):
            kept.write_text("{damaged")
        (result,) = crawl([f"{server.url}/no"], allow=[server.address])
    assert result["outcome"] == "robots_denied"
    assert server.paths() == ["/robots.txt"] * 2


def shift_kept_files(state: Path, seconds: float) -> None:
    for kept in (state / "robots").glob("*.json"):
        content = json.loads(kept.read_text())
        kept.write_text(json.dumps({**content, "read_at": content["read_at"] + seconds}))


# --- exemptions and delays -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("meta", "endpoint", "outcome"), [
    ({"robots_exempt": "own key"}, "/no/api", None),
    ({"robots_exempt": "own key"}, "/no/other", "robots_denied"),
    ({}, "/no/api", "robots_denied"),
    ({"dont_obey_robotstxt": True}, "/nowhere", "robots_denied"),
])
def test_only_a_named_endpoint_asked_with_the_users_key_is_exempt(
    crawl: Crawling, meta: dict[str, object], endpoint: str, outcome: str | None,
) -> None:
    with serving(site(DISALLOW)) as server:
        (result,) = crawl([f"{server.url}/no/api?q=1"], allow=[server.address], meta=meta,
                          settings={"ROBOTS_EXEMPT_ENDPOINTS": [f"{server.url}{endpoint}"]})
    assert result["outcome"] == outcome


def test_crawl_delay_holds_from_the_first_page_and_in_the_next_run(crawl: Crawling) -> None:
    with serving(site("User-agent: *\nCrawl-delay: 0.7\n")) as server:
        for run in range(2):
            crawl([f"{server.url}/{run}/{number}" for number in range(2)], allow=[server.address], paced=True)
    assert len(server.log) == 5
    assert min(server.gaps()) >= 0.7


def test_one_name_is_used_for_robots_and_pages(crawl: Crawling) -> None:
    with serving(site(DISALLOW)) as server:
        crawl([f"{server.url}/yes"], allow=[server.address], env={"KATABAN_CONTACT": "mailto:someone@example.com"})
    agents = {asked.headers["User-Agent"] for asked in server.log}
    assert agents == {"Kataban/0.1 (+mailto:someone@example.com)"}
    assert {asked.headers["Accept-Language"] for asked in server.log} == {"ja"}


