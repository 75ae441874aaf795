"""The loopback server: a plain port for Scrapy, a TLS port for the browser, sites told apart by Host header."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from aiohttp import web

from kataban.sample_market import certificate, log
from kataban.sample_market.answers import Answer, Ask
from kataban.sample_market.catalogue import Catalogue
from kataban.sample_market.clock import Clock
from kataban.sample_market.market import Market, hosts

LOOPBACK = "127.0.0.1"


@dataclass(slots=True)
class Server:
    """A running market. Use as a context manager; `port`, `tls_port` and `spki` are known once inside.

    `clock` may be moved while it runs: what is for sale, and which hosts are in trouble, follows it.
    """

    catalogue: Catalogue
    log_file: Path
    port: int = 0
    tls_port: int = 0
    spki: str = ""
    clock: Clock = field(default_factory=Clock)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _thread: threading.Thread | None = None
    _ready: threading.Event = field(default_factory=threading.Event)
    _failure: BaseException | None = None

    def __enter__(self) -> Server:
        self._thread = threading.Thread(target=self._serve, name="sample-market", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._failure:
            raise self._failure
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        if self._thread:
            self._thread.join()

    def environment(self) -> dict[str, str]:
        """What a program must have in its environment to live in this market, sample keys included."""
        allowed = f"{LOOPBACK}:{self.port},{LOOPBACK}:{self.tls_port}"
        return {"KATABAN_SAMPLE_PORT": str(self.port), "KATABAN_SAMPLE_TLS_PORT": str(self.tls_port),
                "KATABAN_SAMPLE_SPKI": self.spki, "KATABAN_ALLOW_HOSTS": allowed, **SAMPLE_KEYS}

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("a", encoding="utf-8") as stream:
            try:
                runner = self._loop.run_until_complete(self._start(stream))
            except BaseException as error:  # handed over to the thread that waits for the start
                self._failure = error
                return
            finally:
                self._ready.set()
            self._loop.run_forever()
            self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    async def _start(self, stream: IO[str]) -> web.AppRunner:
        throwaway = certificate.make(hosts(self.catalogue))
        self.spki = throwaway.spki
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", Handler(Market(self.catalogue, self.clock), stream).answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        plain = web.TCPSite(runner, LOOPBACK, self.port)
        await plain.start()
        secure = web.TCPSite(runner, LOOPBACK, self.tls_port, ssl_context=throwaway.context)
        await secure.start()
        self.port, self.tls_port = _port(plain), _port(secure)
        return runner


# Keys that the sample market accepts, unlike any word of the product, so that a leak is seen (and redaction by value
# blackens nothing else); a key of the user's own stays out of the market.
SAMPLE_KEYS = {
    "RAKUTEN_APPLICATION_ID": "5a3b1e70-smpl-4c0d-9f52-application0", "RAKUTEN_ACCESS_KEY": "pk_smpl_2f9d81c7a6b04e53",
    "YAHOO_CLIENT_ID": "smpl-dj00aiZpPXhYb2R1Y3Q-", "BRAVE_API_KEY": "BSA-smpl-9c41d7e2f0",
    "SEARXNG_URL": "https://searxng.example.jp", "SERPAPI_KEY": "serp-smpl-4e7d02b95c",
    "AMAZON_SP_REFRESH_TOKEN": "Atzr-smpl-51c7d9", "AMAZON_SP_CLIENT_ID": "amzn1-smpl-client-77ab",
    "AMAZON_SP_CLIENT_SECRET": "amzn1-smpl-secret-0d93",
}


def _port(site: web.TCPSite) -> int:
    server = site._server  # aiohttp names no public way to the port that the system chose
    assert isinstance(server, asyncio.Server)  # noqa: S101 - tells the type checker what start() made
    return int(server.sockets[0].getsockname()[1])


@dataclass(frozen=True, slots=True)
class Handler:
    """Turns a request into an Ask, an Answer into a response, and writes the log line before the answer leaves."""

    market: Market
    stream: IO[str]

    async def answer(self, request: web.Request) -> web.Response:
        """One request."""
        ask = await _ask(request)
        started = time.monotonic(), time.time()
        if delay := self.market.delay(ask):
            await asyncio.sleep(delay)
        answer = self.market.answer(ask)
        log.write(self.stream, _seen(request, ask, answer, *started))
        return web.Response(status=answer.status, body=answer.body,
                            headers={"Content-Type": answer.content_type, **answer.headers})


async def _ask(request: web.Request) -> Ask:
    query = {key: request.query[key] for key in request.query}
    return Ask(host=request.host.split(":")[0].lower(), path=request.path, method=request.method, query=query,
               headers={key.lower(): value for key, value in request.headers.items()}, body=await request.read())


def _seen(request: web.Request, ask: Ask, answer: Answer, monotonic: float, wall: float) -> log.Seen:
    return log.Seen(monotonic=monotonic, wall=wall, host=ask.host, method=ask.method, path=request.rel_url.raw_path,
                    query=request.rel_url.raw_query_string, status=answer.status,
                    user_agent=ask.headers.get("user-agent", ""), tls=request.secure,
                    body=ask.body.decode("utf-8", "replace")[:500])
