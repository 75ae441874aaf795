"""`supply` and `takedown` over a stored watch: what they print and write; a second run writes nothing."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kataban.items import Outcome
from kataban.results.database import Database
from kataban.results.schema import prepare
from kataban.results.watching import sync
from tests.commands.test_bad_input import scrapy
from tests.outgoing.plain_reading import rows_of
from tests.outgoing.test_quantities import check_feed
from tests.results.makers import listing, search
from tests.results.test_watching import put

ON = {"KATABAN_ENABLE": "rakuma", "KATABAN_RATES": "USD=150"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Three SKUs of one model that Rakuma, the only source that is on, no longer shows."""
    now = datetime.now(UTC)
    home = tmp_path / "home"
    database = Database(f"sqlite:///{home}/kataban.db")
    prepare(database)
    put(database, "=S-1", '"カシオ"', "S\t3", now=now - timedelta(days=1))
    with database.writing() as connection:
        sync(connection, now)
    search(database, outcome=Outcome.NOTHING, now=now, complete=True)
    database.close()
    return home


def files(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (home / "outgoing").glob("*")}


def test_nothing_is_concluded_before_somebody_looks(home: Path) -> None:
    shapes = json.loads(scrapy(home, "supply", "--format", "json", **ON).stdout)
    assert [shape["state"] for shape in shapes] == ["unknown"] * 3


def test_a_dry_run_says_all_and_keeps_nothing(home: Path) -> None:
    done = scrapy(home, "takedown", "--dry-run", **ON)
    assert done.returncode == 0, done.stderr
    assert "quantity 0: =S-1 (had 3): nobody sells it" in done.stdout
    assert "would be written" in done.stdout
    assert not files(home)
    assert json.loads(scrapy(home, "supply", "--format", "json", **ON).stdout)[0]["state"] == "unknown"


def test_written_once_and_given_back_once(home: Path) -> None:
    done = scrapy(home, "takedown", KATABAN_SELLER_ID="A2X", KATABAN_UPLOAD_ENCODING="cp932", **ON)
    assert done.returncode == 0, done.stderr
    assert "left out: S\t3" in done.stdout
    assert "Nothing was uploaded" in done.stdout
    assert "result report" in done.stdout
    (text, feed) = (next(data for name, data in files(home).items() if name.endswith(end)) for end in ("txt", "json"))
    assert [(row[0], row[4]) for row in rows_of(text, "cp932")[1:]] == [('"カシオ"', "0"), ("=S-1", "0")]
    check_feed(json.loads(feed))
    assert [message["sku"] for message in json.loads(feed)["messages"]] == ['"カシオ"', "=S-1"]
    before = files(home)
    again = scrapy(home, "takedown", KATABAN_SELLER_ID="A2X", **ON)
    assert again.returncode == 0, again.stderr
    assert "nothing to write" in again.stdout
    assert files(home) == before
    database = Database(f"sqlite:///{home}/kataban.db")
    now = datetime.now(UTC)
    search(database, listing("a", seen_at=now, price=9_000), now=now, complete=True)
    database.close()
    back = scrapy(home, "takedown", **ON)
    assert "quantity 3: =S-1: thin supply" in back.stdout
    assert "no JSON feed: set KATABAN_SELLER_ID" in back.stdout
    (restore,) = (data for name, data in files(home).items() if name.startswith("restore"))
    assert [(row[0], row[4]) for row in rows_of(restore, "utf-8")[1:]] == [('"カシオ"', "3"), ("=S-1", "3")]
    assert "nothing to write" in scrapy(home, "takedown", **ON).stdout


def test_supply_in_each_format(home: Path) -> None:
    scrapy(home, "takedown", **ON)
    rows = list(csv.DictReader(io.StringIO(scrapy(home, "supply", "--format", "csv", **ON).stdout)))
    assert {row["sku"] for row in rows} == {"'=S-1", '"カシオ"', "S\t3"}
    assert {row["state"] for row in rows} == {"gone"}
    assert all(row["evidence"] for row in rows)
    assert "no watched SKU is so" in scrapy(home, "supply", "--state", "thin", **ON).stdout
    table = scrapy(home, "supply", "=S-1", KATABAN_LANG="ja", **ON).stdout
    assert "仕入れ先なし" in table
    assert "カシオ" not in table


@pytest.mark.parametrize(("words", "told"), [
    (("supply", "no-such"), "no-such is not watched"),
    (("supply", "a", "b"), "say: supply"),
    (("takedown", "now"), "say: takedown"),
    (("watch", "no_such_source"), "unknown source no_such_source"),
])
def test_bad_input_is_one_line_and_exit_2(home: Path, words: tuple[str, ...], told: str) -> None:
    done = scrapy(home, *words, **ON)
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_setting_that_cannot_be_used_is_named(home: Path) -> None:
    for name, value in (("KATABAN_MARGIN_FLOOR", "much"), ("KATABAN_UPLOAD_ENCODING", "utf-16")):
        done = scrapy(home, "takedown", **ON | {name: value})
        assert done.returncode == 2
        assert name in done.stderr
        assert not files(home)


def test_a_folder_that_cannot_be_written_keeps_nothing(home: Path) -> None:
    (home / "file").write_text("")
    done = scrapy(home, "takedown", "--out", str(home / "file"), **ON)
    assert done.returncode == 2
    assert "cannot write" in done.stderr
    assert "quantity 0" in scrapy(home, "takedown", **ON).stdout, "it is still to be written"


def test_the_plan_says_how_many_fit(home: Path) -> None:
    done = scrapy(home, "watch", "--plan", **ON)
    assert done.returncode == 0, done.stderr
    assert "rakuma: 3 SKUs x" in done.stdout
    assert "the slowest is rakuma" in done.stdout
    assert "KATABAN_WATCH_HOURS=24" in done.stdout
