"""The user's settings for the watch, and which sources it should be able to ask."""

from __future__ import annotations

from datetime import timedelta

from scrapy.settings import BaseSettings

from kataban.crawling.sources import all_sources, standing
from kataban.items import Outcome
from kataban.offers import Margins, Rules, Terms
from kataban.results.watching import Grounds

# What the user chose not to have is no gap in the look; a machine without a browser is one.
_CHOSEN = frozenset({Outcome.OFF, Outcome.NO_KEY})
_USUAL_CURRENCY = "USD"


def rules_of(settings: BaseSettings) -> Rules:
    """The rules in the settings. ValueError names a setting that cannot be used."""
    return Rules(
        round=timedelta(hours=_number(settings, "KATABAN_WATCH_HOURS", least=1)),
        search=timedelta(days=_number(settings, "KATABAN_WATCH_SEARCH_DAYS", least=0)),
        coverage=_number(settings, "KATABAN_WATCH_COVERAGE", least=0.01, most=1),
        rise=round(_number(settings, "KATABAN_WATCH_RISE", least=1)),
        used=timedelta(days=_number(settings, "KATABAN_WATCH_USED_DAYS", least=1)),
        wait=timedelta(hours=_number(settings, "KATABAN_WATCH_WAIT_HOURS", least=0)))


def grounds_of(settings: BaseSettings, terms: Terms, of_orders: str | None) -> Grounds:
    """What conclusions stand on; `of_orders` is the currency of the user's orders. ValueError names a bad setting."""
    currency = str(settings["KATABAN_LISTING_CURRENCY"]).strip().upper() or of_orders or _USUAL_CURRENCY
    if len(currency) != 3 or not currency.isalpha():
        raise ValueError(f"KATABAN_LISTING_CURRENCY: {currency} is no currency such as USD")
    floor = round(_number(settings, "KATABAN_MARGIN_FLOOR")) if settings["KATABAN_MARGIN_FLOOR"] else None
    return Grounds(rules_of(settings), sources_to_ask(settings), Margins(terms, currency, floor))


def sources_to_ask(settings: BaseSettings) -> dict[str, tuple[str, ...]]:
    """Every Source that should be looked at, with those whose Leads it reads; not those that give Leads only, and not
    what the user switched off or has no key for. One whose every leading source is off has nothing to read."""
    spiders = all_sources(settings)
    chosen = {name for name, spider in spiders.items()
              if (why := standing(spider, settings)) is None or why.outcome not in _CHOSEN}
    return {source: spider.follows for name, spider in spiders.items()
            if name in chosen and not spider.gives_leads
            and (not spider.follows or chosen & set(spider.follows))
            for source in spider.sources()}


def _number(settings: BaseSettings, name: str, least: float | None = None, most: float | None = None) -> float:
    try:
        number = float(settings[name])
    except ValueError:
        number = float("nan")
    if not abs(number) < 1e9 or (least is not None and number < least) or (most is not None and number > most):
        within = "" if least is None else f" of {least:g} or more" if most is None else f" from {least:g} to {most:g}"
        raise ValueError(f"{name}: {settings[name]} is no number{within}")
    return number
