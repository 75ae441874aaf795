"""What listings say of a model's end: endings that are meant, and the number that came after."""

from __future__ import annotations

import pytest

from kataban.items import Listing
from matcher import compile_query, life_signs

ASKED = compile_query("FP-10-BK", maker="Roland")


def told(
    title: str, description: str | None = None, *, exact: bool = True, **fields: str
) -> list[tuple[str, str | None]]:
    listing = Listing(
        "shop", "1", url="https://shop.example/1", title=title, description=description, attributes=fields
    )
    signs = life_signs(ASKED, listing, exact=exact)
    for sign in signs:
        place = {"title": title, "description": description or ""}.get(sign.evidence.place)
        assert place is None or sign.evidence.span in place
        assert sign.evidence.text_ja
        assert sign.evidence.text_en
    return [(sign.evidence.rule, sign.number) for sign in signs]


@pytest.mark.parametrize(
    ("title", "description", "rules"),
    [
        ("Roland FP-10-BK 電子ピアノ 生産終了品", None, ["maker_ended"]),
        ("【生産完了】FP-10-BK", None, ["maker_ended"]),
        ("Roland FP-10-BK", "こちらは既に廃番となった商品です。", ["maker_ended"]),
        ("Roland FP-10-BK", "メーカー終売のため在庫限り。", ["maker_ended"]),
        ("Roland FP-10-BK digital piano", "No longer manufactured.", ["maker_ended"]),
        ("Roland FP-10-BK discontinued by manufacturer", None, ["maker_ended"]),
        ("Roland FP-10-BK", "終売品です。", ["sale_ended"]),
        ("Roland FP-10-BK Discontinued", None, ["sale_ended"]),
        ("Roland FP-10-BK", "販売終了しました。", ["sale_ended"]),
        # said of the page itself, of another number, of no model, or denied
        ("Roland FP-10-BK", "この商品は販売終了しました。", []),
        ("Roland FP-10-BK", "このページの商品は販売を終了しました", []),
        ("Roland FP-10-BK", "メーカー欠品・廃番の場合はキャンセルさせていただきます。", []),
        ("Roland FP-10-BK", "生産終了等によりお届けできない事があります。", []),
        ("Roland FP-10-BK", "廃番になる可能性があります。", []),
        ("Roland FP-10-BK", "生産終了ではありません。", []),
        ("Roland FP-10-BK", "旧モデルFP-7は生産終了しました。", []),
        ("Roland FP-10-BK", "旧モデルは生産終了しました。", []),
        ("Roland FP-10-BK", "FP-7 は生産終了です。", []),
        ("Roland FP-10-BK", "HP107 は生産終了です。", []),
        ("Roland FP-10-BK", "人気の電子ピアノです。", []),
        ("Roland FP-10-BK 4957054513214 生産終了", None, ["maker_ended"]),
    ],
)
def test_endings(title: str, description: str | None, rules: list[str]) -> None:
    assert [rule for rule, _ in told(title, description)] == rules


def test_a_field_may_say_it() -> None:
    assert told("Roland FP-10-BK", 備考="生産完了品") == [("maker_ended", None)]


@pytest.mark.parametrize(
    ("title", "description", "number"),
    [
        ("Roland FP-10X-BK (旧型番 FP-10-BK)", None, "FP-10X-BK"),
        ("Roland FP-30-BK 電子ピアノ FP-10-BKの後継機種", None, "FP-30-BK"),
        ("Roland FP-30-BK", "FP-10-BK の後継モデルです。", "FP-30-BK"),
        ("Roland FP-30-BK", "FP-10-BK 生産終了に伴い登場。", "FP-30-BK"),
        ("Roland FP-7-BK (後継機種: FP-10-BK)", None, None),  # ours is the later one
        ("Roland FP-7-BK", "FP-10-BK の前モデルです。", None),
        ("Roland FP-30-BK FP-10-BKと比較", None, None),
        ("Roland FP-10-BK 用スタンド", None, None),
    ],
)
def test_a_listing_of_another_number_names_the_successor(
    title: str, description: str | None, number: str | None
) -> None:
    assert told(title, description, exact=False) == ([("successor", number)] if number else [])


def test_a_listing_of_the_model_names_the_successor() -> None:
    assert told("Roland FP-10-BK", "後継機種: FP-30-BK") == [("successor", "FP-30-BK")]
    assert told("Roland FP-10-BK", "旧型番: FP-7-BK") == []


def test_endings_in_other_listings_are_said_of_other_numbers() -> None:
    assert told("Roland FP-30-BK 生産終了", exact=False) == []
