"""Knowledge is read by several threads at once: the store works in a thread beside the crawl."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

RACE = """
import sys, threading
sys.setswitchinterval(1e-6)
from kataban.sellers import phrases
from matcher import compile_query, judge
def work():
    phrases("即購入不可", "title")
    judge(compile_query("AB-1200C", maker="CASIO", jan=None), title="カシオ AB-1200C")
threads = [threading.Thread(target=work) for _ in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


@pytest.mark.parametrize("attempt", range(4))
def test_the_first_use_by_several_threads_does_not_crash(attempt: int) -> None:
    done = subprocess.run([sys.executable, "-c", RACE], cwd=Path(__file__).parents[2], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
