"""Nothing is lost: migrations of filled databases, copies, and letting go of what is old."""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from kataban.items import Seller
from kataban.results import schema
from kataban.results.backup import back_up, keep_newest
from kataban.results.checks import has_wal_bug, inspect_database
from kataban.results.database import Database, DatabaseError
from kataban.results.queries import answers
from kataban.results.retention import archive_listings, purge_seller, purge_sellers, thin_sightings
from kataban.results.schema import SchemaNotCurrentError, prepare, upgrade
from kataban.results.tables import listings, marks, metadata, sellers, sightings, wanted
from kataban.results.words import mark_listing, mark_seller
from tests.results.makers import NOW, add, listing, search
from tests.results.makers import wanted as need

DAY = timedelta(days=1)
SCHEMAS = Path(__file__).parent / "schemas"
REVISIONS = [script.revision for script in ScriptDirectory(str(schema.MIGRATIONS)).walk_revisions()]


def count(database: Database, table: sa.Table) -> int:
    with database.reading() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() or 0)


# --- migrations ---


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_filled_database_of_every_revision_is_brought_to_the_newest(revision: str, tmp_path: Path) -> None:
    dump = SCHEMAS / f"{revision}.sql"
    assert dump.exists(), "python -m tests.results.dump_schema"
    with closing(sqlite3.connect(tmp_path / "k.db")) as connection:
        connection.executescript(dump.read_text(encoding="utf-8"))
    database = Database(f"sqlite:///{tmp_path}/k.db")
    upgrade(database)
    prepare(database)
    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == [], "python -m tests.results.dump_schema"
        found = answers(connection, NOW)
        assert {answer.wanted.order_id: len(answer.alternatives) for answer in found} == {"250-1": 1, "250-2": 0}
        seen = connection.exec_driver_sql("SELECT order_id, alternatives FROM order_overview WHERE order_id = '250-2'")
        assert seen.one() == ("250-2", 0)
    assert count(database, sightings) == 6


def test_the_file_is_copied_before_it_is_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(f"sqlite:///{tmp_path}/k.db")
    prepare(database)
    add(database, need())
    newer = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, newer, ignore=shutil.ignore_patterns("__pycache__"))
    (newer / "versions" / "9999_more.py").write_text(
        f"from alembic import op\nimport sqlalchemy as sa\nrevision = '9999'\ndown_revision = {REVISIONS[0]!r}\n"
        "def upgrade():\n    op.create_table('more', sa.Column('x', sa.Integer))\n", encoding="utf-8")
    monkeypatch.setattr(schema, "MIGRATIONS", newer)
    with pytest.raises(SchemaNotCurrentError, match="needs 9999"):
        prepare(database)
    copy = upgrade(database, NOW)
    assert copy == tmp_path / f"k.db.{REVISIONS[0]}.20261124T030000"
    with closing(sqlite3.connect(copy)) as old:
        assert old.execute("SELECT version_num FROM alembic_version").fetchone() == (REVISIONS[0],)
        assert old.execute("SELECT count(*) FROM wanted").fetchone() == (1,)
    prepare(database)
    assert upgrade(database) is None, "what is current is neither changed nor copied"


# --- copies ---


def test_a_copy_is_whole_while_others_write(sqlite: Database, tmp_path: Path) -> None:
    add(sqlite, need())
    with sqlite.writing() as connection:
        connection.execute(sa.update(wanted).values(name="not committed"))
        path = back_up(sqlite, tmp_path / "backups" / "copy.db")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["copy.db"]
    with closing(sqlite3.connect(path)) as copy:
        assert copy.execute("SELECT name FROM wanted").fetchone() == (None,)


