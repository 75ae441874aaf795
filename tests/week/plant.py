"""`python -m tests.week.plant`: writes the truth of both weeks anew, from a seed.

Makers, model numbers and JANs are made up, in the forms that real ones have.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from stdnum import ean

from tests.week.truth import Blocked, Offer, Order, Sku, Story, Trap, Truth

HERE = Path(__file__).parent
MAKERS = (("MINAMO", "ミナモ"), ("KOROBA", "コロバ"), ("SAZANAMI", "サザナミ"), ("TSUMUGI", "ツムギ"),
          ("ASAHINA", "アサヒナ"), ("HOTARUBI", "ホタルビ"), ("YUKIMI", "ユキミ"), ("TONBOYA", "トンボヤ"))
GOODS = (("Wireless Headphones", "ワイヤレスヘッドホン"), ("Solar Watch", "ソーラー腕時計"),
         ("Electric Shaver", "メンズシェーバー"), ("Rice Cooker", "炊飯器"), ("Spinning Reel", "スピニングリール"),
         ("IC Recorder", "ICレコーダー"), ("Label Writer", "ラベルライター"), ("Impact Driver", "インパクトドライバー"))
# Forms of model numbers: A a letter, 9 a digit, all else as it is.
FORMS = ("AA-A9999A", "AAA-999A", "AA9999-9A", "AAA9999", "AA-999A-A", "A99-AA99", "AAA-9999A-9A", "AA-AA99-A")
SOURCES = ("rakuten_ichiba", "yahoo_shopping", "yahoo_auctions", "yahoo_fleamarket", "rakuma")
BLOCKED = "rakuten_ichiba"
OPEN = tuple(name for name in SOURCES if name != BLOCKED)
BLOCKED_HOSTS = ["openapi.rakuten.co.jp", "item.rakuten.co.jp"]
FLEAS = ("yahoo_fleamarket", "rakuma")
TRAPS: tuple[Trap, ...] = ("sibling", "accessory", "box", "used", "dear", "sold_out", "bid", "reserved")


@dataclass(frozen=True, slots=True)
class Scale:
    """How big a week is: SKUs and orders by story, days, hours between cron's turns, the hours of the block."""

    seed: int
    days: int
    every: int
    blocked: tuple[int, int]
    skus: dict[Story, int]
    orders: dict[Story, int]


FULL = Scale(
    seed=7, days=7, every=4, blocked=(48, 96),
    skus={"steady": 115, "moved": 20, "gone": 16, "returns": 7, "brief": 3, "only_blocked": 10, "blocked_gone": 4,
          "blind": 3, "never": 8, "replaced": 4, "fba": 10},
    orders={"steady": 10, "moved": 8, "gone": 8, "returns": 3, "brief": 2, "only_blocked": 3, "blocked_gone": 1,
            "blind": 1, "never": 3, "replaced": 1},
)
SMALL = Scale(
    seed=11, days=2, every=8, blocked=(20, 40),
    skus={"steady": 20, "moved": 4, "gone": 3, "returns": 1, "brief": 1, "only_blocked": 3, "blocked_gone": 1,
          "blind": 1, "never": 2, "replaced": 1, "fba": 3},
    orders={"steady": 2, "moved": 2, "gone": 2, "returns": 1, "brief": 1, "only_blocked": 1, "never": 1},
)
FILES = {HERE / "truth.toml": FULL, HERE / "truth_small.toml": SMALL}


def plant(scale: Scale) -> Truth:
    """The truth of a week of this scale."""
    planter = Planter(scale, Random(scale.seed))
    stories = [story for story, count in scale.skus.items() for _ in range(count)]
    skus = [planter.sku(number, story) for number, story in enumerate(stories, 1)]
    begins, until = scale.blocked
    blocked = Blocked(source=BLOCKED, hosts=BLOCKED_HOSTS, begins=begins, until=until)
    truth = Truth(begins=datetime(2026, 12, 7, tzinfo=ZoneInfo("Asia/Tokyo")), days=scale.days, every=scale.every,
                  blocked=blocked, sku=skus, order=[])
    truth.order = sorted(planter.orders(truth), key=lambda order: order.at)
    return truth


