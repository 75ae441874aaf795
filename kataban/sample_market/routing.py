"""Leads the crawl's requests to the loopback server, so that all else works on the sources' real host names.

For Scrapy a downloader middleware, to be placed closest to the downloader but for the egress guard
(`DOWNLOADER_MIDDLEWARES = {"kataban.sample_market.routing.SampleMarketRouting": 990, <egress guard>: 995}`); for the
browser the arguments that `browser_arguments()` gives. Only settings/sample.py names this module.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Request, Response
from scrapy.utils.httpobj import _urlparse_cache

from kataban.sample_market.catalogue import load
from kataban.sample_market.market import hosts

REAL_URL = "sample_market_url"


class SampleMarketRouting:
    """Sends every request of a host of the market to 127.0.0.1:KATABAN_SAMPLE_PORT with the Host header kept.

    The same Request object carries the loopback address while it is in the downloader and gets its own address back
    with the answer, so robots, pace, cookies, redirects and duplicates only ever see the real one. A host that the
    market does not have is refused as a name that does not resolve. Requests for the browser pass by.
    """

    def __init__(self, port: int, known: frozenset[str]) -> None:
        self.port = port
        self.known = known

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> SampleMarketRouting:  # noqa: ARG003 - Scrapy's interface
        """From the environment that `python -m kataban.sample_market run` exports."""
        return cls(int(os.environ["KATABAN_SAMPLE_PORT"]), frozenset(hosts(load())))

    def process_request(self, request: Request) -> None:
        """Point the request at the loopback server."""
        parts = urlsplit(request.url)
        if parts.scheme not in {"http", "https"}:
            return
        host = parts.hostname or ""
        if host not in self.known or parts.port not in {None, 80, 443}:
            raise CannotResolveHostError(f"{host} is no host of the sample market")
        if request.meta.get("playwright"):
            return
        request.meta[REAL_URL] = request.url
        request.meta.setdefault("download_slot", host)
        request.headers["Host"] = host
        _readdress(request, parts._replace(scheme="http", netloc=f"127.0.0.1:{self.port}").geturl())

    def process_response(self, request: Request, response: Response) -> Response:
        """Give request and answer their real address back."""
        if (real := self._restore(request)) is None:
            return response
        return response.replace(url=real)

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Give a request that failed its real address back."""
        self._restore(request)

    def _restore(self, request: Request) -> str | None:
        real: str | None = request.meta.pop(REAL_URL, None)
        if real is not None:
            request.headers.pop("Host", None)
            _readdress(request, real)
        return real


def _readdress(request: Request, url: str) -> None:
    """Scrapy has no public way to change a request in place, and a copy would go through the scheduler again. The
    parsed address is cached per object (Scrapy 2.19) and chooses the handler, so it must go too."""
    request._set_url(url)
    _urlparse_cache.pop(request, None)


def browser_arguments() -> list[str]:
    """Chromium's arguments for the sample market: its hosts go to the loopback TLS port, all others nowhere; the one
    throwaway key is accepted and no other."""
    port = os.environ["KATABAN_SAMPLE_TLS_PORT"]
    rules = [f"MAP {host}:443 127.0.0.1:{port}" for host in hosts(load())]
    return [f"--host-resolver-rules={' , '.join((*rules, 'MAP * ~NOTFOUND', 'EXCLUDE 127.0.0.1'))}",
            f"--ignore-certificate-errors-spki-list={os.environ['KATABAN_SAMPLE_SPKI']}"]
