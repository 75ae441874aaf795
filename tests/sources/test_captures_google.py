"""A real Custom Search answer of 2024 (an image search, cut by its giver to 2 of 5 rows), read by eye."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kataban.crawling.replay import Envelope, replay
from tests.sources.saved import spider_of

pytestmark = pytest.mark.captures
URL = "https://customsearch.googleapis.com/customsearch/v1?key=KEY&cx=KEY&q=cats"


def test_rows_and_next_page(captures: Path) -> None:
    body = (captures / "google_cse/image_search_2_items.json").read_bytes()
    read = replay(spider_of("web_search"), Envelope(url=URL, headers={"Content-Type": "application/json"}, body=body))
    links = [line.split('"')[3] for line in body.decode().splitlines() if line.strip().startswith('"link":')]
    assert [lead.url for lead in read.leads] == links
    assert len(links) == 2
    assert read.page is not None
    assert (read.page.rows, read.page.unreadable, read.page.last) == (2, 0, False)
    assert [request.url.endswith("&start=11") for request in read.next_requests] == [True]


def test_its_list_under_another_key_is_broken(captures: Path) -> None:
    answer = json.loads((captures / "google_cse/image_search_2_items.json").read_bytes())
    answer["rows"] = answer.pop("items")
    body = json.dumps(answer).encode()
    read = replay(spider_of("web_search"), Envelope(url=URL, headers={"Content-Type": "application/json"}, body=body))
    assert (read.outcome, read.leads) == ("broken", [])
