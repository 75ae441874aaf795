"""The price that a person sees on a product page: sums in the buy box, weighed by where and how they stand."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from kataban.parsers.money import Money, parse_number, shared_mark, sums
from kataban.parsers.scene import PATTERN, Scene, Spot, in_list, name_of
from kataban.parsers.text import one_line
from kataban.parsers.yen import Yen, parse_yen

# Below this weight a sum is not taken for the price; and a rival this close makes the page ambiguous.
ENOUGH = 3.0
CLEAR = 1.0
_LONGEST = 90
_PARTS = 12
_YEN = re.compile(r"[円¥￥]")
_RANGE = re.compile(r"[~〜～–—]|\s-\s|から|\bto\b|\bbis\b|\bà\b")
_SPLIT_CENTS = re.compile(r"(?<=\d)\s+(?=\d{2}(?!\d))")


@dataclass(frozen=True, slots=True)
class ShownPrice:
    """A sum with the weight of being what is paid. `struck` is an old or list price by how it is drawn, or beside a
    lower one; `doubtful` is one by its class name alone, which some themes give to the only price."""

    amount: Decimal
    currency: str | None
    weight: float
    struck: bool
    doubtful: bool
    order: int
    text: str
    tax: bool | None = None
    mark: str = ""


def shown_prices(scene: Scene, *, country: str | None, buttons: list[Spot]) -> list[ShownPrice]:
    """All sums of the page that may be its product's price, the weightiest first."""
    found = [price for spot in scene.spots for price in _of_spot(scene, spot, country, buttons)]
    orders = defaultdict(list)
    for price in found:
        if price.struck:
            orders[price.amount].append(price.order)
    found = [replace(price, struck=True) if _within(price.order, orders[price.amount]) else price for price in found]
    return sorted(found, key=lambda price: -price.weight)


def _within(order: int, struck: list[int]) -> bool:
    """What a box shows as struck is struck in its parts, which follow it at once. `struck` is in rising order."""
    before = bisect_right(struck, order)
    return before > 0 and order - struck[before - 1] <= _PARTS


def best_price(prices: list[ShownPrice]) -> ShownPrice | None:
    """The price a person would name, or None where nothing or several things look like it."""
    taxed = {price.amount for price in prices if price.tax}
    paid = [price for price in prices if not price.struck and not _is_net(price, taxed)]
    if not paid or paid[0].weight < ENOUGH:
        return None
    best = paid[0]
    if best.doubtful:
        best = next((price for price in paid if _replaces(price, best)), best)
    rivals = (price for price in paid if price.amount != best.amount and price.doubtful <= best.doubtful)
    return None if any(best.weight - rival.weight < CLEAR for rival in rivals) else best


def fits(price: ShownPrice, currency: str) -> bool:
    """May the mark beside the sum ($) stand for that currency?"""
    among = shared_mark(price.mark)
    return not among or currency in among


def _is_net(price: ShownPrice, taxed: set[Decimal]) -> bool:
    """The same price without tax as one that stands with tax elsewhere on the page."""
    return price.tax is not True and any(is_with_tax(price.amount, amount) for amount in taxed)


def is_with_tax(net: Decimal, gross: Decimal) -> bool:
    """Is `gross` yen what `net` yen become with 10 % or 8 % tax, rounded either way?"""
    return any(abs(net * rate / 100 - gross) < 1 for rate in (110, 108))


def _replaces(price: ShownPrice, doubtful: ShownPrice) -> bool:
    """A lower sum close by that no class name calls old: then the doubtful one is old indeed."""
    close = abs(price.order - doubtful.order) <= 40
    return not price.doubtful and price.amount < doubtful.amount and close and price.weight >= ENOUGH - 1


def _of_spot(scene: Scene, spot: Spot, country: str | None, buttons: list[Spot]) -> Iterator[ShownPrice]:
    is_price = bool(PATTERN["price"].search(spot.name)) or spot.element.get("itemprop") == "price"
    if len(spot.element) > 12 or spot.element.tag in {"body", "main", "script", "option", "select"}:
        return
    text = spot.text
    if not text or len(text) > _LONGEST or not any(char.isdigit() for char in text):
        return
    said = parse_yen(text) if _YEN.search(text) else None
    money = _sums(text, spot, country, is_price=is_price) if said is None else _yen_sums(text, said)
    money = [one for one in money if not _is_of_the_name(scene, text, one)]
    if not money or (not is_price and not _is_leaf(text, money)):
        return
    names = _names(spot)
    struck = _struck_beside(text, money) if said is None else [one for one in money if one.amount == said.was]
    for one in money:
        weight = _weigh(scene, spot, one, text, names, is_price=is_price, buttons=buttons)
        doubtful = bool(PATTERN["struck"].search(names)) or _is_other(text, one)
        yield ShownPrice(
            one.amount,
            one.currency,
            weight - doubtful,
            spot.struck or one in struck,
            doubtful,
            spot.order,
            text,
            said.tax if said else None,
            one.mark,
        )


