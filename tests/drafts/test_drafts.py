"""Drafts: the shipped ones keep the guidelines, the user's own are run in a sandbox, and each failure is one line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kataban.drafts import DraftError, Facts, Item, Library, buyers_language, facts_of, forbidden, language_of
from kataban.drafts.library import SHIPPED
from kataban.items import Wanted

FACTS = Facts("112-1234567-1234567", (Item("Sony WH-1000XM5 Headphones"), Item(None, 2)), date(2026, 11, 24),
              date(2026, 11, 26))
FULL = replace(FACTS, new_ship_by=date(2026, 12, 1))
OFF = "please_cancel"
ALL = Library(switched_on=[OFF])


def texts(name: str, facts: Facts) -> list[str]:
    draft = ALL.draft(name, facts, "en")
    assert draft.translation is not None
    return [draft.text, draft.translation]


@pytest.mark.parametrize("name", Library().names())
@pytest.mark.parametrize("facts", [FACTS, FULL, replace(FACTS, ship_by=None, items=(Item("x" * 200, 9),) * 5)])
def test_shipped_drafts_keep_the_guidelines(name: str, facts: Facts) -> None:
    assert not ALL.takes_coupon(name)
    for text in texts(name, facts):
        assert forbidden(text, facts.words) == {}
        assert 1 <= len(text) <= 2_000
        assert facts.order_id in text
        assert "<" not in text
    assert ALL.draft(name, facts, "en").warnings == ()


def test_the_draft_that_asks_to_cancel_is_off_and_breaks_them() -> None:
    assert Library().names() == ["delay", "out_of_stock"]
    with pytest.raises(DraftError, match=f"forbid asking the buyer to cancel.*KATABAN_DRAFTS={OFF}"):
        Library().draft(OFF, FACTS, "en")
    for text in texts(OFF, replace(FACTS, coupon="SORRY5")):
        assert set(forbidden(text)) == {"cancel_request", "promotion"}
    for text in texts(OFF, FACTS):
        assert set(forbidden(text)) == {"cancel_request"}
    english = " ".join(warning for _, warning in ALL.draft(OFF, replace(FACTS, coupon="SORRY5"), "en").warnings)
    for said in ("forbid asking the buyer to cancel", "a coupon is marketing", "restrict your account"):
        assert said in english


@pytest.mark.parametrize(("text", "rules"), [
    ("Could you kindly cancel the order?", {"cancel_request"}),
    ("Please send us a cancellation request.", {"cancel_request"}),
    ("恐れ入りますがキャンセルをお願いします", {"cancel_request"}),
    ("キャンセルリクエストを送ってください", {"cancel_request"}),
    ("Enjoy 10% off your next purchase", {"promotion"}),
    ("お詫びに割引クーポンを差し上げます", {"promotion"}),
    ("We would love your feedback", {"reviews"}),
    ("良い評価をいただけると嬉しいです", {"reviews"}),
    ("Write to help@shop.example or call us", {"contact"}),
    ("TEL 03-1234-5678", {"contact"}), ("+81 90 1234 5678", {"contact"}), ("(03) 1234-5678", {"contact"}),
    ("See https://shop.example/x", {"links"}), ("see www.shop", {"links"}), ("our page myshop.co.jp", {"links"}),
    ("We have cancelled the order and are very sorry.", set()),
    ("当店で取り消しました。代金の請求はございません。", set()),
    ("The model AB-1200-3456 of 2026-11-24 is out of stock", set()),
])
def test_what_the_rules_find(text: str, rules: set[str]) -> None:
    assert set(forbidden(text)) == rules


def test_the_orders_own_words_are_not_the_sellers() -> None:
    facts = replace(FACTS, items=(Item("Gift Card Sale Discount www.brand.com 03-1234-5678"),))
    assert ALL.draft("out_of_stock", facts, "en").warnings == ()
    assert ALL.draft("out_of_stock", facts, "en").text.count("Discount") == 1


@pytest.mark.parametrize(("buyers", "language", "is_buyers"), [
    ("en", "en", True), ("ja", "ja", True), ("es", "en", False), (None, "en", None)])
def test_the_buyers_language_or_english_with_a_word_about_it(buyers: str | None, language: str,
                                                             is_buyers: bool | None) -> None:
    draft = ALL.draft("out_of_stock", FACTS, buyers)
    assert (draft.language, draft.is_buyers) == (language, is_buyers)
    assert draft.translation_language == ("en" if language == "ja" else "ja")
    assert draft.translation != draft.text


def test_dates_are_written_in_the_texts_language() -> None:
    english, japanese = texts("delay", FULL)
    assert "by 26 November 2026" in english
    assert "by 1 December 2026" in english
    assert "2026年12月1日" in japanese
    assert "December" not in texts("delay", FACTS)[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of the user's own templates."""
    (tmp_path / "out_of_stock.de.txt.j2").write_text("Bestellung {{ order_id }}", encoding="utf-8")
    (tmp_path / "out_of_stock.en.txt.j2").write_text("Mine: {{ order_id }}. Use my coupon!", encoding="utf-8")
    (tmp_path / "thanks.en.txt.j2").write_text("Thank you.", encoding="utf-8")
    return tmp_path


