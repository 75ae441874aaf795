"""What a person sees about stock: stock cells and labels first, then whether the cart button can be pressed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from kataban.items import Availability
from kataban.parsers.scene import PATTERN, Scene, Spot, in_list, name_of
from kataban.parsers.stock import stock_word
from kataban.parsers.text import one_line

# Stock cells hold a few words; longer texts are notes that stand on every page.
_LONGEST = 160
_SHORT = 60
_MOST_BUTTONS = 30
_COUNTED = re.compile(r"在庫数?\s*:\s*\d")
# Functions of scripts that put into a cart or buy: addToCart(, goBasket(, buy_process(, fnOrder(. Not howToBuy(.
_CART_CALL = re.compile(
    r"add_?(?:item)?_?to_?(?:cart|basket|bag)|addcart|cart_?(?:in|add)\b|(?<![a-z])(?:go|fn|js|do|submit)?_?"
    r"(?:buy|cart|basket|order|purchase)(?:now|item|goods|product|it|process|submit|action|_\w{1,20})?\s*\(",
    re.IGNORECASE,
)
_NAMED_BUTTON = re.compile(r"\b(?:btn|button|buy|cart|basket|bag|order|purchase|kago|kosik|koszyk|korzina)\b")
_CART_ACTION = re.compile(
    r"(?:cart|basket|kago)(?:[/_-]?(?:add|in|insert|put|entry|update)|/?$|\.\w+|\?)|add[-_]?to[-_]?cart", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class ShownStock:
    """An Availability with the words seen, and how near they are to being about this product (higher is nearer)."""

    availability: Availability
    evidence: str
    weight: float
    order: int = 0
    by_button: bool = False


def cart_buttons(scene: Scene) -> list[Spot]:
    """The product's own cart buttons, pressable or not, in reading order."""
    found = (
        spot for spot in scene.spots
        if not spot.aside and _is_button(spot) and not _in_menu(scene, spot) and not in_list(scene, spot)
    )
    return list(islice(found, _MOST_BUTTONS))


def shown_stock(scene: Scene, buttons: list[Spot]) -> ShownStock | None:
    """The best evidence on the page. Sold-out words near the title beat a button: buttons stay on sold-out pages."""
    said = sorted(_said(scene), key=lambda one: (-one.weight, one.order))
    pressed = list(_pressed(scene, buttons))
    best = said[0] if said else None
    if best is not None and best.weight >= 3:
        return _settle(said, best, pressed)
    if best is not None and best.weight >= 2 and (best.availability is not Availability.IN_STOCK or not pressed):
        return _settle(said, best, pressed)
    if pressed:
        return max(pressed, key=lambda one: one.weight)
    return None if buttons else _asked(scene)


def _asked(scene: Scene) -> ShownStock | None:
    """A small ad has no cart: a button that asks its seller, under the title, is how its thing is bought."""
    for spot in scene.spots:
        real = spot.element.tag in {"a", "button", "input"} and not spot.aside and len(spot.text) <= _SHORT
        if real and spot.order > scene.after_title and PATTERN["contact_words"].search(_label(spot)):
            return ShownStock(Availability.APPROVAL_NEEDED, f"button: {_label(spot)[:60]}", 1.5, spot.order)
    return None


def _settle(said: list[ShownStock], best: ShownStock, pressed: list[ShownStock]) -> ShownStock:
    """Words against words of equal weight: an open button tells in stock from sold out; without one sold out holds."""
    rivals = {one.availability for one in said if one.weight >= best.weight - 0.5}
    if not {Availability.IN_STOCK, Availability.SOLD_OUT} <= rivals:
        return best
    open_buttons = [one for one in pressed if one.availability is Availability.IN_STOCK]
    wanted = Availability.IN_STOCK if open_buttons else Availability.SOLD_OUT
    return next(one for one in said if one.availability is wanted)


def _said(scene: Scene) -> Iterator[ShownStock]:
    for spot in scene.spots:
        if (
            spot.aside
            or spot.element.tag in {"body", "main", "option", "select", "script", "form"}
            or len(spot.element) > 8
        ):
            continue
        text = unicodedata.normalize("NFKC", spot.text)
        if not 1 < len(text) <= _LONGEST or _heads_others(spot):
            continue
        weight = _weight(scene, spot, text)
        if weight < 1:
            continue
        word = stock_word(text)
        if word.availability is not Availability.UNKNOWN and not _in_button(spot) and not in_list(scene, spot):
            evidence = text if len(text) <= _SHORT else f"{word.span} ({text[:_SHORT]})"
            yield ShownStock(word.availability, evidence, weight, spot.order)


def _heads_others(spot: Spot) -> bool:
    """Is it a wrapper that begins with a heading such as 新着商品, with the lines under it?"""
    heading = next(spot.element.iter("h2", "h3", "h4", "h5"), None) if len(spot.element) else None
    words = one_line("".join(heading.itertext())[:80]) if heading is not None else ""
    return bool(words) and spot.text.startswith(words) and bool(PATTERN["other_headings"].search(words))


