"""One lock per Source, held by the operating system or the database server, so that it ends with the process."""

from __future__ import annotations

import fcntl
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import sqlalchemy as sa

from kataban.results.database import Database

# A number of ours, so that our advisory locks meet nobody else's on the same server.
_PG_SPACE = 0x6B617461


@contextmanager
def source_lock(database: Database, folder: Path, source: str) -> Iterator[bool]:
    """Hold the lock of `source` for the block; yields False when another run has it (never waits).

    On SQLite it is a file under `folder`, on PostgreSQL a session's advisory lock, which works across machines.
    """
    with ExitStack() as stack:
        yield _file_lock(stack, folder, source) if database.is_sqlite else _server_lock(stack, database, source)


def _file_lock(stack: ExitStack, folder: Path, source: str) -> bool:
    folder.mkdir(parents=True, exist_ok=True)
    file = stack.enter_context((folder / f"{source}.lock").open("w"))
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _server_lock(stack: ExitStack, database: Database, source: str) -> bool:
    # The lock is the session's, so its transaction may end at once.
    connection = stack.enter_context(database.engine.connect())
    key = zlib.crc32(source.encode()) & 0x7FFFFFFF
    got = connection.execute(sa.text("SELECT pg_try_advisory_lock(:space, :key)"),
                             {"space": _PG_SPACE, "key": key}).scalar()
    connection.commit()
    if got:
        stack.callback(_unlock, connection, key)
    return bool(got)


def _unlock(connection: sa.Connection, key: int) -> None:
    connection.execute(sa.text("SELECT pg_advisory_unlock(:space, :key)"), {"space": _PG_SPACE, "key": key})
    connection.commit()
