"""Reasons of coverage in Japanese: every code that the program can store has words, and known sentences are whole."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from kataban.web.reasons import is_known, reason_in, reason_pair
from kataban.web.words import reason

ROOT = Path(__file__).parents[2]
_CALL = re.compile(r"(?:CannotLook|Meaning|_cannot|unknown)\(\s*(?:Outcome\.\w+|url|status)?,?\s*\"([a-z_]+)\"")
_RETURNED = re.compile(r"return \"([a-z_]+)\", (?:f?\"|self)")


def codes() -> set[str]:
    """What stands as a reason code in the program's text and tables."""
    found: set[str] = set()
    for folder in ("kataban/crawling", "kataban/manners", "kataban/parsers", "kataban/results", "spiders"):
        for path in (ROOT / folder).glob("*.py"):
            text = path.read_text(encoding="utf-8")
            found |= {*_CALL.findall(text), *_RETURNED.findall(text)}
        for path in (ROOT / folder).glob("*.toml"):
            found |= set(_of_table(tomllib.loads(path.read_text(encoding="utf-8"))))
    return found


def _of_table(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["reason_code"]] if isinstance(node.get("reason_code"), str) else []
        return own + [code for value in node.values() for code in _of_table(value)]
    return [code for value in node for code in _of_table(value)] if isinstance(node, list) else []


def test_every_code_has_words() -> None:
    found = codes()
    assert {"disallow", "satisfied", "cut", "timeout", "bad_key", "layout_changed"} <= found
    assert not {code for code in found if not is_known(code)}


@pytest.mark.parametrize(("code", "english", "japanese"), [
    ("satisfied",
     "an exact listing that can be bought was found with ATH-M50x, so further spellings were not asked: ATHM50x",
     "「ATH-M50x」で買える同一型番が見つかったため、ほかの表記は検索していません: ATHM50x"),
    ("disallow", "robots.txt of fril.jp forbids this address (2x)",
     "fril.jp のrobots.txtがこのアドレスを禁止しています (2回)"),
    ("disallow", "robots.txt of a.jp forbids this address; no complete answer within the time limit",
     "a.jp のrobots.txtがこのアドレスを禁止しています、時間内に応答がありませんでした"),
    ("no_key", "RAKUTEN_APPLICATION_ID is not set in .env", "RAKUTEN_APPLICATION_ID が .env に設定されていません"),
    ("bad_key", "Brave does not accept BRAVE_API_KEY.",
     "キーが受け付けられません (Brave does not accept BRAVE_API_KEY.)"),
    ("http_503", "the site asks for a pause (status 503)", "サイトが間隔を空けるよう求めています (HTTP 503)"),
    ("cut", "30 of 36 hits were read", "36件のうち30件を確認しました"),
    ("not_known_yet", "an odd thing", "an odd thing"),
    (None, None, ""),
])
def test_reason(code: str | None, english: str | None, japanese: str) -> None:
    assert reason_pair(code, english) == (japanese, english or "")
    assert (reason_in("ja", code, english), reason_in("en", code, english)) == (japanese, english or "")


def test_it_is_escaped() -> None:
    assert "<b>" not in reason("bad_key", "no <b>key</b>")
