"""What the verbs that end an order share: which rows are meant, and the drafts of messages."""

from __future__ import annotations

from pathlib import Path

from kataban.drafts import DraftError, Library
from kataban.items import Wanted
from kataban.results.database import Database
from kataban.results.order_kit import rows_of
from kataban.verbs import InputError, KatabanCommand


class EndingCommand(KatabanCommand):
    """A verb about one order, named by its order id or by the id of one of its rows."""

    @property
    def library(self) -> Library:
        """The drafts, shipped and the user's own. InputError names a setting that cannot be used."""
        folder = self.setting("KATABAN_TEMPLATES")
        try:
            return Library(Path(folder).expanduser() if folder else None, self.setting("KATABAN_DRAFTS"))
        except DraftError as error:
            raise InputError(str(error)) from error

    def rows_of_order(self, database: Database, word: str) -> list[Wanted]:
        """The rows that `word` names. InputError where there are none, or where they belong to no order."""
        with database.reading() as connection:
            rows = rows_of(connection, word)
        if not rows:
            raise InputError(f"no wanted row or order {word}")
        if any(row.order_id is None for row in rows):
            raise InputError(f"row {word} belongs to no order: say `wanted done {word}`")
        return rows
