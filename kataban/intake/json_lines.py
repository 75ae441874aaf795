"""JSON Lines as rows: one object a line, numbers kept as their digits."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from kataban.intake.lines import LONGEST_LINE, Line, Row
from kataban.intake.shapes import RowError


def json_records(lines: Iterable[Line]) -> Iterator[tuple[int, dict[str, object] | RowError]]:
    """(line, object or what is wrong with it) of each line that is not blank. Never raises on any content."""
    for line in lines:
        if line.text is None:
            yield line.number, RowError("line_too_long", limit=LONGEST_LINE)
        elif line.text.strip():
            yield line.number, _record(line.text)


def json_rows(records: Iterable[tuple[int, dict[str, object] | RowError]], headers: list[str]) -> Iterator[Row]:
    """The records as rows whose cells stand in the order of `headers`."""
    for line, record in records:
        if isinstance(record, RowError):
            yield Row(line, (), record)
            continue
        nested = next((key for key, value in record.items() if isinstance(value, dict | list)), None)
        cells = tuple(_cell(record.get(header)) for header in headers)
        yield Row(line, cells, None if nested is None else RowError("nested_json", field=nested))


def _record(text: str) -> dict[str, object] | RowError:
    try:
        value = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):
        return RowError("bad_json")
    return value if isinstance(value, dict) else RowError("bad_json")


def _cell(value: object) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
