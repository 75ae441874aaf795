"""`wanted`: the queue's rows, and the user's word about them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from kataban.answer_table import shown_time
from kataban.items import WantedState
from kataban.results.words import find_wanted, list_wanted, set_state
from kataban.verbs import InputError, KatabanCommand

HEADINGS = ("id", "order", "maker", "model number", "JAN", "ship by", "state")
STATES = {"bought": WantedState.BOUGHT, "done": WantedState.DONE, "reopen": WantedState.OPEN}


class Command(KatabanCommand):
    """list | bought ID | done ID | reopen ID, where ID is a wanted id or an order id."""

    def syntax(self) -> str:
        """The usage line."""
        return "list | bought ID ... | done ID ... | reopen ID ..."

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "List the queue's rows, or say that one is bought, done, or open again"

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """List, or set the state of the named rows."""
        database = self.open_database()
        if list(args) == ["list"]:
            with database.reading() as connection:
                self._print(list_wanted(connection))
            return 0
        if len(args) < 2 or args[0] not in STATES:
            raise InputError(f"say: wanted {self.syntax()}")
        with database.writing() as connection:
            for word in args[1:]:
                rows = find_wanted(connection, word)
                if not rows:
                    raise InputError(f"no wanted row or order {word}")
                set_state(connection, [row["id"] for row in rows], STATES[args[0]], datetime.now(UTC))
        return 0

    def _print(self, rows: Sequence[object]) -> None:
        table = Table(*(Column(name, no_wrap=True) for name in HEADINGS), box=None)
        for row in rows:
            cells = (row["id"], row["order_id"], row["maker"], row["model_number"], row["jan"],  # type: ignore[index]
                     shown_time(row["ship_by"]), row["state"])  # type: ignore[index]
            table.add_row(*(Text("" if cell is None else str(cell)) for cell in cells))
        Console(width=None if sys.stdout.isatty() else 200).print(table)