def test_what_cannot_be_copied_is_said(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="no database at"):
        back_up(Database(f"sqlite:///{tmp_path}/none.db"), tmp_path / "copy.db")
    (tmp_path / "odd.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(DatabaseError, match="cannot copy"):
        back_up(Database(f"sqlite:///{tmp_path}/odd.db"), tmp_path / "copy.db")
    with pytest.raises(DatabaseError, match="pg_dump"):
        back_up(Database("postgresql+psycopg://user:word@127.0.0.1:1/none"), tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_only_the_newest_copies_are_kept(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"kataban-2026112{number}T000000.db").touch()
    (tmp_path / "mine.db").touch()
    keep_newest(tmp_path, 2)
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "kataban-20261123T000000.db", "kataban-20261124T000000.db", "mine.db"]


# --- letting go ---


def test_old_looks_are_thinned_to_the_last_of_each_day(database: Database) -> None:
    add(database, need())
    for hours in (0, 1, 2, 26, 27, 500):
        at = NOW + timedelta(hours=hours)
        search(database, listing(seen_at=at), listing("b", seen_at=at), now=at)
    assert thin_sightings(database, NOW + 10 * DAY) == 6
    with database.reading() as connection:
        kept = connection.execute(sa.select(sightings.c.seen_at).where(sightings.c.listing_pk == 1)
                                  .order_by(sightings.c.seen_at)).scalars().all()
    assert [(at - NOW) // timedelta(hours=1) for at in kept] == [2, 27, 500]


def test_listings_not_seen_for_long_go_into_a_file(database: Database, tmp_path: Path) -> None:
    add(database, need())
    search(database, listing("old"), listing("marked"))
    search(database, listing("new", seen_at=NOW + 5 * DAY), now=NOW + 5 * DAY)
    with database.writing() as connection:
        mark_listing(connection, "wrong_model", "rakuma", "marked", NOW)
    path = tmp_path / "archive" / "x.jsonl.gz"
    assert archive_listings(database, NOW + DAY, path) == 1
    with gzip.open(path, "rt", encoding="utf-8") as file:
        archived = [json.loads(line) for line in file]
    assert [(row["listing_id"], row["price"]) for row in archived] == [("old", 5_000)]
    assert not {"seller_pk", "reasons", "phrases"} & set(archived[0])
    with database.reading() as connection:
        assert set(connection.execute(sa.select(listings.c.listing_id)).scalars()) == {"marked", "new"}
    assert archive_listings(database, NOW + DAY, tmp_path / "none.gz") == 0
    assert not list(tmp_path.glob("none*"))


def test_sellers_not_seen_for_long_are_removed_and_their_listings_stay(database: Database) -> None:
    add(database, need())
    search(database, listing("old", seller=Seller("rakuma", "gone", name="A")))
    later = NOW + 5 * DAY
    search(database, listing("new", seen_at=later, seller=Seller("rakuma", "here", name="B")), now=later)
    assert purge_sellers(database, NOW + DAY) == 1
    with database.reading() as connection:
        assert list(connection.execute(sa.select(sellers.c.seller_id)).scalars()) == ["here"]
    assert count(database, listings) == 2


def test_one_seller_is_removed_at_once(database: Database) -> None:
    add(database, need())
    search(database, listing(), listing("b", seller=Seller("rakuma", "s2", name="B")))
    with database.writing() as connection:
        mark_seller(connection, "seller_not_ok", "rakuma", "s1", NOW)
    assert purge_seller(database, "rakuma", "nobody") == 0
    assert purge_seller(database, "rakuma", "s1") == 1
    assert count(database, marks) == 0
    with database.reading() as connection:
        found = answers(connection, NOW)[0]
        assert [offer.listing.listing_id for offer in found.alternatives] == ["b"], "nothing says it is safe to buy"
        row = connection.execute(sa.select(listings).where(listings.c.listing_id == "a")).one()
        assert (row.seller_pk, row.grade, row.reasons, row.phrases) == (None, None, None, None)


# --- doctor ---


def test_the_database_is_inspected_without_being_made(tmp_path: Path, sqlite: Database) -> None:
    missing = Database(f"sqlite:///{tmp_path}/sub/none.db")
    report = inspect_database(missing)
    assert report.problem is not None
    assert not (tmp_path / "sub" / "none.db").exists()
    report = inspect_database(sqlite)
    assert (report.problem, report.revision) == (None, report.needed)


@pytest.mark.parametrize(("version", "bug"), [
    ((3, 6, 23), False), ((3, 7, 0), True), ((3, 51, 2), True), ((3, 51, 3), False), ((3, 52, 0), False)])
def test_the_wal_bug_is_known_by_version(version: tuple[int, ...], bug: bool) -> None:
    assert has_wal_bug(version) is bug
