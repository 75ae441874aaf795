"""One test per saved answer: tests/sources/<source>/<case>/envelope.json through the source, against expected.json.

When expected.json is missing it is written and the test fails once: read what was written by eye before committing it.
`reason` is a sentence for people and is not compared; that it exists, is.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kataban.crawling.replay import Replayed, read_envelope, replay
from kataban.items import ANSWERED
from tests.sources.saved import HERE, spider_of

CASES = sorted(path.parent for path in HERE.glob("*/*/envelope.json"))


def kept(read: Replayed) -> dict[str, Any]:
    """What expected.json holds: the parts that are not empty, without the sentence."""
    return {part: value for part, value in read.plain().items() if part != "reason" and value not in (None, [])}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_case(case: Path) -> None:
    envelope = read_envelope(case / "envelope.json")
    read = replay(spider_of(case.parent.name), envelope)
    assert read.reason_code != "parser_error", read.reason
    refused = read.outcome is not None and read.outcome not in ANSWERED
    if envelope.as_ == "search" and not refused:
        assert read.page or read.next_requests, "an answered page of results yields exactly one PageRead"
    expected = case / "expected.json"
    found = kept(read)
    if not expected.exists():
        expected.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        pytest.fail(f"{expected.relative_to(HERE)} was missing and is now written: read it by eye, then commit it")
    assert found == json.loads(expected.read_text(encoding="utf-8"))
    assert read.reason if refused else read.reason is None, "a refusal, and nothing else, says why in words"


def test_there_are_cases() -> None:
    assert CASES