def _is_of_the_name(scene: Scene, text: str, one: Money) -> bool:
    """A mark of one or two letters with a number, as the title has it: "EOS R8" costs no 8 rand."""
    letters = one.mark.isascii() and one.mark.isalpha() and len(one.mark) < 3
    said = text[one.start : one.end].strip()
    return letters and scene.title is not None and said in scene.title.text


def _yen_sums(text: str, said: Yen) -> list[Money]:
    """What the yen rules take for a price in `text` (no points, shipping or limits), and the old price beside it."""
    country = "JPY"
    wanted = {amount for amount in (said.amount, said.was) if amount is not None}
    found = [one for one in sums(text, country=country) if one.amount in wanted]
    # 3万2,800円 is a sum that only the yen rules read.
    return found or ([Money(Decimal(said.amount), country, 0, len(text))] if said.amount is not None else [])


def _is_other(text: str, one: Money) -> bool:
    """Do the words right before the sum make it an old price, shipping, a saving?"""
    return bool(PATTERN["words_struck"].search(text[: one.start][-30:]))


def _struck_beside(text: str, money: list[Money]) -> list[Money]:
    """Of two sums in one price box the higher is the old one; with and without tax, the one without is not paid."""
    amounts = {one.amount for one in money if not _is_other(text, one)}
    if len(amounts) != 2 or _RANGE.search(text):
        return []
    low, high = min(amounts), max(amounts)
    net = PATTERN["words_net"].search(text)
    if net and low * Decimal("1.28") >= high:
        # Where the net price stands first (shops for firms) the shop means it; both stay, and nothing is clear.
        dropped = low if money[0].amount == high or net[0].startswith(("税", "本")) else None
    else:
        dropped = high
    # Sums further apart than this are not one thing's old and new price.
    return [one for one in money if one.amount == dropped] if low * 6 >= high else []


def _sums(text: str, spot: Spot, country: str | None, *, is_price: bool) -> list[Money]:
    joined = _SPLIT_CENTS.sub(".", text) if is_price and len(text) < 20 else text
    found = list(sums(joined, country=country))
    if found or not is_price:
        return found
    content = parse_number(spot.element.get("content") or text.rstrip(".-–— "))
    return [Money(content, None)] if content is not None and len(text) < 16 else []


def _is_leaf(text: str, money: list[Money]) -> bool:
    """Hardly anything but the sum, so that no sentence about money is taken for a price."""
    rest = len(text) - sum(one.end - one.start for one in money)
    return rest <= 24 and len(money) <= 2


def _names(spot: Spot) -> str:
    """The names of the spot and of three ancestors."""
    parts, element = [spot.name], spot.element.getparent()
    while element is not None and len(parts) < 4 and element.tag not in {"body", "html"}:
        parts.append(name_of(element))
        element = element.getparent()
    return " | ".join(parts)


def _weigh(
    scene: Scene, spot: Spot, money: Money, text: str, names: str, *, is_price: bool, buttons: list[Spot]
) -> float:
    own, weight = spot.name, 1.0
    weight += 2.0 if is_price else 1.0 if PATTERN["price"].search(names) else 0.0
    weight += 3.0 if spot.element.get("itemprop") == "price" else 0.0
    weight += 1.0 if PATTERN["paid"].search(names) else 0.0
    weight -= 4.0 if PATTERN["not_price"].search(own) else 2.0 if PATTERN["not_price"].search(names) else 0.0
    weight -= 6.0 if spot.aside else 0.0
    weight += 1.0 if PATTERN["words_paid"].search(_before(spot, text, money)) else 0.0
    weight -= 3.0 if PATTERN["words_struck"].search(_before(spot, text, money)) else 0.0
    weight += _nearness(scene, spot)
    weight += 1.5 if any(abs(button.order - spot.order) < 60 for button in buttons) else 0.0
    weight -= 3.0 if in_list(scene, spot) else 0.0
    return weight


def _before(spot: Spot, text: str, money: Money) -> str:
    """The words before the sum: in its own text, else the text before the element."""
    own = text[: money.start]
    if own.strip():
        return own[-30:]
    return one_line(_preceding(spot.element))[-30:]


def _preceding(element: Any) -> str:
    for _ in range(3):
        previous = element.getprevious()
        if previous is not None:
            tail = previous.tail or ""
            return tail if tail.strip() else "".join(previous.itertext())[-60:] if isinstance(previous.tag, str) else ""
        parent = element.getparent()
        if parent is None:
            return ""
        if (parent.text or "").strip():
            return str(parent.text)
        element = parent
    return ""


def _nearness(scene: Scene, spot: Spot) -> float:
    """Buy boxes follow the title closely; sums before it are carts and menus."""
    if scene.title is None:
        return 0.0
    distance = spot.order - scene.title.order
    if distance < 0:
        return 0.5 if distance > -60 else -1.5
    return 2.0 if distance < 120 else 1.0 if distance < 400 else 0.0
