"""Queue files into the database: read, remembered by content, bad rows set aside, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

from kataban.intake import (
    LISTING_REPORTS,
    ORDER_REPORTS,
    CatalogueEntry,
    Intake,
    IntakeError,
    Note,
    content_hash,
    read,
    stable_files,
    write_rejects,
)
from kataban.items import Wanted
from kataban.results import catalogue, order_lines, queue
from kataban.results.chunks import chunks
from kataban.results.concluding import conclude
from kataban.results.database import Connection, Database
from kataban.results.settling import settle_answers

# A file must have rested this long, so that a half copied one waits for the next run.
STABLE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file. `rejects_file` holds its bad rows; `error` is why the whole file could not be read."""

    path: Path
    counts: queue.Counts = field(default_factory=queue.Counts)
    rejected: int = 0
    rejects_file: Path | None = None
    error: IntakeError | None = None
    notes: tuple[Note, ...] = ()
    keys: frozenset[str] = frozenset()


def take_in(database: Database, paths: list[Path], state: Path, now: datetime) -> list[Taken]:
    """Read these files now, whether or not they were read before; a second reading changes nothing."""
    return [_take(database, path, state, now) for path in paths]


def take_in_folder(database: Database, folder: Path, state: Path, now: datetime) -> list[Taken]:
    """Read what is new in the queue folder: known by content, and only files that no longer grow."""
    if not folder.is_dir():
        return []
    with database.reading() as connection:
        known = queue.known_files(connection)
    look = stable_files(folder, seen_hashes=known, wait_seconds=STABLE_SECONDS)
    failed = [Taken(path, error=error) for path, error in look.failed]
    taken = [_take(database, path, state, now) for path in look]
    with database.writing() as connection:
        for file, entry in zip(look.ready, taken, strict=True):
            if entry.error is not None:  # told once; the same bytes will not become readable
                queue.remember_file(connection, content_hash=file.content_hash, name=file.path.name, kind="unreadable",
                                    read_at=now, rows_kept=0, rows_rejected=0)
    return failed + taken


def _take(database: Database, path: Path, state: Path, now: datetime) -> Taken:
    try:
        digest = content_hash(path)
        intake = read(path, catalogue=_Catalogue(database))
    except IntakeError as error:
        return Taken(path, error=error)
    rejects_file = None
    if intake.rejects:
        rejects_file = state / "rejects" / f"{path.stem}-{digest[:8]}.tsv"
        write_rejects(rejects_file, intake.rejects)
    with database.writing() as connection:
        counts = _keep(connection, intake, now)
        if digest not in queue.known_files(connection):
            queue.remember_file(connection, content_hash=digest, name=path.name, kind=intake.kind.value, read_at=now,
                                rows_kept=len(intake.wanted) + len(intake.catalogue) + len(intake.answers),
                                rows_rejected=len(intake.rejects))
    return Taken(path, counts, len(intake.rejects), rejects_file, None, tuple(intake.notes), _keys(intake.wanted))


class _Catalogue(Mapping[str, CatalogueEntry]):
    """The stored catalogue, read when the first SKU is looked up: a report of 100,000 listings needs none of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @cached_property
    def _entries(self) -> dict[str, CatalogueEntry]:
        with self._database.reading() as connection:
            return catalogue.stored_catalogue(connection)

    def __getitem__(self, sku: str) -> CatalogueEntry:
        return self._entries[sku]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def _keep(connection: Connection, intake: Intake, now: datetime) -> queue.Counts:
    """Everything that a file says, in one transaction; what other reports know of the same orders counts as well."""
    settled = catalogue.add_catalogue(
        connection, intake.catalogue, now, listed=intake.kind in LISTING_REPORTS) if intake.catalogue else []
    is_report = intake.kind in ORDER_REPORTS
    lines = (order_lines.add_order_lines(connection, intake.orders, now) if is_report
             else order_lines.lines_of(connection, {row.order_id for row in intake.wanted if row.order_id}))
    rows = order_lines.still_to_ship(connection, intake.wanted, lines)
    intake.leave_out(len(intake.wanted) - len(rows))
    counts, touched = queue.add_wanted(
        connection, order_lines.with_rest(rows, lines) if is_report else rows, now, intake.fields)
    if intake.catalogue or is_report:
        order_lines.leave_amazon(connection, now)
    order_lines.close_orders(connection, lines if is_report else intake.orders, now)
    settled += catalogue.settle_waiting(connection, now) if is_report else []
    settled += settle_answers(connection, intake.answers, now)
    for ids in chunks({*settled, *touched}):
        conclude(connection, wanted_ids=ids)
    return counts


def _keys(rows: list[Wanted]) -> frozenset[str]:
    return frozenset(queue.wanted_key(row) for row in rows)
