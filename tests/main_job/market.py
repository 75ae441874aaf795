"""The sample market round one command, as `make run` has it, in a state folder of the test's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Market:
    """A state folder, and the commands that work on it."""

    home: Path
    extra: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a command: nothing of the developer's own keys or settings."""
        own = ("KATABAN_", "RAKUTEN_", "SCRAPY_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        return {**kept, "KATABAN_HOME": str(self.home), "SCRAPY_PROJECT": "sample", "LANG": "C.UTF-8", **self.extra}

    def python(self, *arguments: str, timeout: float = 240) -> subprocess.CompletedProcess[str]:
        """`python ARGUMENTS` in the project's folder."""
        return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=self.environment, capture_output=True,
                              text=True, timeout=timeout, check=False)

    def scrapy(self, *arguments: str, timeout: float = 240) -> subprocess.CompletedProcess[str]:
        """`python -m scrapy ARGUMENTS` while the market is open."""
        return self.python("-m", "kataban.sample_market", "run", "--", sys.executable, "-m", "scrapy", *arguments,
                           timeout=timeout)

    def queue(self) -> Path:
        """The sample orders, with real dates."""
        path = self.home / "orders.csv"
        if not path.exists():
            done = self.python("-m", "kataban.sample_market", "orders", str(path))
            assert done.returncode == 0, done.stderr
        return path

    def answers(self) -> list[dict[str, Any]]:
        """`alternatives --format json`."""
        done = self.python("-m", "scrapy", "alternatives", "--format", "json")
        assert done.returncode == 0, done.stderr
        return list(json.loads(done.stdout))

    def requests(self) -> list[dict[str, Any]]:
        """The market's own log, in the order of arrival."""
        path = self.home / "market-requests.jsonl"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []

    def requests_so_far(self) -> int:
        """How many requests the market has seen by now; its log may be just being written."""
        path = self.home / "market-requests.jsonl"
        return path.read_bytes().count(b"\n") if path.exists() else 0
