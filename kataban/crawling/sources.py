"""Which sources there are, and whether each may be asked as things stand."""

from __future__ import annotations

import os
from collections.abc import Iterable

from scrapy.settings import BaseSettings
from scrapy.spiderloader import get_spider_loader

from kataban.items import CannotLook, Outcome
from kataban.manners.browser_path import find_browser
from spiders.base import SourceSpider


def all_sources(settings: BaseSettings) -> dict[str, type[SourceSpider]]:
    """Every source of the project by name."""
    loader = get_spider_loader(settings)
    found = {name: loader.load(name) for name in sorted(loader.list())}
    return {name: spider for name, spider in found.items() if issubclass(spider, SourceSpider)}


def standing(spider: type[SourceSpider], settings: BaseSettings) -> CannotLook | None:
    """Why this source cannot be asked as things stand, with the line of .env that changes it; None when it can."""
    if spider.name in settings.getlist("KATABAN_DISABLE"):
        return CannotLook(Outcome.OFF, "off", "switched off by KATABAN_DISABLE")
    if spider.off_by_default and spider.name not in settings.getlist("KATABAN_ENABLE"):
        return CannotLook(Outcome.OFF, "off", f"off until you switch it on: KATABAN_ENABLE={spider.name}")
    missing = [need for need in spider.needs if not _is_set(need)]
    if missing:
        return CannotLook(Outcome.NO_KEY, "no_key", f"needs {' and '.join(_key_names(need) for need in missing)}")
    if spider.access == "browser" and find_browser() is None:
        return CannotLook(Outcome.NO_BROWSER, "no_browser",
                          "no Chromium found: install chromium-headless-shell or set KATABAN_BROWSER")
    return None


def _is_set(need: str | tuple[str, ...]) -> bool:
    names: Iterable[str] = (need,) if isinstance(need, str) else need
    return any(os.environ.get(name, "").strip() for name in names)


def _key_names(need: str | tuple[str, ...]) -> str:
    return need if isinstance(need, str) else " or ".join(need)
