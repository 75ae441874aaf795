"""What may be asked at all: the one parser, the addresses, and real crawls whose servers must not be touched."""

from __future__ import annotations

from contextlib import ExitStack
from ipaddress import ip_address

import pytest
from aiohttp import web

from kataban.manners.egress import Egress, RefusedAddress, is_global, place_of
from tests.manners.conftest import Crawling
from tests.manners.loopback import html, serving, site, text

REFUSED_URLS = [
    "http://127.0.0.1/", "http://localhost/", "http://localhost./", "http://0.0.0.0/", "http://[::1]/", "http://10.1.2.3/",
    "http://172.16.0.1/", "http://192.168.1.1/", "http://169.254.169.254/latest/meta-data", "http://100.64.1.1/",
    "http://[fd00:ec2::254]/", "http://[::ffff:127.0.0.1]/", "http://[::127.0.0.1]/", "http://2130706433/",
    "http://0x7f.1/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/", "http://127.0.0.1./", "http://1.1/",
    "http://127。0。0。1/", "http://１２７.0.0.1/", "http://[2002:7f00:1::]/", "http://[64:ff9b::7f00:1]/", "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/", "http://224.0.0.1/", "http://255.255.255.255/", "http://240.0.0.1/", "http://[ff02::1]/",
    "http://[::]/", "http://[2001:0:7f00:1::]/", "http://198.18.0.1/", "http://192.0.2.1/", "http://[2001:db8::1]/",
    "file:///etc/passwd", "FILE:///etc/passwd", "file:/etc/passwd", "view-source:http://example.com/",
    "data:text/html,x",
    "blob:http://example.com/1", "ftp://example.com/", "gopher://example.com/", "chrome://version/",
    "javascript:alert(1)",
    "about:blank", "//example.com/", "example.com", "", "http:", "http://", "http:///x", "http://:80/",
    "http://internal:80\\@example.com/", "http://example.com\\.internal/", "http://user:pass@example.com/",
    "http://user@example.com/", "http://example.com@10.0.0.1/", "ht\ttp://example.com/", "http://exa\nmple.com/",
    " http://example.com/", "http://example.com/ a", "http://exa%00mple.com/", "http://%31%32%37.0.0.1/",
    "http://example.com:22/", "http://example.com:25/", "http://example.com:6379/", "http://example.com:5432/",
    "http://example.com:8080/", "http://example.com:99999/", "http://example.com:0/", "http://example.com:-1/",
    "http://intranet/", "http://-example.com/", "http://exa_mple..com/", "http://münchen.example/", "http://[::1/",
    "http://[v1.a]/", "http://example.123/", "http://example.0x1/",
]


@pytest.mark.parametrize("url", REFUSED_URLS)
def test_refused(url: str) -> None:
    with pytest.raises(RefusedAddress):
        Egress().check(url)


@pytest.mark.parametrize(("url", "host", "port"), [
    ("https://jp.mercari.com/search?keyword=WH-1000XM5", "jp.mercari.com", 443),
    ("http://example.com", "example.com", 80),
    ("https://EXAMPLE.co.jp:443/a", "example.co.jp", 443), ("http://example.com:443/", "example.com", 443),
    ("http://8.8.8.8/", "8.8.8.8", 80), ("https://[2606:4700::1111]/", "2606:4700::1111", 443),
    ("https://xn--eckwd4c7c.example/%E5%9E%8B?q=%40x", "xn--eckwd4c7c.example", 443),
    ("https://a_b.shop-pro.jp/?pid=1@2", "a_b.shop-pro.jp", 443),
    ("https://example.xn--q9jyb4c/", "example.xn--q9jyb4c", 443),
])
def test_let_through(url: str, host: str, port: int) -> None:
    place = Egress().check(url)
    assert (place.host, place.port) == (host, port)


def test_test_hosts_are_opened_one_by_one() -> None:
    egress = Egress(["127.0.0.1:8000", "[::1]:8000", "shop.test:81"])
    for url in ("http://127.0.0.1:8000/", "https://[::1]:8000/x", "http://SHOP.test:81/"):
        egress.check(url)
    for url in ("http://127.0.0.1:8001/", "http://127.0.0.1/", "http://127.0.0.2:8000/", "http://shop.test:82/"):
        with pytest.raises(RefusedAddress):
            egress.check(url)


@pytest.mark.parametrize(("address", "public"), [
    ("8.8.8.8", True), ("2606:4700::1111", True), ("::ffff:8.8.8.8", False), ("64:ff9b::808:808", True),
    ("64:ff9b::a00:1", False), ("64:ff9b:1::808:808", False), ("2002:808:808::1", True), ("2002:a00:1::1", False),
    ("100.127.255.255", False), ("100.128.0.1", True), ("3fff::1", False), ("192.88.99.1", False), ("::", False),
    ("fec0::1", False), ("ff0e::1", False), ("100::1", False), ("2001:0:808:808::", False), ("0.1.2.3", False),
])
def test_public_addresses(address: str, public: bool) -> None:
    assert is_global(ip_address(address)) is public


