"""Where the saved answers are, and the spiders that read them."""

from __future__ import annotations

import importlib
from pathlib import Path

from spiders.base import SourceSpider

HERE = Path(__file__).parent


def spider_of(source: str) -> SourceSpider:
    """The source's spider, found by its module."""
    module = importlib.import_module(f"spiders.{source}")
    (found,) = (kind for kind in vars(module).values()
                if isinstance(kind, type) and issubclass(kind, SourceSpider) and kind.__module__ == module.__name__)
    return found()
