"""The verbs that only read or keep the database, as a person types them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kataban.intake import read
from kataban.results.database import Database
from kataban.results.schema import prepare
from tests.main_job.market import Market
from tests.web.conftest import fill


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    """A state folder with a filled database."""
    folder = tmp_path_factory.mktemp("home")
    database = Database(f"sqlite:///{folder}/kataban.db")
    prepare(database)
    fill(database)
    database.close()
    return Market(folder, {"KATABAN_RATES": "USD=150", "KATABAN_NOTIFY": ""})


def verb(home: Market, *arguments: str, code: int = 0) -> str:
    """Run a verb; returns what it printed."""
    done = home.python("-m", "scrapy", *arguments)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout if code == 0 else done.stderr


def test_report(home: Market, tmp_path: Path) -> None:
    assert verb(home, "report") == "", "silent, as cron wants it"
    assert "profit ¥9,985" in (home.home / "report.html").read_text(encoding="utf-8").replace("利益", "profit")
    verb(home, "report", "-o", str(tmp_path / "x.html"))
    assert (tmp_path / "x.html").exists()
    assert "cannot write" in verb(home, "report", "-o", "/dev/null/x.html", code=2)


def test_export(home: Market, tmp_path: Path) -> None:
    for name in ("a.csv", "a.xlsx", "a.jsonl"):
        verb(home, "export", str(tmp_path / name))
        assert {row.order_id for row in read(tmp_path / name).wanted} == {"250-1", "250-2", "250-3"}
    assert verb(home, "export").startswith("\ufefforder_id,")
    assert "say which format" in verb(home, "export", str(tmp_path / "a.ods"), code=2)


def test_notify(home: Market) -> None:
    assert "[found] 250-1 AB-1200C" in verb(home, "notify", "--dry-run")
    assert verb(home, "notify") == ""
    token = "sekret-token-123456"
    bad = Market(home.home, {"KATABAN_NOTIFY": f"nosuch://{token}"})
    assert token not in verb(bad, "notify", code=2)
    closed = Market(home.home, {"KATABAN_NOTIFY": f"json://user:{token}@127.0.0.1:1/"})
    done = closed.python("-m", "scrapy", "notify", "--test")
    assert (done.returncode, token in done.stdout + done.stderr) == (4, False)
    assert "failed" in done.stdout
    quiet = Market(home.home, {**closed.extra, "KATABAN_QUIET": "00:00-23:59"})
    assert verb(quiet, "notify") == ""


def test_backup_purge_and_doctor(home: Market, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    verb(home, "backup", str(copy))
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM wanted").fetchone() == (5,)
    assert "exists already" in verb(home, "backup", str(copy), code=2)
    assert verb(home, "purge") == ""
    assert "no seller rakuma:nobody" in verb(home, "purge", "--seller", "rakuma:nobody", code=2)
    told = verb(home, "doctor")
    for what in ("python", "browser", "database", "robots.txt", "clock", "disk"):
        assert f" {what}: " in told, what
    broken = Market(home.home, {"KATABAN_DATABASE": "postgresql://user:word@127.0.0.1:1/none"})
    done = broken.python("-m", "scrapy", "doctor")
    assert done.returncode == 2
    assert "word" not in done.stdout


def test_serve_lets_nobody_else_in_without_a_password(home: Market) -> None:
    assert "KATABAN_WEB_TOKEN" in verb(home, "serve", "--host", "192.168.1.20", code=2)
    short = Market(home.home, {"KATABAN_WEB_TOKEN": "short"})
    assert "shorter than" in verb(short, "serve", "--host", "192.168.1.20", code=2)


@pytest.mark.parametrize("setting", [{"KATABAN_RATES": "dollar"}, {"KATABAN_COSTS": "many"}])
def test_a_setting_that_cannot_be_used_is_one_line(home: Market, setting: dict[str, str]) -> None:
    told = verb(Market(home.home, setting), "report", code=2)
    assert told.startswith("kataban: KATABAN_RATES")
    assert told.count("\n") == 1
