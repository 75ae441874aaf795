"""docs/queue-files.md lists what the reader understands, and every message exists in both languages."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from kataban.intake.columns import recognise
from kataban.intake.messages import say
from kataban.intake.shapes import FileKind

ROOT = Path(__file__).parents[2]
ROOM = ROOT / "kataban" / "intake"
PAGE = (ROOT / "docs" / "queue-files.md").read_text("utf-8")


def table(name: str) -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((ROOM / name).read_text("utf-8"))


def documented(field: str, within: str) -> set[str]:
    row = re.search(rf"^\| {re.escape(field)} \|.*$", within, re.MULTILINE)
    assert row, field
    return set(re.findall(r"`([^`]+)`", row[0]))


@pytest.mark.parametrize(
    ("group", "heading"), [("user", "## Headings\n"), ("orders", "### Orders\n"), ("listings", "### Listings\n")]
)
def test_every_heading_is_documented(group: str, heading: str) -> None:
    section = PAGE.split(heading, 1)[1]
    for field, headers in table("columns.toml")[group].items():
        assert set(headers) <= documented(field, section)


@pytest.mark.parametrize("group", ["conditions", "states"])
def test_every_word_is_documented(group: str) -> None:
    section = PAGE.split(f"### Words for the {group.removesuffix('s')}\n", 1)[1]
    for meaning, words in table("words.toml")[group].items():
        assert set(words) <= documented(meaning, section)


def test_every_documented_heading_is_recognised() -> None:
    """In a file of its own with the least that makes it a queue file."""
    for field, headers in table("columns.toml")["user"].items():
        for header in headers:
            others = ["注文番号", "型番"] if field not in {"model_number", "order_id"} else ["JAN", "quantity"]
            heading = recognise([*others, header])
            assert heading is not None
            assert heading.kind is FileKind.WANTED
            assert heading.fields[-1] == field, header


def test_no_heading_means_two_fields() -> None:
    for group in ("user", "orders", "listings"):
        headers = [header for words in table("columns.toml")[group].values() for header in words]
        assert len(headers) == len(set(headers))


def test_every_code_has_its_message() -> None:
    code = "".join(path.read_text("utf-8") for path in ROOM.glob("*.py"))
    used = set(re.findall(r'(?:RowError|IntakeError|note|tell)\(\s*"([a-z_]+)"', code))
    known = set(table("messages.toml"))
    assert used <= known
    assert [name for name in known if f'"{name}"' not in code] == []


def test_messages_take_the_same_values_in_both_languages() -> None:
    for code, message in table("messages.toml").items():
        holes = [set(re.findall(r"\{(\w+)\}", text)) for text in message.values()]
        assert holes[0] == holes[1], code
        assert say(code, **dict.fromkeys(holes[0], "x"))[0]
