"""Rechecks started from the page: each is the command `recheck` in a process of its own, one per order at a time."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TIME_LIMIT = 600.0
_TOO_LONG = "stopped: it took longer than ten minutes"


class Rechecks:
    """What was found so far, by wanted id: lines of text, or None while it is being asked."""

    def __init__(self) -> None:
        self.found: dict[int, list[str] | None] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, wanted_id: int, language: str) -> None:
        """Begin, unless this order is being checked already."""
        if wanted_id in self.found and self.found[wanted_id] is None:
            return
        self.found[wanted_id] = None
        task = asyncio.create_task(self._run(wanted_id, language))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, wanted_id: int, language: str) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "scrapy", "recheck", str(wanted_id), cwd=ROOT,
            env={**os.environ, "KATABAN_LANG": language},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
        try:
            async with asyncio.timeout(TIME_LIMIT):
                told, _ = await process.communicate()
            self.found[wanted_id] = told.decode(errors="replace").splitlines()
        except TimeoutError:
            process.kill()
            self.found[wanted_id] = [_TOO_LONG]