@dataclass(slots=True)
class Planter:
    """Draws everything from one source of chance, in order, so that a seed gives one week."""

    scale: Scale
    random: Random
    _taken: set[str] = field(default_factory=set)

    @property
    def end(self) -> int:
        """The week's last hour."""
        return self.scale.days * 24

    def hour(self, begins: float, until: float) -> int:
        """A whole hour between two shares of the week."""
        return self.random.randint(int(begins * self.end), int(until * self.end))

    def sku(self, number: int, story: Story) -> Sku:
        """One SKU with all that is for sale under its number."""
        maker, maker_ja = self.random.choice(MAKERS)
        name, name_ja = self.random.choice(GOODS)
        limit = self.random.randrange(4_800, 38_000, 100)
        made = Sku(sku=f"KB-{number:03}", story=story, maker=maker, maker_ja=maker_ja, model=self.model(), name=name,
                   name_ja=name_ja, jan=self.jan(), limit=limit, price=f"{limit * 1.6 / 150:.2f}")
        made.successor = self.model() if story == "replaced" else ""
        made.offers = [*getattr(self, f"_{story}")(limit), *self._traps(made)]
        made.gone = [] if made.fba else list(made.gaps(self.end))
        return made

    def model(self) -> str:
        """A model number that nobody has yet."""
        letters, digits = "ABCDEFGHJKLMNPRSTUVWXYZ", "123456789"
        while True:
            form = self.random.choice(FORMS)
            drawn = "".join(self.random.choice(letters) if c == "A" else self.random.choice(digits) if c == "9" else c
                            for c in form)
            if drawn.replace("-", "") not in self._taken:
                self._taken.add(drawn.replace("-", ""))
                return drawn

    def jan(self) -> str:
        """A JAN with a right check digit."""
        body = f"45{self.random.randrange(10**10):010}"
        return body + ean.calc_check_digit(body)

    # --- the stories: the exact offers -------------------------------------------------------------------------------

    def exact(self, limit: int, source: str, **times: Any) -> Offer:
        """An offer of the model at 60 to 95 % of the limit."""
        return Offer(source=source, price=round(limit * self.random.uniform(0.60, 0.95), -1), **times)

    def _steady(self, limit: int) -> list[Offer]:
        """One to three sellers, one of them at a source that stays open."""
        lasting = self.random.choice(OPEN)
        others = self.random.sample([name for name in SOURCES if name != lasting], self.random.randint(0, 2))
        return [self.exact(limit, source) for source in (lasting, *others)]

    def _moved(self, limit: int) -> list[Offer]:
        """The old seller ends, another has begun before."""
        old, new = self.random.sample(OPEN, 2)
        ends = self.hour(0.2, 0.7)
        return [self.exact(limit, old, until=ends),
                self.exact(limit, new, begins=float(ends - self.random.randint(1, 8)))]

    def _gone(self, limit: int) -> list[Offer]:
        """The last seller ends for good: the offer vanishes, or stays and is sold out."""
        ends, source = self.hour(0.15, 0.6), self.random.choice(OPEN)
        if self.random.random() < 0.5:
            return [self.exact(limit, source, until=ends)]
        return [self.exact(limit, source, sold_out=[(float(ends), float(self.end))])]

    def _returns(self, limit: int) -> list[Offer]:
        """Sold out for a third of the week, then back, at the old seller or at another."""
        ends, old = self.hour(0.15, 0.3), self.random.choice(OPEN)
        back = ends + self.end // 3
        if self.random.random() < 0.5:
            return [self.exact(limit, old, sold_out=[(float(ends), float(back))])]
        return [self.exact(limit, old, until=ends), self.exact(limit, self.random.choice(OPEN), begins=float(back))]

    def _brief(self, limit: int) -> list[Offer]:
        """The last seller ends, and half a day later somebody offers it for nine hours."""
        ends, (old, new) = self.hour(0.2, 0.5), self.random.sample(OPEN, 2)
        return [self.exact(limit, old, until=ends),
                self.exact(limit, new, begins=float(ends + 12), until=float(ends + 21))]

    def _only_blocked(self, limit: int) -> list[Offer]:
        """Nobody but the source that is blocked for some days."""
        return [self.exact(limit, BLOCKED)]

    def _blocked_gone(self, limit: int) -> list[Offer]:
        """Nobody but that source, and the offer ends where nobody can see it."""
        begins, until = self.scale.blocked
        return [self.exact(limit, BLOCKED, until=self.random.randint(begins + 6, until - 6))]

    def _blind(self, limit: int) -> list[Offer]:
        """The seller ends while that source is blocked, and a new one has just begun there, where nobody can see it."""
        begins, until = self.scale.blocked
        ends = self.random.randint(begins + 8, begins + (until - begins) // 2)
        return [self.exact(limit, self.random.choice(OPEN), until=ends),
                self.exact(limit, BLOCKED, begins=float(ends - 4))]

    def _never(self, limit: int) -> list[Offer]:
        """Nobody from the beginning."""
        return []

    def _replaced(self, limit: int) -> list[Offer]:
        """The maker's end of the model: the new model is on sale before the last old one has gone."""
        ends = self.hour(0.25, 0.45)
        source, *places = self.random.sample(OPEN, 3)
        return [self.exact(limit, source, until=ends),
                *(self.trap(limit, "successor", place, begins=float(ends - 12)) for place in places),
                self.trap(limit, "ended", self.random.choice(FLEAS), begins=float(ends - 6))]

    def _fba(self, limit: int) -> list[Offer]:
        """Every second one is sold by nobody."""
        return self._steady(limit) if self.random.random() < 0.5 else []

    # --- what else a search shows ------------------------------------------------------------------------------------

    def trap(self, limit: int, kind: Trap, source: str, **times: Any) -> Offer:
        """An offer that must not be taken for the model."""
        share = {"accessory": 0.1, "box": 0.08, "dear": 1.4, "used": 0.5, "ended": 0.5, "bid": 0.3}.get(kind, 0.8)
        return Offer(source=source, price=round(limit * share * self.random.uniform(0.9, 1.1), -1), trap=kind, **times)

    def _traps(self, sku: Sku) -> Iterator[Offer]:
        for kind in self.random.sample(TRAPS, self.random.randint(1, 3)):
            places = {"bid": ("yahoo_auctions",), "box": FLEAS, "reserved": FLEAS}.get(kind, SOURCES)
            yield self.trap(sku.limit, kind, self.random.choice(places))

    # --- the orders --------------------------------------------------------------------------------------------------

    def orders(self, truth: Truth) -> Iterator[Order]:
        """The orders that buyers will place, each of a SKU of its own."""
        for story, count in self.scale.orders.items():
            chosen = self.random.sample([sku for sku in truth.sku if sku.story == story], count)
            for number, sku in enumerate(chosen):
                early = number % 3 == 0 or sku.story == "brief"
                at = min(self._when(sku, truth, early=early), int(truth.moments[-1]) - 1) + 0.25
                ship_by = float(int(at) + self.random.randint(60 if sku.story == "returns" else 40, 90))
                order = Order(order_id=self._number("112-"), item_id=f"{self.random.randrange(10**13, 10**14)}",
                              sku=sku.sku, at=at, ship_by=ship_by)
                order.stock_out, order.savable = not sku.supplied(at), truth.is_savable(order)
                yield order

    def _number(self, begin: str) -> str:
        return f"{begin}{self.random.randrange(10**7):07}-{self.random.randrange(10**7):07}"

    def _when(self, sku: Sku, truth: Truth, *, early: bool) -> int:
        """When a buyer orders: of what goes out of stock, `early` ones just after that, the others much later."""
        if sku.story in {"only_blocked", "blocked_gone", "blind"}:
            return self.random.randint(int(truth.blocked.begins), int(truth.blocked.until) - 4)
        if not sku.gone:
            return self.hour(0.02, 0.8)
        begins, until = sku.gone[0]
        if early and begins:
            return int(begins) + self.random.randint(0, 4)
        return self.random.randint(min(int(begins) + 30, int(until) - 2), int(until) - 1)


# --- the file --------------------------------------------------------------------------------------------------------


def to_toml(truth: Truth) -> str:
    """The file's text, one line for each offer and each order."""
    head = "# What is true in a simulated week; hours from its beginning. Written by: python -m tests.week.plant\n"
    week = f"begins = {truth.begins.isoformat()}\ndays = {truth.days}\nevery = {truth.every}\n"
    blocked = f"blocked = {_inline(truth.blocked)}\n"
    return head + week + blocked + "".join(map(_sku_text, truth.sku)) + _orders_text(truth.order)


def _sku_text(sku: Sku) -> str:
    fields = {name: value for name, value in _fields(sku).items() if name != "offers"}
    lines = "".join(f"{name} = {_value(value)}\n" for name, value in fields.items())
    offers = "".join(f"    {_inline(offer)},\n" for offer in sku.offers)
    return f"\n[[sku]]\n{lines}offers = [\n{offers}]\n"


def _orders_text(orders: list[Order]) -> str:
    return "".join("\n[[order]]\n" + "".join(f"{name} = {_value(value)}\n" for name, value in _fields(order).items())
                   for order in orders)


def _fields(table: msgspec.Struct) -> dict[str, Any]:
    """What differs from the defaults, by the names of the file."""
    fields = msgspec.structs.fields(table)
    pairs = ((field.encode_name, getattr(table, field.name), field.default) for field in fields)
    return {name: value for name, value, default in pairs if value not in (default, [], "")}


def _inline(table: msgspec.Struct) -> str:
    return "{ " + ", ".join(f"{name} = {_value(value)}" for name, value in _fields(table).items()) + " }"


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}" if value != int(value) else f"{value:.0f}"
    return json.dumps(value, ensure_ascii=False)


def main() -> None:
    """Write both files."""
    for path, scale in FILES.items():
        path.write_text(to_toml(plant(scale)), encoding="utf-8")


if __name__ == "__main__":
    main()
