"""One Query asked to its end, against a spider of our own: nothing that fails may end as `nothing`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.http import Request, TextResponse
from twisted.python.failure import Failure

from kataban.crawling.answers import Answers
from kataban.crawling.asking import Asking
from kataban.crawling.middleware import Limits
from kataban.crawling.run import Run
from kataban.items import (
    Appraisal,
    Availability,
    CannotLook,
    Listing,
    Outcome,
    PageKind,
    PageRead,
    PriceKind,
    Query,
    Seller,
)
from matcher import judge_listing
from spiders.base import Parsed, SourceSpider

SEARCH, ITEM, SELLER = "https://shop.example/s", "https://shop.example/i", "https://shop.example/u"


class Shop(SourceSpider):
    """A shop whose pages are one word each: what `parse` is to do with them."""

    name = "shop"
    label, access, site, terms, canary = "shop", "html", "https://shop.example", "none", "X"

    def forms(self, query: Query) -> tuple[str, ...]:
        return ("AB-1200C", "AB1200C")

    def search(self, query: Query) -> Request:
        return Request(f"{SEARCH}?q={query.text}", cb_kwargs={"query": query})

    def parse(self, response: Any, query: Query) -> Parsed:
        words = response.text.split()
        if words[0] == "raise":
            raise ValueError("an odd page")
        if words[0] == "broken":
            raise CannotLook(Outcome.BROKEN, "layout_changed", "not known")
        if words[0] == "blocked":
            raise CannotLook(Outcome.BLOCKED, "challenge", "a challenge")
        rows = [word for word in words if word.startswith("row")]
        for row in rows:
            title = "カシオ AB-1200C 新品" if "exact" in row else "カシオ 時計 新品"
            yield Listing("shop", row, f"{ITEM}/{row}", title,
                          price=9_000, price_kind=PriceKind.FIXED, seller=Seller("shop", "s1"),
                          shipping=0, shipping_included=True)
        more = "more" in words
        yield PageRead(PageKind.RESULTS if rows else PageKind.EMPTY, rows=len(rows), last=not more)
        if more and "next" in words:
            yield Request(f"{SEARCH}?page=2", cb_kwargs={"query": query})

    def detail(self, listing: Listing) -> Request:
        if "explode" in listing.listing_id:
            raise KeyError("an odd row")
        return Request(listing.url, callback=self.parse_detail, cb_kwargs={"listing": listing})

    def parse_detail(self, response: Any, listing: Listing) -> Iterable[Any]:
        if response.text != "gone":
            listing.description, listing.detail_read = response.text, True
            listing.availability = Availability.IN_STOCK
            yield listing

    def seller(self, listing: Listing) -> Request:
        return Request(SELLER, callback=self.parse_seller, cb_kwargs={"seller": listing.seller})

    def parse_seller(self, response: Any, seller: Seller) -> Iterable[Seller]:
        seller.good = int(response.text)
        yield seller


class Gate:
    async def reserve(self, url: str) -> None:
        """Always open."""


class Desk:
    """The desk without a database."""

    def __init__(self, **limits: Any) -> None:
        self.limits = Limits(**{"details": 20, "pages": 3, "leads": 5, "again": 2, "pause": 0.0, "pause_max": 1.0,
                                **limits})
        self.run, self.pace = SimpleNamespace(now=Run.now), Gate()
        self.ended: CannotLook | None = None
        self.rest_until = None
        self.sellers: dict[str, Seller] = {}
        self.buys = False

    def may_ask(self, request: Request) -> None:
        if self.ended:
            raise CannotLook(Outcome.NOT_ASKED, "source_ended", "ended")

    def end(self, why: CannotLook) -> None:
        self.ended = why

    def known_seller(self, seller: Seller) -> Seller | None:
        return self.sellers.get(seller.seller_id)

    def keep_seller(self, seller: Seller) -> None:
        self.sellers[seller.seller_id] = seller

    def purchasable(self, query: Query, listing: Listing) -> bool:
        return self.buys


class Told:
    """What one asking came to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.listings: list[Listing] = []


def ask(answers: dict[str, Any], folder: Path, **options: Any) -> tuple[Any, Told]:
    """Ask with these answers by address: a text, a status, or an exception; returns the Closing and what happened."""
    told = Told()
    desk = Desk(**options)

    async def drive() -> Asking:
        asking = Asking(desk, Shop(), Query("AB-1200C", "CASIO", query_id=1), {"shop": 7},  # type: ignore[arg-type]
                        Answers(folder))
        await run_through(asking.ask(), asking, answers, told)
        return asking

    return asyncio.run(drive()).closings(Run.now())[0], told


async def run_through(generator: Any, asking: Asking, pages: dict[str, Any], told: Told) -> None:
    """What Scrapy would do, in the background as Scrapy does it."""
    tasks = [asyncio.ensure_future(one(out, asking, pages, told)) async for out in generator]
    await asyncio.gather(*tasks)


async def one(out: Listing | Request, asking: Asking, pages: dict[str, Any], told: Told) -> None:
    if isinstance(out, Listing):
        out.judgement, out.appraisal = judge_listing(asking.asked, out), Appraisal()
        told.listings.append(out)
        asking.item_stored(out)
        return
    told.asked.append(out.url)
    answer = pages.get(out.url, "nothing")
    if isinstance(answer, list):
        answer = answer.pop(0) if len(answer) > 1 else answer[0]
    if isinstance(answer, Exception):
        await run_through(out.errback(Failure(answer)), asking, pages, told)  # type: ignore[misc]
        return
    status, text = answer if isinstance(answer, tuple) else (200, answer)
    response = TextResponse(out.url, status=status, body=text.encode(), encoding="utf-8", request=out)
    await run_through(out.callback(response), asking, pages, told)  # type: ignore[misc]


