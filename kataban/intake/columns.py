"""Headers: which kind of file they make, and which column is which field, by columns.toml."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from kataban.intake.shapes import FileKind
from kataban.intake.words import squeezed

_BRACKETED = re.compile(r"[(\[【〔].*?[)\]】〕]")


class _Kind(msgspec.Struct, forbid_unknown_fields=True):
    kind: FileKind
    columns: str
    all: list[str]
    any: list[str]
    none: list[str]


class _Personal(msgspec.Struct, forbid_unknown_fields=True):
    begins: list[str]
    holds: list[str]


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    user: dict[str, list[str]]
    orders: dict[str, list[str]]
    listings: dict[str, list[str]]
    candidates: dict[str, list[str]]
    uploads: dict[str, list[str]]
    second_choice: dict[str, str]
    kinds: list[_Kind]
    personal: _Personal

    def fields_of(self, columns: str) -> Mapping[str, list[str]]:
        """The table of headers called `columns`."""
        tables = {"user": self.user, "orders": self.orders, "listings": self.listings, "candidates": self.candidates,
                  "uploads": self.uploads}
        return tables[columns]


_TABLE = msgspec.toml.decode((Path(__file__).parent / "columns.toml").read_bytes(), type=_Table)
# Field -> the field that it stands in for where that one is blank.
SECOND_CHOICE = _TABLE.second_choice
_BEGINS = tuple(squeezed(word) for word in _TABLE.personal.begins)
_HOLDS = tuple(squeezed(word) for word in _TABLE.personal.holds)


@dataclass(frozen=True, slots=True)
class Heading:
    """A recognised heading: the kind of file, and for each place of a row the field that stands there (None: unread).

    `headers` are the headings as written, for rejects.
    """

    kind: FileKind
    fields: tuple[str | None, ...]
    headers: tuple[str, ...]

    @property
    def known(self) -> int:
        """How many columns are understood."""
        return sum(field is not None for field in self.fields)

    def unread(self) -> list[str]:
        """Headings of columns that are not read, personal ones left out."""
        pairs = zip(self.headers, self.fields, strict=True)
        return [header for header, field in pairs if field is None and header.strip() and not is_personal(header)]

    def personal(self) -> int:
        """How many columns hold people's data."""
        pairs = zip(self.headers, self.fields, strict=True)
        return sum(field is None and is_personal(header) for header, field in pairs)


@cache
def _headers(columns: str) -> dict[str, str]:
    fields = _TABLE.fields_of(columns)
    return {squeezed(header): field for field, headers in fields.items() for header in headers}


def recognise(headers: Sequence[str]) -> Heading | None:
    """The Heading that `headers` make, None when they make none (a row of data, a title line)."""
    for kind in _TABLE.kinds:
        fields = tuple(_field(header, _headers(kind.columns)) for header in headers)
        if _is_of(kind, fields):
            return Heading(kind.kind, fields, tuple(headers))
    return None


def headers_of(field: str) -> list[str]:
    """All headings that mean `field` in the user's own tables, for the docs and error texts."""
    return list(_TABLE.user[field])


def is_personal(header: str) -> bool:
    """Is it the heading of people's data (buyer-name, ship-address-1, お届け先住所 ...)?"""
    word = squeezed(header)
    return word.startswith(_BEGINS) or any(part in word for part in _HOLDS)


def _field(header: str, known: Mapping[str, str]) -> str | None:
    word = squeezed(header)
    return known.get(word) or known.get(squeezed(_BRACKETED.sub("", unicodedata.normalize("NFKC", header))))


def _is_of(kind: _Kind, fields: Iterable[str | None]) -> bool:
    present = {SECOND_CHOICE.get(field, field) for field in fields if field}
    return present.issuperset(kind.all) and not present.isdisjoint(kind.any) and present.isdisjoint(kind.none)
