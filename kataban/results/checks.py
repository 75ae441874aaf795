"""What `doctor` asks the database."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from kataban.results.database import Database, DatabaseError
from kataban.results.schema import MIGRATIONS
from kataban.results.tables import listings

# A writer and a checkpoint at the same moment could lose a transaction (sqlite.org/wal.html, "WAL-reset bug").
WAL_BUG = ((3, 7, 0), (3, 51, 2))


@dataclass(frozen=True, slots=True)
class DatabaseReport:
    """What is known of the database. `problem` is why it cannot be used; `newest` is the last look at any listing."""

    shown: str
    server: str
    revision: str | None = None
    needed: str | None = None
    size: int | None = None
    newest: datetime | None = None
    problem: str | None = None


def has_wal_bug(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> bool:
    """Is this SQLite one of those with the WAL-reset bug? We write under a file lock, so it cannot strike us."""
    return WAL_BUG[0] <= version <= WAL_BUG[1]


def inspect_database(database: Database) -> DatabaseReport:
    """Look at the database without changing it."""
    needed = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    file = Path(database.url.database or "") if database.is_sqlite else None
    if file is not None and not file.is_file():
        return DatabaseReport(database.shown, f"SQLite {sqlite3.sqlite_version}", needed=needed,
                              problem="does not exist yet: the first command makes it")
    try:
        with database.reading() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
            problem = _problem(connection) if database.is_sqlite else None
            newest = None if revision != needed else connection.execute(
                sa.select(sa.func.max(listings.c.seen_at, type_=listings.c.seen_at.type))).scalar()
            server = ".".join(map(str, connection.dialect.server_version_info or ()))
    except DatabaseError as error:
        return DatabaseReport(database.shown, "", needed=needed, problem=str(error))
    name = "SQLite" if database.is_sqlite else "PostgreSQL"
    return DatabaseReport(database.shown, f"{name} {server}", revision, needed,
                          file.stat().st_size if file else None, newest, problem)


def _problem(connection: sa.Connection) -> str | None:
    said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    return None if said == "ok" else f"damaged: {said}"
