# ruff: noqa: E501 - a page, or a row of words, reads best in one line
"""Visible text and cleaning: what reaches comparison, the database and the terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kataban.parsers.text import clean_text, html_selector, one_line, visible_text


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\x00b", "ab"),
        ("x\x1b[2Jy", "x[2Jy"),
        ("a\u202eb", "ab"),
        ("ER\u200b-GN70\ufeff", "ER-GN70"),
        ("\ud83d\ude00", "😀"),
        ("lone \ud800 end", "lone end"),
        ("a\r\n\n  b\tc", "a\nb c"),
        ("か\u3099", "が"),
        ("ＥＲ－ＧＮ７０", "ＥＲ－ＧＮ７０"),
        (None, ""),
        (12, "12"),
    ],
)
def test_clean_text(text: object, clean: str) -> None:
    assert clean_text(text) == clean


@given(st.text(st.characters(), max_size=300))
def test_what_is_clean_can_be_stored_and_shown(text: str) -> None:
    clean = clean_text(text)
    clean.encode("utf-8")
    assert "\x00" not in clean
    assert not any(ord(char) < 32 and char != "\n" for char in clean)
    assert clean_text(clean) == clean


def test_length_is_capped() -> None:
    assert len(clean_text("あ" * 1_000_000)) == 500
    assert one_line(" a\n b ") == "a b"


def test_only_drawn_text_is_visible() -> None:
    page = html_selector(
        "<head><title>題</title></head><body>価格<script>var t={'sold':'売り切れ'}</script><style>p{}</style><template>売り切れ</template>"
        "<p hidden>売り切れ</p><div style='display: none'><b>売り切れ</b>x</div><!-- 売り切れ -->円<br>次<span>の</span>行</body>"
    )
    assert visible_text(page) == "価格\n円\n次の行"
    assert visible_text(page.css("span")) == "の"
    assert visible_text(None) == ""


def test_a_deeply_nested_page_is_no_recursion() -> None:
    assert visible_text(html_selector("<div>" * 3000 + "深い")) in {"深い", ""}


def test_an_xml_declaration_does_not_hide_the_page() -> None:
    page = html_selector('<?xml version="1.0" encoding="UTF-8"?><html xmlns="http://www.w3.org/1999/xhtml"><body><h1>題</h1></body></html>')
    assert page.css("h1::text").get() == "題"
