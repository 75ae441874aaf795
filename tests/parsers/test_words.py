# ruff: noqa: E501 - a page, or a row of words, reads best in one line
"""Words of sites -> stock, condition, shipping: the tables and the rules around them."""

from __future__ import annotations

import pytest

from kataban.items import Availability, Condition
from kataban.parsers import availability_of, condition_of, shipping_of, ships_in_days, stock_word
from kataban.parsers.shipping import Shipping
from kataban.parsers.stock import NOTHING_SAID

IN, OUT, LATER, UNKNOWN = Availability.IN_STOCK, Availability.SOLD_OUT, Availability.BACKORDER, Availability.UNKNOWN


@pytest.mark.parametrize(
    ("availability", "words"),
    [
        (
            IN,
            "在庫あり|在庫残少|カートに入れる|即納|24時間以内|残り1点|在庫数：1|在庫 10|在庫：○|In stock|Only 3 left in stock|在庫状況：在庫あり|残り1点（入荷予定あり）|通常1～2営業日で発送",
        ),
        (
            OUT,
            ("在庫なし|在庫切れです|品切れ中|売り切れ|売切|完売いたしました|ネット在庫完売|限定数終了|予定数の販売を終了しました|販売を終了しました|販売休止中|販売終了|取扱終了"
            "|商品準備中|予約準備中|SOLD|SOLD OUT|Out of Stock|在庫：0|在庫:×|在庫:０|ただいま品切れ|現在ご購入できません|再入荷のお知らせ|予約受付終了|受注停止|残り0点|nicht lieferbar|Rupture de stock"),
        ),
        (LATER, "お取り寄せ|入荷次第|予約|店頭でのみ販売しています|入荷待ち|受注生産|Pre-order|通常1～2か月以内に発送します|2週間程度|店頭在庫のみ"),
        (
            UNKNOWN,
            ("売り切れ御免|在庫切れ防止|在庫切れの場合はご容赦ください|品切れの際はキャンセルします|売り切れ次第終了|sold by Example|NOT SOLD|商品を販売しています|在庫の確認|"
            "完売の際はご了承ください|in case it is out of stock|"),
        ),
    ],
)
def test_stock_words(availability: Availability, words: str) -> None:
    assert {word: availability_of(word) for word in words.split("|")} == dict.fromkeys(words.split("|"), availability)


@pytest.mark.parametrize(
    ("site", "state", "availability"),
    [
        ("schema_org", "https://schema.org/InStock", IN),
        ("schema_org", "http://schema.org/OutOfStock", OUT),
        ("schema_org", "SoldOut", OUT),
        ("schema_org", "PreOrder", LATER),
        ("schema_org", "https://schema.org/InStoreOnly", LATER),
        ("schema_org", "Something", UNKNOWN),
        ("mercari", "ITEM_STATUS_ON_SALE", IN),
        ("mercari", "ITEM_STATUS_TRADING", OUT),
        ("mercari", "stop", OUT),
        ("mercari_shops", "sold_out", OUT),
        ("yahoo_shopping", True, IN),
        ("yahoo_shopping", False, OUT),
        ("rakuten_ichiba", 1, IN),
        ("rakuten_ichiba", 0, OUT),
        ("amazon_creators", "IN_STOCK_SCARCE", IN),
        ("amazon_creators", "LEADTIME", LATER),
        ("amazon_creators", "NEW_TYPE", UNKNOWN),
        ("amazon_sp", "FUTURE_WITH_DATE", LATER),
        ("ec_cube", True, IN),
        ("woocommerce", "onbackorder", LATER),
    ],
)
def test_states_of_sites(site: str, state: object, availability: Availability) -> None:
    assert availability_of(state, site) is availability


def test_an_unknown_table_is_an_error_and_nothing_is_nothing() -> None:
    with pytest.raises(KeyError):
        availability_of("open", "no_such_site")
    assert stock_word(None) == stock_word("") == NOTHING_SAID


def test_the_evidence_is_the_word_that_was_seen() -> None:
    assert stock_word("申し訳ございません。只今品切れ中です。").span == "品切れ"


@pytest.mark.parametrize(
    ("label", "condition"),
    [
        ("新品、未使用", Condition.UNUSED),
        ("未使用に近い", Condition.LIKE_NEW),
        ("目立った傷や汚れなし", Condition.GOOD),
        ("やや傷や汚れあり", Condition.FAIR),
        ("傷や汚れあり", Condition.POOR),
        ("全体的に状態が悪い", Condition.JUNK),
        ("新品", Condition.NEW),
        ("中古", Condition.GOOD),
        ("中古 ランクB", Condition.FAIR),
        ("【中古】", Condition.GOOD),
        ("ジャンク品", Condition.JUNK),
        ("未開封", Condition.UNUSED),
        ("新品同様", Condition.LIKE_NEW),
        ("Used", Condition.GOOD),
        ("New", Condition.NEW),
        ("その他", Condition.UNKNOWN),
        (None, Condition.UNKNOWN),
    ],
)
def test_condition_labels(label: str | None, condition: Condition) -> None:
    assert condition_of(label) is condition


@pytest.mark.parametrize(
    ("site", "code", "condition"),
    [
        ("mercari", 1, Condition.UNUSED),
        ("mercari", "6", Condition.JUNK),
        ("rakuma", "5", Condition.UNUSED),
        ("yahoo_fleamarket", "USED10", Condition.LIKE_NEW),
        ("schema_org", "https://schema.org/UsedCondition", Condition.GOOD),
        ("amazon", "Used;LikeNew", Condition.LIKE_NEW),
        ("yahoo_shopping", "new", Condition.NEW),
    ],
)
def test_condition_codes(site: str, code: object, condition: Condition) -> None:
    assert condition_of(code, site) is condition


@pytest.mark.parametrize(
    ("text", "shipping"),
    [
        ("送料無料", Shipping(0, True)),
        ("送料込み(出品者負担)", Shipping(0, True)),
        ("送料０円", Shipping(0, True)),
        ("送料別", Shipping(None, False)),
        ("着払い(購入者負担)", Shipping(None, False)),
        ("送料 550円", Shipping(550, False)), ("送料 550円～", Shipping(None, False)),
        ("送料:全国一律 660円(税込)", Shipping(660, False)),
        ("3,980円以上で送料無料", Shipping()),
        ("あと1,020円で送料無料", Shipping()),
        ("10,000円以上のお買い上げで送料無料！通常送料：770円", Shipping(770, False)),
        ("送料込み らくらくメルカリ便", Shipping(0, True, "らくらくメルカリ便")),
        ("未定", Shipping(None, None, "未定")),
        ("", Shipping()),
        (None, Shipping()),
    ],
)
def test_shipping(text: str | None, shipping: Shipping) -> None:
    assert shipping_of(text) == shipping


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("支払い後、4～7日で発送", (4, 7)),
        ("1~2日で発送", (1, 2)),
        ("2日から3日で発送", (2, 3)),
        ("即日発送", (0, 0)),
        ("3営業日以内に発送", (0, 3)),
        ("24時間以内に発送", (0, 1)),
        ("1〜2週間", (7, 14)),
        ("ONE_TO_TWO_DAYS", (1, 2)),
        ("7日で発送", (7, 7)),
        ("未定", None),
        (None, None),
    ],
)
def test_days_until_dispatch(text: str | None, days: tuple[int, int] | None) -> None:
    assert ships_in_days(text) == days
