"""Days in Japan: business days without weekends and public holidays."""

from __future__ import annotations

from datetime import date, timedelta

import holidays

# The days around New Year on which shops and ordinary mail rest although they are no public holidays.
_NEW_YEAR = frozenset({(12, 30), (12, 31), (1, 2), (1, 3)})
_HOLIDAYS = holidays.country_holidays("JP")
_DAY = timedelta(days=1)


def is_business_day(day: date) -> bool:
    """Neither weekend, public holiday nor the New Year's rest."""
    return day.weekday() < 5 and (day.month, day.day) not in _NEW_YEAR and day not in _HOLIDAYS


def next_day(day: date, weekdays: frozenset[int]) -> date:
    """`day` itself or the first day after it that falls on one of the weekdays (Monday is 0)."""
    while day.weekday() not in weekdays:
        day += _DAY
    return day


def add_business_days(day: date, days: int) -> date:
    """The day `days` business days later; with 0 the first business day from `day` on."""
    while not is_business_day(day):
        day += _DAY
    for _ in range(days):
        day += _DAY
        while not is_business_day(day):
            day += _DAY
    return day
