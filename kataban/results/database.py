"""Opening the database: SQLite with one careful way of writing, PostgreSQL by URL."""

from __future__ import annotations

import fcntl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy import Connection

__all__ = ["Connection", "Database", "DatabaseError"]

BUSY_SECONDS = 30


class DatabaseError(Exception):
    """The database cannot be used; the message is one line a person can act on."""


class Database:
    """One engine. `writing()` and `reading()` are the only ways in.

    On SQLite every write is one BEGIN IMMEDIATE transaction under a file lock: a deferred transaction that reads and
    then writes fails at once however long the timeout, and SQLite 3.7.0-3.51.2 has a rare WAL bug with two writers.
    """

    def __init__(self, url: str) -> None:
        try:
            self.url = sa.make_url(url)
        except sa.exc.ArgumentError as error:
            raise DatabaseError("the database is no SQLAlchemy URL such as sqlite:///file or postgresql://") from error
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.url.get_backend_name() not in {"sqlite", "postgresql"}:
            raise DatabaseError(f"the database must be sqlite or postgresql, not {self.url.get_backend_name()}")
        self._thread_lock = threading.RLock()
        self._lock_file: IO[str] | None = None
        self.engine = self._sqlite() if self.is_sqlite else self._server()

    @property
    def shown(self) -> str:
        """Where the database lies, for people: the file, or the URL without its password."""
        return self.url.database or "" if self.is_sqlite else self.url.render_as_string(hide_password=True)

    def _server(self) -> sa.Engine:
        url = self.url if "+" in self.url.drivername else self.url.set(drivername=f"{self.url.drivername}+psycopg")
        return sa.create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})

    def _sqlite(self) -> sa.Engine:
        path = Path(self.url.database or "")
        if not self.url.database or path.is_dir():
            raise DatabaseError(f"the database must be a file: {self.url.database!r}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseError(f"cannot make the database's folder {path.parent}: {error.strerror}") from error
        engine = sa.create_engine(self.url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One writing transaction, committed at the end of the block."""
        if not self.is_sqlite:
            with self._explained(), self.engine.begin() as connection:
                yield connection
            return
        with self._thread_lock, self._file_lock(), self._explained():
            engine = self.engine.execution_options(kataban_begin="BEGIN IMMEDIATE")
            with engine.begin() as connection:
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with self._explained(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def _file_lock(self) -> Iterator[None]:
        # A lock of the operating system beside the file: it ends with the process, however that ends.
        if self._lock_file is None:
            try:
                self._lock_file = Path(f"{self.url.database}.lock").open("w")  # noqa: SIM115 - kept open for reuse
            except OSError as error:
                raise DatabaseError(f"cannot write beside the database {self.shown}: {error.strerror}") from error
        fcntl.flock(self._lock_file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._lock_file, fcntl.LOCK_UN)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (sa.exc.OperationalError, sa.exc.InterfaceError) as error:
            first = str(error.orig or error).strip().splitlines()[0]
            raise DatabaseError(f"database {self.shown}: {first}") from error
        except sa.exc.DatabaseError as error:
            if "not a database" not in str(error.orig):
                raise
            raise DatabaseError(f"database {self.shown}: {error.orig}") from error

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()
        if self._lock_file is not None:
            self._lock_file.close()
            self._lock_file = None


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own; _begin_sqlite does
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("kataban_begin", "BEGIN"))
