"""What all verbs (kataban.commands) share: the database, one clear line for what went wrong, the exit code."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from kataban.intake import IntakeError
from kataban.manners.redaction import redact
from kataban.offers import LookAgain, Terms, look_again_of, rates_of
from kataban.results.database import Database, DatabaseError
from kataban.results.schema import SchemaNotCurrentError, prepare

INTERNAL, USAGE, NOT_CURRENT = 1, 2, 6


class InputError(Exception):
    """Something the person gave cannot be used; the message is one line."""


class KatabanCommand(ScrapyCommand):
    """A verb of ours. `work` does it and returns the exit code."""

    requires_project = True
    requires_crawler_process = False

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Do what the verb says; returns the exit code."""
        raise UsageError

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run `work`; every expected error becomes one line and its exit code."""
        try:
            self.exitcode = self.work(args, opts)
        except (InputError, IntakeError, DatabaseError) as error:
            self.fail(USAGE, str(error))
        except SchemaNotCurrentError as error:
            self.fail(NOT_CURRENT, str(error))
        except BrokenPipeError:  # `| head` has seen enough
            sys.stderr.close()

    def fail(self, code: int, message: str) -> None:
        """One line on stderr, and the exit code."""
        sys.stderr.write(f"kataban: {redact(message)}\n")
        self.exitcode = code

    def open_database(self) -> Database:
        """The results database, ready for use. Raises DatabaseError or SchemaNotCurrentError."""
        database = Database(self.setting("KATABAN_DATABASE"))
        prepare(database)
        return database

    def setting(self, name: str) -> Any:
        """A setting by name."""
        assert self.settings is not None  # noqa: S101 - Scrapy sets it before a command runs
        return self.settings[name]

    @property
    def state(self) -> Path:
        """The state folder."""
        return Path(self.setting("STATE_FOLDER"))

    @property
    def language(self) -> str:
        """`ja` or `en`."""
        return "ja" if self.setting("KATABAN_LANG") == "ja" else "en"

    @property
    def terms(self) -> Terms:
        """How the user sells, for the profit. InputError names a setting that cannot be used."""
        try:
            return Terms(rates_of(self.setting("KATABAN_RATES")), Decimal(self.setting("KATABAN_FEE_PERCENT")),
                         int(self.setting("KATABAN_COSTS")), self.setting("KATABAN_SHIP_TO"),
                         int(self.setting("KATABAN_HANDLING_DAYS")))
        except (ValueError, InvalidOperation) as error:
            raise InputError(f"KATABAN_RATES, _FEE_PERCENT, _COSTS or _HANDLING_DAYS: {error}") from error

    @property
    def look_again(self) -> LookAgain:
        """How often orders and watched SKUs are looked at again. InputError names a setting that cannot be used."""
        try:
            return look_again_of(self.setting("KATABAN_LOOK_AGAIN"), self.setting("KATABAN_WATCH_HOURS"))
        except ValueError as error:
            raise InputError(f"KATABAN_LOOK_AGAIN or KATABAN_WATCH_HOURS: {error}") from error
