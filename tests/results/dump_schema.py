"""Writes tests/results/schemas/<revision>.sql: a filled SQLite database of the newest revision, as SQL.

`python -m tests.results.dump_schema` after a new revision was made; the dumps of older revisions stay as they are.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from alembic.script import ScriptDirectory

from kataban.items import Outcome, Verdict
from kataban.results.database import Database
from kataban.results.notices import keep_told
from kataban.results.schema import MIGRATIONS, prepare
from kataban.results.words import mark_listing
from tests.results import makers

FOLDER = Path(__file__).parent / "schemas"


def dump() -> Path:
    """Write the dump of the newest revision."""
    revision = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "k.db"
        database = Database(f"sqlite:///{file}")
        prepare(database)
        _fill(database)
        database.close()
        with closing(sqlite3.connect(file)) as connection:
            text = "\n".join(connection.iterdump())
    path = FOLDER / f"{revision}.sql"
    path.write_text(text + "\n", encoding="utf-8")
    return path


def _fill(database: Database) -> None:
    makers.add(database, makers.wanted(sale_price=Decimal("99.90"), sale_currency="USD"),
               makers.wanted("ZZ-9", order_id="250-2", ship_by=None))
    for hour in (0, 1):
        at = makers.NOW + timedelta(hours=hour)
        makers.search(database, makers.listing(seen_at=at, price=5_000 - hour), makers.listing("b", seen_at=at),
                      makers.listing("c", seen_at=at, title="カシオ AB-1300C 新品",
                                      judgement=makers.judgement(Verdict.DIFFERENT)), now=at)
    makers.search(database, outcome=Outcome.BLOCKED, source="mercari", query_id=2, reason="a challenge")
    with database.writing() as connection:
        mark_listing(connection, "wrong_model", makers.SOURCE, "b", makers.NOW)
        keep_told(connection, "0123456789abcdef", {"wanted:1": {"alternatives": 1}}, makers.NOW)


if __name__ == "__main__":
    print(dump())