def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    egress = Egress()
    assert [str(found) for found in egress.check_addresses("a.example.com", ["8.8.8.8", "2606:4700::1111"])]
    for bad in ("10.0.0.1", "::1", "fe80::1%eth0"):
        with pytest.raises(RefusedAddress, match=r"a\.example\.com resolves to"):
            egress.check_addresses("a.example.com", ["8.8.8.8", bad])


def test_the_place_of_a_name_has_no_literal() -> None:
    assert place_of("https://example.com/").literal is None
    assert str(place_of("https://[::1]:8/").literal) == "::1"


# --- real crawls -----------------------------------------------------------------------------------------------------


def test_private_addresses_are_not_touched_however_they_are_reached(crawl: Crawling) -> None:
    with ExitStack() as stack:
        canary = stack.enter_context(serving(site(None)))
        places = {"away": canary.url, "name": f"http://localhost:{canary.port}", "file": "file:///etc/hostname",
                  "decimal": f"http://2130706433:{canary.port}", "data": "data:text/html,secret"}

        async def redirect(request: web.Request) -> web.Response:
            return web.Response(status=int(request.query["status"]), headers={"Location": places[request.query["to"]]})

        async def refresh(_request: web.Request) -> web.Response:
            return html(f'<meta http-equiv="refresh" content="0; url={canary.url}">')

        server = stack.enter_context(serving(site(None, redirect=redirect, refresh=refresh)))
        urls = [f"{server.url}/redirect?to={to}&status={status}" for to in places for status in (302, 307)]
        results = crawl([*urls, f"{server.url}/refresh", canary.url, f"http://127.1:{canary.port}"],
                        allow=[server.address])
    assert canary.log == []
    outcomes = {result["asked"]: result.get("reason_code") for result in results}
    assert len(outcomes) == len(urls) + 3
    assert outcomes.pop(f"{server.url}/refresh") is None
    assert set(outcomes.values()) == {"refused_address", "redirect_error"}
    assert outcomes[urls[0]] == outcomes[canary.url] == "refused_address"


def test_names_are_refused_by_the_addresses_they_have(crawl: Crawling) -> None:
    with serving(site(None)) as canary:
        names = {"inside.example.com": ["127.0.0.1"], "both.example.com": ["8.8.8.8", "127.0.0.1"],
                 "six.example.com": ["::1"], "open.example.com": ["127.0.0.1"]}
        urls = ["http://inside.example.com/", "https://both.example.com/", "http://six.example.com/",
                "http://nowhere.example.com/", f"http://open.example.com:{canary.port}/page"]
        results = crawl(urls, names=names, allow=[f"open.example.com:{canary.port}"])
    said = {result["asked"]: (result["outcome"], result.get("reason_code")) for result in results}
    assert said == {
        urls[0]: ("unreachable", "refused_address"), urls[1]: ("unreachable", "refused_address"),
        urls[2]: ("unreachable", "refused_address"), urls[3]: ("robots_unknown", "dns"), urls[4]: (None, None)}
    assert canary.paths() == ["/robots.txt", "/page"]


def test_a_key_does_not_follow_a_redirect_to_another_host(crawl: Crawling) -> None:
    secret = "canary-4711-secret"
    with serving(site(None)) as other:
        async def away(_request: web.Request) -> web.Response:
            raise web.HTTPFound(f"{other.url}/landing")

        async def within(_request: web.Request) -> web.Response:
            raise web.HTTPFound("/api")

        async def api(_request: web.Request) -> web.Response:
            return text("{}")

        with serving(site(None, away=away, within=within, api=api)) as server:
            crawl([f"{server.url}/away?appid={secret}", f"{server.url}/within"], allow=[server.address, other.address],
                  headers={"X-Subscription-Token": secret, "Authorization": f"Bearer {secret}", "accessKey": secret,
                           "X-Odd": secret}, env={"ODD_API_KEY": secret})
    assert other.pages() == ["/landing"]
    assert not [asked for asked in other.log if secret in str(asked)]
    within_host = next(asked for asked in server.log if asked.path == "/api")
    assert within_host.headers["X-Subscription-Token"] == secret


def test_a_form_is_not_sent_on_to_another_host(crawl: Crawling) -> None:
    with serving(site(None)) as other:
        async def token(_request: web.Request) -> web.Response:
            return web.Response(status=307, headers={"Location": f"{other.url}/landing"})

        with serving(site(None, token=token)) as server:
            (result,) = crawl([f"{server.url}/token"], allow=[server.address, other.address], method="POST",
                              body="client_secret=canary-4711")
    assert (result["outcome"], result["reason_code"]) == ("unreachable", "redirect_error")
    assert other.log == []
