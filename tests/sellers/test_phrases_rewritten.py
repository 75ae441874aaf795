"""The labelled texts once more as sellers write: politer, wider, decorated, with other sentences around."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from kataban.sellers import phrases, strongest

HERE = Path(__file__).parent
ROWS = [line.split("\t")[:3] for file in sorted(HERE.glob("labelled_texts*.tsv"))
        for line in file.read_text("utf-8").splitlines()[1:] if "\\n" not in line]
RIGHT = [(place, text, effect) for place, text, effect in ROWS if strongest(phrases(text, place)) == effect]
SHORT = re.compile(r"[ぁ-んァ-ヶ一-龠。]{4,18}")
# Sentences that say nothing of a purchase.
AROUND = ("ご覧いただきありがとうございます", "送料込みの価格です", "素人採寸のため多少の誤差はご容赦ください",
          "他にも出品していますので是非ご覧ください")


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def only_short(change: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: change(text) if SHORT.fullmatch(text) else text


REWRITINGS: dict[str, Callable[[str], str]] = {
    "kanji": lambda text: text.replace("ください", "下さい").replace("いただ", "頂").replace("できません",
    "出来ません"),
    "politer": lambda text: text.replace("ください", "くださいませ"),
    "plainer": lambda text: text.replace("ておりません", "てません"),
    "full width": full_width,
    "bracketed": lambda text: f"【{text}】",
    "bullet": lambda text: f"※{text}！！",
    "spaced": only_short(" ".join),
    "starred": only_short(lambda text: f"★{'★'.join(text)}★"),
    "vertical": only_short("\n".join),
}


def wrong(rewrite: Callable[[str], str], rows: list[tuple[str, str, str]]) -> list[tuple[str, str]]:
    return [(text, effect) for place, text, effect in rows if strongest(phrases(rewrite(text), place)) != effect]


@pytest.mark.parametrize("name", REWRITINGS)
def test_rewritten_texts_keep_their_effect(name: str) -> None:
    changed = [row for row in RIGHT if REWRITINGS[name](row[1]) != row[1]]
    assert len(changed) > 25
    lost = wrong(REWRITINGS[name], changed)
    assert len(lost) <= 0.03 * len(changed), lost


@pytest.mark.parametrize("separator", ["。", "\n", "\n\n", "。\n", "　", "★"])
def test_other_sentences_around_change_nothing(separator: str) -> None:
    rows = [row for row in RIGHT if row[0] == "description"]
    lost = wrong(lambda text: separator.join([*AROUND[:2], text, *AROUND[2:]]), rows)
    assert len(lost) <= 0.01 * len(rows), lost
