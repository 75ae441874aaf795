"""Does it arrive in time? Days until dispatch, days on the way, and the days the user needs before ship_by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Literal

from kataban.items import Listing, Reason
from kataban.offers.calendar import add_business_days, next_day
from kataban.offers.carriers import Carrier, candidates, distances
from kataban.offers.pause import Pause, pause

JST = timezone(timedelta(hours=9), "JST")
# Parcels come between these hours; a deadline within a day is held by neither reading alone.
_FIRST_ROUND = time(8)
_LAST_ROUND = time(21)
# Flea markets count the days until dispatch by the calendar; of a shop we do not know whether it does.
_CALENDAR_DAYS = frozenset({"mercari", "rakuma", "yahoo_fleamarket", "yahoo_auctions"})


@dataclass(frozen=True, slots=True)
class Arrival:
    """`in_time`: yes when the slowest reading is in time, no when the quickest is late, else unknown. The days are in
    Japan; None where they cannot be told. `needed_by` is ship_by less the user's handling days."""

    in_time: Literal["yes", "no", "unknown"]
    earliest: date | None = None
    latest: date | None = None
    needed_by: datetime | None = None


def arrival(
    ships_in_days: tuple[int, int] | None,
    method: str | None,
    from_area: str | None,
    *,
    now: datetime,
    ship_by: datetime | None,
    ship_to: str = "東京都",
    handling_days: int = 0,
    business_days: bool | None = False,
    pauses: Iterable[str] = (),
) -> Arrival:
    """When something bought `now` arrives at `ship_to`, and whether that is before `ship_by`.

    `ships_in_days` is (min, max) days until dispatch as shown; `business_days` says that they are 営業日, None
    that it is not known (a shop's). `pauses` are the words of dispatch_pause phrases. Times
    without an offset are read as Japan's.
    """
    today = _japan(now).date()
    needed_by = None if ship_by is None else _japan(ship_by) - timedelta(days=handling_days)
    held = [pause(words, today) for words in pauses]
    soonest, slowest = ships_in_days or (0, None)
    earliest = _earliest(today, soonest, business_days, held)
    latest = None if slowest is None or None in held else _latest(today, slowest, business_days, held)
    roads = [(carrier, carrier.days[distance]) for carrier in candidates(method, from_area)
             for distance in distances(from_area, ship_to) if distance in carrier.days]
    first = min(_delivered(earliest, days[0], carrier) for carrier, days in roads)
    last = None if latest is None else max(_delivered(latest, days[1], carrier) for carrier, days in roads)
    return Arrival(_in_time(first, last, needed_by), first, last, needed_by)


def arrival_of(listing: Listing, *, now: datetime, ship_by: datetime | None, ship_to: str = "東京都",
               handling_days: int = 0) -> Arrival:
    """The arrival of a listing as its page shows it; the pauses come from its appraisal's phrases."""
    hits = listing.appraisal.phrases if listing.appraisal is not None else ()
    return arrival(
        listing.ships_in_days, listing.shipping_method, listing.ships_from, now=now, ship_by=ship_by, ship_to=ship_to,
        handling_days=handling_days, business_days=False if listing.source in _CALENDAR_DAYS else None,
        pauses=[hit.span for hit in hits if hit.kind == "dispatch_pause"],
    )


def late_reason(found: Arrival, ships_in_days: tuple[int, int] | None = None) -> Reason | None:
    """Why it is late or not sure to be in time, for `purchase(..., further=)`; None when it is, or nothing is asked."""
    if found.in_time == "yes" or found.needed_by is None:
        return None
    days = "" if ships_in_days is None else f"発送 {ships_in_days[0]}~{ships_in_days[1]}日: "
    if found.in_time == "no":
        return Reason("late", f"{days}期限に間に合わない(早くて{found.earliest:%m/%d}着)",
                      f"too late: arrives on {found.earliest} at the earliest")
    last = "" if found.latest is None else f"(遅いと{found.latest:%m/%d}着)"
    return Reason("perhaps_late", f"{days}期限に間に合うか不明{last}",
                  f"not sure to be in time: arrives by {found.latest or 'an unknown day'}")


def _japan(moment: datetime) -> datetime:
    return moment.replace(tzinfo=JST) if moment.tzinfo is None else moment.astimezone(JST)


def _earliest(today: date, days: int, business_days: bool | None, held: Iterable[Pause | None]) -> date:
    sent = add_business_days(today, days) if business_days else today + timedelta(days=days)
    return _after_pauses(sent, held)


def _latest(today: date, days: int, business_days: bool | None, held: Iterable[Pause | None]) -> date:
    sent = today + timedelta(days=days) if business_days is False else add_business_days(today, days)
    return _after_pauses(sent, held)


def _after_pauses(sent: date, held: Iterable[Pause | None]) -> date:
    known = [each for each in held if each is not None]
    for each in known:
        if each.not_before is not None:
            sent = max(sent, each.not_before)
    weekdays = frozenset(range(7)).intersection(*(each.weekdays for each in known))
    return next_day(sent, weekdays) if weekdays else sent


def _delivered(sent: date, days: int, carrier: Carrier) -> date:
    return sent + timedelta(days=days) if carrier.weekends else add_business_days(sent, days)


def _in_time(first: date, last: date | None, needed_by: datetime | None) -> Literal["yes", "no", "unknown"]:
    if needed_by is None:
        return "unknown"
    if datetime.combine(first, _FIRST_ROUND, JST) > needed_by:
        return "no"
    return "yes" if last is not None and datetime.combine(last, _LAST_ROUND, JST) <= needed_by else "unknown"
