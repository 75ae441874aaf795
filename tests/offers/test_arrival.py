"""Arrival: yes when the slowest reading is in time, no when the quickest is late, else unknown; freshness beside it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kataban.items import Listing
from kataban.offers import arrival, arrival_columns, arrival_of, fresh_until, late_reason
from kataban.offers.arrival import JST
from kataban.offers.calendar import add_business_days, is_business_day
from kataban.offers.carriers import candidates, distances
from kataban.offers.pause import Pause, pause
from kataban.offers.table import days_to_ship
from kataban.sellers import appraise

TUESDAY = datetime(2026, 11, 24, 12, tzinfo=JST)


def when(days: tuple[int, int] | None = (1, 2), method: str | None = "らくらくメルカリ便", area: str | None = "大阪府",
         by: datetime | None = datetime(2026, 12, 1, 23, tzinfo=JST), **further: Any) -> str:
    return arrival(days, method, area, now=TUESDAY, ship_by=by, **further).in_time


def day(number: int, hour: int = 23, month: int = 11) -> datetime:
    return datetime(2026, month, number, hour, tzinfo=JST)


def test_the_dates_of_a_usual_parcel() -> None:
    found = arrival((1, 2), "らくらくメルカリ便", "大阪府", now=TUESDAY, ship_by=day(30))
    assert (found.in_time, found.earliest, found.latest) == ("yes", date(2026, 11, 26), date(2026, 11, 28))
    assert found.needed_by == day(30)


@pytest.mark.parametrize(("by", "wanted"), [(day(25), "no"), (day(26, 7), "no"), (day(27), "unknown"), (day(28, 12),
"unknown"), (day(28), "yes")])
def test_yes_no_and_in_between(by: datetime, wanted: str) -> None:
    assert when(by=by) == wanted


def test_the_users_handling_days_come_off_the_deadline() -> None:
    assert when(by=day(28)) == "yes"
    assert when(by=day(28), handling_days=2) == "unknown"
    assert when(by=day(28), handling_days=3) == "no"


def test_what_is_not_known_is_not_in_time_and_not_late() -> None:
    assert when(by=None) == "unknown"
    assert when(days=None) == "unknown"
    assert when(days=None, by=day(24, 20)) == "no"
    assert when(method="未定", by=day(27)) == "unknown"
    assert when(area="未定", by=day(28)) == "unknown"


def test_ordinary_mail_is_not_delivered_on_weekends_and_holidays() -> None:
    friday = datetime(2026, 11, 20, 12, tzinfo=JST)  # the Monday after it is a holiday
    found = arrival((0, 0), "普通郵便(定形、定形外)", "東京都", now=friday, ship_by=None)
    assert found.earliest == date(2026, 11, 24)
    tracked = arrival((0, 0), "ゆうパケット", "東京都", now=friday, ship_by=None)
    assert tracked.earliest == date(2026, 11, 21)


def test_business_days_of_shops() -> None:
    friday = datetime(2026, 11, 20, 12, tzinfo=JST)
    shop = arrival((2, 3), "佐川急便", "東京都", now=friday, ship_by=None, business_days=True)
    unsure = arrival((2, 3), "佐川急便", "東京都", now=friday, ship_by=None, business_days=None)
    assert shop.earliest == date(2026, 11, 26)
    assert (unsure.earliest, unsure.latest) == (date(2026, 11, 23), shop.latest)


def test_from_abroad_is_slow_whatever_the_method() -> None:
    assert when(area="海外", by=day(26)) == "no"
    assert when(area="海外", by=day(10, month=12)) == "unknown"
    assert when(area="中国", by=day(26)) == when(area="韓国", by=day(26)) == "no"
    assert when(area="中国地方", by=day(1, month=12)) == "yes"
    assert when(method="EMS", area=None, by=day(30, month=12)) == "yes"


@pytest.mark.parametrize(("method", "name"), [
    ("らくらくメルカリ便", "parcel"), ("ゆうゆうメルカリ便", "tracked_mail"), ("普通郵便(定形、定形外)",
    "ordinary_mail"), ("レターパックライト", "tracked_mail"),
    ("レターパックプラス", "express_mail"), ("クリックポスト", "tracked_mail"), ("ゆうメール", "ordinary_mail"),
    ("クロネコゆうパケット", "kuroneko_yu_packet"), ("ネコポス", "parcel"),
    ("おてがる配送(ヤマト運輸)", "parcel"), ("おてがる配送（日本郵便）", "tracked_mail"), ("ゆうパック", "parcel"),
    ("梱包・発送たのメル便", "large"), ("定形外郵便", "ordinary_mail"), ("佐川急便", "parcel"),
])
def test_methods_are_found_by_their_names(method: str, name: str) -> None:
    assert [carrier.name for carrier in candidates(method, "東京都")] == [name]


@pytest.mark.parametrize(("area", "to", "wanted"), [
    ("東京都", "東京都", ("near",)), ("大阪府", "東京都", ("near",)), ("京都府", "東京都", ("near",)), ("京都",
    "大阪府", ("near",)), ("福岡県", "東京都", ("far",)),
    ("広島", "東京都", ("middle",)), ("沖縄県", "東京都", ("far",)), ("北海道", "東京都", ("far",)), ("未定",
    "東京都", ("near", "middle", "far")), ("福岡県", "鹿児島県", ("near",)),
])
def test_distances(area: str, to: str, wanted: tuple[str, ...]) -> None:
    assert distances(area, to) == wanted


@pytest.mark.parametrize(("words", "wanted"), [
    ("発送は週末のみ", Pause(weekdays=frozenset({5, 6}))),
    ("土日は発送できません", Pause(weekdays=frozenset({0, 1, 2, 3, 4}))),
    ("発送は土曜日のみとなります", Pause(weekdays=frozenset({5}))),
    ("12/5まで発送できません", Pause(not_before=date(2026, 12, 6))),
    ("１２月５日まで発送不可", Pause(not_before=date(2026, 12, 6))),
    ("12月10日以降の発送", Pause(not_before=date(2026, 12, 10))),
    ("1月5日より順次発送", Pause(not_before=date(2027, 1, 5))),
    ("12/29~1/3は発送お休み", Pause(not_before=date(2027, 1, 4))),
    ("年末年始は発送をお休みします", None), ("13月45日まで発送不可", None), ("", None),
])
def test_pauses_are_read_from_their_words(words: str, wanted: Pause | None) -> None:
    assert pause(words, date(2026, 11, 24)) == wanted


def test_pauses_move_the_dispatch() -> None:
    found = arrival((1, 2), "らくらくメルカリ便", "東京都", now=TUESDAY, ship_by=None, pauses=["発送は週末のみ"])
    assert (found.earliest, found.latest) == (date(2026, 11, 29), date(2026, 11, 30))
    assert when(by=day(2, month=12), pauses=["12/5まで発送できません"]) == "no"
    assert when(pauses=["年末年始は発送をお休みします"]) == "unknown"


@pytest.mark.parametrize(("shown", "wanted"), [
    ("1~2日で発送", (1, 2)), ("４～７日で発送", (4, 7)), ("支払い後、2〜3日で発送", (2, 3)), ("3", (3, 3)), ("2-3",
    (2, 3)), ("即日発送", (0, 1)),
    ("24時間以内", (0, 1)),
    ("3日以内", (0, 3)), ("2~3営業日", (2, 3)),
    ("1~2週間", (7, 14)), ("翌営業日", (1, 1)), ("未定", None), ("", None), ("[2, 3]", (2, 3)),
])
def test_days_to_ship_as_shown(shown: str, wanted: tuple[int, int] | None) -> None:
    assert days_to_ship(shown) == wanted


def test_rows_of_the_table_of_shipping() -> None:
    row = {"days_to_ship": "1~2日で発送", "method": "らくらくメルカリ便", "from_area": "東京都",
    "ship_by": "2026-11-30",
           "now": "2026-11-24T12:00:00+09:00"}
    assert arrival_columns(row) == {"arrives_in_time": "yes"}
    assert arrival_columns({**row, "days_to_ship": "4~7日で発送"}) == {"arrives_in_time": "unknown"}
    assert arrival_columns({**row, "days_to_ship": "4~7日で発送",
    "ship_by": "2026-11-26T12:00:00+09:00"}) == {"arrives_in_time": "no"}
    assert arrival_columns({**row, "ship_by": ""}) == {"arrives_in_time": "unknown"}
    assert arrival_columns(row, ship_to="沖縄県", handling_days=2) == {"arrives_in_time": "unknown"}


def test_business_days_know_japans_holidays_and_the_new_year() -> None:
    assert not is_business_day(date(2026, 11, 23))
    assert not is_business_day(date(2026, 12, 31))
    assert not is_business_day(date(2027, 1, 2))
    assert add_business_days(date(2026, 12, 29), 1) == date(2027, 1, 4)


def test_a_listing_arrives_with_its_own_pauses_and_says_when_it_is_late() -> None:
    item = Listing("mercari", "m1", "u", "t", description="発送は週末のみです", ships_in_days=(1, 2),
                   ships_from="東京都", shipping_method="らくらくメルカリ便")
    item.appraisal = appraise(item, now=TUESDAY)
    found = arrival_of(item, now=TUESDAY, ship_by=day(27))
    assert (found.earliest, found.in_time) == (date(2026, 11, 29), "no")
    reason = late_reason(found, item.ships_in_days)
    assert reason is not None
    assert reason.text_ja.startswith("発送 1~2日: 期限に間に合わない")
    unsure = late_reason(arrival_of(item, now=TUESDAY, ship_by=day(30, 1)))
    assert unsure is not None
    assert unsure.code == "perhaps_late"
    assert late_reason(arrival_of(item, now=TUESDAY, ship_by=day(5, month=12))) is None
    assert late_reason(arrival_of(item, now=TUESDAY, ship_by=None)) is None


def test_a_shops_days_may_be_business_days() -> None:
    friday = datetime(2026, 11, 20, 12, tzinfo=JST)
    shop, private = (Listing(source, "1", "u", "t", ships_in_days=(2, 3), ships_from="東京都",
                             shipping_method="佐川急便")
                     for source in ("rakuten_ichiba", "rakuma"))
    found, other = (arrival_of(each, now=friday, ship_by=None) for each in (shop, private))
    assert found.earliest == other.earliest
    assert found.latest is not None
    assert other.latest is not None
    assert found.latest > other.latest


def test_freshness() -> None:
    seen = datetime(2026, 11, 24, 3, tzinfo=UTC)
    assert fresh_until(seen) == seen + timedelta(hours=24)
    assert fresh_until(seen, seen + timedelta(hours=49)) == seen + timedelta(hours=24)
    assert fresh_until(seen, seen + timedelta(hours=47)) == seen + timedelta(hours=6)
    assert fresh_until(seen, seen - timedelta(days=1)) == seen + timedelta(hours=6)
