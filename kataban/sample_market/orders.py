"""The sample queue: orders.csv of the catalogue, whose ship_by is relative so that it never ages."""

from __future__ import annotations

import csv
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kataban.sample_market.catalogue import Catalogue, CatalogueError

TOKYO = ZoneInfo("Asia/Tokyo")
RELATIVE = re.compile(r"\+(\d+)([dh])")


def orders(catalogue: Catalogue) -> list[dict[str, str]]:
    """The rows of orders.csv as they stand, by column name; CatalogueError when there is none."""
    path = catalogue.folder / "orders.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            return list(csv.DictReader(lines))
    except OSError as error:
        raise CatalogueError(f"{path}: {error.strerror}") from None


def resolved(rows: list[dict[str, str]], now: datetime) -> list[dict[str, str]]:
    """The rows with real dates: `+3d` is the end of the third day from now in Japan, `+30h` that hour."""
    return [row | {"ship_by": ship_by(row.get("ship_by") or "", now)} for row in rows]


def ship_by(text: str, now: datetime) -> str:
    """One date in ISO 8601 with offset; what is not relative stays as written."""
    match = RELATIVE.fullmatch(text.strip())
    if not match:
        return text
    number, local = int(match[1]), now.astimezone(TOKYO)
    if match[2] == "h":
        return (local + timedelta(hours=number)).isoformat(timespec="seconds")
    return (local + timedelta(days=number)).replace(hour=23, minute=59, second=59, microsecond=0).isoformat()


def write(catalogue: Catalogue, out: Path, now: datetime) -> int:
    """Write the queue file; returns how many orders stand in it."""
    rows = resolved(orders(catalogue), now)
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8", newline="") as stream:
        table: csv.DictWriter[Any] = csv.DictWriter(stream, fieldnames=list(rows[0]) if rows else ["model_number"])
        table.writeheader()
        table.writerows(rows)
    return len(rows)
