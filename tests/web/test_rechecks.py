"""A recheck from the page is the command in a process of its own, once at a time."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kataban.web.rechecks import Rechecks


def test_what_the_command_says_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KATABAN_HOME", str(tmp_path))
    monkeypatch.delenv("KATABAN_DATABASE", raising=False)
    rechecks = Rechecks()

    async def run() -> None:
        rechecks.start(999, "en")
        rechecks.start(999, "en")  # it is being asked already
        assert rechecks.found == {999: None}
        for _ in range(600):
            if rechecks.found[999] is not None:
                return
            await asyncio.sleep(0.05)

    # In a thread: the browser of other tests leaves its own loop running in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, run()).result()
    assert rechecks.found == {999: ["kataban: no wanted row or order 999"]}
