"""Settings of the sample market: the same product against bundled shops on this machine, with its own state folder.

`python -m kataban.sample_market run -- COMMAND` starts the market and sets what is read here.
"""

from __future__ import annotations

import os
from pathlib import Path

from kataban.sample_market.market import SOURCES
from kataban.sample_market.routing import browser_arguments
from settings.base import *  # noqa: F403
from settings.base import DOWNLOADER_MIDDLEWARES as BASE_MIDDLEWARES
from settings.base import KATABAN_DISABLE as BASE_DISABLE
from settings.base import PLAYWRIGHT_LAUNCH_ARGS as BASE_ARGUMENTS
from settings.base import PROJECT_ROOT

# Sample rows never stand beside live ones.
STATE_FOLDER = str(Path(os.environ.get("KATABAN_HOME") or PROJECT_ROOT / "var" / "sample").expanduser().absolute())
KATABAN_DATABASE = os.environ.get("KATABAN_DATABASE") or f"sqlite:///{STATE_FOLDER}/kataban.db"
KATABAN_QUEUE = os.environ.get("KATABAN_QUEUE") or f"{STATE_FOLDER}/queue"
# Here nobody's terms restrict anything: every source that has a place in the market is on.
KATABAN_ENABLE = [name for name in SOURCES if (PROJECT_ROOT / "spiders" / f"{name}.py").exists()]
KATABAN_DISABLE = [*BASE_DISABLE, *(path.stem for path in (PROJECT_ROOT / "spiders").glob("*.py")
                                    if path.stem not in KATABAN_ENABLE)]

DOWNLOADER_MIDDLEWARES = {
    **BASE_MIDDLEWARES,
    "kataban.sample_market.routing.SampleMarketRouting": 990,  # closest to the wire: all else sees the real names
}
if "KATABAN_SAMPLE_TLS_PORT" in os.environ:
    PLAYWRIGHT_LAUNCH_ARGS = [*BASE_ARGUMENTS, *browser_arguments()]
BROWSER_EGRESS = "mapped"  # the browser's names lead to the loopback server, so they are not resolved

# The market is ours and on this machine: the same manners, at a pace that fits a first try.
DOWNLOAD_DELAY = 0.02
HOST_DELAYS: dict[str, float] = {}
DOWNLOAD_SLOTS: dict[str, object] = {}
PACE_CRAWL_DELAY_MAX = 0.5
ASK_AGAIN_SECONDS = 0.2
REST_SECONDS = 900.0
