"""Reasons of coverage in both languages: they are stored in English, and shown in Japanese by reasons.toml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import msgspec

_TIMES = re.compile(r"(.*?)(?: \((\d+)x\))?")


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    ja: str
    said: str | None = None
    whole: bool = False  # the Japanese says all that the English sentence says


@dataclass(frozen=True, slots=True)
class _Reason:
    code: re.Pattern[str]
    said: re.Pattern[str] | None
    ja: str
    whole: bool


def _compiled(entry: _Entry) -> _Reason:
    return _Reason(re.compile(entry.code), re.compile(entry.said) if entry.said else None, entry.ja, entry.whole)


_TABLE = msgspec.toml.decode((Path(__file__).parent / "reasons.toml").read_bytes(), type=dict[str, list[_Entry]])
_REASONS = [_compiled(entry) for entry in _TABLE["reasons"]]


def reason_pair(code: str | None, reason: str | None) -> tuple[str, str]:
    """A stored reason in Japanese and English. Of an unknown one the English sentence stands for both."""
    english = reason or ""
    return _japanese(code or "", english) or english, english


def reason_in(language: str, code: str | None, reason: str | None) -> str:
    """A stored reason in `ja` or `en`."""
    return reason_pair(code, reason)[int(language != "ja")]


def is_known(code: str) -> bool:
    """Has the code Japanese words of its own?"""
    return any(one.code.fullmatch(code) for one in _REASONS if one.code.pattern != ".*")


def _japanese(code: str, english: str) -> str | None:
    """One sentence, or several joined with "; ", each by the entry that fits it; else the code's words and detail."""
    whole = _sentence(code, english)
    if whole is not None:
        return whole
    parts = [_sentence(code, part) or _sentence(None, part) for part in english.split("; ")]
    if len(parts) > 1 and all(parts):
        return "、".join(part for part in parts if part)
    words = next((one.ja for one in _REASONS if one.said is None and one.code.fullmatch(code)), None)
    return words and (f"{words} ({english})" if english else words)


def _sentence(code: str | None, english: str) -> str | None:
    """The Japanese of one sentence by an entry that knows it whole; `code` None: by any entry's words."""
    found = _TIMES.fullmatch(english)
    bare, times = (found[1], found[2]) if found else (english, None)
    for one in _REASONS:
        if code is not None and not one.code.fullmatch(code):
            continue
        said = one.said.fullmatch(bare) if one.said else None
        if said or (one.whole and code is not None and "; " not in bare):
            groups = [group for group in said.groups() if group is not None] if said else []
            text = one.ja.replace("{+}", "".join(groups)).format(*groups)
            return f"{text} ({times}回)" if times else text
    return None