def test_own_templates_come_first_and_are_looked_through(folder: Path) -> None:
    library = Library(folder)
    assert library.names() == ["delay", "out_of_stock", "thanks"]
    assert library.draft("out_of_stock", FACTS, "de").text == f"Bestellung {FACTS.order_id}"
    own = library.draft("out_of_stock", FACTS, "en")
    assert own.text.startswith("Mine: ")
    assert own.warnings == (("規約で禁じられている内容が含まれているようです: 宣伝・クーポン",
                             "It seems to hold what the guidelines forbid: marketing or a coupon"),)
    assert library.draft("thanks", FACTS, "en").translation is None


def test_a_text_that_is_too_long_says_so(folder: Path) -> None:
    (folder / "long.en.txt.j2").write_text("x" * 2_001, encoding="utf-8")
    assert "2001 characters" in Library(folder).draft("long", FACTS, "en").warnings[0][1]


@pytest.mark.parametrize(("template", "said"), [
    ("{{ buyer_name }}", "'buyer_name' is undefined"),
    ("line\n{% if %}", "line 2"),
    ("{{ 1 / 0 }}", "division by zero"),
    ("{{ ''.__class__.__mro__ }}", "unsafe"),
    ("{{ items.append(1) }}", "has no attribute"),
    ("{% include '/etc/passwd' %}", "passwd"),
    ("{% include '../../../../../etc/passwd' %}", "passwd"),
    ("{% for a in range(10 ** 9) %}{% endfor %}", "Range too big"),
    ("{{ ship_by.year + 'x' }}", "unsupported operand"),
    (b"\xff\xfe\x00", "decode"),
])
def test_a_broken_template_is_one_line(tmp_path: Path, template: str | bytes, said: str) -> None:
    content = template if isinstance(template, bytes) else template.encode()
    (tmp_path / "mine.en.txt.j2").write_bytes(content)
    with pytest.raises(DraftError) as caught:
        Library(tmp_path).draft("mine", FACTS, "en")
    told = str(caught.value)
    assert "mine.en.txt.j2" in told
    assert said in told
    assert "\n" not in told


def test_a_draft_knows_nothing_of_the_buyer() -> None:
    assert set(FACTS.values) == {"order_id", "items", "today", "ship_by", "new_ship_by", "coupon"}
    for path in SHIPPED.iterdir():
        assert "buyer" not in path.read_text(encoding="utf-8").replace("購入者", "")


def test_facts_of_an_order() -> None:
    late = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)  # the 26th in Japan
    rows = [Wanted("A", order_id="1", name="Watch", sale_currency="USD", ship_by=late),
            Wanted("B", order_id="1", quantity=2, sale_currency="USD")]
    facts = facts_of(rows, datetime(2026, 11, 24, 1, 0, tzinfo=UTC))
    assert facts == Facts("1", (Item("Watch"), Item(None, 2)), date(2026, 11, 24), date(2026, 11, 26))
    assert buyers_language(rows) == "en"
    assert buyers_language([*rows, Wanted("C", order_id="1", sale_currency="JPY")]) is None
    assert (language_of("EUR"), language_of(None), language_of("JPY")) == (None, None, "ja")
    with pytest.raises(ValueError, match="no order"):
        facts_of([Wanted("A")], late)
