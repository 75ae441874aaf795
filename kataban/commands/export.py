"""`export`: the answer as CSV, XLSX or JSON Lines, readable as a queue file again."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kataban.exporting import csv_bytes, export_rows, json_lines, replace_file, write_xlsx
from kataban.items import WantedState
from kataban.results.database import Database
from kataban.results.overview import counted, overview
from kataban.results.queries import LIVE
from kataban.results.shapes import answer_shape
from kataban.verbs import InputError, KatabanCommand

FORMATS = {".csv": "csv", ".xlsx": "xlsx", ".jsonl": "jsonl", ".ndjson": "jsonl"}
CHUNK = 500


class Command(KatabanCommand):
    """Reads the database only."""

    def syntax(self) -> str:
        """The usage line."""
        return "[FILE.csv|FILE.xlsx|FILE.jsonl] [--format csv|xlsx|jsonl] [--encoding cp932] [--all]"

    def short_desc(self) -> str:
        """One line for the list of commands."""
        return "Write orders and alternatives to a file for a spreadsheet or a program"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        """Our options beside Scrapy's."""
        super().add_options(parser)
        parser.add_argument("--format", choices=sorted(set(FORMATS.values())),
                            help="default: by the file's name, or csv")
        parser.add_argument("--encoding", choices=("utf-8-sig", "cp932"), default="utf-8-sig", help="of CSV")
        parser.add_argument("--all", action="store_true", help="also orders that are bought, done or expired")

    def work(self, args: Sequence[str], opts: argparse.Namespace) -> int:
        """Write the file, or CSV and JSON Lines to standard output."""
        if len(args) > 1:
            raise InputError(f"say: export {self.syntax()}")
        path = Path(args[0]) if args else None
        kind = opts.format or FORMATS.get(path.suffix.lower() if path else ".csv")
        if kind is None or (kind == "xlsx" and path is None):
            raise InputError("say which format: FILE.csv, FILE.xlsx or FILE.jsonl, or --format")
        rows = export_rows(self._shapes(self.open_database(), list(WantedState) if opts.all else LIVE))
        try:
            _write(path, kind, rows, opts.encoding)
        except BrokenPipeError:  # `| head` has seen enough; said by nobody
            raise
        except OSError as error:
            raise InputError(f"cannot write {error.filename}: {error.strerror}") from error
        return 0

    def _shapes(self, database: Database, states: Sequence[WantedState]) -> Iterator[dict[str, Any]]:
        """The answers in the order of urgency, some hundred at a time."""
        now, terms = datetime.now(UTC), self.terms
        with database.reading() as connection:
            for first in range(0, len(counted(connection, now, states)), CHUNK):
                part = overview(connection, now, first=first, most=CHUNK, states=states)
                yield from (answer_shape(answer, terms) for answer in part.answers)


def _write(path: Path | None, kind: str, rows: Iterator[dict[str, Any]], encoding: str) -> None:
    if kind == "xlsx":
        assert path is not None  # noqa: S101 - checked before
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        write_xlsx(part, rows)
        os.replace(part, path)  # noqa: PTH105 - the atomic replace is the point
        return
    chunks = csv_bytes(rows, encoding) if kind == "csv" else json_lines(rows)
    if path is not None:
        replace_file(path, chunks)
        return
    for chunk in chunks:
        sys.stdout.buffer.write(chunk)
