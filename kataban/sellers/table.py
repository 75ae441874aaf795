"""The tables of the verb `appraise`: a row of text in, the added columns out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

import msgspec

from kataban.items import Listing, Seller
from kataban.sellers.appraise import appraise
from kataban.sellers.phrases import phrases, strongest
from kataban.sellers.settings import band

_YES = {"yes": True, "no": False}
_FIELDS = frozenset(field.name for field in fields(Seller))


def phrase_columns(row: Mapping[str, str]) -> dict[str, str]:
    """`effect_found` and `kinds_found` (comma-separated, the strongest first) of a row with `place` and `text`."""
    hits = phrases(row["text"].replace("\\n", "\n"), row["place"].strip())
    return {"effect_found": strongest(hits).value, "kinds_found": ",".join(dict.fromkeys(hit.kind for hit in hits))}


def seller_columns(row: Mapping[str, str]) -> dict[str, str]:
    """Reputation, personality, their bands, grade and reasons of a row with the fields of a Seller and `now`.

    An empty or absent cell is unknown. ValueError names a cell that is no number, day or time.
    """
    listing = Listing(row.get("source", ""), "row", "", "", seller=_seller(row))
    found = appraise(listing, now=_moment(row["now"]))
    return {
        "reputation": _score(found.reputation),
        "reputation_band": band(found.reputation),
        "personality": _score(found.personality),
        "personality_band": band(found.personality),
        "grade": found.grade.value,
        "reasons": json.dumps([reason.text_ja for reason in found.reasons], ensure_ascii=False),
    }


def _score(score: int | None) -> str:
    return "unknown" if score is None else str(score)


def _seller(row: Mapping[str, str]) -> Seller:
    cells: dict[str, Any] = {name: cell.strip() for name, cell in row.items() if name in _FIELDS and cell.strip()}
    for name in ("badges", "bad_dates"):
        cells[name] = _several(cells.get(name, ""))
    if "percent_good" in cells:
        cells["percent_good"] = cells["percent_good"].rstrip("%")
    if "identity_verified" in cells:
        cells["identity_verified"] = _YES.get(cells["identity_verified"].lower(), cells["identity_verified"])
    return msgspec.convert({"source": "", "seller_id": "row", **cells}, Seller, strict=False)


def _several(cell: str) -> tuple[str, ...]:
    """A JSON array, or values separated by commas."""
    values = json.loads(cell) if cell.startswith("[") else cell.split(",")
    return tuple(value.strip() for value in values if value.strip())


def _moment(cell: str) -> datetime:
    """A day or a time, ISO 8601."""
    return datetime.fromisoformat(cell.strip())
