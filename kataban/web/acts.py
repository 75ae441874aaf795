"""What the buttons do: the user's own word, kept in the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from kataban.items import Wanted, WantedState
from kataban.results.catalogue import ModelRefusedError, settle_model
from kataban.results.database import Connection, Database
from kataban.results.order_kit import buy, give_up, rows_of
from kataban.results.resolutions import reopen
from kataban.results.words import mark_listing, mark_seller, set_state

NOTHING_SUCH, NO_PRICE, NO_MODEL, NO_ORDER = "nothing_such", "no_price", "no_model", "no_order"
# An order's price in yen has at most this many digits.
_MOST_DIGITS = 10
Form = Mapping[str, str]


def act(database: Database, name: str, form: Form, now: datetime) -> str:
    """Do what the button `name` says with the form's fields; returns the word for what was done (words.toml, told).

    Where there is no such order, listing or seller, or a field cannot be read, the word says so and nothing is changed.
    """
    with database.writing() as connection:
        rows = [row for row in rows_of(connection, form["wanted"]) if str(row.wanted_id) == form["wanted"]]
        return DOINGS[name](connection, rows[0], form, now) if rows else NOTHING_SUCH


def _bought(connection: Connection, row: Wanted, form: Form, now: datetime) -> str:
    """At the Listing of the button or of the choice made, else elsewhere in the user's own words."""
    price, note = _text(form, "price").replace(",", ""), _text(form, "note") or None
    if price and not (price.isascii() and price.isdecimal() and len(price) <= _MOST_DIGITS):
        return NO_PRICE
    chosen, _, of_choice = _text(form, "choice").partition(":")
    listing = of_choice or _text(form, "listing") or None
    source = chosen or _text(form, "source") or _text(form, "where") or None
    seller = None if listing else _text(form, "seller") or None
    done = buy(connection, row, now, source=source, listing_id=listing, seller_id=seller,
               price=int(price) if price else None, note=note)
    return "bought" if done else NOTHING_SUCH


def _done(connection: Connection, row: Wanted, _form: Form, now: datetime) -> str:
    set_state(connection, [row.wanted_id or 0], WantedState.DONE, now)
    return "done"


def _reopen(connection: Connection, row: Wanted, _form: Form, now: datetime) -> str:
    reopen(connection, [row.wanted_id or 0], now)
    return "reopen"


def _give_up(connection: Connection, row: Wanted, _form: Form, now: datetime) -> str:
    if row.order_id is None:
        return NO_ORDER
    return "give_up" if give_up(connection, [row], now) else NOTHING_SUCH


def _settle(connection: Connection, row: Wanted, form: Form, now: datetime) -> str:
    """What was typed counts before what was chosen."""
    model, maker = _text(form, "model") or _text(form, "choice"), _text(form, "maker") or None
    try:
        settled = settle_model(connection, row.wanted_id or 0, model, maker, now)
    except ModelRefusedError:
        return NO_MODEL
    return "settle" if settled else NOTHING_SUCH


def _mark(kind: str) -> Doing:
    def mark(connection: Connection, _row: Wanted, form: Form, now: datetime) -> str:
        marked = mark_listing(connection, kind, _text(form, "source"), _text(form, "listing"), now)
        return kind if marked else NOTHING_SUCH

    return mark


def _mark_seller(kind: str) -> Doing:
    def mark(connection: Connection, _row: Wanted, form: Form, now: datetime) -> str:
        marked = mark_seller(connection, kind, _text(form, "source"), _text(form, "seller"), now)
        return kind if marked else NOTHING_SUCH

    return mark


def _text(form: Form, name: str) -> str:
    return form.get(name, "").strip()


Doing = Callable[[Connection, Wanted, Form, datetime], str]
DOINGS: dict[str, Doing] = {
    "bought": _bought, "done": _done, "reopen": _reopen, "give_up": _give_up, "settle": _settle,
    "wrong_model": _mark("wrong_model"), "right_model": _mark("right_model"),
    "seller_not_ok": _mark_seller("seller_not_ok"), "seller_ok": _mark_seller("seller_ok"),
}
ACTS = frozenset(DOINGS)
FIELDS = ("wanted", "source", "listing", "seller", "choice", "where", "price", "note", "model", "maker")
