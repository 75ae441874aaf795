"""How often an order is looked at again while nothing can be bought for it, by how near its ship_by is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from kataban.offers.freshness import fresh_until

_STEP = re.compile(r"(\*|\d{1,4}[mhd]):(\d{1,4}[mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_MOST = timedelta(days=30)
_MOST_WATCH = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Step:
    """Look again `every` so often while less than `under` is left; `under` None: however much is left."""

    under: timedelta | None
    every: timedelta


@dataclass(frozen=True, slots=True)
class LookAgain:
    """The user's settings: the steps by what is left until ship_by, the last without a bound; and for watched SKUs."""

    steps: tuple[Step, ...] = (Step(timedelta(hours=24), timedelta(minutes=30)), Step(None, timedelta(hours=6)))
    watch: timedelta = timedelta(hours=24)

    def every(self, left: timedelta | None) -> timedelta:
        """The interval with so much left until ship_by; None: there is no ship_by. After ship_by it is the shortest."""
        return next(step.every for step in self.steps
                    if step.under is None or (left is not None and left < step.under))


def look_again_of(text: str, watch_hours: str) -> LookAgain:
    """The settings KATABAN_LOOK_AGAIN ("24h:30m,*:6h") and KATABAN_WATCH_HOURS. ValueError names what is wrong."""
    steps = [_step(word.strip()) for word in text.split(",")]
    bounds = [step.under for step in steps[:-1]]
    if steps[-1].under is not None or None in bounds:
        raise ValueError(f"{text}: say the last step, and only that, with * (24h:30m,*:6h)")
    known = [bound for bound in bounds if bound is not None]
    if any(first >= second for first, second in pairwise(known)):
        raise ValueError(f"{text}: the steps must grow (24h:30m,3d:2h,*:6h)")
    return LookAgain(tuple(steps), _watch(watch_hours))


def due_at(looked_at: datetime, now: datetime, again: LookAgain, *, ship_by: datetime | None,
           lacking: bool, lacking_ship_by: datetime | None) -> datetime:
    """When what was looked at then is due again.

    An order with something to buy waits until the look is no longer fresh, by `ship_by`, the nearest of all orders of
    the model. `lacking`: some have nothing to buy, and `lacking_ship_by`, the nearest of these, gives the interval.
    """
    if not lacking:
        return fresh_until(looked_at, ship_by)
    left = None if lacking_ship_by is None else lacking_ship_by - now
    return looked_at + again.every(left)


def _step(word: str) -> Step:
    found = _STEP.fullmatch(word)
    if found is None:
        raise ValueError(f"{word or 'nothing'}: not a step such as 24h:30m (under 24 hours left, every 30 minutes)")
    under = None if found[1] == "*" else _span(found[1])
    every = _span(found[2])
    if not timedelta(minutes=1) <= every <= _MOST or under == timedelta():
        raise ValueError(f"{word}: an interval is a minute to 30 days")
    return Step(under, every)


def _span(word: str) -> timedelta:
    return timedelta(**{_UNITS[word[-1]]: int(word[:-1])})


def _watch(hours: str) -> timedelta:
    try:
        span = timedelta(hours=float(hours))
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{hours}: not a number of hours") from error
    if not timedelta(hours=1) <= span <= _MOST_WATCH:
        raise ValueError(f"{hours}: from 1 to {_MOST_WATCH // timedelta(hours=1)} hours")
    return span
