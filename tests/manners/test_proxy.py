"""The browser's way out: only for our browser, only to approved hosts, only to checked addresses."""

from __future__ import annotations

import asyncio
import base64
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from kataban.manners.egress import Egress
from kataban.manners.proxy import CheckingProxy
from tests.manners.loopback import serving, site

Ask = Callable[..., Awaitable[bytes]]


@asynccontextmanager
async def running(egress: Egress) -> AsyncIterator[tuple[CheckingProxy, Ask]]:
    """A proxy, and a client that asks it: `ask(first_line, password=True)` gives all that comes back."""
    proxy = CheckingProxy(egress)
    await proxy.start()
    given = proxy.for_playwright()
    port = int(given["server"].rpartition(":")[2])
    token = base64.b64encode(f"{given['username']}:{given['password']}".encode()).decode()

    async def ask(line: str, *, password: bool = True, after: bytes = b"") -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        field = f"Proxy-Authorization: Basic {token}\r\n" if password else ""
        writer.write(f"{line} HTTP/1.1\r\nHost: x\r\n{field}\r\n".encode() + after)
        answer = await asyncio.wait_for(reader.read(), 5)
        writer.close()
        return answer

    try:
        yield proxy, ask
    finally:
        await proxy.close()


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


def test_plain_requests_and_tunnels_reach_an_approved_host() -> None:
    async def talk() -> tuple[bytes, bytes]:
        async with running(Egress([server.address])) as (proxy, ask):
            proxy.approve(server.url)
            plain = await ask(f"GET {server.url}/plain?a=1")
            inside = b"GET /tunnel HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            return plain, await ask(f"CONNECT {server.address}", after=inside)

    with serving(site(None)) as server:
        plain, tunnel = asyncio.run(talk())
    assert status(plain) == status(tunnel) == 200
    assert b"<h1>page</h1>" in plain
    assert b"<h1>page</h1>" in tunnel
    assert server.paths() == ["/plain?a=1", "/tunnel"]
    assert "Proxy-Authorization" not in server.log[0].headers


def test_strangers_unapproved_hosts_and_private_addresses_get_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    known = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *args, **kwargs: known(
        "127.0.0.1" if host.endswith("example.com") else host, *args, **kwargs))

    async def talk() -> list[int]:
        async with running(Egress([server.address])) as (proxy, ask):
            unapproved = await ask(f"GET {server.url}/a")
            for url in (server.url, "https://inside.example.com/", "http://127.0.0.2/"):
                proxy.approve(url)
            answers = [
                unapproved, await ask(f"GET {server.url}/b", password=False),
                await ask("CONNECT inside.example.com:443"),
                await ask(f"CONNECT inside.example.com:{server.port}"), await ask("GET http://127.0.0.2/"),
                await ask("GET file:///etc/passwd"), await ask("nonsense"), await ask("CONNECT [::1]:22")]
            assert {host: error.reason_code for host, error in proxy.refused.items()} == {
                "inside.example.com": "refused_address", "127.0.0.2": "refused_address"}
            return [status(answer) for answer in answers]

    with serving(site(None)) as server:
        assert asyncio.run(talk()) == [403, 407, 502, 502, 502, 403, 0, 403]
    assert server.log == []


def test_a_name_without_an_address_is_told_apart_from_a_refused_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_args: object, **_kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr("kataban.manners.egress.socket.getaddrinfo", nothing)

    async def talk() -> str:
        async with running(Egress()) as (proxy, ask):
            proxy.approve("https://gone.example.com/")
            await ask("CONNECT gone.example.com:443")
            return proxy.refused["gone.example.com"].reason_code

    assert asyncio.run(talk()) == "dns"
