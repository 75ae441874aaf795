"""Fixtures shared by all rooms, and the rule that a required part may not be skipped."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def missing(part: str, why: str) -> None:
    """Skip because `part` (browser, postgres, captures) is not here; a failure where KATABAN_REQUIRE names it."""
    if part in os.environ.get("KATABAN_REQUIRE", "").split(","):
        pytest.fail(f"{part} is required by KATABAN_REQUIRE: {why}")
    pytest.skip(f"{part}: {why}")


@pytest.fixture(scope="session")
def captures() -> Path:
    """The folder of real answers named by KATABAN_CAPTURES."""
    folder = os.environ.get("KATABAN_CAPTURES", "")
    if not folder or not Path(folder).is_dir():
        missing("captures", "KATABAN_CAPTURES names no folder")
    return Path(folder)
