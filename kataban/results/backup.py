"""Copies of the SQLite file while it is in use, by the online backup API; PostgreSQL has its own tools."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from kataban.results.database import Database, DatabaseError

STAMP = "%Y%m%dT%H%M%S"


def back_up(database: Database, path: Path) -> Path:
    """Copy the database to `path`, checked and whole or not at all. Others may read and write meanwhile.

    Raises DatabaseError for another database than SQLite, for one that is not there, or a copy that is not sound.
    """
    if not database.is_sqlite:
        raise DatabaseError(f"{database.shown} is no file: use pg_dump -Fc")
    source = Path(database.url.database or "")
    if not source.is_file():
        raise DatabaseError(f"no database at {source}")
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)  # it holds orders and people's names
        _copy(source, part)
        os.replace(part, path)  # noqa: PTH105 - nobody finds half a copy
    except (OSError, sqlite3.Error) as error:
        raise DatabaseError(f"cannot copy {source} to {path}: {error}") from error
    finally:
        part.unlink(missing_ok=True)
    return path


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as old, \
            closing(sqlite3.connect(target)) as new:
        old.backup(new, pages=1024, sleep=0.01)
        new.execute("PRAGMA journal_mode=DELETE")  # one file, without -wal and -shm beside it
        said = new.execute("PRAGMA quick_check").fetchone()[0]
        if said != "ok":
            raise sqlite3.DatabaseError(f"the copy is not sound: {said}")


def keep_newest(folder: Path, number: int) -> list[Path]:
    """Remove all but the newest `number` backups of `folder`; returns the removed ones."""
    found = sorted(folder.glob("kataban-*.db"), reverse=True)
    for path in found[number:]:
        path.unlink()
    return found[number:]


def before_migrating(database: Database, revision: str, now: datetime) -> Path:
    """Copy the database beside itself before its schema is changed."""
    file = Path(database.url.database or "")
    return back_up(database, file.with_name(f"{file.name}.{revision}.{now.strftime(STAMP)}"))
