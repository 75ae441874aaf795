"""`sellers`: the user's own list of sellers, trusted and to be avoided."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from kataban.intake import guard, unguard
from kataban.results.seller_words import words_on_sellers
from kataban.results.words import mark_seller
from kataban.sellers import Stand
from kataban.verbs import InputError, KatabanCommand

COLUMNS = ("source", "seller_id", "stand", "note")
KINDS = {Stand.TRUSTED.value: "seller_trusted", Stand.AVOID.value: "seller_not_ok", "": "seller_ok"}


class Command(KatabanCommand):
    """list | import FILE.csv with the columns source, seller_id, stand (trusted, avoid or empty), note."""

    def syntax(self) -> str:
        """The usage line."""
        return "list | import FILE.csv"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "List the sellers you trust or avoid, or read such a list from a CSV"

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Print the list as CSV, or read one; a bad line is an InputError and nothing of the file is kept."""
        if list(args) == ["list"]:
            return self._print()
        if len(args) != 2 or args[0] != "import":
            raise InputError(f"say: sellers {self.syntax()}")
        rows = list(_rows(Path(args[1])))
        with self.open_database().writing() as connection:
            for source, seller_id, stand, note in rows:
                mark_seller(connection, KINDS[stand], source, seller_id, datetime.now(UTC), note=note or None)
        return 0

    def _print(self) -> int:
        with self.open_database().reading() as connection:
            words = words_on_sellers(connection)
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow((*COLUMNS, "arrived", "cancelled", "wrong"))
        for (source, seller_id), word in sorted(words.items()):
            stand = word.stand.value if word.stand else ""
            deals = (word.arrived, word.cancelled, word.wrong)
            writer.writerow((source, guard(seller_id), stand, guard(word.note), *deals))
        return 0


def _rows(path: Path) -> Iterator[tuple[str, str, str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path.name}: {getattr(error, 'strerror', None) or 'is not UTF-8'}") from error
    reader = csv.DictReader(text.splitlines())
    missing = [name for name in COLUMNS[:3] if name not in (reader.fieldnames or ())]
    if missing:
        raise InputError(f"{path.name}: no column {', '.join(missing)}")
    for row in reader:
        source, seller_id, stand, note = (unguard((row.get(name) or "").strip()) for name in COLUMNS)
        if not source or not seller_id or stand not in KINDS:
            raise InputError(f"{path.name} line {reader.line_num}: needs a source, a seller_id and a stand "
                             "(trusted, avoid or empty)")
        yield source, seller_id, stand, note
