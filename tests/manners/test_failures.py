"""Failures of the wire become outcomes with a reason a person can act on."""

from __future__ import annotations

import asyncio
import gzip

import pytest
from aiohttp import web
from scrapy.exceptions import IgnoreRequest, NotSupported
from scrapy.http import HtmlResponse, Response
from twisted.python.failure import Failure

from kataban.items import CannotLook, Outcome
from kataban.manners.failures import cannot_look_of, cannot_look_of_status
from tests.manners.conftest import Crawling
from tests.manners.loopback import html, serving, site


async def silent(_request: web.Request) -> web.Response:
    await asyncio.sleep(6)
    return web.Response()


async def dripping(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    for _ in range(60):
        await response.write(b"x")
        await asyncio.sleep(0.1)
    return response


async def cut(request: web.Request) -> web.Response:
    request.transport.abort()
    return web.Response()


async def truncated(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "5000", "Content-Type": "text/html"})
    await response.prepare(request)
    await response.write(b"<h1>half</h1>")
    request.transport.close()
    return response


async def large(_request: web.Request) -> web.Response:
    return web.Response(body=b"x" * 1_200_000, content_type="text/html")


async def bomb(_request: web.Request) -> web.Response:
    return web.Response(body=gzip.compress(b"\0" * 50_000_000), headers={"Content-Encoding": "gzip"},
                        content_type="text/html")


async def around(_request: web.Request) -> web.Response:
    raise web.HTTPFound("/around")


async def nowhere(_request: web.Request) -> web.Response:
    return web.Response(status=302)


FAULTS = {
    "silent": (silent, "timeout"), "dripping": (dripping, "timeout"), "cut": (cut, "connection"),
    "truncated": (truncated, "truncated"), "large": (large, "too_large"), "bomb": (bomb, "too_large"),
    "around": (around, "redirect_error"), "nowhere": (nowhere, "redirect_error"),
}


def test_faults_of_the_wire(crawl: Crawling) -> None:
    pages = {name: handler for name, (handler, _) in FAULTS.items()}
    with serving(site(None, **pages)) as server:
        results = crawl([f"{server.url}/{name}" for name in FAULTS], allow=[server.address],
                        settings={"DOWNLOAD_MAXSIZE": 1_000_000, "DOWNLOAD_TIMEOUT": 1.0})
    said = {result["asked"].rsplit("/", 1)[1]: (result["outcome"], result["reason_code"]) for result in results}
    assert said == {name: ("unreachable", code) for name, (_, code) in FAULTS.items()}
    asked = server.pages()
    assert asked.count("/around") == 6  # five redirects
    assert all(asked.count(f"/{name}") == 1 for name in FAULTS if name != "around")  # nothing is asked again at once


def test_a_host_that_is_not_there(crawl: Crawling) -> None:
    with serving(site(None)) as server:
        gone = server.address
    (result,) = crawl([f"http://{gone}/"], allow=[gone])
    assert (result["outcome"], result["reason_code"]) == ("robots_unknown", "connection")


def test_a_certificate_that_nobody_signed_is_refused(crawl: Crawling) -> None:
    with serving(site(None), certificate=True) as server:
        (result,) = crawl([f"https://{server.address}/"], allow=[server.address], headers={"accessKey": "secret-key"})
    assert (result["outcome"], result["reason_code"]) == ("robots_unknown", "tls")
    assert server.log == []


@pytest.mark.parametrize(("status", "outcome", "code"), [
    (401, Outcome.BLOCKED, "unauthorized"), (403, Outcome.BLOCKED, "forbidden"),
    (451, Outcome.BLOCKED, "legal_reasons"),
    (407, Outcome.BLOCKED, "proxy_authentication"), (429, Outcome.RATE_LIMITED, "http_429"),
    (503, Outcome.RATE_LIMITED, "http_503"), (500, Outcome.UNREACHABLE, "http_500"),
    (502, Outcome.UNREACHABLE, "http_502"),
    (302, Outcome.UNREACHABLE, "redirect_error"), (404, Outcome.BROKEN, "http_404"), (400, Outcome.BROKEN, "http_400"),
])
def test_statuses(status: int, outcome: Outcome, code: str) -> None:
    said = cannot_look_of_status(Response("https://shop.example.com/", status=status, headers={"Retry-After": "9"}))
    assert said is not None
    assert (said.outcome, said.reason_code, said.retry_after) == (outcome, code, 9)


def test_an_answer_says_nothing_and_a_challenge_says_blocked() -> None:
    assert cannot_look_of_status(HtmlResponse("https://shop.example.com/", body=b"<h1>36 items</h1>")) is None
    page = HtmlResponse("https://shop.example.com/", body=b"<title>Just a moment...</title><p>Checking")
    said = cannot_look_of_status(page)
    assert said is not None
    assert (said.outcome, said.reason_code) == (Outcome.BLOCKED, "challenge")


@pytest.mark.parametrize(("error", "outcome", "code"), [
    (ValueError("price"), Outcome.BROKEN, "crashed"), (IgnoreRequest("max redirections reached"), Outcome.UNREACHABLE,
                                                       "redirect_error"),
    (NotSupported("scheme"), Outcome.UNREACHABLE, "refused_address"), (TimeoutError(), Outcome.UNREACHABLE, "timeout"),
    (ConnectionResetError("reset"), Outcome.UNREACHABLE, "connection"),
])
def test_exceptions(error: Exception, outcome: Outcome, code: str) -> None:
    said = cannot_look_of(Failure(error))
    assert (said.outcome, said.reason_code) == (outcome, code)


def test_what_already_is_an_outcome_stays_it() -> None:
    own = CannotLook(Outcome.QUOTA, "quota", "used up")
    assert cannot_look_of(Failure(own)) is own
    assert cannot_look_of(own) is own


def test_pages_that_are_answers_pass(crawl: Crawling) -> None:
    async def empty(_request: web.Request) -> web.Response:
        return html("<h1>0</h1>", 404)

    with serving(site(None, empty=empty)) as server:
        (result,) = crawl([f"{server.url}/empty"], allow=[server.address])
    assert (result["status"], "<h1>0</h1>" in result["body"]) == (404, True)
