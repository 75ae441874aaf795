"""The schema's revisions: a new database gets the newest, an older one is refused until it is migrated."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from kataban.results.backup import before_migrating
from kataban.results.database import Database
from kataban.results.views import VIEWS

MIGRATIONS = Path(__file__).parent / "migrations"


class SchemaNotCurrentError(Exception):
    """The database is of another revision than the program; the message says what to type."""


def prepare(database: Database) -> None:
    """Make an empty database ready; refuse one of another revision with SchemaNotCurrentError."""
    with database.reading() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
        tables = sa.inspect(connection).get_table_names()
    if found is None and not tables:
        upgrade(database)
        return
    newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    if found != newest:
        raise SchemaNotCurrentError(
            f"the database {database.shown} has schema {found or 'none of ours'}, this program needs {newest}: "
            "run `python -m scrapy migrate`"
        )


def upgrade(database: Database, now: datetime | None = None) -> Path | None:
    """Bring the schema to the newest revision; returns the copy of a SQLite file that was made before changing it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.reading() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    copy = None
    if database.is_sqlite and found not in (None, ScriptDirectory(str(MIGRATIONS)).get_current_head()):
        copy = before_migrating(database, str(found), now or datetime.now(UTC))
    with database.writing() as connection:
        config.attributes["connection"] = connection
        _drop_views(connection)  # a table under a view cannot be changed on either database
        command.upgrade(config, "head")
        _make_views(connection)
    return copy


def _drop_views(connection: sa.Connection) -> None:
    for name in reversed(VIEWS):
        connection.exec_driver_sql(f"DROP VIEW IF EXISTS {name}")


def _make_views(connection: sa.Connection) -> None:
    # Views hold no data, so they are made anew from the program's own text at every upgrade.
    for name, text in VIEWS.items():
        connection.exec_driver_sql(f"CREATE VIEW {name} AS {text}")
