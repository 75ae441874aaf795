"""Hosts, robots.txt and troubles; the running server and its log."""

from __future__ import annotations

import http.client
import re
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from protego import Protego

from kataban.sample_market import log
from kataban.sample_market.answers import Answer, Ask
from kataban.sample_market.catalogue import Catalogue
from kataban.sample_market.market import Market, hosts
from kataban.sample_market.server import Server
from kataban.sample_market.sites import rakuma, rakuten, yahoo
from kataban.sample_market.tables import File, Host, Offer, Product, Shop

Get = Callable[..., Answer]
SHOP = "shop-a.example.jp"


def market(**host: object) -> Market:
    """One plain shop that behaves as told."""
    offer = Offer(source="independent_shops", id="1", seller=SHOP, title="ABC-100", price=100)
    product = Product(maker="ABC", model="ABC-100", name="見本", offer=[offer])
    shop = Shop(host=SHOP, kind="plain", name="店")
    return Market(Catalogue(Path(), [File(host=[Host(name=SHOP, **host)], shop=[shop], product=[product])]))  # type: ignore[arg-type]


def item(where: Market) -> Answer:
    return where.answer(Ask(SHOP, "/item/1.html"))


@pytest.mark.parametrize(("host", "status", "allowed"), [
    ("openapi.rakuten.co.jp", 404, True), ("api.mercari.jp", 404, True), ("kaiin-market.example.jp", 200, False),
    ("toner-club.example.jp", 503, None), ("fril.jp", 200, True),
])
def test_robots_of_the_bundled_hosts(get: Get, host: str, status: int, allowed: bool | None) -> None:
    answer = get(host, "/robots.txt")
    assert answer.status == status
    if status == 200:
        assert Protego.parse(answer.body.decode()).can_fetch(f"https://{host}/item/x.html", "Kataban") is allowed


def test_robots_with_crawl_delay_and_as_a_challenge() -> None:
    rules = Protego.parse(market(crawl_delay=2.5).answer(Ask(SHOP, "/robots.txt")).body.decode())
    assert rules.crawl_delay("Kataban") == 2.5
    assert rules.can_fetch(f"https://{SHOP}/item/1.html", "Kataban")
    assert "html" in market(robots="challenge").answer(Ask(SHOP, "/robots.txt")).content_type


@pytest.mark.parametrize(("trouble", "status"), [("challenge", 200), ("503", 503), ("429", 429), ("403", 403)])
def test_a_troubled_host_shows_no_product_but_keeps_its_robots(trouble: str, status: int) -> None:
    troubled = market(trouble=trouble)
    answer = item(troubled)
    assert answer.status == status
    assert b"ABC-100" not in answer.body
    assert troubled.answer(Ask(SHOP, "/robots.txt")).status == 200


@pytest.mark.parametrize(("host", "trouble", "says"), [
    (rakuten.API, "429", "too_many_requests"), (rakuten.API, "503", "service_unavailable"),
    (yahoo.API, "429", '"Status": 429'), (yahoo.API, "503", "<Error>"),
])
def test_the_apis_have_bodies_of_their_own_for_trouble(host: str, trouble: str, says: str) -> None:
    where = Market(Catalogue(Path(), [File(host=[Host(name=host, trouble=trouble)])]))  # type: ignore[arg-type]
    answer = where.answer(Ask(host, "/anything"))
    assert answer.status == int(trouble)
    assert says in answer.body.decode()


def test_trouble_may_hold_for_some_words_only() -> None:
    troubled = market(trouble="503", when=["ABC-100"])
    assert item(troubled).status == 200
    assert troubled.answer(Ask(SHOP, "/s", query={"q": "abc 100"})).status == 503
    assert troubled.answer(Ask(SHOP, "/s", method="POST", body=b'{"keyword": "abc100"}')).status == 503


def test_a_redesigned_page_keeps_its_words_and_loses_its_marks(catalogue: Catalogue) -> None:
    page = catalogue.pages("rakuma")[0]
    broken = Host(name=rakuma.ITEM, trouble="broken")
    where = Market(Catalogue(Path(), [File(host=[broken], seller=[*catalogue.sellers.values()],
                                           product=[page[0].product])]))
    text = where.answer(Ask(rakuma.ITEM, f"/{page[0].offer.id}")).body.decode()
    assert page[0].offer.title in text
    assert not re.search("class=|ld\\+json|property=|data-rat-", text)


def test_a_redesigned_shop_shows_nothing_without_its_script() -> None:
    answer = item(market(trouble="broken"))
    assert answer.status == 200
    assert b"ABC-100" not in answer.body


def test_unknown_hosts_are_not_answered(get: Get) -> None:
    assert get("www.example.com", "/").status == 421


def test_the_server_answers_on_both_ports_and_logs(server: Server) -> None:
    plain = http.client.HTTPConnection("127.0.0.1", server.port)
    plain.request("GET", "/s?query=KI-RX75-W", headers={"Host": "fril.jp", "User-Agent": "probe"})
    assert plain.getresponse().status == 200
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    secure = http.client.HTTPSConnection("127.0.0.1", server.tls_port, context=trusting)
    secure.request("GET", "/robots.txt", headers={"Host": "jp.mercari.com"})
    assert b"Disallow: /v2/" in secure.getresponse().read()
    first, second = log.read(server.log_file)[-2:]
    assert first.url == "https://fril.jp/s?query=KI-RX75-W"
    assert (first.status, first.user_agent, first.tls) == (200, "probe", False)
    assert (second.url, second.tls) == ("https://jp.mercari.com/robots.txt", True)
    assert second.monotonic >= first.monotonic


def test_slow_hosts_hold_their_answer_back(tmp_path: Path) -> None:
    with Server(market(trouble="slow", seconds=0.4).catalogue, tmp_path / "log.jsonl") as running:
        connection = http.client.HTTPConnection("127.0.0.1", running.port)
        started = time.monotonic()
        connection.request("GET", "/item/1.html", headers={"Host": SHOP})
        assert connection.getresponse().status == 200
        assert time.monotonic() - started >= 0.4


def test_a_port_that_is_taken_is_an_error_of_the_one_who_starts(server: Server, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="address already in use"), Server(server.catalogue, tmp_path / "x", server.port):
        pass


def seen(host: str, at: float, path: str = "/", method: str = "GET", body: str = "") -> log.Seen:
    return log.Seen(at, at, host, method, path, "", 200, "Kataban", tls=False, body=body)


def test_reading_the_log_for_gaps_repeats_and_robots() -> None:
    entries = [seen("a", 1.0), seen("b", 1.1), seen("a", 3.5, "/x"), seen("a", 4.0, "/x"), seen("b", 9.0, "/no/1"),
               seen("c", 1.0, "/s", "POST", "1"), seen("c", 2.0, "/s", "POST", "2")]
    assert log.gaps(entries) == {"a": 0.5, "b": pytest.approx(7.9), "c": 1.0}
    assert log.repeats(entries) == {"GET https://a/x": 2}
    assert log.past_robots(entries, {"b": "User-agent: *\nDisallow: /no/\n"}) == [entries[4]]


def test_every_host_of_the_market_has_a_site(catalogue: Catalogue) -> None:
    where = Market(catalogue)
    assert all(where.site(host) for host in hosts(catalogue))
    assert set(catalogue.hosts) <= set(hosts(catalogue)) | {"yasui-kaden.example.jp"}
