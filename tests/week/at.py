"""`python -m tests.week.at MOMENT VERB ...`: one scrapy verb that believes it is MOMENT (ISO 8601, ticking on from there).

The product has no test clock. time-machine moves what the machine's clock answers inside this process; the monotonic
clock, by which asyncio waits, stays the real one.
"""

from __future__ import annotations

import sys
from datetime import datetime

import time_machine
from scrapy.cmdline import execute


def main(moment: str, *verb: str) -> None:
    """Ends the process with the verb's exit code."""
    with time_machine.travel(datetime.fromisoformat(moment), tick=True):
        execute(["scrapy", *verb])


if __name__ == "__main__":
    main(*sys.argv[1:])
