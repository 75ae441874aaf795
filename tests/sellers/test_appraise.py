"""The whole appraisal: two scores that are never mixed, the grade, the user's word, three reasons."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from parsel import Selector

from kataban.items import Condition, Effect, Grade, Listing, Seller
from kataban.sellers import (
    Stand,
    Word,
    appraise,
    band,
    grade,
    personality,
    phrase_columns,
    phrases,
    seller_columns,
    strongest,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
RULES = "プロフ必読。いいね不要。即購入不可。ノークレームノーリターン。新規の方お断り。神経質な方はご遠慮ください。"


def listing(description: str | None = "新品です。", profile: str | None = None, **figures: object) -> Listing:
    seller = Seller("mercari", "1", profile=profile, **{"good": 300, "normal": 0, "bad": 1, **figures})
    return Listing("mercari", "m1", "https://jp.mercari.com/item/m1", "Sony WH-1000XM4", description=description,
                   seller=seller)


def test_words_never_move_the_reputation_and_figures_never_the_personality() -> None:
    plain, ruled = appraise(listing(), now=NOW), appraise(listing(RULES, RULES), now=NOW)
    poor = appraise(listing(good=30, bad=20), now=NOW)
    assert plain.reputation == ruled.reputation
    assert plain.personality == poor.personality
    assert ruled.personality is not None
    assert plain.personality is not None
    assert ruled.personality < plain.personality
    assert band(ruled.personality) == "low"
    assert ruled.grade > plain.grade


def test_a_text_that_was_not_read_leaves_the_personality_unknown() -> None:
    assert appraise(listing(description=None), now=NOW).personality is None
    assert personality([], read=False) is None


def test_phrases_that_cost_trust_lower_the_grade_step_by_step() -> None:
    once = appraise(listing("海外から発送します。"), now=NOW)
    twice = appraise(listing("海外から発送します。他サイトでも出品中です。真贋は不明です。"), now=NOW)
    assert appraise(listing(), now=NOW).grade is Grade.A
    assert (once.grade, twice.grade) == (Grade.B, Grade.C)


def test_at_most_three_reasons_the_strongest_first() -> None:
    found = appraise(listing(RULES + "海外から発送", good=40, bad=8, since=date(2026, 11, 1)), now=NOW)
    assert [reason.code for reason in found.reasons] == ["ratings", "ask_first", "new_account"]
    assert found.reasons[0].text_ja == "悪い評価 8/48件"
    assert "即購入不可" in found.reasons[1].text_ja


def test_unknown_figures_give_an_unknown_grade_and_say_so() -> None:
    found = appraise(Listing("web", "1", "u", "t"), now=NOW)
    assert (found.grade, found.reputation, found.personality) == (Grade.UNKNOWN, None, None)
    assert [reason.code for reason in found.reasons] == ["no_figures"]


@pytest.mark.parametrize(("word", "wanted", "code"), [
    (Word(Stand.TRUSTED, "いつも早い"), Grade.A, "user_trusted"),
    (Word(Stand.AVOID, "箱が違った"), Grade.E, "user_avoid"),
])
def test_the_users_own_word_wins(word: Word, wanted: Grade, code: str) -> None:
    found = appraise(listing(RULES, good=10, bad=5), now=NOW, word=word)
    assert found.grade is wanted
    assert found.reasons[0].code == code
    assert word.note in found.reasons[0].text_ja


def test_past_deals_move_the_grade() -> None:
    assert grade(75, 80) is Grade.B
    assert grade(75, 80, word=Word(arrived=3)) is Grade.A
    assert grade(95, 80, word=Word(arrived=1, cancelled=1)) is Grade.D
    assert grade(95, 80, word=Word(arrived=5, wrong=1)) is Grade.A
    assert grade(None, None, word=Word(cancelled=1)) is Grade.D
    assert grade(None, None, word=Word(arrived=3)) is Grade.UNKNOWN


def test_the_sites_own_condition_new_lifts_untested() -> None:
    item = listing("動作確認はしておりません。")
    assert strongest(appraise(item, now=NOW).phrases) is Effect.BLOCKS_PURCHASE
    item.condition = Condition.NEW
    assert strongest(appraise(item, now=NOW).phrases) is Effect.NEUTRAL


def test_rows_of_the_table_of_texts() -> None:
    assert phrase_columns({"place": "title", "text": "ジャンク 即購入不可"}) == {
        "effect_found": "blocks_purchase", "kinds_found": "junk,ask_first"}
    assert phrase_columns({"place": "title", "text": "Sony WH-1000XM4"}) == {
        "effect_found": "neutral", "kinds_found": ""}
    assert phrase_columns({"place": "title", "text": "即購入\\n不可"})["kinds_found"] == "ask_first"


def test_rows_of_the_table_of_sellers() -> None:
    row = {"source": "mercari", "good": "1049", "normal": "3", "bad": "0", "since": "2018-03-24",
           "identity_verified": "true", "badges": '["高評価", "24時間以内発送"]', "bad_dates": "",
           "profile": "プロフ必読", "now": "2026-11-24T12:00:00+09:00", "days_to_ship": "2~3日で発送"}
    found = seller_columns(row)
    assert found["reputation_band"] == found["personality_band"] == "high"
    assert set(found) == {"reputation", "reputation_band", "personality", "personality_band", "grade", "reasons"}
    empty = seller_columns({"source": "mercari", "now": "2026-11-24"})
    assert (empty["reputation"], empty["personality"], empty["grade"]) == ("unknown", "unknown", "unknown")
    with pytest.raises(ValueError, match="good"):
        seller_columns({"source": "mercari", "good": "viele", "now": "2026-11-24"})


def test_appraising_is_quick() -> None:
    text = "ご覧いただきありがとうございます。新品未使用品です。24時間以内に発送します。"
    item = listing(text * 8, "丁寧な取引を心がけています。")
    appraise(item, now=NOW)
    start = time.process_time()
    for _ in range(200):
        appraise(item, now=NOW)
    assert time.process_time() - start < 200 / 500  # 2,000 a second on a quiet machine; this one may be busy


@pytest.mark.captures
def test_a_real_page_on_sale_blocks_nothing_by_its_visible_text(captures: Path) -> None:
    page = Selector((captures / "mercari" / "item_on_sale_2026-03-08.html").read_text("utf-8"))
    title = page.css("[data-testid=name] h1::text").get("")
    description = "".join(page.css("pre[data-testid=description]::text").getall())
    assert title
    assert description
    assert strongest(phrases(title, "title")) is not Effect.BLOCKS_PURCHASE
    assert strongest(phrases(description, "description", title)) is not Effect.BLOCKS_PURCHASE
