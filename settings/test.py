"""Settings of the test suite: everything as in base, but quick, and without the crawl's own parts.

Test servers are opened one by one through KATABAN_ALLOW_HOSTS; no guard is switched off.
"""

from __future__ import annotations

from settings.base import *  # noqa: F403  (the settings of a test are base's, with what follows changed)

DOWNLOAD_DELAY = 0.0
HOST_DELAYS: dict[str, float] = {}
DOWNLOAD_SLOTS: dict[str, dict[str, float]] = {}
DOWNLOAD_TIMEOUT = 3.0
SPIDER_MIDDLEWARES: dict[str, int] = {}
ITEM_PIPELINES: dict[str, int] = {}
BROWSER_WAIT_SECONDS = 4.0
BROWSER_GRACE_SECONDS = 1.0
BROWSER_DEADLINE_SECONDS = 10.0
