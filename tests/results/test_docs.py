"""docs/database.md promises the columns that the views really have, and its queries run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kataban.results.database import Database
from kataban.results.tables import metadata
from kataban.results.views import VIEWS
from tests.results.makers import NOW, add, listing, search, wanted

TEXT = (Path(__file__).parents[2] / "docs" / "database.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```sql\n(.+?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("view", VIEWS)
def test_the_columns_of_a_view_are_the_documented_ones(view: str, database: Database) -> None:
    section = re.search(rf"### `{view}`\n(.+?)(?=\n##|\Z)", TEXT, re.DOTALL)
    assert section is not None
    promised = [name for name in re.findall(r"^\| (\w+) \|", section[1], re.MULTILINE) if name != "column"]
    with database.reading() as connection:
        assert list(connection.exec_driver_sql(f"SELECT * FROM {view}").keys()) == promised  # noqa: S608 - our own names


def test_every_table_is_documented() -> None:
    section = TEXT.split("## Tables")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)`", section, re.MULTILINE)) == set(metadata.tables)


@pytest.mark.parametrize("query", QUERIES)
def test_the_example_queries_run(query: str, sqlite: Database) -> None:
    add(sqlite, wanted())
    search(sqlite, listing(), now=NOW)
    with sqlite.reading() as connection:
        connection.exec_driver_sql(query).all()
    assert len(QUERIES) == 5
