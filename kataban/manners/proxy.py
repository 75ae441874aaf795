"""The browser's way out: a forward proxy on loopback that looks names up, checks every address, and connects itself.

Chromium follows redirects, opens connections and looks names up without asking anybody. Through this proxy each of its
connections goes to an address that was checked, and only to hosts that were approved for a page, so the browser's own
background calls end here too.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urlsplit

from kataban.items import CannotLook, Outcome
from kataban.manners.egress import Egress, Place, RefusedAddress, refusal

HEAD_SECONDS = 15
CONNECT_SECONDS = 15
HEAD_BYTES = 128 * 1024
PIECE = 64 * 1024


class Head(NamedTuple):
    """The head of a request to the proxy."""

    method: str
    target: str
    fields: list[tuple[str, str]]

    def field(self, name: str) -> str:
        """The first field of that name, empty when there is none."""
        return next((value for key, value in self.fields if key.lower() == name), "")


class CheckingProxy:
    """`refused` says by host why a connection was not made; `approve` opens a host for the browser."""

    def __init__(self, egress: Egress) -> None:
        self.refused: dict[str, CannotLook] = {}
        self._egress = egress
        self._approved: set[str] = set()
        self._user, self._password = "kataban", secrets.token_urlsafe(24)  # other users of the machine stay out
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen on a free port of the loopback interface."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=HEAD_BYTES)

    async def close(self) -> None:
        """Stop listening and cut what is open."""
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def for_playwright(self) -> dict[str, str]:
        """Playwright's `proxy` option. Chromium would bypass a proxy for loopback, so that is switched off."""
        if self._server is None:
            raise RuntimeError("the proxy has not been started")
        port = self._server.sockets[0].getsockname()[1]
        return {"server": f"http://127.0.0.1:{port}", "username": self._user, "password": self._password,
                "bypass": "<-loopback>"}

    def approve(self, url: str) -> None:
        """The browser may connect to the host of this address."""
        self._approved.add((urlsplit(url).hostname or "").lower())

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            await self._serve(reader, writer)
        writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = _parse(await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), HEAD_SECONDS))
        if not self._knows(head.field("proxy-authorization")):
            await _answer(writer, 407, 'Proxy-Authenticate: Basic realm="kataban"')
            return
        url = f"https://{head.target}/" if head.method == "CONNECT" else head.target
        host = (urlsplit(url).hostname or "").lower()
        if host not in self._approved:  # the browser's own idea, or a connection made ahead
            await _answer(writer, 403)
            return
        try:
            to_server, from_server = await self._connect(url)
        except CannotLook as error:
            self.refused[host] = error
            await _answer(writer, 502)
            return
        self.refused.pop(host, None)
        if head.method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:
            to_server.write(_plain_head(head))
        await asyncio.gather(_pump(reader, to_server), _pump(from_server, writer))

    def _knows(self, authorization: str) -> bool:
        expected = base64.b64encode(f"{self._user}:{self._password}".encode()).decode()
        return secrets.compare_digest(authorization.encode(), f"Basic {expected}".encode())

    async def _connect(self, url: str) -> tuple[asyncio.StreamWriter, asyncio.StreamReader]:
        try:
            place = self._egress.check(url)
            addresses = await self._addresses(place)
        except RefusedAddress as error:
            raise refusal(error) from error
        except OSError as error:
            raise CannotLook(Outcome.UNREACHABLE, "dns", "the host's name could not be looked up") from error
        for address in addresses:
            with suppress(OSError, TimeoutError):
                reader, writer = await asyncio.wait_for(
                    asyncio.open_connection(address, place.port), CONNECT_SECONDS)
                return writer, reader
        raise CannotLook(Outcome.UNREACHABLE, "connection", "the connection was refused or cut")

    async def _addresses(self, place: Place) -> list[str]:
        if place.literal is not None:
            return [str(place.literal)]
        return [str(address) for address in await asyncio.to_thread(self._egress.resolve, place.host, place.port)]


def _parse(raw: bytes) -> Head:
    first, *rest = raw.decode("latin-1").split("\r\n")
    method, target, _version = first.split(" ")
    fields = [line.partition(":")[::2] for line in rest if line]
    return Head(method.upper(), target, [(name.strip(), value.strip()) for name, value in fields])


def _plain_head(head: Head) -> bytes:
    """The head as the server wants it; the connection ends with the answer, so no second request rides on it."""
    parts = urlsplit(head.target)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    hop = ("proxy-authorization", "proxy-connection", "connection", "keep-alive")
    fields = [f"{name}: {value}" for name, value in head.fields if name.lower() not in hop]
    return "\r\n".join([f"{head.method} {path} HTTP/1.1", *fields, "Connection: close", "", ""]).encode("latin-1")


async def _answer(writer: asyncio.StreamWriter, status: int, field: str = "Cache-Control: no-store") -> None:
    writer.write(f"HTTP/1.1 {status} Refused\r\n{field}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
    await writer.drain()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
    except OSError:
        writer.close()
