"""Rules that the case tables do not reach: JAN, fields, spelling, offsets, the table of the judge verb."""

from __future__ import annotations

import json

import pytest

from kataban.items import Listing, Verdict
from kataban.tsv import escape, unescape
from matcher import canonical, compile_query, judge, judge_listing, squashed
from matcher.identifiers import labelled, valid_gtin
from matcher.table import evidence_json, judge_row, judged_row, label_of, measure, missing_columns

JAN = "4974305224873"
UNLIKE = "4902370542912"


def verdict(number: str, title: str, *, maker: str | None = None, jan: str | None = None, **fields: object) -> Verdict:
    return judge(compile_query(number, maker=maker, jan=jan), title=title, **fields).verdict  # type: ignore[arg-type]


def test_the_jans_of_these_tests_have_right_check_digits() -> None:
    assert valid_gtin(JAN)
    assert valid_gtin(UNLIKE)
    assert valid_gtin(JAN[:-1] + str((int(JAN[-1]) + 1) % 10)) is None


@pytest.mark.parametrize(
    ("title", "gtin", "expected"),
    [
        ("象印 電気ケトル ホワイト", JAN, Verdict.EXACT),
        ("象印 電気ケトル CK-DA08-WA", JAN, Verdict.EXACT),
        ("象印 電気ケトル CK-DA08-WA 2個セット", JAN, Verdict.SET),
        ("象印 電気ケトル CK-DA08-WA 空箱のみ", JAN, Verdict.PART_OR_BOX),
        ("象印 電気ケトル CK-DA08-WA", UNLIKE, Verdict.UNCLEAR),
        ("象印 電気ケトル CK-DA08-BA", UNLIKE, Verdict.VARIANT),
        ("象印 電気ケトル CK-DB10-WA", UNLIKE, Verdict.DIFFERENT),
        ("象印 電気ケトル CK-DB10-WA", JAN, Verdict.UNCLEAR),
        ("象印 電気ケトル CK-DA08-WA", JAN[:-1] + str((int(JAN[-1]) + 1) % 10), Verdict.EXACT),
    ],
)
def test_jan(title: str, gtin: str, expected: Verdict) -> None:
    assert verdict("CK-DA08-WA", title, maker="象印", jan=JAN, gtin=gtin) == expected
    assert verdict("CK-DA08-WA", title, maker="象印", jan=JAN, attributes={"JANコード": gtin}) == expected


def test_a_jan_in_the_text_counts_when_it_is_the_only_one() -> None:
    assert labelled(f"jan:{JAN} です") == {valid_gtin(JAN)}
    assert labelled(f"品番{JAN}") == set()


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("型番", "MK-HX100", Verdict.EXACT),
        ("メーカー型番", "ＭＫ－ＨＸ１００", Verdict.EXACT),
        ("Model No", "MKHX100", Verdict.EXACT),
        ("型番", "MK-HX200", Verdict.UNCLEAR),
        ("対応機種", "MK-HX100", Verdict.ACCESSORY),
        ("商品コード", "ab-0123", Verdict.EXACT),
        ("ブランド", "SHARP", Verdict.DIFFERENT),
        ("ブランド", "パナソニック(Panasonic)", Verdict.EXACT),
    ],
)
def test_fields(key: str, value: str, expected: Verdict) -> None:
    assert verdict("MK-HX100", "フードプロセッサー MK-HX100", maker="Panasonic", attributes={key: value}) == expected


def test_mpn_and_sku_of_a_listing() -> None:
    listing = Listing(
        source="s", listing_id="1", url="https://shop.example/1", title="フードプロセッサー", mpn="MK-HX100", sku="x-1"
    )
    assert judge_listing(compile_query("MK-HX100", maker="Panasonic"), listing).verdict is Verdict.EXACT


@pytest.mark.parametrize("title", ["SONY WF-C7OON", "SONY WF-C7O0N", "SONY WF-C70ON"])
def test_letters_taken_for_digits_are_unclear(title: str) -> None:
    assert verdict("WF-C700N", title, maker="SONY") is Verdict.UNCLEAR


def test_an_unknown_suffix_is_never_exact() -> None:
    for tail in ("Q", "QQ", "-QX9", "/QX9", "99"):
        assert verdict("WF-C700N", f"SONY WF-C700N{tail} イヤホン", maker="SONY") is not Verdict.EXACT, tail


@pytest.mark.parametrize(
    ("written", "form", "key"),
    [
        (" ＷＨ－１０００ＸＭ９ ", "WH-1000XM9", "wh1000xm9"),
        ("ER‐GN70−K", "ER-GN70-K", "ergn70k"),
        ("ERーGN70ーK", "ER-GN70-K", "ergn70k"),
        ("BCI-9+8/6MP", "BCI-9+8/6MP", "bci9+86mp"),
        ("スーパー  X", "スーパー X", "スーパーx"),
    ],
)
def test_canonical_and_squashed(written: str, form: str, key: str) -> None:
    assert canonical(written) == form
    assert squashed(written) == key


def test_the_evidence_quotes_the_listing_and_speaks_both_languages() -> None:
    title = "【中古】ｿﾆｰ ＷＦ－Ｃ７００Ｎ ㍉ 用 ケース"
    judgement = judge(compile_query("WF-C700N", maker="SONY"), title=title)
    assert judgement.verdict is not Verdict.EXACT
    for evidence in judgement.evidence:
        if evidence.start is not None:
            assert title[evidence.start : evidence.start + len(evidence.span)] == evidence.span
        assert evidence.text_ja
        assert evidence.text_en


def test_what_was_rewritten_is_said() -> None:
    judgement = judge(compile_query("WF-C700N", maker="SONY"), title="SONY ＷＦ Ｃ７００Ｎ イヤホン")
    assert judgement.verdict is Verdict.EXACT
    assert [evidence.rule for evidence in judgement.evidence] == ["number_equal", "rewritten"]


@pytest.mark.parametrize("text", ["a\tb", "a\nb", "a\\b", "\\t", "\\", "a\\\nb\t", ""])
def test_a_field_comes_back_as_it_was(text: str) -> None:
    assert unescape(escape(text)) == text
    assert "\t" not in escape(text)
    assert "\n" not in escape(text)


def test_rows_of_the_judge_verb() -> None:
    row = {"model_number": "WF-C700N", "brand": "SONY", "title": "SONY WF-C700N", "label": "1", "extra": "kept"}
    judged = judged_row(row)
    assert judged["verdict_found"] == "exact"
    assert judged["extra"] == "kept"
    assert json.loads(judged["evidence"])[0]["rule"] == "number_equal"
    assert judge_row({**row, "attributes": "no json"}).verdict is Verdict.EXACT
    assert judge_row({**row, "attributes": '{"型番": ["WF-C700N", "x"], "y": null}'}).verdict is Verdict.EXACT
    assert missing_columns(["title"]) == ["model_number"]
    assert evidence_json(()) == "[]"


def test_measures_of_labels() -> None:
    assert label_of({"verdict": "set"}) == "set"
    assert label_of({"label": "0"}) == "not_exact"
    found = measure([("exact", "exact"), ("exact", "unclear"), ("set", "exact"), ("set", "set")])
    assert (found.precision, found.recall, found.accuracy, found.leaks) == (0.5, 0.5, 0.5, {"set": 1})
    assert measure([]).precision is None
