"""Notifications: only transitions, one digest, never twice, nobody's token anywhere."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import sqlalchemy as sa

from kataban.intake import CatalogueEntry, Fulfilment
from kataban.items import Availability, Outcome, WantedState
from kataban.notifying.notify import Sent, notify, preview
from kataban.notifying.quiet import is_quiet
from kataban.notifying.sending import Target, TargetError, target_of
from kataban.results.catalogue import add_catalogue
from kataban.results.database import Database
from kataban.results.queue import add_wanted
from kataban.results.schema import prepare
from kataban.results.tables import watches
from kataban.results.watching import sync
from kataban.results.words import set_state
from tests.results.makers import NOW, add, listing, search, wanted

HOUR = timedelta(hours=1)
DEADLINE = timedelta(hours=48)
TOKEN = "sekret-token-123456"


@dataclass
class Service:
    """A messaging service on this machine: what it was sent, and the status it answers with."""

    status: int = 200
    messages: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def target(self) -> Target:
        return target_of(f"json://user:{TOKEN}@127.0.0.1:{self.port}/hook", 1)


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            made.messages.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(made.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path}/k.db")
    prepare(opened)
    yield opened
    opened.close()


def tell(database: Database, service: Service, now: datetime = NOW) -> list[Sent]:
    return list(notify(database, [service.target], "en", now, DEADLINE))


def body(service: Service) -> str:
    return service.messages[-1]["message"]


def test_an_order_is_told_when_it_gets_better_or_worse_and_never_twice(database: Database, service: Service) -> None:
    add(database, wanted())
    assert tell(database, service) == []
    search(database, listing(price=5_000))
    tell(database, service)
    assert body(service) == "[found] 250-1 AB-1200C (11/29 12:00): ¥5,000 rakuma https://shop.example/a"
    assert tell(database, service) == []
    search(database, listing("b", price=4_000))
    tell(database, service)
    assert body(service).startswith("[better] 250-1 AB-1200C (11/29 12:00): ¥5,000 -> ¥4,000")
    for price in (5_500, 4_000):  # up and down again is no news
        search(database, listing("b", price=price, seen_at=NOW + HOUR), now=NOW + HOUR)
        assert tell(database, service) == []
    later = NOW + 2 * HOUR
    search(database, *(listing(name, seen_at=later, availability=Availability.SOLD_OUT) for name in "ab"), now=later)
    tell(database, service, later)
    assert body(service) == "[gone] 250-1 AB-1200C (11/29 12:00): the last alternative is gone"
    assert len(service.messages) == 3


def test_what_was_not_seen_lately_is_not_called_gone(database: Database, service: Service) -> None:
    add(database, wanted())
    search(database, listing())
    tell(database, service)
    tell(database, service, NOW + timedelta(days=2))
    assert body(service).startswith("[stale]")


def test_nothing_is_told_only_with_full_coverage_and_a_near_deadline(database: Database, service: Service) -> None:
    add(database, wanted(ship_by=NOW + timedelta(hours=60)))
    search(database, outcome=Outcome.NOTHING, complete=True)
    search(database, outcome=Outcome.OFF, source="yahoo_shopping")
    assert tell(database, service) == [], "the deadline is far"
    later = NOW + timedelta(hours=20)
    search(database, outcome=Outcome.BLOCKED, source="mercari", now=later)
    sent = tell(database, service, later)
    assert "[nothing]" not in "".join(entry.body for entry in sent), "one source could not look"
    search(database, outcome=Outcome.NOTHING, source="mercari", complete=True, now=later + HOUR)
    tell(database, service, later + HOUR)
    assert "[nothing] 250-1 AB-1200C" in body(service)
    assert tell(database, service, later + 2 * HOUR) == []


def test_a_source_is_told_when_it_falls_ill_and_when_it_is_well_again(database: Database, service: Service) -> None:
    add(database, wanted())
    search(database, outcome=Outcome.BLOCKED, source="mercari", reason="a challenge")
    tell(database, service)
    assert body(service) == "[source] mercari cannot be looked at: a challenge"
    search(database, outcome=Outcome.NOTHING, source="mercari", now=NOW + HOUR, complete=True)
    tell(database, service, NOW + HOUR)
    assert body(service) == "[source] mercari answers again"


def test_a_watched_sku_is_told_when_its_supply_ends_and_comes_back(database: Database, service: Service) -> None:
    with database.writing() as connection:
        keep = [CatalogueEntry("SKU-1", model_number="AB-1200C", maker="CASIO", fulfilment=Fulfilment.MERCHANT)]
        add_catalogue(connection, keep, NOW)
        sync(connection, NOW)
    assert tell(database, service) == [], "a watched SKU is no order, and its unknown supply no news"
    told = []
    for supply, more in (("supplied", {}), ("gone", {"coverage": 0.9}), ("unknown", {}), ("gone", {"coverage": 0.9}),
                         ("thin", {"cheapest": 4_000}), ("discontinued", {"suppliers": 1, "successor": "AB-1300C"})):
        with database.writing() as connection:
            connection.execute(sa.update(watches).values(state=supply, **more))
        told.append(body(service) if tell(database, service) else None)
    assert told == [
        None, "[no supplier] SKU-1 AB-1200C: nobody supplies it any more (90% of the sources looked)", None, None,
        "[supplied again] SKU-1 AB-1200C: from ¥4,000",
        "[discontinued] SKU-1 AB-1200C: suppliers left 1, successor AB-1300C"]


def test_all_news_come_as_one_message(database: Database, service: Service) -> None:
    add(database, *(wanted(f"ZZ-{n}", order_id=f"250-{n}") for n in range(40)))
    for number in range(1, 41):
        search(database, listing(f"l{number}", query_id=number), query_id=number)
    sent = tell(database, service)
    assert [(entry.number, entry.taken) for entry in sent] == [(40, True)]
    assert len(service.messages) == 1
    assert service.messages[0]["title"] == "Kataban: 40 news"
    assert body(service).endswith("and 10 more")


def test_what_the_service_refused_is_told_again_without_the_token(database: Database, service: Service) -> None:
    add(database, wanted())
    search(database, listing())
    service.status = 500
    sent = tell(database, service)
    assert sent[0].taken is False
    assert sent[0].complaint
    assert TOKEN not in repr(sent) + repr(service.target)
    service.status = 200
    assert [entry.number for entry in tell(database, service)] == [1]
    assert tell(database, service) == []


def test_a_bought_order_is_forgotten(database: Database, service: Service) -> None:
    add(database, wanted())
    search(database, listing())
    tell(database, service)
    with database.writing() as connection:
        set_state(connection, [1], WantedState.BOUGHT, NOW)
    assert tell(database, service) == []
    with database.writing() as connection:
        set_state(connection, [1], WantedState.OPEN, NOW)
        add_wanted(connection, [wanted()], NOW)
    assert [entry.number for entry in tell(database, service)] == [1]


def test_a_dry_run_keeps_nothing(database: Database, service: Service) -> None:
    add(database, wanted())
    search(database, listing())
    for target in (None, service.target):
        assert preview(database, target, "ja", NOW, DEADLINE).body.startswith("【発見】")
    assert [entry.number for entry in tell(database, service)] == [1]


@pytest.mark.parametrize("url", ["nothing", "nosuch://x/y", "", f"discord://{TOKEN}"])
def test_an_address_that_is_none_is_refused_without_its_token(url: str) -> None:
    with pytest.raises(TargetError) as caught:
        target_of(url, 3)
    assert TOKEN not in str(caught.value)
    assert "address 3" in str(caught.value)


@pytest.mark.parametrize(("hours", "at", "quiet"), [
    ("22:00-07:00", 23, True), ("22:00-07:00", 6, True), ("22:00-07:00", 7, False), ("22:00-07:00", 12, False),
    ("12:00-13:00", 12, True), ("12:00-13:00", 13, False), ("", 3, False),
])
def test_quiet_hours_are_japanese_time(hours: str, at: int, quiet: bool) -> None:
    assert is_quiet(hours, datetime(2026, 11, 24, at, 0, tzinfo=UTC) - 9 * HOUR) is quiet


def test_hours_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="no hours"):
        is_quiet("night", NOW)
