"""`python -m tests.week [--small] [--out FILE.json] [--keep FOLDER]`: the simulated week, its figures printed."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from tests.week import truth
from tests.week.figures import figures
from tests.week.week import live

HERE = Path(__file__).parent


def main() -> int:
    """1 when a figure that must be 0 is not."""
    parser = argparse.ArgumentParser(prog="python -m tests.week", description=__doc__)
    parser.add_argument("--small", action="store_true", help="the week of the test suite")
    parser.add_argument("--out", type=Path, default=Path("var/week.json"), help="the figures and what is behind them")
    parser.add_argument("--keep", type=Path, help="work in this folder and leave everything there")
    options = parser.parse_args()
    begun = time.monotonic()
    week = truth.read(HERE / ("truth_small.toml" if options.small else "truth.toml"))
    with tempfile.TemporaryDirectory() as folder:
        found = figures(*live(week, options.keep or Path(folder)))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(found.shape(), ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"{len(week.sku)} SKUs, {len(week.order)} orders, {week.days} days, cron every {week.every} hours\n")
    print(found.table())
    print(f"\n{time.monotonic() - begun:.0f} seconds; what is behind the figures: {options.out}")
    return int(any(found.values[name] for name in MUST_BE_0))


MUST_BE_0 = ("not_savable_saved", "offered_wrong", "offered_gone_after_recheck", "taken_down_wrongly", "fba_touched",
             "personal")

if __name__ == "__main__":
    sys.exit(main())
