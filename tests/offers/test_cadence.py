"""How often an order is looked at again, by the user's setting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kataban.offers import LookAgain, due_at, look_again_of

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
H, M = timedelta(hours=1), timedelta(minutes=1)


@pytest.mark.parametrize(("left", "every"), [
    (5 * H, 30 * M), (-30 * H, 30 * M), (24 * H - M, 30 * M), (24 * H, 2 * H), (71 * H, 2 * H), (72 * H, 6 * H),
    (None, 6 * H)])
def test_the_nearer_the_ship_by_the_oftener(left: timedelta | None, every: timedelta) -> None:
    assert look_again_of("24h:30m, 3d:2h, *:6h", "12").every(left) == every


def test_the_defaults_are_those_of_the_setting() -> None:
    assert look_again_of("24h:30m,*:6h", "24") == LookAgain()
    assert look_again_of("*:90m", "12.5") == LookAgain(look_again_of("*:90m", "24").steps, timedelta(hours=12.5))


@pytest.mark.parametrize(("text", "hours"), [
    ("", "24"), ("24h", "24"), ("24h:30m", "24"), ("*:6h,24h:30m", "24"), ("*:6h,*:2h", "24"), ("24h:0m,*:6h", "24"),
    ("24h:30x,*:6h", "24"), ("3d:2h,24h:30m,*:6h", "24"), ("24h:30m,24h:1h,*:6h", "24"), ("*:40d", "24"),
    ("0h:30m,*:6h", "24"), ("*:-1h", "24"), ("24h:30m;*:6h", "24"), ("*:6h", "0"), ("*:6h", "day"), ("*:6h", "nan"),
    ("*:6h", "8761"), ("*:6h", "1e999")])
def test_what_is_no_setting_is_named(text: str, hours: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        look_again_of(text, hours)
    assert "\n" not in str(refused.value)


def due(**of: object) -> timedelta:
    usual = {"ship_by": NOW + 100 * H, "lacking": False, "lacking_ship_by": None}
    return due_at(NOW - H, NOW, LookAgain(), **usual | of) - NOW  # type: ignore[arg-type]


def test_with_something_to_buy_the_look_is_due_when_it_is_stale() -> None:
    assert due() == 23 * H
    assert due(ship_by=NOW + 20 * H) == 5 * H
    assert due(ship_by=None) == 23 * H


def test_with_nothing_to_buy_the_nearest_of_those_orders_decides() -> None:
    assert due(lacking=True, lacking_ship_by=NOW + 20 * H) == -30 * M
    assert due(lacking=True, lacking_ship_by=NOW + 30 * H) == 5 * H
    assert due(lacking=True, lacking_ship_by=NOW - 30 * H) == -30 * M
    assert due(lacking=True) == 5 * H
