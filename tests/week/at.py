"""`python -m tests.week.at`: runs scrapy verbs that believe they live at another moment, one for each line of JSON.

The product has no test clock. Each verb is a process of its own, forked from this one (which has loaded everything, so
that a week of some hundred verbs does not load it some hundred times), in which time-machine moves what the machine's
clock answers; it ticks on from there. The monotonic clock, by which asyncio waits, stays the real one.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import time_machine
from scrapy.cmdline import execute
from scrapy.utils.misc import walk_modules_iter

ROOT = Path(__file__).parents[2]
LONGEST = 600.0  # seconds that one verb may take


@dataclass(frozen=True, slots=True)
class Done:
    """How a verb ended, and what it said."""

    code: int
    out: str
    err: str


class Verbs:
    """The process that forks, as a context manager; `run` is one verb."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self._environment = environment
        self._out, self._err = folder / "verb.out", folder / "verb.err"

    def __enter__(self) -> Verbs:
        self._process = subprocess.Popen([sys.executable, "-m", "tests.week.at"], cwd=ROOT, env=self._environment,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.terminate()
        self._process.communicate()

    def run(self, moment: datetime, *arguments: str) -> Done:
        """One verb that believes it is `moment`. RuntimeError when it takes too long or the process has died."""
        pipes = self._process.stdin, self._process.stdout
        assert pipes[0] is not None
        assert pipes[1] is not None
        asked = {"moment": moment.isoformat(), "arguments": arguments, "out": str(self._out), "err": str(self._err)}
        pipes[0].write(json.dumps(asked) + "\n")
        pipes[0].flush()
        ready, _, _ = select.select([pipes[1]], [], [], LONGEST)
        answer = pipes[1].readline() if ready else ""
        if not answer:
            raise RuntimeError(f"{arguments} at {moment} did not end")
        return Done(int(answer), *(path.read_text("utf-8", "replace") for path in (self._out, self._err)))


def serve() -> None:
    """One verb a line; answers each with its exit code."""
    for package in ("kataban.commands", "spiders", "pipelines"):
        list(walk_modules_iter(package))
    assert "twisted.internet.reactor" not in sys.modules, "a reactor must not be shared by forked processes"
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            _become(asked)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _become(asked: dict[str, Any]) -> None:
    """The child: ends with the verb's exit code, as the verb's own process does."""
    for number, name in ((1, asked["out"]), (2, asked["err"])):
        opened = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(opened, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    with time_machine.travel(datetime.fromisoformat(asked["moment"]), tick=True):
        execute(["scrapy", *asked["arguments"]])


if __name__ == "__main__":
    serve()
