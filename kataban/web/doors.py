"""Who may come in: the Host header, the peer, the password, and that a form was sent from our own page."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SESSION = "kataban_session"
# The one script of the served pages, the copy button of drafts. Browsers run nothing that has another hash than this.
SCRIPT = (Path(__file__).parent / "templates" / "copy.js").read_text(encoding="utf-8")
SCRIPT_SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(SCRIPT.encode()).digest()).decode()}'"
HEADERS = {
    "content-security-policy": f"default-src 'none'; style-src 'unsafe-inline'; script-src {SCRIPT_SOURCE}; "
                               "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


def is_loopback(host: str | None) -> bool:
    """Is it this machine's own address, or localhost?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address((host or "").strip("[]")).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Doors:
    """The rules of one server. `names` are host names beside this machine's own under which it may be called;
    `password` lets other machines in and is asked of everybody once it is set."""

    names: frozenset[str] = frozenset()
    password: str | None = None
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def refused(self, scope: Scope) -> Response | None:
        """Why this request gets no further, as the answer to it; None when it may."""
        headers = Headers(scope=scope)
        host = _host(headers.get("host", ""))
        if not is_loopback(host) and host not in self.names:  # a name that some page made point to us
            return PlainTextResponse("unknown host", 421)
        client = scope.get("client")
        if self.password is None:
            # Without a known peer (a socket of the tests' own) only the binding decides, which is loopback then.
            if client is not None and not is_loopback(client[0]):
                return PlainTextResponse("this machine only", 403)
        elif not self._knows(headers.get("authorization", "")):
            return PlainTextResponse("password needed", 401, {"www-authenticate": 'Basic realm="Kataban"'})
        if scope["method"] not in ("GET", "HEAD") and not _is_own(headers):
            return PlainTextResponse("not from this page", 403)
        return None

    def _knows(self, authorization: str) -> bool:
        scheme, _, value = authorization.partition(" ")
        try:
            given = base64.b64decode(value, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return False
        return scheme.lower() == "basic" and hmac.compare_digest(given.encode(), (self.password or "").encode())

    def token(self, session: str) -> str:
        """The token that forms of this visit carry."""
        return hmac.new(self.secret, session.encode(), hashlib.sha256).hexdigest()

    def is_token(self, request: Request, given: str) -> bool:
        """Was the form made for this browser by this server?"""
        session = request.cookies.get(SESSION, "")
        return bool(session) and hmac.compare_digest(given.encode(), self.token(session).encode())


def _host(value: str) -> str:
    """The host of a Host header, without the port."""
    try:
        return urlsplit(f"//{value}").hostname or ""
    except ValueError:
        return ""


def _is_own(headers: Headers) -> bool:
    """Was the request made by a page of this very server? A browser says so in Origin; what says nothing is refused."""
    same_site = headers.get("sec-fetch-site", "same-origin") == "same-origin"
    return same_site and urlsplit(headers.get("origin", "")).netloc == headers.get("host")


class Guarded:
    """ASGI: refuses what the doors refuse, and adds the headers of safety to every answer."""

    def __init__(self, app: ASGIApp, doors: Doors) -> None:
        self.app, self.doors = app, doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_encoded(HEADERS.items())]
            await send(message)

        await (self.doors.refused(scope) or self.app)(scope, receive, send_safely)


def _encoded(headers: Iterable[tuple[str, str]]) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in headers]
