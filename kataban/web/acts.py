"""What the buttons do: the user's own word, kept in the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from kataban.items import WantedState
from kataban.results.database import Connection, Database
from kataban.results.words import find_wanted, mark_listing, mark_seller, set_state

STATES = {"bought": WantedState.BOUGHT, "done": WantedState.DONE, "reopen": WantedState.OPEN}
MARKS: dict[str, tuple[Callable[..., int], str]] = {
    "bought": (mark_listing, "listing"),
    "wrong_model": (mark_listing, "listing"),
    "right_model": (mark_listing, "listing"),
    "seller_not_ok": (mark_seller, "seller"),
    "seller_ok": (mark_seller, "seller"),
}
ACTS = frozenset(STATES) | frozenset(MARKS)


def act(database: Database, name: str, form: Mapping[str, str], now: datetime) -> bool:
    """Do what the button `name` says with the form's wanted, source, listing and seller.

    False when there is no such order, listing or seller; nothing is changed then.
    """
    with database.writing() as connection:
        ids = [row["id"] for row in find_wanted(connection, form["wanted"]) if str(row["id"]) == form["wanted"]]
        if not ids or not _mark(connection, name, form, now):
            return False
        if name in STATES:
            set_state(connection, ids, STATES[name], now)
    return True


def _mark(connection: Connection, name: str, form: Mapping[str, str], now: datetime) -> bool:
    if name not in MARKS or (name in STATES and not form.get("listing")):  # an order may be bought elsewhere
        return True
    mark, what = MARKS[name]
    return bool(mark(connection, name, form.get("source", ""), form.get(what, ""), now))
