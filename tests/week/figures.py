"""The figures of a simulated week, counted from its record, its truth and the product's database."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from kataban.sample_market import log
from tests.week.amazon import PERSONAL
from tests.week.truth import Sku, Truth
from tests.week.week import Quantity, Week

# A name of each figure, for people.
LABELS = {
    "orders_saved": "orders saved / savable (of those that came)",
    "not_savable_saved": "orders saved that the truth calls unsavable (must be 0)",
    "offered_wrong": "offers that are not the model, or beyond the limits (must be 0)",
    "offered_gone_after_recheck": "offers that a recheck had just confirmed and nobody sells (must be 0)",
    "offered_gone_before_recheck": "offers still shown that had gone since they were seen",
    "taken_down_wrongly": "listings taken down while somebody sold the model (must be 0)",
    "taken_down": "listings taken down",
    "restored_wrongly": "listings restored while nobody sold the model",
    "restored": "listings restored / taken down and supplied again at the last turn",
    "stock_outs_seen": "stock-outs seen before the order / all stock-outs with an order",
    "sales_missed": "orders that did not come though somebody sold the model at that hour",
    "hours_until_down": "hours from the last offer's end until the listing was down, median",
    "gaps_seen": "times that nobody sold a model any more / of them taken down in time",
    "successors": "replaced models found, with the right successor / all",
    "fba_touched": "SKUs that Amazon sends, among what is asked, watched or written (must be 0)",
    "personal": "files of the state folder with a buyer's data (must be 0)",
    "watch_requests": "requests per watched SKU and day",
    "order_requests": "requests per order (search and recheck)",
    "requests": "requests in all",
    "seconds": "seconds in verbs",
}


@dataclass(slots=True)
class Figures:
    """Each figure by name, and what is behind those that should be other than they are."""

    values: dict[str, Any] = field(default_factory=dict)
    behind: dict[str, list[Any]] = field(default_factory=dict)

    def table(self) -> str:
        """The figures as lines for a person."""
        width = max(map(len, LABELS.values()))
        return "\n".join(f"{label:{width}}  {_text(self.values[name])}" for name, label in LABELS.items())

    def shape(self) -> dict[str, Any]:
        """The figures as JSON."""
        return {"figures": self.values, "behind": self.behind}


def _text(value: Any) -> str:
    if isinstance(value, list):
        return " / ".join(map(str, value))
    return ", ".join(f"{name} {number}" for name, number in value.items()) if isinstance(value, dict) else str(value)


def figures(week: Week, requests: list[log.Seen]) -> Figures:
    """All figures of a week that is over."""
    found = Figures()
    for part in (_orders, _offers, _listings, _gaps, _discontinued):
        part(week, found)
    found.values["fba_touched"] = len(touched := list(_fba_touched(week)))
    found.values["personal"] = len(leaks := list(leaked(week.home)))
    found.behind |= {"fba_touched": touched, "personal": leaks}
    _requests(week, requests, found)
    return found


def _orders(week: Week, found: Figures) -> None:
    arrived, bought = week.record.arrived, week.record.bought
    savable = [order for order in arrived if order.savable]
    lost = [order for order in savable if order.order_id not in bought]
    found.values["orders_saved"] = [len(savable) - len(lost), len(savable)]
    found.behind["lost"] = [_story(week.truth, order.sku) | asdict_of(order) for order in lost]
    found.values["not_savable_saved"] = sum(not order.savable for order in arrived if order.order_id in bought)
    prevented = week.amazon.prevented
    found.values["sales_missed"] = sum(not order.stock_out for order in prevented)
    all_out = [order for order in week.truth.order if order.stock_out]
    seen = [order for order in prevented if order.stock_out]
    found.values["stock_outs_seen"] = [len(seen), len(all_out)]
    found.behind["stock_outs_not_seen"] = [_story(week.truth, order.sku) | asdict_of(order)
                                           for order in all_out if order not in seen]
    found.behind["sales_missed"] = [asdict_of(order) for order in prevented if not order.stock_out]


def _offers(week: Week, found: Figures) -> None:
    wrong = [shown for shown in (*week.record.first, *week.record.second) if shown.why not in {"", "gone"}]
    after = [shown for shown in week.record.second if shown.why == "gone"]
    found.values["offered_wrong"] = len(wrong)
    found.values["offered_gone_after_recheck"] = len(after)
    found.values["offered_gone_before_recheck"] = sum(shown.why == "gone" for shown in week.record.first)
    found.behind |= {"offered_wrong": [asdict(shown) for shown in wrong],
                     "offered_gone_after_recheck": [asdict(shown) for shown in after]}


def _listings(week: Week, found: Figures) -> None:
    lines = week.record.quantities
    down, up = [line for line in lines if not line.quantity], [line for line in lines if line.quantity]
    wrong = [line for line in down if line.supplied]
    back = {line.sku for line in down if week.truth.by_sku[line.sku].supplied(week.truth.moments[-1])}
    still_down = [sku for sku in back if not week.amazon.quantities[sku]]
    found.values |= {
        "taken_down": len(down), "taken_down_wrongly": len(wrong),
        "restored": [len(back) - len(still_down), len(back)], "restored_wrongly": sum(not line.supplied for line in up)}
    found.behind["taken_down_wrongly"] = [_story(week.truth, line.sku) | asdict(line) for line in wrong]
    found.behind["still_down"] = [_story(week.truth, sku) for sku in sorted(still_down)]
    found.behind["restored_wrongly"] = [_story(week.truth, line.sku) | asdict(line) for line in up if not line.supplied]


def _gaps(week: Week, found: Figures) -> None:
    """Each span without a seller, and the first written line that took the listing down in it."""
    spans = [(sku, begins, until) for sku in week.truth.sku for begins, until in sku.gone]
    delays = {(sku.sku, begins): _down_after(week.record.quantities, sku, begins, until)
              for sku, begins, until in spans}
    seen = [delay for delay in delays.values() if delay is not None]
    found.values["gaps_seen"] = [len(spans), len(seen)]
    found.values["hours_until_down"] = median(seen) if seen else None
    found.behind["gaps_not_seen"] = [_story(week.truth, sku.sku) | {"from": begins, "until": until}
                                     for sku, begins, until in spans if delays[sku.sku, begins] is None]


def _down_after(lines: list[Quantity], sku: Sku, begins: float, until: float) -> float | None:
    hours = (line.hour for line in lines
             if line.sku == sku.sku and not line.quantity and begins <= line.hour < until)
    return next((hour - begins for hour in hours), None)


def _discontinued(week: Week, found: Figures) -> None:
    replaced = {sku.sku: sku.successor for sku in week.truth.sku if sku.successor}
    told = {row["sku"]: row["successor"] for row in rows(week, "watches") if row["state"] == "discontinued"}
    right = [sku for sku, successor in replaced.items() if _same(told.get(sku), successor)]
    found.values["successors"] = [len(right), len(replaced)]
    found.behind["discontinued"] = [{"sku": sku, "told": told.get(sku), "true": replaced.get(sku)}
                                    for sku in sorted(told.keys() | replaced.keys())]


def _same(told: str | None, successor: str) -> bool:
    return (told or "").replace("-", "").casefold() == successor.replace("-", "").casefold()


def _fba_touched(week: Week) -> Iterator[str]:
    fba = {sku.sku for sku in week.truth.sku if sku.fba}
    for table in ("wanted", "watches", "takedowns"):
        yield from (f"{table}: {row['sku']}" for row in rows(week, table) if row["sku"] in fba)
    yield from (f"file: {line.sku}" for line in week.record.quantities if line.sku in fba)


def rows(week: Week, table: str) -> list[sqlite3.Row]:
    """All rows of a table of the product's database."""
    with closing(sqlite3.connect(week.home / "kataban.db")) as connection:
        connection.row_factory = sqlite3.Row
        return connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - names of our own


