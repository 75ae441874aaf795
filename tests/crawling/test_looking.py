"""`probe` and `capture` against the sample market, and what they compare, mask and trim."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from scrapy.http import HtmlResponse, Request, TextResponse

from kataban.crawling.capture import envelope_of, mask, masked, trimmed, write_case
from kataban.crawling.looking import Look, Looking
from kataban.crawling.probe import Finding, _touching, findings_of
from kataban.crawling.replay import Envelope, read_envelope, replay
from kataban.items import Availability, CannotLook, Listing, Outcome, PageKind, PageRead, Query, Seller
from kataban.sample_market.server import SAMPLE_KEYS
from spiders.rakuma import RakumaSpider
from spiders.surugaya import SurugayaSpider
from tests.main_job.market import Market
from tests.sources.saved import HERE

URL = "https://fril.jp/s?query=x"


# --- the verbs, against the sample market ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Market:
    return Market(tmp_path_factory.mktemp("home"), {})


@pytest.fixture(scope="module")
def probed(market: Market) -> dict[str, Any]:
    done = market.scrapy("probe", "rakuma", "rakuten_ichiba")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 differences" in done.stdout
    (report,) = market.home.glob("probe/*/report.json")
    return dict(json.loads(report.read_text(encoding="utf-8")))


def test_probe_looks_at_a_search_an_item_its_seller_and_an_empty_search(probed: dict[str, Any]) -> None:
    answers = {(one["source"], one["look"]): one["seen"] for one in probed["findings"] if one["what"] == "answer"}
    assert answers["rakuma", "nothing"] == "404, none"
    assert answers["rakuma", "seller"] == "200, read"
    assert answers["rakuma", "search"].startswith("200, ")
    assert "in_stock" in answers["rakuten_ichiba", "detail"]
    robots = [one for one in probed["findings"] if one["what"].startswith("robots.txt")]
    assert len(robots) >= 6
    assert not any(one["differs"] for one in robots)


def test_probe_saves_what_replay_reads_and_no_key(market: Market, probed: dict[str, Any]) -> None:
    cases = sorted(market.home.glob("probe/*/*/*/envelope.json"))
    assert len(cases) == 7
    for case in cases:
        source = case.parents[1].name
        read = replay({"rakuma": RakumaSpider}.get(source, _rakuten())(), read_envelope(case))
        assert read.outcome in {None, Outcome.NOTHING}, read.reason
        assert read.listings or read.sellers or read.outcome is Outcome.NOTHING
    secrets = [value.encode() for name, value in SAMPLE_KEYS.items() if name.endswith(("KEY", "ID"))]
    for path in (market.home / "probe").rglob("*"):
        assert not path.is_file() or not any(secret in path.read_bytes() for secret in secrets), path


def _rakuten() -> Any:
    from spiders.rakuten_ichiba import RakutenIchibaSpider

    return RakutenIchibaSpider


def test_probe_asks_little_and_reads_robots_first(market: Market, probed: dict[str, Any]) -> None:
    asked = [entry for entry in market.requests() if entry["host"].endswith("fril.jp")]
    paths = [entry["path"] for entry in asked]
    assert paths.count("/robots.txt") == 2
    assert len(paths) - 2 == 4
    assert paths[0] == "/robots.txt"


def test_probe_stores_nothing(market: Market, probed: dict[str, Any]) -> None:
    from kataban.results.database import Database
    from kataban.results.tables import listings, searches

    database = Database(f"sqlite:///{market.home}/kataban.db")
    with database.reading() as connection:
        assert not connection.execute(searches.select()).all()
        assert not connection.execute(listings.select()).all()
    database.close()


def test_probe_of_an_unknown_source(market: Market) -> None:
    done = market.scrapy("probe", "nosuch")
    assert done.returncode == 2
    assert "unknown source nosuch" in done.stderr


@pytest.mark.parametrize(("as_", "kind"), [("search", PageKind.RESULTS), ("seller", PageKind.SELLER)])
def test_capture_makes_a_case(market: Market, tmp_path: Path, as_: str, kind: PageKind) -> None:
    into = ("--case", f"live_{as_}", "--into", str(tmp_path))
    done = market.scrapy("capture", "rakuma", "WH-1000XM5", "--as", as_, *into)
    assert done.returncode == 0, done.stdout + done.stderr
    case = tmp_path / "rakuma" / f"live_{as_}"
    assert done.stdout.strip() == str(case)
    read = replay(RakumaSpider(), read_envelope(case / "envelope.json"))
    assert read.page_kind is kind
    again = market.scrapy("capture", "rakuma", "WH-1000XM5", *into)
    assert again.returncode == 2
    assert "is there already" in again.stderr


# --- what is compared ------------------------------------------------------------------------------------------------


ROBOTS = """User-agent: *
Crawl-delay: 30
Disallow: /search/
Disallow: /*?sort=
Allow: /search/about$
Disallow: /cart
"""


@pytest.mark.parametrize(("path", "told"), [
    ("/search?x=1", "Crawl-delay: 30"),
    ("/search/x", "Disallow: /search/; Crawl-delay: 30"),
    ("/search/about", "Disallow: /search/; Allow: /search/about$; Crawl-delay: 30"),
    ("/s?sort=a", "Disallow: /*?sort=; Crawl-delay: 30"),
])
def test_the_rules_that_speak_of_an_address(path: str, told: str) -> None:
    assert _touching(ROBOTS, f"https://x.jp{path}") == told


def test_no_rule_and_no_file() -> None:
    assert _touching("User-agent: *\nDisallow: /cart", "https://x.jp/s") == "no rule speaks of it"
    assert _touching("", "https://x.jp/s") == "no robots.txt"


def look(name: str = "search", body: str = "<html><body></body></html>", status: int = 200, **fields: Any) -> Look:
    request = Request(URL)
    response = HtmlResponse(URL, status=status, body=body.encode(), encoding="utf-8", request=request)
    return Look(name, fields.pop("kind", "search"), request, Query("x"), response=response, **fields)


def differences(*looks: Look) -> list[Finding]:
    return [one for one in findings_of(RakumaSpider, list(looks), {}) if one.differs]


def test_a_layout_that_changed_lists_the_landmarks_that_are_gone() -> None:
    why = CannotLook(Outcome.BROKEN, "layout_changed", "neither results nor the mark of none")
    told = differences(look(why=why, body='<html><body><div class="card">x</div></body></html>'))
    assert ("search", "answer") in {(one.look, one.what) for one in told}
    gone = {one.what for one in told if one.look == "landmarks"}
    assert {"search.card", "search.link", "search.title"} <= gone
    assert any("captured" in one.expected or "reported" in one.expected for one in told if one.look == "landmarks")


def test_marks_that_a_good_page_need_not_show_are_no_difference() -> None:
    row = Listing("rakuma", "a", "https://item.fril.jp/a", "t", price=100)
    body = '<html><body><div class="item-box">x</div></body></html>'
    assert differences(look(body=body, found=[row, PageRead(PageKind.RESULTS, rows=1)])) == []


def test_rows_without_any_price_are_a_difference() -> None:
    row = Listing("rakuma", "a", "https://item.fril.jp/a", "t")
    told = differences(look(found=[row, PageRead(PageKind.RESULTS, rows=1)]))
    assert "fields" in {one.what for one in told}


def test_sold_out_rows_need_no_price() -> None:
    row = Listing("rakuma", "a", "https://item.fril.jp/a", "t", availability=Availability.SOLD_OUT)
    told = differences(look(found=[row, PageRead(PageKind.RESULTS, rows=1)]),
                       look("detail", kind="detail", found=[replace(row, detail_read=True)]))
    assert told == []


@pytest.mark.parametrize(("page", "wrong"), [
    (PageRead(PageKind.EMPTY, hits_reported=0), False),
    (PageRead(PageKind.RESULTS, rows=4), True),
    (PageRead(PageKind.RESULTS, rows=4, similarity=True), False),
])
def test_the_empty_search_must_say_so(page: PageRead, wrong: bool) -> None:
    told = differences(look("nothing", found=[page]))
    assert ("answer" in {one.what for one in told}) is wrong


def test_a_refusal_by_robots_is_a_difference() -> None:
    why = CannotLook(Outcome.ROBOTS_DENIED, "disallow", "robots.txt of fril.jp forbids this address")
    told = differences(Look("search", "search", Request(URL), Query("x"), why=why))
    assert told[0].what == "robots.txt of fril.jp"
    assert "forbids" in told[0].seen


def test_a_block_ends_the_looks() -> None:
    looking = Looking(Query("x"))
    looking.looks.append(look(why=CannotLook(Outcome.BLOCKED, "challenge", "a challenge page")))
    assert looking._is_over


# --- masking and trimming --------------------------------------------------------------------------------------------


def test_names_keys_and_contacts_are_masked() -> None:
    text = ('<p>みなみの店 &amp; みなみ</p><script>{"name":"\\u307f\\u306a\\u307f\\u306e\\u5e97"}</script>'
            '<input type="hidden" name="csrf_token" value="abc123"><a href="/x?api_key=SECRET99">TEL 03-1234-5678'
            '</a> shop@mail.example.jp 〒150-0001 型番 WH-1000XM5 0120-333 商品 03-1234-5678')
    shown = mask(text, ["みなみの店"])
    for secret in ("みなみの店", "\\u307f\\u306a\\u307f\\u306e\\u5e97", "abc123", "SECRET99", "TEL 03-1234",
                   "shop@mail", "150-0001"):
        assert secret not in shown
    assert "出品者1" in shown
    assert "WH-1000XM5 0120-333 商品 03-1234-5678" in shown, "what is no contact stays"


def test_businesses_keep_their_names() -> None:
    seller = Seller("rakuma", "1", name="よい電気", business=True)
    private = Seller("rakuma", "2", name="みなみ", profile="子育て中です")
    envelope = Envelope(url=URL, body="よい電気 みなみ 子育て中です".encode())
    assert masked(envelope, [seller, private], "utf-8").body.decode() == "よい電気 出品者2 出品者1"


def test_masking_keeps_the_sites_encoding() -> None:
    envelope = Envelope(url=URL, body="髙品質① みなみ".encode("cp932"))
    out = masked(envelope, [Seller("rakuma", "1", name="みなみ")], "cp932")
    assert out.body.decode("cp932") == "髙品質① 出品者1"


@pytest.mark.parametrize("case", ["detail_sale", "found", "nothing", "broken_markup", "detail_new_and_used"])
def test_a_trimmed_page_is_read_as_before(case: str) -> None:
    envelope = read_envelope(HERE / "surugaya" / case / "envelope.json")
    heavy = envelope.body.replace(
        b"<body>", b"<body><!-- secret --><style>.x{}</style><script>track('x')</script><svg><path/></svg>\n\n\n")
    envelope.body = heavy
    before = replay(SurugayaSpider(), envelope).plain()
    smaller = trimmed(SurugayaSpider(), envelope, "utf-8")
    assert replay(SurugayaSpider(), smaller).plain() == before
    assert len(smaller.body) < len(heavy) - 60
    for part in (b"<!--", b"<style", b"track(", b"<svg"):
        assert part not in smaller.body


def test_scripts_with_data_stay(tmp_path: Path) -> None:
    envelope = read_envelope(HERE / "yahoo_fleamarket" / "found" / "envelope.json")
    from spiders.yahoo_fleamarket import YahooFleamarketSpider

    smaller = trimmed(YahooFleamarketSpider(), envelope, "utf-8")
    assert b"__NEXT_DATA__" in smaller.body
    write_case(tmp_path / "case", smaller)
    again = replay(YahooFleamarketSpider(), read_envelope(tmp_path / "case" / "envelope.json"))
    assert len(again.listings) == len(replay(YahooFleamarketSpider(), envelope).listings) > 0


def test_an_envelope_of_a_detail_holds_the_row_that_led_there() -> None:
    row = Listing("rakuma", "a1", "https://item.fril.jp/a1", "t", price=100, seller=Seller("rakuma", "9"))
    request = Request("https://item.fril.jp/a1")
    headers = {"Content-Type": "text/html", "Set-Cookie": "a=b"}
    response = TextResponse(request.url, body=b"<html></html>", headers=headers, request=request)
    envelope = envelope_of(Look("detail", "detail", request, Query("x"), row, response))
    assert envelope.listing["listing_id"] == "a1"
    assert envelope.headers == {"Content-Type": "text/html"}
    assert envelope.as_ == "detail"
