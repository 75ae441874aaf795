"""`migrate`: bring the database's schema to this program's."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from kataban.results.database import Database
from kataban.results.schema import upgrade
from kataban.verbs import KatabanCommand


class Command(KatabanCommand):
    """The answer to exit code 6."""

    def syntax(self) -> str:
        """The usage line."""
        return ""

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Bring the database's schema to this program's"

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Run the migrations that are missing."""
        upgrade(Database(self.setting("KATABAN_DATABASE")))
        return 0
