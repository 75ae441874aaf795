"""The watch's settings: what they mean, what is refused, and which sources should be able to look."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from scrapy.settings import Settings

from kataban.crawling.watch_settings import grounds_of, rules_of, sources_to_ask
from kataban.offers import Terms


def settings(**changed: Any) -> Settings:
    found = Settings()
    found.setmodule("settings.base")
    found.update(changed, priority="cmdline")
    return found


def test_the_usual_rules() -> None:
    rules = rules_of(settings())
    assert (rules.round, rules.search, rules.coverage) == (timedelta(hours=24), timedelta(days=7), 0.8)
    assert (rules.rise, rules.used) == (15, timedelta(days=14))
    assert (rules.believed, rules.again) == (timedelta(hours=36), timedelta(hours=12))


@pytest.mark.parametrize(("name", "value"), [
    ("KATABAN_WATCH_COVERAGE", "2"), ("KATABAN_WATCH_COVERAGE", "0"), ("KATABAN_WATCH_HOURS", "soon"),
    ("KATABAN_WATCH_HOURS", "0"), ("KATABAN_WATCH_RISE", "nan"), ("KATABAN_WATCH_USED_DAYS", "1e400"),
    ("KATABAN_MARGIN_FLOOR", "much"), ("KATABAN_LISTING_CURRENCY", "dollars"),
])
def test_what_is_refused_is_named(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=name):
        grounds_of(settings(**{name: value}), Terms(), None)


@pytest.mark.parametrize(("given", "of_orders", "currency"), [
    ("", None, "USD"), ("", "GBP", "GBP"), ("eur", "GBP", "EUR"),
])
def test_the_currency(given: str, of_orders: str | None, currency: str) -> None:
    on = settings(KATABAN_LISTING_CURRENCY=given, KATABAN_MARGIN_FLOOR="-500")
    margins = grounds_of(on, Terms(), of_orders).margins
    assert (margins.currency, margins.floor) == (currency, -500)


def test_what_the_user_does_not_have_is_no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BRAVE_API_KEY", "GOOGLE_CSE_KEY", "GOOGLE_CSE_ID", "SEARXNG_URL", "SERPAPI_KEY", "YAHOO_CLIENT_ID"):
        monkeypatch.delenv(name, raising=False)
    on = settings(KATABAN_ENABLE=["rakuma", "mercari", "independent_shops", "yahoo_shopping"])
    found = sources_to_ask(on)
    assert found == {"rakuma": (), "mercari": (), "mercari_shops": ()}, "no key, and no leads to read"
    monkeypatch.setenv("BRAVE_API_KEY", "x")
    monkeypatch.setenv("YAHOO_CLIENT_ID", "x")
    asked = sources_to_ask(on)
    assert asked["independent_shops"]
    assert "yahoo_shopping" in asked
    assert "web_search" not in asked, "it gives leads only"
