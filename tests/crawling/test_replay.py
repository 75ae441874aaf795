"""The replay of one saved answer: envelope in, what the source read out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scrapy.http import Request, Response

from kataban.crawling.replay import Envelope, read_envelope, replay, response_of
from kataban.items import CannotLook, Listing, Outcome, PageKind, Query, Seller
from spiders.base import Parsed, SourceSpider


class Shelf(SourceSpider):
    """A source that reads lines of text."""

    name = "shelf"
    canary = "CANARY-1"

    def search(self, query: Query) -> Request:
        return Request(f"https://shelf.test/?q={query.text}&key={self.key('SHELF_KEY')}")

    def parse(self, response: Response, query: Query) -> Parsed:
        if response.status == 403:
            raise CannotLook(Outcome.BLOCKED, "challenge", "the shelf refuses us", page_kind=PageKind.CHALLENGE)
        lines = response.text.split()
        yield from self.cards(lines, lambda line: Listing("shelf", line[1], f"https://shelf.test/{line}", line))
        if lines:
            yield self.search(query)

    def parse_detail(self, response: Response, listing: Listing):
        if not response.meta["page_json"]:
            raise KeyError("item")
        listing.detail_read = True
        listing.seller = Seller("shelf", "s1", name=response.meta["page_json"][0]["json"]["name"])
        yield listing


def test_an_answer_gives_listings_a_page_and_masked_requests() -> None:
    read = replay(Shelf(), Envelope(url="https://shelf.test/", body=b"a1 b2", model_number="X-1")).plain()
    assert [row["listing_id"] for row in read["listings"]] == ["1", "2"]
    assert (read["page_kind"], read["outcome"], read["page"]["rows"]) == ("results", None, 2)
    assert read["next_requests"] == ["https://shelf.test/?q=X-1&key=KEY"]


def test_a_bare_page_is_read_without_saying_what_was_asked() -> None:
    read = replay(Shelf(), Envelope(url="https://shelf.test/", body=b"a1"))
    assert [request.url for request in read.next_requests] == ["https://shelf.test/?q=CANARY-1&key=KEY"]


def test_zero_is_nothing_and_a_refusal_is_not() -> None:
    empty = replay(Shelf(), Envelope(url="https://shelf.test/"))
    assert (empty.page_kind, empty.outcome) == (PageKind.EMPTY, Outcome.NOTHING)
    refused = replay(Shelf(), Envelope(url="https://shelf.test/", status=403))
    assert (refused.outcome, refused.reason_code, refused.page_kind) == ("blocked", "challenge", "challenge")


@pytest.mark.parametrize(("as_", "body"), [("search", b"a b2 c"), ("detail", b"")])
def test_errors_of_a_parser(as_: str, body: bytes) -> None:
    read = replay(Shelf(), Envelope(url="https://shelf.test/", as_=as_, body=body))
    if as_ == "search":
        assert (read.page.unreadable, read.page.rows, read.outcome) == (2, 3, None)
    else:
        assert (read.outcome, read.reason_code) == (Outcome.BROKEN, "parser_error")


def test_the_envelope_on_disk(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes("<p>在庫あり</p>".encode("euc-jp"))
    (tmp_path / "page.json").write_text(json.dumps([{"url": "u", "status": 200, "json": {"name": "店"}}]))
    (tmp_path / "envelope.json").write_text(json.dumps({
        "url": "https://shelf.test/i/1", "status": 200, "headers": {"Content-Type": "text/html; charset=EUC-JP"},
        "as": "detail", "model_number": "X-1", "body_file": "page.html", "page_json_file": "page.json",
        "listing": {"listing_id": "1", "title": "X-1", "price": 500, "price_kind": "fixed"}}))
    envelope = read_envelope(tmp_path / "envelope.json")
    assert response_of(envelope).css("p::text").get() == "在庫あり"
    (listing,) = replay(Shelf(), envelope).plain()["listings"]
    assert listing == {"source": "shelf", "listing_id": "1", "url": "https://shelf.test/i/1", "title": "X-1",
                       "price": 500, "price_kind": "fixed", "detail_read": True,
                       "seller": {"source": "shelf", "seller_id": "s1", "name": "店"}}