def leaked(folder: Path) -> Iterator[str]:
    """The files below this folder in which a buyer's data stand, in any encoding that is written here."""
    needles = [part.encode(encoding) for part in PERSONAL for encoding in ("utf-8", "utf-16-le", "utf-16-be")]
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if any(needle in content for needle in needles):
            yield str(path.relative_to(folder))


def _requests(week: Week, requests: list[log.Seen], found: Figures) -> None:
    record, watched = week.record, sum(not sku.fba for sku in week.truth.sku)
    for_orders = record.requests["search"] + record.requests["recheck"]
    found.values |= {
        "requests": len(requests),
        "watch_requests": round(record.requests["watch"] / watched / week.truth.days, 2),
        "order_requests": round(for_orders / max(1, len(record.arrived)), 1),
        "seconds": {name: round(seconds) for name, seconds in record.seconds.items()},
    }
    found.behind["requests"] = [dict(Counter(seen.host for seen in requests)), dict(record.requests)]
    found.behind["codes"] = [dict(record.codes)]


def _story(truth: Truth, sku: str) -> dict[str, Any]:
    return {"sku": sku, "story": truth.by_sku[sku].story, "gone": truth.by_sku[sku].gone}


def asdict_of(order: Any) -> dict[str, Any]:
    """An order's fields."""
    return {name: getattr(order, name) for name in order.__struct_fields__}
