"""A loopback server in a thread, whose log says what was really asked and when."""

from __future__ import annotations

import asyncio
import ssl
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import pairwise
from typing import NamedTuple

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Asked(NamedTuple):
    """One request as the server saw it."""

    at: float
    method: str
    path: str
    headers: dict[str, str]


class Server:
    """Answers by `handler`; every request stands in `log` before it is answered."""

    def __init__(self, handler: Handler, *, certificate: bool = False) -> None:
        self.log: list[Asked] = []
        self.port = 0
        self._handler = handler
        self._tls = self_signed() if certificate else None
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
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        runner = web.ServerRunner(web.Server(self._answer), shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=self._tls)
        await site.start()
        self.port = runner.addresses[0][1]
        self._ready.set()
        await self._over.wait()
        await runner.cleanup()

    def start(self) -> None:
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the loopback server did not start")

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(5)


def self_signed() -> ssl.SSLContext:
    """A certificate for 127.0.0.1 that no authority signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256()))
    plain = serialization.NoEncryption()
    pem = certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile(suffix=".pem") as file:
        file.write(pem)
        file.flush()
        context.load_cert_chain(file.name)
    return context


@contextmanager
def serving(handler: Handler, *, certificate: bool = False) -> Iterator[Server]:
    """A running server, over TLS where a certificate (signed by nobody) is wanted."""
    server = Server(handler, certificate=certificate)
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
