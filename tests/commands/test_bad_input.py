"""Bad input gets one clear line, the documented exit code, and nothing is lost."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GOOD = "AB-1200C"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def scrapy(home: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    """A verb in an environment as cron has it, live settings, with nothing switched on."""
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C", "KATABAN_HOME": str(home), "KATABAN_ENABLE": "nothing",
                   "KATABAN_LANG": "en", **extra}
    return subprocess.run([sys.executable, "-m", "scrapy", *arguments], cwd=ROOT, env=environment, check=False,
                          capture_output=True, text=True, timeout=120)


def one_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


def kept(home: Path) -> list[str]:
    with sqlite3.connect(home / "kataban.db") as connection:
        return [row[0] for row in connection.execute("SELECT model_number FROM wanted ORDER BY id")]


@pytest.mark.parametrize(("name", "content"), [
    ("binary.csv", b"\x7fELF\x02\x01\x01\x00" + bytes(range(256)) * 8), ("empty.csv", b""), ("missing.csv", None)])
def test_a_file_that_cannot_be_read_at_all(home: Path, tmp_path: Path, name: str, content: bytes | None) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    done = scrapy(home, "search", "--queue", str(path))
    assert done.returncode == 2
    assert name in one_line(done)


def test_three_bad_rows_among_ten_are_set_aside(home: Path, tmp_path: Path) -> None:
    rows = [f"MODEL-{n}00,CASIO,,2026-12-2{n}" for n in range(7)]
    bad = [",CASIO,,2026-12-20", "MODEL-800,CASIO,4901234567890,2026-12-20", "MODEL-900,CASIO,,yesterday-ish"]
    path = tmp_path / "queue.csv"
    path.write_text("\n".join(["model,maker,jan,ship_by", *rows[:4], *bad, *rows[4:]]) + "\n", encoding="utf-8")
    done = scrapy(home, "search", "--queue", str(path), "--plan")
    assert done.returncode == 0, done.stderr
    assert "3 bad rows" in done.stderr
    assert len(kept(home)) == 7
    rejects = list((home / "rejects").iterdir())
    assert len(rejects) == 1
    text = rejects[0].read_text(encoding="utf-8-sig")
    assert [line.split("\t")[0] for line in text.splitlines()[1:]] == ["6", "7", "8"]


def test_the_same_file_again_changes_nothing_and_new_content_is_read(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "queue.txt"
    for content, models in ((f"{GOOD}\n", 1), (f"{GOOD}\n", 1), (f"{GOOD}\nZX-82\n", 2)):
        path.write_text(content, encoding="utf-8")
        assert scrapy(home, "search", "--queue", str(path), "--plan").returncode == 0
        assert len(kept(home)) == models


@pytest.mark.parametrize("verb", [("search", "nosuchshop"), ("crawl", "nosuchshop"), ("replay", "nosuchshop", "x"),
                                  ("crawl", "rakuten_ichiba", "-a", "model=NEVER-HEARD-1"),
                                  ("crawl", "rakuten_ichiba", "-a", "colour=red"), ("wanted", "bought", "250-9"),
                                  ("mark", "wrong_model", "rakuma", "0123"), ("alternatives", "NEVER-1"),
                                  ("alternatives", "--order", "250-0"), ("judge", "/nonexistent.tsv")])
def test_words_that_mean_nothing(home: Path, verb: tuple[str, ...]) -> None:
    done = scrapy(home, *verb)
    assert done.returncode == 2
    assert one_line(done)


@pytest.mark.parametrize("setting", [{"KATABAN_LOOK_AGAIN": "24h:soon"}, {"KATABAN_WATCH_HOURS": "daily"}])
def test_a_setting_that_cannot_be_used_is_named(home: Path, setting: dict[str, str]) -> None:
    done = scrapy(home, "search", **setting)
    assert done.returncode == 2
    said = one_line(done)
    assert all(name in said and value.rsplit(":")[-1] in said for name, value in setting.items())


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:9/none", "sqlite:////proc/kataban.db", "garbage",
                                 "mysql://a@127.0.0.1/b", "sqlite://"])
def test_a_database_that_cannot_be_reached(home: Path, url: str) -> None:
    done = scrapy(home, "search", KATABAN_DATABASE=url)
    assert done.returncode == 2
    assert "database" in one_line(done)


def test_a_file_that_is_no_database(home: Path) -> None:
    home.mkdir()
    (home / "kataban.db").write_bytes(b"this is a text file and no database at all" * 50)
    done = scrapy(home, "alternatives")
    assert done.returncode == 2
    assert "database" in one_line(done)


def test_a_schema_of_another_revision_is_refused_and_migrated_by_its_verb(home: Path) -> None:
    assert scrapy(home, "wanted", "list").returncode == 0
    with sqlite3.connect(home / "kataban.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'older'")
    done = scrapy(home, "alternatives")
    assert done.returncode == 6
    assert "migrate" in one_line(done)


def test_nothing_switched_on_is_exit_4_and_says_so_per_source(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "queue.txt"
    path.write_text(f"{GOOD}\n", encoding="utf-8")
    done = scrapy(home, "search", "rakuten_ichiba", "rakuma", "--queue", str(path))
    assert done.returncode == 4
    answer, = json.loads(scrapy(home, "alternatives", "--format", "json").stdout)
    outcomes = {source: covered["outcome"] for source, covered in answer["coverage"].items()}
    assert [outcomes.pop("rakuten_ichiba"), outcomes.pop("rakuma")] == ["off", "off"]
    assert set(outcomes.values()) == {"not_asked"}
    assert answer["links"]


def test_a_source_that_another_run_holds_is_exit_5(home: Path, tmp_path: Path) -> None:
    import fcntl

    path = tmp_path / "queue.txt"
    path.write_text(f"{GOOD}\n", encoding="utf-8")
    (home / "locks").mkdir(parents=True)
    with (home / "locks" / "rakuten_ichiba.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = scrapy(home, "crawl", "rakuten_ichiba", "-a", f"queue={path}", KATABAN_ENABLE="rakuten_ichiba",
                      RAKUTEN_APPLICATION_ID="x1x1x1", RAKUTEN_ACCESS_KEY="y2y2y2")
    assert done.returncode == 5
    assert kept(home) == [GOOD]


def test_a_table_without_its_columns(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv"
    path.write_text("title\tmodel_number\nx\ty\n", encoding="utf-8")
    done = scrapy(home, "judge", str(path))
    assert done.returncode == 2
    assert "brand" in one_line(done)


def test_help_of_every_verb(home: Path) -> None:
    verbs = [path.stem for path in (ROOT / "kataban" / "commands").glob("*.py") if path.stem != "__init__"]
    assert {"search", "crawl", "alternatives", "judge", "replay"} <= set(verbs)
    for verb in verbs:
        done = scrapy(home, verb, "-h")
        assert done.returncode == 0, verb
        assert "Usage" in done.stdout
