"""Crawls in processes of their own, as cron starts them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kataban.results.database import Database
from kataban.results.tables import metadata

ROOT = Path(__file__).parents[2]


class Crawling:
    """Starts crawls with one state folder; `state` holds what they left, `logs` what they wrote to stderr."""

    def __init__(self, state: Path) -> None:
        self.state = state
        self.logs: list[str] = []
        database = Database(f"sqlite:///{state}/kataban.db")
        metadata.create_all(database.engine)
        database.close()

    def start(self, urls: list[str], *, allow: list[str] | None = None, env: dict[str, str] | None = None,
              **task: Any) -> subprocess.Popen[str]:
        """A crawl that runs beside the test."""
        environment = {
            **os.environ, "SCRAPY_SETTINGS_MODULE": "settings.test", "KATABAN_HOME": str(self.state),
            "KATABAN_ALLOW_HOSTS": ",".join(allow or []), "PYTHONPATH": str(ROOT), **(env or {})}
        environment.pop("KATABAN_DATABASE", None)
        process = subprocess.Popen([sys.executable, "-m", "tests.manners.crawl"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
                                   cwd=ROOT)
        assert process.stdin is not None
        process.stdin.write(json.dumps({"urls": urls, **task}))
        process.stdin.close()
        process.stdin = None
        return process

    def finish(self, process: subprocess.Popen[str], timeout: float = 60) -> list[dict[str, Any]]:
        """What came of it, in the order in which it came."""
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            _, err = process.communicate()
            pytest.fail(f"the crawl hung; its log ends with\n{err[-3000:]}")
        self.logs.append(err)
        assert process.returncode == 0, err[-3000:]
        return json.loads(out)

    def __call__(self, urls: list[str], *, timeout: float = 60, **task: Any) -> list[dict[str, Any]]:
        return self.finish(self.start(urls, **task), timeout)


@pytest.fixture
def crawl(tmp_path: Path) -> Crawling:
    """Runs real crawls with the settings of settings.test."""
    return Crawling(tmp_path / "state")
