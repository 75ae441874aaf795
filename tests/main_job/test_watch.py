"""`watch` against the sample market: suppliers' pages first, a full search only where they fail, orders before."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kataban.intake import CatalogueEntry
from kataban.results.catalogue import add_catalogue
from kataban.results.database import Database
from kataban.results.schema import prepare
from kataban.results.watching import sync
from tests.main_job.market import Market
from tests.results import makers

# One of the sample catalogue's own listings (kataban/sample_market/catalogue/g-shock.toml).
ITEM = "61358eb4e5137d72c21adf7547522b13"
GONE = "0" * 32
MODEL = "GW-M5610U-1JF"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A home whose one SKU was supplied by one Rakuma listing, seen 13 hours ago, when all was searched."""

    market: Market
    database: Database

    def shapes(self) -> list[dict[str, Any]]:
        done = self.market.python("-m", "scrapy", "supply", "--format", "json")
        assert done.returncode == 0, done.stderr
        return list(json.loads(done.stdout))

    def pages(self) -> list[str]:
        """The paths asked, without robots.txt and sellers' pages."""
        return [entry["path"] for entry in self.market.requests()
                if "robots" not in entry["path"] and not entry["path"].startswith("/shop")]


@pytest.fixture
def shelf(tmp_path: Path, request: pytest.FixtureRequest) -> Shelf:
    listing_id = request.param
    database = Database(f"sqlite:///{tmp_path}/kataban.db")
    prepare(database)
    then = datetime.now(UTC) - timedelta(hours=13)
    with database.writing() as connection:
        add_catalogue(connection, [CatalogueEntry("S1", MODEL, "CASIO", price=Decimal(200), quantity=2,
                                                  status="Active")], then, listed=True)
        sync(connection, then)
    title = f"カシオ G-SHOCK {MODEL} 新品"
    makers.search(database, makers.listing(listing_id, url=f"https://item.fril.jp/{listing_id}", title=title,
                                           seen_at=then, price=9_999, seller=None), now=then, complete=True)
    return Shelf(Market(tmp_path, {}), database)


@pytest.mark.parametrize("shelf", [ITEM], indirect=True)
def test_a_supplier_that_still_stands_costs_its_page_and_no_search(shelf: Shelf) -> None:
    done = shelf.market.scrapy("watch", "rakuma")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout + done.stderr == "", "silent on exit 0"
    assert shelf.pages() == [f"/{ITEM}"]
    (shape,) = shelf.shapes()
    assert (shape["state"], shape["suppliers"], shape["cheapest_source"]) == ("thin", 1, "rakuma")
    before = shelf.market.requests_so_far()
    again = shelf.market.scrapy("watch", "rakuma")
    assert again.returncode == 0, again.stderr
    assert shelf.market.requests_so_far() == before, "it was looked at just now"


@pytest.mark.parametrize("shelf", [GONE], indirect=True)
def test_a_supplier_that_is_gone_is_searched_for_in_the_same_run(shelf: Shelf) -> None:
    done = shelf.market.scrapy("watch", "-v", "rakuma")
    assert done.returncode == 0, done.stdout + done.stderr
    pages = shelf.pages()
    assert pages[0] == f"/{GONE}"
    assert any(path.startswith("/s") for path in pages[1:]), pages
    assert f"/{ITEM}" in pages, "the search found the market's own listing"
    (shape,) = shelf.shapes()
    assert (shape["state"], shape["suppliers"]) == ("thin", 1)
    assert "S1: not known -> thin supply" in done.stderr


@pytest.mark.parametrize("shelf", [GONE], indirect=True)
def test_orders_that_are_due_are_asked_first(shelf: Shelf) -> None:
    makers.add(shelf.database, makers.wanted("TD173DZ", maker="makita",
                                             ship_by=datetime.now(UTC) + timedelta(days=2)), now=datetime.now(UTC))
    done = shelf.market.scrapy("watch", "rakuma")
    assert done.returncode in (0, 3), done.stderr
    searched = [entry["query"] for entry in shelf.market.requests() if "query=" in entry["query"]]
    assert "TD173DZ" in searched[0], searched
    assert any("5610" in query for query in searched[1:]), searched
    assert [answer["coverage"]["rakuma"]["outcome"] for answer in shelf.market.answers()] != [None]


@pytest.mark.parametrize("shelf", [GONE], indirect=True)
def test_no_time_leaves_all_as_it_was(shelf: Shelf) -> None:
    done = shelf.market.scrapy("watch", "--max-minutes", "0", "rakuma")
    assert done.returncode in (0, 4), done.stderr
    assert shelf.pages() == []
    (shape,) = shelf.shapes()
    assert shape["state"] in {"thin", "unknown"}, "not looked at is never gone"
