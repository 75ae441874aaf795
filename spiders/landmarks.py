"""Landmarks: the selectors, JSON keys and words by which a source reads its site, as data of `<site>.toml`.

Each entry says its value, when and where it was last seen, and how sure that is, so that parsing, health and the first
live probe read the same list:

    [search.card]
    value = "div.item-box"
    seen = "2026-08-19"
    where = "captured search page, two parsers"
    sure = "captured"          # captured (a real answer), reported (others' words), guessed (ours)
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

SURE = ("captured", "reported", "guessed")
Value = str | tuple[str, ...] | dict[str, str]


@dataclass(frozen=True, slots=True)
class Landmark:
    """One expectation of a source: `seen` is a date (YYYY, YYYY-MM or YYYY-MM-DD), `sure` one of SURE."""

    name: str
    value: Value
    seen: str
    where: str
    sure: str

    def __post_init__(self) -> None:
        if self.sure not in SURE:
            raise ValueError(f"{self.name}: sure must be one of {', '.join(SURE)}, not {self.sure!r}")


class Landmarks(Mapping[str, Landmark]):
    """All landmarks of one site by dotted name. Unknown keys in the file and unknown names are errors."""

    def __init__(self, site: str) -> None:
        self.site = site
        path = Path(__file__).with_name(f"{site}.toml")
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
        self._all = {mark.name: mark for mark in _read(entries, "")}

    def __getitem__(self, name: str) -> Landmark:
        return self._all[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def text(self, name: str) -> str:
        """The landmark's value where it is one selector, key or word."""
        value = self[name].value
        if not isinstance(value, str):
            raise TypeError(f"{name} is not one text")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """The landmark's value where it is a list, best first; one text is a list of one."""
        value = self[name].value
        if isinstance(value, dict):
            raise TypeError(f"{name} is a table")
        return (value,) if isinstance(value, str) else value

    def table(self, name: str) -> dict[str, str]:
        """The landmark's value where it maps the site's codes to the site's words."""
        value = self[name].value
        if not isinstance(value, dict):
            raise TypeError(f"{name} is not a table")
        return value


def _read(entries: dict[str, object], prefix: str) -> Iterator[Landmark]:
    for key, entry in entries.items():
        name = f"{prefix}{key}"
        if not isinstance(entry, dict):
            raise TypeError(f"{name}: a landmark is a table with value, seen, where, sure")
        if "value" not in entry:
            yield from _read(entry, f"{name}.")
            continue
        value = entry.pop("value")
        yield Landmark(name=name, value=tuple(value) if isinstance(value, list) else value, **entry)