FIRST, SECOND = f"{SEARCH}?q=AB-1200C", f"{SEARCH}?q=AB1200C"
NOT_THERE = TimeoutError("no answer")


@pytest.mark.parametrize(("pages", "outcome", "code"), [
    ({}, "nothing", None),
    ({FIRST: "raise", SECOND: "raise"}, "broken", "parser_error"),
    ({FIRST: "raise"}, "partial", "parser_error"),
    ({FIRST: "broken", SECOND: "broken"}, "broken", "layout_changed"),
    ({FIRST: "blocked"}, "blocked", "challenge"),
    ({FIRST: (403, "raise")}, "blocked", None),
    ({FIRST: (503, "nothing"), SECOND: (503, "nothing")}, "rate_limited", None),
    ({FIRST: NOT_THERE, SECOND: NOT_THERE}, "unreachable", None),
    ({FIRST: "rowa more"}, "partial", "cut"),
    ({FIRST: "rowexplode"}, "partial", "source_error"),
    ({FIRST: "rowa", f"{ITEM}/rowa": NOT_THERE}, "partial", None),
    ({FIRST: "rowa", f"{ITEM}/rowa": "別の時計 CD-5500X"}, "nothing", None),
])
def test_outcome(pages: dict[str, Any], outcome: str, code: str | None, tmp_path: Path) -> None:
    closing, _ = ask(pages, tmp_path)
    assert closing.outcome == outcome
    assert code is None or closing.reason_code == code
    assert closing.complete is (outcome == "nothing")


def test_a_find_is_opened_and_its_seller_read_once(tmp_path: Path) -> None:
    pages = {FIRST: "rowexact1 rowexact2 rowother", SELLER: "120", f"{ITEM}/rowother": "型番 CD-5500X"}
    closing, told = ask(pages, tmp_path)
    assert (closing.outcome, closing.exact_count) == ("found", 2)
    assert told.asked.count(SELLER) == 1
    exact = [listing for listing in told.listings if "exact" in listing.listing_id]
    assert [listing.seller and listing.seller.good for listing in exact] == [120, 120]
    assert all(listing.detail_read for listing in exact)
    assert told.asked.count(FIRST) == told.asked.count(SECOND) == 1


def test_spellings_left_unasked_after_a_find_say_so_in_words_of_their_own(tmp_path: Path) -> None:
    """The contract: forms not asked make the Search incomplete. That it was not needed is another thing than a cut."""
    told = Told()
    desk = Desk()
    desk.buys = True

    async def drive() -> Asking:
        asking = Asking(desk, Shop(), Query("AB-1200C", "CASIO", query_id=1),  # type: ignore[arg-type]
                        {"shop": 7, "shop_pro": 8}, Answers(tmp_path))
        await run_through(asking.ask(), asking, {FIRST: "rowexact1", SELLER: "120"}, told)
        return asking

    found, other = asyncio.run(drive()).closings(Run.now())
    assert SECOND not in told.asked
    assert (found.outcome, found.complete, found.reason_code) == ("found", False, "satisfied")
    assert (other.outcome, other.complete, other.reason_code) == ("partial", False, "satisfied")
    assert other.reason == ("an exact listing that can be bought was found with AB-1200C, so further spellings were not"
                            " asked: AB1200C")


def test_a_transient_failure_is_asked_again(tmp_path: Path) -> None:
    closing, told = ask({FIRST: [NOT_THERE, (500, "x"), "rowexact1"], SELLER: "1"}, tmp_path)
    assert closing.outcome == "found"
    assert told.asked.count(FIRST) == 3


def test_an_item_whose_page_shows_nothing_is_kept_as_sold_out(tmp_path: Path) -> None:
    _, told = ask({FIRST: "rowexact1", f"{ITEM}/rowexact1": "gone", SELLER: "1"}, tmp_path)
    assert [listing.availability for listing in told.listings] == [Availability.SOLD_OUT]


def test_the_budget_of_opened_rows_makes_the_look_partial(tmp_path: Path) -> None:
    closing, told = ask({FIRST: "rowa rowb rowc", **{f"{ITEM}/row{x}": "型番 CD-5500X" for x in "abc"}}, tmp_path,
                        details=2)
    assert (closing.outcome, closing.reason_code) == ("partial", "unread_details")
    assert sum(url.startswith(ITEM) for url in told.asked) == 2


def test_pages_are_read_to_the_end_within_their_budget(tmp_path: Path) -> None:
    items = {f"{ITEM}/row{x}": "型番 CD-5500X" for x in "ab"}
    closing, _ = ask({FIRST: "rowa more next", f"{SEARCH}?page=2": "nothing", **items}, tmp_path)
    assert closing.outcome == "nothing"
    cut, _ = ask({FIRST: "rowa more next", f"{SEARCH}?page=2": "rowb more next", **items}, tmp_path / "x", pages=2)
    assert (cut.outcome, cut.reason_code) == ("partial", "cut")


def test_after_a_kill_only_what_had_no_answer_is_asked(tmp_path: Path) -> None:
    pages = {FIRST: "rowexact1 rowa", SELLER: "5", f"{ITEM}/rowa": NOT_THERE}
    whole, first = ask(pages, tmp_path)
    pages[f"{ITEM}/rowa"] = "型番 CD-5500X"
    again, second = ask(pages, tmp_path)  # the same folder of answers: the Search was never closed
    assert set(second.asked) == {f"{ITEM}/rowa"}
    assert {listing.listing_id for listing in second.listings} == {listing.listing_id for listing in first.listings}
    assert (whole.outcome, again.outcome) == ("found", "found")
