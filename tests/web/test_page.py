"""What stands in the report, without a browser."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from parsel import Selector
from scrapy.utils.project import get_project_settings

from kataban.crawling.sources import all_sources
from kataban.items import Availability, Condition, Ending, Outcome, Supply, Verdict, WantedState
from kataban.results.database import Database
from kataban.results.schema import prepare
from kataban.results.tracks import EventKind
from kataban.web.acts import ACTS
from kataban.web.pages import View
from kataban.web.report import report_html, write_report
from kataban.web.shown import left, marked, moment, web_address, yen
from kataban.web.words import WORDS
from matcher.candidates import Confidence
from tests.results import makers
from tests.web.conftest import EVIL, TERMS


@pytest.fixture
def report(database: Database, tmp_path: Path) -> Selector:
    return Selector(write_report(database, tmp_path, "en", TERMS).read_text(encoding="utf-8"))


def test_orders_without_an_alternative_come_first(report: Selector) -> None:
    cards = report.css("#orders article")
    assert [card.attrib["id"] for card in cards] == ["order-3", "order-2", "order-1"]
    assert ["without" in card.attrib["class"] for card in cards] == [True, True, False]


def test_an_alternative_says_all_that_is_needed(report: Selector) -> None:
    offer = report.css("#order-1 ol [data-listing=plain]")
    text = re.sub(r"\s+", " ", " ".join(offer.xpath(".//text()[not(ancestor::*[@lang='ja'])]").getall()))
    for said in ("¥5,000", "shipping included", "profit ¥9,985", "new", "Rakuma", "grade", "the number is equal",
                 "seen"):
        assert said in text, said
    assert offer.css("mark::text").getall() == ["AB-1200C"]
    assert offer.css("a::attr(href)").getall() == ["https://shop.example/plain", "https://img.example/1.jpg"]


def test_what_must_not_be_bought_and_what_was_not_looked_at_are_folded_below(report: Selector) -> None:
    card = report.css("#order-1")
    folded = {"".join(d.css("summary .en::text").getall()): d for d in card.css("details")}
    assert folded["Similar, other model number: do not buy (1)"].css("[data-listing=other]")
    assert folded["Exact, but not to be bought (1)"].css("[data-listing=sold]")
    unchecked = folded["Could not check (1)"]
    assert "Mercari" in "".join(unchecked.css("b .en::text").getall())
    assert "jp.mercari.com/search?keyword=AB-1200C" in unchecked.css("a::attr(href)").get("")
    assert not card.css("ol [data-listing=other], ol [data-listing=sold]")


def test_no_word_of_a_listing_becomes_markup(report: Selector) -> None:
    assert not report.css("script, img, iframe, [onerror], [onmouseover]")
    assert EVIL in "".join(report.css("[data-listing=evil] .title ::text").getall())
    addresses = report.css("a::attr(href)").getall()
    assert all(address.startswith(("http://", "https://", "#")) for address in addresses)
    for link in report.css("a[href^=http]"):
        assert link.attrib["rel"] == "noopener noreferrer nofollow"


def test_the_file_needs_nothing_else(report: Selector) -> None:
    assert not report.css("link, [src]")
    assert "url(" not in "".join(report.css("style::text").getall())
    assert "default-src 'none'" in report.css("meta[http-equiv=Content-Security-Policy]::attr(content)").get("")
    for target in report.css("a[href^='#']::attr(href)").getall():
        assert report.css(target), target


def test_the_report_is_replaced_as_a_whole(database: Database, tmp_path: Path) -> None:
    write_report(database, tmp_path, "en")
    first = (tmp_path / "report.html").stat().st_ino
    write_report(database, tmp_path, "ja")
    assert (tmp_path / "report.html").stat().st_ino != first
    assert not list(tmp_path.glob("*.part"))


def test_an_empty_database_gives_a_page_that_says_so(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/empty.db")
    prepare(database)
    text = write_report(database, tmp_path, "en").read_text(encoding="utf-8")
    assert "No order is waiting." in text
    assert "No source has been asked yet." in text


def test_nobody_looked_is_never_nothing_found(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/k.db")
    prepare(database)
    makers.add(database, makers.wanted(), makers.wanted("ZZ-9", order_id="250-2"))
    makers.search(database, outcome=Outcome.BLOCKED, source="mercari", query_id=2)
    report = Selector(write_report(database, tmp_path, "en").read_text(encoding="utf-8"))
    said = {card.attrib["id"]: " ".join(card.css(".verdict .en::text").getall())
            for card in report.css("#orders article")}
    assert said["order-1"] == "No place has been looked at yet."
    assert said["order-2"] == "No place could be looked at. Places not checked: 1."


def english(part: Selector) -> str:
    """What an English reader sees of it."""
    return re.sub(r"\s+", " ", " ".join(part.xpath(".//text()[not(ancestor::*[@lang='ja'])]").getall())).strip()


def test_the_gauge_stands_above_the_orders(report: Selector) -> None:
    gauge = report.css(".gauge")
    text = english(gauge)
    assert text.startswith("Cancellation rate 1.25 % (must stay under 2.50 %) One more cancellation makes it 2.50 %")
    assert "the true rate is this or lower" in text
    bar = gauge.css("[role=meter]")
    assert (bar.attrib["aria-valuenow"], bar.css("span::attr(style)").get()) == ("1.25", "width:25.0%")
    folds = [english(row) for row in gauge.css("details summary")]
    assert folds == ["Cheapest to save first (1)", "No alternative known (2)"]
    assert gauge.css("td a::attr(href)").getall() == ["#order-1", "#order-3", "#order-2"]
    assert "¥9,985" in text


def test_without_a_report_the_gauge_is_unknown_and_has_no_bar(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/k.db")
    prepare(database)
    report = Selector(write_report(database, tmp_path, "en").read_text(encoding="utf-8"))
    assert "is not known: no all-orders report" in english(report.css(".gauge"))
    assert "%" not in english(report.css(".gauge"))
    assert not report.css("[role=meter]")


def test_the_report_lists_what_needs_a_supplier(report: Selector) -> None:
    (row,) = report.css("#supply tbody tr")
    text = english(row)
    for said in ("CASIO WW-1", "SKU W-1", "nobody sells it", "for 3 days", "90%", "Successor: WW-2"):
        assert said in text, said
    assert "python -m scrapy takedown" in english(report.css("#supply .notice"))
    assert not report.css("button, form, script")


def test_an_alternative_that_is_gone_is_said_so(database: Database, tmp_path: Path) -> None:
    later = datetime.now(UTC) + timedelta(minutes=10)
    makers.search(database, makers.listing("plain", seen_at=later, availability=Availability.SOLD_OUT), now=later)
    with database.reading() as connection:
        text = report_html(connection, View("en", TERMS, now=later))
    (line,) = Selector(text).css("#order-1 .gone li")
    assert english(line).startswith("Rakuma ¥5,000 is gone (could be bought ")
    assert line.css("a::attr(href)").get() == "https://shop.example/plain"


def test_a_price_seen_twice_is_plotted(database: Database, tmp_path: Path) -> None:
    later = datetime.now(UTC) + timedelta(hours=3)
    makers.search(database, makers.listing("plain", seen_at=later, price=4_500), now=later)
    report = Selector(write_report(database, tmp_path, "en").read_text(encoding="utf-8"))
    svg = report.css("#model-1 svg")
    assert svg.attrib["aria-label"] == "Price over time (yen)"
    assert not report.css("script")
    assert "price drop ¥5,000 → ¥4,500" in " ".join(report.css("#model-1 td .en::text").getall())


@pytest.mark.parametrize(("url", "safe"), [
    ("https://a.example/x", True), ("http://a.example", True), ("javascript:alert(1)", False), ("//a.example", False),
    ("data:text/html,x", False), ("https://", False), ("https://[", False), (None, False),
])
def test_only_web_addresses_become_links(url: str | None, safe: bool) -> None:
    assert (web_address(url) == url) is (safe or url is None)


def test_marks_stand_where_the_matched_text_stands() -> None:
    entry = {"span": "A<B", "place": "title", "start": 99}
    assert marked("x A<B y", [entry]) == "x <mark>A&lt;B</mark> y"
    assert marked("x", [entry]) == "x"
    assert marked("A<B", [{**entry, "place": "description"}]) == "A&lt;B"


def test_values_are_shown_for_people() -> None:
    now = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    assert moment(now) == "2026-11-25 00:00 JST"
    assert yen(-1200) == "-¥1,200"
    assert "30 hours left" in left((now + timedelta(hours=30)).isoformat(), now)
    assert "late" in left((now - timedelta(hours=1)).isoformat(), now)


def test_every_word_for_people_is_there_in_both_languages() -> None:
    spiders = all_sources(get_project_settings()).values()
    names = {"places": {source for spider in spiders for source in spider.sources()},
             "outcome": {outcome.value for outcome in Outcome}, "verdict": {verdict.value for verdict in Verdict},
             "condition": {condition.value for condition in Condition}, "state": {state.value for state in WantedState},
             "availability": {word.value for word in Availability},
             "told": {*ACTS, "recheck", "nothing_such", "no_price", "no_model", "no_order"},
             "supply": {state.value for state in Supply}, "ending": {ending.value for ending in Ending},
             "confidence": {sure.value for sure in Confidence}, "kit": {"by_user", "by_report"},
             "button": {*ACTS, "recheck"}, "history": {kind.value for kind in EventKind}}
    missing = {f"{group}.{name}" for group, wished in names.items() for name in wished if name not in WORDS[group]}
    assert not missing, "add them to kataban/web/words.toml"
