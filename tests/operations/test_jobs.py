"""The jobs of docs/operations.md, run as cron and systemd run them: an empty environment, no HOME, no profile."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kataban.sample_market.catalogue import load
from kataban.sample_market.server import Server

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "tools" / "systemd"
DOCS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
JOBS = ("search", "watch", "takedown", "health", "backup", "purge")
# Two orders, one with something to buy: enough for every part of a run, few enough for a test.
QUEUE = """order_id,model_number,maker,ship_by
250-1,ATH-M50x,audio-technica,2099-01-01
250-2,NO-SUCH-1,NOBODY,2099-01-01
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder with a file in its queue."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "queue").mkdir()
    (folder / "queue" / "orders.csv").write_text(QUEUE, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def surroundings(home: Path) -> Iterator[dict[str, str]]:
    """All that a job finds in its environment: cron's bare words, and where the sample market is."""
    with Server(load(), home / "market-requests.jsonl") as server:
        yield {"LANG": "C", "PATH": "/usr/bin:/bin", "SCRAPY_PROJECT": "sample", "KATABAN_HOME": str(home),
               **server.environment()}


def job(name: str, surroundings: dict[str, str], *more: str) -> subprocess.CompletedProcess[str]:
    """Run a job from another folder, as cron does."""
    if not (ROOT / ".venv" / "bin" / "python").exists():
        pytest.skip("the project's own .venv is not there (make setup)")
    return subprocess.run([str(ROOT / "tools" / "job.sh"), name, *more], cwd="/", env=surroundings, text=True,
                          capture_output=True, timeout=240, check=False)


def test_the_whole_day_in_an_empty_environment(home: Path, surroundings: dict[str, str]) -> None:
    time.sleep(2.5)  # a file must have rested two seconds
    for name in JOBS:
        done = job(name, surroundings, *([str(home / "out")] if name == "takedown" else []))
        assert (done.returncode, done.stderr) == (0, ""), name
        assert done.stdout == "" or name == "takedown", name
    assert (home / "run.json").exists()
    assert list((home / "backups").iterdir())
    assert "ATH-M50x" in (home / "report.html").read_text(encoding="utf-8")
    asked = (home / "market-requests.jsonl").read_text(encoding="utf-8")
    assert "/search" in asked
    assert "NO-SUCH-1" in asked


def test_a_job_says_what_somebody_must_know(home: Path, surroundings: dict[str, str]) -> None:
    bad = job("search", {**surroundings, "KATABAN_RATES": "dollar"})
    assert bad.returncode == 2
    assert bad.stderr.startswith("kataban search (exit 2)\nkataban: KATABAN_RATES")
    assert job("backup", {**surroundings, "KATABAN_DATABASE": "sqlite:////proc/none/x.db"}).returncode == 2
    assert job("everything", surroundings).returncode == 2


def test_old_logs_go_and_new_ones_stay(home: Path, surroundings: dict[str, str]) -> None:
    old, new = home / "logs" / "2020-01-01.log", home / "logs" / "fresh.log"
    for file in (old, new):
        file.write_text("x", encoding="utf-8")
    os.utime(old, (0, 0))
    assert job("purge", surroundings).returncode == 0
    assert (old.exists(), new.exists()) == (False, True)


def test_every_job_stands_in_cron_and_in_a_timer() -> None:
    lines = re.search(r"```cron\n(.*?)```", DOCS, re.DOTALL)
    assert lines is not None
    rows = [line.split(None, 5) for line in lines[1].splitlines() if "job.sh" in line]
    assert {row[5].split()[-1] for row in rows} == set(JOBS)
    for row in rows:
        assert row[5].split()[0] == "/srv/kataban/tools/job.sh"
        for field, most in zip(row[:5], (59, 23, 31, 12, 7), strict=True):
            assert re.fullmatch(r"\*(/\d+)?|\d+", field)
            assert all(int(number) <= most for number in re.findall(r"\d+", field))
    assert {re.sub(r"kataban-(.+)\.timer", r"\1", file.name) for file in UNITS.glob("*.timer")} == set(JOBS)
    for name in JOBS:
        assert f"kataban-{name}.timer" in DOCS
        assert f"| `{name}` |" in DOCS


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    checker = shutil.which("systemd-analyze")
    if checker is None:
        pytest.skip("no systemd-analyze on this machine")
    for unit in UNITS.iterdir():
        text = unit.read_text(encoding="utf-8").replace("/srv/kataban", str(ROOT)).replace("User=kataban", "User=root")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    for timer in tmp_path.glob("*.timer"):
        done = subprocess.run([checker, "verify", "--man=no", str(timer)], capture_output=True, text=True, check=False,
                              env={"PATH": "/usr/bin:/bin", "SYSTEMD_UNIT_PATH": f"{tmp_path}:"})
        told = [line for line in done.stderr.splitlines() if "kataban" in line]
        assert (done.returncode, told) == (0, []), done.stderr
