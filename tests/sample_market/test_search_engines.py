"""Brave and SearXNG over the small web of the catalogue."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from kataban.sample_market.answers import Answer, Ask
from kataban.sample_market.catalogue import load
from kataban.sample_market.sites import search_engines
from kataban.sample_market.tables import Host

Get = Callable[..., Answer]
JAPAN = {"country": "JP", "search_lang": "jp", "text_decorations": "false"}
KEY = {"x-subscription-token": "sample"}
PATH = "/res/v1/web/search"


def brave(get: Get, query: dict[str, str]) -> Answer:
    return get(search_engines.BRAVE, PATH, query, **KEY)


def test_a_quoted_number_brings_the_pages_that_name_it(get: Get) -> None:
    body = json.loads(brave(get, JAPAN | {"q": 'Rice Cooker "NW-JX10-BA"'}).body)
    urls = [row["url"] for row in body["web"]["results"]]
    assert "https://kottoya-denki.example.jp/products/detail/512" in urls
    assert any(url.startswith("https://item.rakuten.co.jp/") for url in urls)
    assert body["query"]["more_results_available"] is False


def test_no_hit_has_no_web_block(get: Get) -> None:
    answer = brave(get, JAPAN | {"q": '"QZX-00991"'})
    assert answer.status == 200
    assert "web" not in json.loads(answer.body)


def test_marks_and_entities_unless_told_otherwise(get: Get) -> None:
    marked = json.loads(brave(get, JAPAN | {"q": "GW-M5610U-1JF", "text_decorations": "true"}).body)
    plain = json.loads(brave(get, JAPAN | {"q": "GW-M5610U-1JF"}).body)
    assert any("<strong>GW-M5610U-1JF</strong>" in row["title"] for row in marked["web"]["results"])
    assert not any("<strong>" in row["title"] for row in plain["web"]["results"])


def test_without_country_and_language_japanese_pages_do_not_come(get: Get) -> None:
    rows = json.loads(brave(get, {"q": '"NW-JX10-BA"'}).body)["web"]["results"]
    assert [row["url"] for row in rows] == ["https://www.example.com/best-gadgets"]


@pytest.mark.parametrize(("query", "headers", "code"), [
    ({"q": "x"}, {}, "SUBSCRIPTION_TOKEN_INVALID"), ({"q": "x", "search_lang": "ja"}, KEY, "VALIDATION"),
    ({"q": "x", "count": "21"}, KEY, "VALIDATION"), ({"q": "x", "offset": "10"}, KEY, "VALIDATION"),
])
def test_every_refusal_is_a_422(get: Get, query: dict[str, str], headers: dict[str, str], code: str) -> None:
    answer = get(search_engines.BRAVE, PATH, query, **headers)
    assert answer.status == 422
    assert json.loads(answer.body)["error"]["code"] == code


def test_searxng_lists_the_same_pages(get: Get) -> None:
    body = json.loads(get(search_engines.SEARXNG, "/search", {"q": '"NW-JX10-BA"', "format": "json"}).body)
    assert "number_of_results" not in body
    assert body["unresponsive_engines"] == []
    assert body["results"][0]["parsed_url"][:2] == ["https", "kottoya-denki.example.jp"]


def test_an_outage_is_a_200_without_results() -> None:
    catalogue = load()
    catalogue.hosts[search_engines.SEARXNG] = Host(name=search_engines.SEARXNG, trouble="outage")
    ask = Ask(search_engines.SEARXNG, "/search", query={"q": '"NW-JX10-BA"', "format": "json"})
    answer = search_engines.answer(ask, catalogue)
    body = json.loads(answer.body)
    assert (answer.status, body["results"]) == (200, [])
    assert body["unresponsive_engines"]
