"""A loopback server in a thread, whose log says what was really asked and when."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import NamedTuple

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Asked(NamedTuple):
    """One request as the server saw it."""

    at: float
    method: str
    path: str
    headers: dict[str, str]


class Server:
    """Answers by `handler`; every request stands in `log` before it is answered."""

    def __init__(self, handler: Handler) -> None:
        self.log: list[Asked] = []
        self.port = 0
        self._handler = handler
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.log]

    def pages(self) -> list[str]:
        """What was asked besides robots.txt."""
        return [path for path in self.paths() if path != "/robots.txt"]

    def gaps(self) -> list[float]:
        """Seconds between neighbouring requests."""
        times = sorted(asked.at for asked in self.log)
        return [later - earlier for earlier, later in pairwise(times)]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.log.append(Asked(time.monotonic(), request.method, request.path_qs, dict(request.headers)))
        return await self._handler(request)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._start())
        self._loop.run_forever()

    async def _start(self) -> None:
        runner = web.ServerRunner(web.Server(self._answer), shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        self._ready.set()

    def start(self) -> None:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the loopback server did not start")

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)


@contextmanager
def serving(handler: Handler) -> Iterator[Server]:
    """A running server."""
    server = Server(handler)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def text(body: str, status: int = 200, **headers: str) -> web.Response:
    """A plain text answer; header names are given with underscores."""
    return web.Response(text=body, status=status, headers={name.replace("_", "-"): v for name, v in headers.items()})


def html(body: str, status: int = 200) -> web.Response:
    """An HTML answer."""
    return web.Response(text=body, status=status, content_type="text/html")


def site(robots: Handler | str | None = None, **pages: Handler) -> Handler:
    """A site: its robots.txt (text, a handler, or None for 404) and pages by the first part of their path."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/robots.txt":
            if robots is None:
                return text("none", 404)
            return text(robots) if isinstance(robots, str) else await robots(request)
        page = pages.get(request.path.strip("/").split("/")[0])
        return await page(request) if page else html("<h1>page</h1>")

    return answer