def _weight(scene: Scene, spot: Spot, text: str) -> float:
    named = bool(PATTERN["stock"].search(spot.name))
    alone = len(text) <= 30 or bool(PATTERN["stock_sentence"].search(text))
    if spot.element.tag in {"a", "input", "label"} and not named and not _COUNTED.search(text):
        return 0.0
    weight = 0.0
    weight += 3.0 if named else 0.0
    weight += 2.5 if (PATTERN["stock_label"].match(text) and len(text) > 3) or _COUNTED.search(text) else 0.0
    weight += 1.5 if alone else 0.0
    weight += _nearness(scene, spot)
    # Themes carry a "sold out" badge on every page and show it by a style sheet.
    weight -= 2.5 if "badge" in spot.name else 0.0
    weight -= 2.5 if _is_of_a_store(scene, spot, text) else 0.0
    return weight


def _in_button(spot: Spot) -> bool:
    """Themes keep all labels of a button in it and show one by a style sheet: none of them is a word about stock."""
    element = spot.element
    for _ in range(4):
        if element is None or element.tag in {"body", "form"}:
            return False
        if element.tag == "button" or (element.tag == "a" and PATTERN["cart"].search(name_of(element))):
            return True
        element = element.getparent()
    return False


def _is_of_a_store(scene: Scene, spot: Spot, text: str) -> bool:
    """By its words or names, or as "No Disponible" under "Retiro en tienda": a short box around it is of a store."""
    if PATTERN["of_a_store"].search(text) or PATTERN["of_a_store"].search(spot.name):
        return True
    element = spot.element
    for _ in range(3):
        element = element.getparent()
        around = scene.by_element.get(element)
        if around is None or len(around.text) > _LONGEST // 2:
            return False
        if PATTERN["of_a_store"].search(around.text):
            return True
    return False


def _nearness(scene: Scene, spot: Spot) -> float:
    if scene.title is None:
        return 0.0
    distance = spot.order - scene.title.order
    if distance < -40:
        return -3.0
    return 1.0 if distance < 250 else 0.0 if distance < 600 else -1.5


def _pressed(scene: Scene, buttons: list[Spot]) -> Iterator[ShownStock]:
    for spot in buttons:
        label = _label(spot)
        word = stock_word(label)
        if not _is_off(spot) and _has_all_labels(spot, label):
            continue
        if _is_off(spot) or word.availability is Availability.SOLD_OUT:
            # A button is also off until a size is chosen: that it is off proves nothing by itself.
            if word.availability in {Availability.SOLD_OUT, Availability.BACKORDER}:
                yield ShownStock(word.availability, f"button: {label[:60]}", 2.5, spot.order)
            continue
        kind = word.availability if word.availability is Availability.BACKORDER else Availability.IN_STOCK
        yield ShownStock(kind, f"button: {label[:60]}", 2.0 + _nearness(scene, spot) / 2, spot.order, by_button=True)


def _has_all_labels(spot: Spot, label: str) -> bool:
    """Does the button hold words for buying and words for being sold out, one of which a style sheet hides?"""
    around = spot.element.getparent()
    words = [label]
    if spot.element.tag == "span" and around is not None and around.tag in {"a", "button"}:
        words = [one_line(child.text) for child in around.iter() if isinstance(child.tag, str)] + [label]
    words += [one_line(child.text) for child in spot.element.iter() if isinstance(child.tag, str)]
    sold_out = any(stock_word(one).availability is Availability.SOLD_OUT for one in words if one)
    return sold_out and any(PATTERN["cart_words"].search(one) for one in words if one)


def _is_button(spot: Spot) -> bool:
    """By its words, its name, its script, or as the submit of a form that leads into a cart."""
    element = spot.element
    if element.tag not in {"button", "input", "a", "div", "span", "img"} or len(spot.text) > _SHORT:
        return False
    if element.tag == "input" and (element.get("type") or "").lower() not in {"submit", "button", "image"}:
        return False
    real = element.tag in {"button", "input", "a"}
    named = bool(PATTERN["cart"].search(spot.name)) or _calls_cart(element)
    if PATTERN["cart_words"].search(_label(spot)):
        # A script makes a button of anything: its whole text and its name must both say so.
        drawn = element.tag != "img" and _NAMED_BUTTON.search(spot.name)
        return real or named or element.get("role") == "button" or bool(drawn)
    return real and (named or _submits_to_cart(element))


def _calls_cart(element: Any) -> bool:
    link = element.get("href") or ""
    script = link if link[:11].lower() == "javascript:" else ""
    return bool(_CART_CALL.search(element.get("onclick") or script))


def _submits_to_cart(element: Any) -> bool:
    if element.tag == "a" or (element.get("type") or "submit").lower() not in {"submit", "image"}:
        return False
    form = next((parent for parent in element.iterancestors("form")), None)
    return form is not None and bool(_CART_ACTION.search(form.get("action") or ""))


def _label(spot: Spot) -> str:
    element = spot.element
    return (
        spot.text
        or element.get("value")
        or element.get("alt")
        or element.get("aria-label")
        or element.get("title")
        or _picture_words(element)
    )


def _picture_words(element: Any) -> str:
    """The words of a button that is a picture in a link."""
    picture = element.find(".//img[@alt]") if element.tag in {"a", "button"} else None
    return "" if picture is None else picture.get("alt") or ""


def _in_menu(scene: Scene, spot: Spot) -> bool:
    """The cart in the head of the page: before the title, far from it."""
    return scene.title is not None and spot.order < scene.title.order - 80


def _is_off(spot: Spot) -> bool:
    element = spot.element
    return (
        element.get("disabled") is not None
        or (element.get("aria-disabled") or "").lower() == "true"
        or bool(re.search(r"\b(?:disabled|inactive|is-?disabled|soldout|sold-?out|out-?of-?stock)\b", spot.name))
    )
