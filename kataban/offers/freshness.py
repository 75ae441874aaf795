"""How long a sighting may be believed."""

from __future__ import annotations

from datetime import datetime, timedelta

_USUAL = timedelta(hours=24)
_URGENT = timedelta(hours=6)
_NEAR = timedelta(hours=48)


def fresh_until(seen_at: datetime, ship_by: datetime | None = None) -> datetime:
    """24 hours after `seen_at`; 6 hours when `ship_by` is nearer than 48 hours from then (or past)."""
    urgent = ship_by is not None and ship_by - seen_at < _NEAR
    return seen_at + (_URGENT if urgent else _USUAL)
