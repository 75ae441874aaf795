"""The simulated week itself: cron's turns, the simulated user, the simulated Amazon, and a record of all that happened.

Every verb of the product runs in a process of its own that believes the hour (tests.week.at). The user reads what is
offered for an order, has it rechecked, buys what is truly there, and uploads each file that `takedown` writes.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from kataban.sample_market import log
from kataban.sample_market.market import SOURCES as ALL_SOURCES
from kataban.sample_market.server import Server
from tests.week import shelves
from tests.week.amazon import Amazon, write_catalogue
from tests.week.at import Verbs
from tests.week.plant import SOURCES
from tests.week.truth import Order, Truth

# 3: some source could not look; 4: nothing could be checked (the blocked source alone was due).
GOOD = {0, 3, 4}


@dataclass(frozen=True, slots=True)
class Shown:
    """An alternative that was offered for an order as purchasable now; `why` tells what is wrong, if anything."""

    hour: float
    order_id: str
    source: str
    listing_id: str
    why: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """A line of a written file: `quantity` 0 takes the SKU down. `supplied` is the truth at that hour."""

    hour: float
    sku: str
    quantity: int
    supplied: bool


@dataclass(slots=True)
class Record:
    """What happened. `first` is what was offered before the recheck, `second` what the recheck saw and still offers."""

    arrived: list[Order] = field(default_factory=list)
    bought: dict[str, Shown] = field(default_factory=dict)
    first: list[Shown] = field(default_factory=list)
    second: list[Shown] = field(default_factory=list)
    quantities: list[Quantity] = field(default_factory=list)
    requests: Counter[str] = field(default_factory=Counter)
    seconds: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Week:
    """One week in a state folder of its own. Use `run`."""

    truth: Truth
    home: Path
    files: Path
    server: Server
    verbs: Verbs
    record: Record = field(default_factory=Record)
    amazon: Amazon = field(init=False)
    _hour: float = 0.0
    _begun: float = 0.0
    _listings: dict[tuple[str, str], Any] = field(init=False)
    _uploaded: set[Path] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.amazon = Amazon(self.truth)
        self._listings = shelves.listings(self.truth)

    def run(self) -> Record:
        """All turns of cron, one after the other."""
        before = 0.0
        for hour in self.truth.moments:
            self._hour, self.server.clock.hours, self._begun = hour, hour, time.monotonic()
            self.record.arrived += self.amazon.pass_time(before, hour)
            self._turn(first=not before)
            before = hour
        return self.record

    def _turn(self, *, first: bool) -> None:
        daily = self._hour % 24 < self.truth.every
        files = self.amazon.write_reports(self.files / "reports", self._hour, listings=daily)
        catalogue = [write_catalogue(self.truth, self.files / "catalogue.csv")] if first else []
        self.verb("intake", *map(str, (*catalogue, *files)))
        self.verb("search")
        self.verb("watch")
        self._upload()
        self._buy()

    # --- the user ----------------------------------------------------------------------------------------------------

    def _upload(self) -> None:
        """Give Amazon each new file for its upload page."""
        self.verb("takedown")
        for path in sorted(set((self.home / "outgoing").glob("*.txt")) - self._uploaded):
            self._uploaded.add(path)
            for sku, quantity in self.amazon.take_file(path).items():
                supplied = self.truth.by_sku[sku].supplied(self._hour)
                self.record.quantities.append(Quantity(self._hour, sku, quantity, supplied))

    def _buy(self) -> None:
        """For each order that has an offer: recheck it, look again, buy the first that is there.

        What a recheck could not look at, the user opens in a browser and sees for himself.
        """
        first = list(self._offered())
        self.record.first += first
        looked = {(order_id, *key) for order_id in dict.fromkeys(shown.order_id for shown in first)
                  for key in self._recheck(order_id)}
        second = list(self._offered()) if first else []
        self.record.second += [shown for shown in second if (shown.order_id, shown.source, shown.listing_id) in looked]
        for order in list(self.amazon.open):
            mine = [shown for shown in second if shown.order_id == order.order_id and not shown.why]
            if mine:
                self._take(order, mine[0])

    def _recheck(self, order_id: str) -> Iterator[tuple[str, str]]:
        for change in json.loads(self.verb("recheck", "--format", "json", order_id)):
            if change["could_not_look"] is None:
                yield change["source"], change["listing_id"]

    def _take(self, order: Order, shown: Shown) -> None:
        self.verb("bought", order.order_id, "--at", f"{shown.source}:{shown.listing_id}")
        self.record.bought[order.order_id] = shown
        self.amazon.send(order, self._hour)

    def _offered(self) -> Iterator[Shown]:
        """What `alternatives` calls purchasable now, held against the truth of this hour."""
        for answer in json.loads(self.verb("alternatives", "--format", "json")):
            for offer in answer["alternatives"]:
                if offer["purchase"] == "now":
                    key = offer["source"], offer["listing_id"]
                    yield Shown(self._hour, answer["order_id"], *key, self._why_not(answer["order_id"], key))

    def _why_not(self, order_id: str, key: tuple[str, str]) -> str:
        wanted = next((order.sku for order in self.truth.order if order.order_id == order_id), "no such order")
        sku, offer = self._listings.get(key, (None, None))
        if sku is None or sku.sku != wanted:
            return "another model"
        return offer.trap or ("" if offer.purchasable(self._hour) else "gone")

    # --- the product -------------------------------------------------------------------------------------------------

    def verb(self, *arguments: str) -> str:
        """Run one verb at this moment of the week; what it printed. RuntimeError when it ended in a fault."""
        seen, begun = self._requests(), time.monotonic()
        done = self.verbs.run(self.truth.at(self._hour) + timedelta(seconds=begun - self._begun), *arguments)
        name = arguments[0]
        self.record.seconds[name] += time.monotonic() - begun
        self.record.requests[name] += self._requests() - seen
        self.record.codes[f"{name} {done.code}"] += 1
        if done.code not in GOOD:
            raise RuntimeError(f"hour {self._hour}: {arguments} ended with {done.code}: {done.err[-2000:]}")
        return done.out

    def _requests(self) -> int:
        path = self.server.log_file
        return path.read_bytes().count(b"\n") if path.exists() else 0


def environment(home: Path, files: Path, server: Server) -> dict[str, str]:
    """Nothing of the developer's own keys and settings; the sources of the week alone are on."""
    own = ("KATABAN_", "RAKUTEN_", "SCRAPY_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    off = sorted(set(ALL_SOURCES) - set(SOURCES))
    return {**kept, "KATABAN_HOME": str(home), "SCRAPY_PROJECT": "sample", "LANG": "C.UTF-8",
            "KATABAN_DISABLE": " ".join(off), "KATABAN_QUEUE": str(files / "queue"), "KATABAN_RATES": "USD=150",
            "KATABAN_SELLER_ID": "A1SAMPLESELLER", **server.environment()}


def live(truth: Truth, folder: Path) -> tuple[Week, list[log.Seen]]:
    """The whole week in this folder; the week as it ended, and the market's own log."""
    home, files = folder / "home", folder / "files"
    files.mkdir(parents=True)
    with (Server(shelves.catalogue(truth), files / log.log_path().name) as server,
          Verbs(environment(home, files, server), files) as verbs):
        week = Week(truth, home, files, server, verbs)
        week.run()
    return week, log.read(server.log_file)
