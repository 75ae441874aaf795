"""A filled database, a server over it in a thread, and a silent browser."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from kataban.drafts import Library
from kataban.items import Availability, Condition, Outcome, Seller, Verdict, WantedState
from kataban.manners.browser_path import find_browser
from kataban.offers import Terms
from kataban.results import tables
from kataban.results.database import Database
from kataban.results.schema import prepare
from kataban.web.doors import Doors
from kataban.web.pages import View
from kataban.web.server import Site
from tests.conftest import missing
from tests.results import makers

EVIL = "<script>document.title='ran'</script><img src=x onerror=\"document.title='ran'\">\" onmouseover=\"x"
TERMS = Terms({"USD": Decimal(150)})


def fill(database: Database) -> None:
    """Three orders: one with alternatives (one of them hostile), one with nothing, one without a model number.

    Beside them a row of a plain list that is done, a watched SKU nobody sells (hostile too), and a report's orders.
    """
    now = datetime.now(UTC)
    makers.add(
        database,
        makers.wanted(ship_by=now + timedelta(days=3), sale_price=Decimal("99.90"), sale_currency="USD", name="Watch"),
        makers.wanted("ZZ-9", order_id="250-2", maker="CASIO", ship_by=now + timedelta(days=6)),
        makers.wanted(None, order_id="250-3", maker=None, sku="S-3", name="Sony WH-1000XM5 Headphones",
                      ship_by=now + timedelta(hours=5), state=WantedState.NEEDS_MODEL),
        makers.wanted("PL-1", order_id=None, order_item_id=None, state=WantedState.DONE),
        makers.wanted("WW-1", order_id=None, order_item_id=None, sku="W-1", watch=True), now=now)
    makers.search(
        database,
        makers.listing("plain", seen_at=now, image_url="https://img.example/1.jpg"),
        makers.listing("evil", seen_at=now, title=f"AB-1200C {EVIL}", url="javascript:document.title='ran'",
                       image_url="data:text/html,x", price=6_000, condition_label=EVIL, coupon=EVIL,
                       seller=Seller(makers.SOURCE, EVIL, name=EVIL, good=10, bad=0)),
        makers.listing("sold", seen_at=now, availability=Availability.SOLD_OUT),
        makers.listing("other", seen_at=now, title="AB-1200D", judgement=makers.judgement(Verdict.DIFFERENT)),
        makers.listing("dear", seen_at=now, price=30_000, condition=Condition.UNUSED),
        now=now)
    makers.search(database, outcome=Outcome.BLOCKED, source="mercari", now=now, reason_code="challenge", reason=EVIL)
    makers.search(database, makers.listing("z", seen_at=now, query_id=2, availability=Availability.UNKNOWN),
                  outcome=Outcome.FOUND, query_id=2, now=now)
    with database.writing() as connection:
        connection.execute(sa.insert(tables.watches).values(
            sku="W-1", wanted_id=5, state="gone", since=now - timedelta(days=3), suppliers=0, coverage=0.9,
            successor="WW-2", checked_at=now, evidence=[
                {"rule": "sold_out", "text_ja": EVIL, "text_en": EVIL, "source": "rakuma", "listing_id": "x",
                 "url": "javascript:document.title='ran'", "span": EVIL, "at": now.isoformat()}]))
        connection.execute(sa.insert(tables.queue_files).values(
            content_hash="h", name="all.txt", kind="all_orders", read_at=now, rows_kept=41, rows_rejected=0))
        connection.execute(sa.insert(tables.order_lines), [
            {"order_id": f"o{n}", "sku": "S", "status": "cancelled" if n == 1 else "shipped", "fulfilment": "merchant",
             "purchased_at": now - timedelta(days=n % 6), "updated_at": now} for n in range(80)])


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """The filled database."""
    opened = Database(f"sqlite:///{tmp_path}/kataban.db")
    prepare(opened)
    fill(opened)
    yield opened
    opened.close()


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs."""

    site: Site
    port: int

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving(database: Database, doors: Doors | None = None, library: Library | None = None) -> Iterator[Served]:
    """A server in a thread, on a port that the system chooses."""
    site = Site(database, View("en", TERMS, library or Library()), doors or Doors())
    server = uvicorn.Server(uvicorn.Config(site.app(), port=0, log_level="warning", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    limit = time.monotonic() + 10
    while not server.started and time.monotonic() < limit:
        time.sleep(0.01)
    try:
        yield Served(site, server.servers[0].sockets[0].getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(5)


@pytest.fixture
def served(database: Database) -> Iterator[Served]:
    """The filled database, served without a password."""
    with serving(database) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium that reaches nothing but this machine."""
    path = find_browser()
    if path is None:
        missing("browser", "no Chromium found")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=path, args=["--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"])
        yield opened
        opened.close()
