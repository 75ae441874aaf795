"""Reasons and notes in Japanese and English, by the one table messages.toml."""

from __future__ import annotations

from pathlib import Path

import msgspec

from kataban.parsers.text import one_line

_LONGEST_VALUE = 60


class _Message(msgspec.Struct, forbid_unknown_fields=True):
    ja: str
    en: str


_MESSAGES = msgspec.toml.decode((Path(__file__).parent / "messages.toml").read_bytes(), type=dict[str, _Message])


def say(code: str, **values: object) -> tuple[str, str]:
    """The message `code` in Japanese and English, filled with `values` made short and harmless for a terminal."""
    message = _MESSAGES[code]
    shown = {name: _shown(value) for name, value in values.items()}
    return message.ja.format(**shown), message.en.format(**shown)


def _shown(value: object) -> str:
    text = one_line(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
