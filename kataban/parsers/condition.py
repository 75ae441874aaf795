"""The condition of the goods by a site's label or code, by the table condition.toml."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import msgspec

from kataban.items import Condition


class _Label(msgspec.Struct, forbid_unknown_fields=True):
    condition: Condition
    patterns: list[str]


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    codes: dict[str, dict[str, Condition]]
    labels: list[_Label]


_TABLE = msgspec.toml.decode((Path(__file__).parent / "condition.toml").read_bytes(), type=_Table)
_LABELS = [(label.condition, re.compile("|".join(label.patterns), re.IGNORECASE)) for label in _TABLE.labels]


def condition_of(label: object, site: str | None = None) -> Condition:
    """The Condition that `label` names; `unknown` for None and for words that name none.

    With `site` (a table of condition.toml: `mercari`, `rakuma`, `yahoo_fleamarket`, `schema_org`, `amazon` ...) it is
    one of that site's codes; without, visible words such as 新品、未使用 or 中古ランクB. Meant for a condition cell: a
    title may say 新品同様 of something else.
    """
    if label is None:
        return Condition.UNKNOWN
    line = " ".join(unicodedata.normalize("NFKC", str(label)[:500]).split())
    if site:
        code = line.rstrip("/").rsplit("schema.org/", 1)[-1].casefold()
        return _TABLE.codes[site].get(code, Condition.UNKNOWN)
    return next((condition for condition, pattern in _LABELS if pattern.search(line)), Condition.UNKNOWN)
