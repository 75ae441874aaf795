"""`giveup`: end an order that cannot be filled: the cancellation file, and the draft of the message that follows it."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from kataban.draft_text import draft_lines
from kataban.drafts import DraftError, Library, buyers_language, facts_of
from kataban.ending_verbs import EndingCommand
from kataban.exporting import replace_file
from kataban.items import Wanted
from kataban.outgoing import Cancellation, cancellation_file
from kataban.results.gauge import gauge, gauge_shape
from kataban.results.order_kit import cancellations, give_up
from kataban.verbs import InputError
from kataban.web.gauge_words import head, sentences
from kataban.web.words import word

MESSAGE = "out_of_stock"


class Command(EndingCommand):
    """Writes a file for you to upload and prints what to do in which order; nothing is uploaded or sent."""

    def syntax(self) -> str:
        """The usage line."""
        return "ORDER [--out DIR]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Give an order up: write its cancellation file, draft the message, say what to do first"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our option beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--out", metavar="DIR", type=Path, help="where the file goes; default: outgoing in the "
                                                                    "state folder")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Write the file, then keep the word: a folder that cannot be written gives nothing up."""
        if len(args) != 1:
            raise InputError(f"say: giveup {self.syntax()}")
        library, database, now = self.library, self.open_database(), datetime.now(UTC)
        rows = self.rows_of_order(database, args[0])
        with database.writing() as connection:
            given_up = give_up(connection, rows, now)
            if not given_up:
                raise InputError(f"order {args[0]} ended already: say `wanted reopen {args[0]}` first")
            message = self._message(library, given_up, now)
            file = self._write(opts.out, given_up, cancellations(connection, given_up), now)
            rate = gauge_shape(gauge(connection, now))
        said = (word(name, self.language).format(*values) for name, values in (head(rate), *sentences(rate, now)))
        sys.stdout.write("\n".join([*self._steps(given_up, file), "", *message, "", *said]) + "\n")
        return 0

    def _message(self, library: Library, rows: Sequence[Wanted], now: datetime) -> list[str]:
        buyers = buyers_language(rows)
        try:
            draft = library.draft(MESSAGE, facts_of(rows, now), buyers)
        except DraftError as error:
            raise InputError(str(error)) from error
        return list(draft_lines(draft, self.language, buyers))

    def _write(self, folder: Path | None, rows: Sequence[Wanted], lines: Sequence[Cancellation],
               now: datetime) -> Path | None:
        """Where the file is, None when no report has told the number of an item."""
        try:
            content = cancellation_file(lines)
        except ValueError:
            return None
        path = (folder or self.state / "outgoing") / file_name(rows[0].order_id or "", now)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, [content])
        except OSError as error:
            raise InputError(f"cannot write {path}: {error.strerror}") from error
        return path

    def _steps(self, rows: Sequence[Wanted], file: Path | None) -> list[str]:
        skus = ", ".join(row.sku for row in rows if row.sku) or "-"
        cancel = word("kit.cancel_with" if file else "kit.cancel_by_hand", self.language).format(file)
        steps = (word("kit.quantity_0", self.language).format(skus), cancel, word("kit.then_tell", self.language))
        return [f"{number}. {step}" for number, step in enumerate(steps, start=1)]


def file_name(order_id: str, now: datetime) -> str:
    """The name of an order's cancellation file; only what every file system takes is kept of the order's number."""
    return f"cancel-{re.sub(r'[^0-9A-Za-z-]+', '_', order_id)}-{now:%Y%m%d}.txt"
