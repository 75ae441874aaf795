"""The same rows read from every format, encoding, delimiter and line end; broken rows cost only themselves."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from kataban.intake import FileKind, Intake, IntakeError, read
from kataban.items import Condition, WantedState
from tests.intake.files import csv_bytes, json_bytes, put, xlsx_bytes

JAPANESE = [
    ["型番", "メーカー", "JANコード", "上限価格（税込）", "状態", "数量", "出荷期限"],
    ["ＤＷ－５６００ＢＢ－１ＪＦ", "カシオ", "4549526241659", "12,800円", "新品", "2個", "2026年11月30日"],
    ["ER-GN70-K", "パナソニック", "", "", "未使用", "", ""],
    ["WH-1000XM5", "ソニー", "", "3万2,800円", "中古可", "1", "令和8年12月1日"],
]
MODELS = ["DW-5600BB-1JF", "ER-GN70-K", "WH-1000XM5"]


def models(intake: Intake) -> list[str | None]:
    return [wanted.model_number for wanted in intake.wanted]


def codes(intake: Intake) -> dict[int, str]:
    return {reject.line: reject.code for reject in intake.rejects}


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932", "euc_jp", "iso2022_jp"]
)
@pytest.mark.parametrize(("delimiter", "end"), [(",", "\r\n"), ("\t", "\n"), (";", "\r")])
def test_encodings(tmp_path: Path, encoding: str, delimiter: str, end: str) -> None:
    rows = [[cell.replace("－", "-") for cell in row] for row in JAPANESE]
    intake = read(put(tmp_path, "list.csv", csv_bytes(rows, delimiter=delimiter, encoding=encoding, end=end)))
    assert intake.kind is FileKind.WANTED
    assert models(intake) == MODELS
    first = intake.wanted[0]
    assert (first.maker, first.jan, first.max_price, first.condition, first.quantity) == (
        "カシオ",
        "4549526241659",
        12800,
        Condition.NEW,
        2,
    )
    assert first.ship_by is not None
    assert first.ship_by.isoformat() == "2026-11-30T23:59:59+09:00"
    assert not intake.rejects


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932", "latin-1"])
def test_plain_list(tmp_path: Path, encoding: str) -> None:
    text = "# for this week\nDW-5600BB-1JF\n\n  ER-GN70-K   # ask again\r\nCLI-281XL#2\r4549526241659"
    intake = read(put(tmp_path, "list.txt", text.encode(encoding)))
    assert intake.kind is FileKind.PLAIN_LIST
    assert models(intake) == ["DW-5600BB-1JF", "ER-GN70-K", "CLI-281XL#2", None]
    assert intake.wanted[3].jan == "4549526241659"
    assert intake.wanted[3].state is WantedState.OPEN
    assert [(note.code, note.line) for note in intake.notes if note.code == "moved_to_jan"] == [("moved_to_jan", 6)]


def test_hard_characters_of_cp932(tmp_path: Path) -> None:
    intake = read(put(tmp_path, "a.csv", "型番,商品名\nＸ－①㈱,髙島﨑～\n".encode("cp932")))
    assert intake.wanted[0].name == "髙島﨑～"
    assert intake.wanted[0].model_number == "X-1(株)"


def test_western_files_are_not_taken_for_japanese(tmp_path: Path) -> None:
    content = "model,name\nXN110B,Café éclair façade à Müller\nXN111B,naïve ½ £5\n".encode("latin-1")
    intake = read(put(tmp_path, "a.csv", content))
    assert [wanted.name for wanted in intake.wanted] == ["Café éclair façade à Müller", "naïve ½ £5"]


def test_json_lines(tmp_path: Path) -> None:
    rows = [
        ["model", "jan", "max_price", "quantity"],
        ["A-100", 4549526241659, 12800, 2],
        ["B-200", None, "9,800円", None],
    ]
    intake = read(put(tmp_path, "a.jsonl", json_bytes(rows) + b'{"\xe5\x9e\x8b\xe7\x95\xaa": "C-300"}\n'))
    assert models(intake) == ["A-100", "B-200", "C-300"]
    assert (intake.wanted[0].jan, intake.wanted[0].max_price, intake.wanted[1].max_price) == (
        "4549526241659",
        12800,
        9800,
    )


def test_broken_json_lines_cost_only_themselves(tmp_path: Path) -> None:
    lines = [
        b'{"model": "A-100"}',
        b"{",
        b"[1]",
        b'{"model": {"a": 1}}',
        b'{"model": NaN, "quantity": 1e400}',
        b'{"model": "B-200", "quantity": ' + b"9" * 5000 + b"}",
        b'{"model": ' + b"[" * 20000,
        b'{"model": "C-\\ud800300"}',
    ]
    intake = read(put(tmp_path, "a.jsonl", b"\n".join(lines)))
    assert models(intake) == ["A-100", "C-300"]
    assert set(codes(intake)) == {2, 3, 4, 5, 6, 7}


def test_workbook(tmp_path: Path) -> None:
    rows = [
        ["発注リスト 2026年11月", None, None, None],
        [None] * 4,
        ["型番", "JAN", "出荷期限", "数量"],
        ["DW-5600BB-1JF", 4549526241659, date(2026, 11, 30), 2.0],
        [5600, None, "2026/12/1", "３個"],
        [date(2026, 5, 1), None, None, 1],
    ]
    intake = read(put(tmp_path, "a.xlsx", xlsx_bytes(rows)))
    assert models(intake) == ["DW-5600BB-1JF", "5600"]
    assert [wanted.jan for wanted in intake.wanted] == ["4549526241659", None]
    assert [str(wanted.ship_by) for wanted in intake.wanted] == [
        "2026-11-30 23:59:59+09:00",
        "2026-12-01 23:59:59+09:00",
    ]
    assert [wanted.quantity for wanted in intake.wanted] == [2, 3]
    assert codes(intake) == {6: "model_is_date"}


def test_workbook_with_lost_zeros(tmp_path: Path) -> None:
    """A column formatted with zeros shows what the number has lost; what is longer than 15 digits is lost for good."""
    rows = [["model", "jan"], ["A-100", 36000291452], [1234567890123456789, None]]
    intake = read(put(tmp_path, "a.xlsx", xlsx_bytes(rows, formats={2: "0" * 13})))
    assert [wanted.jan for wanted in intake.wanted] == ["0036000291452"]
    assert codes(intake) == {3: "model_is_exponent"}


def test_workbook_is_known_by_its_content(tmp_path: Path) -> None:
    assert models(read(put(tmp_path, "a.csv", xlsx_bytes([["型番"], ["A-100"]])))) == ["A-100"]
    assert models(read(put(tmp_path, "b.xlsx", "型番\nA-100\n".encode("cp932")))) == ["A-100"]
    assert models(read(put(tmp_path, "c.xlsx", xlsx_bytes([["A-100"], ["B-200"]])))) == ["A-100", "B-200"]


def test_bad_rows_among_good_ones(tmp_path: Path) -> None:
    text = (
        "model,max_price,ship_by,jan,quantity\nA-100,,,,\n,,,,\nB-200,abc,,,\nC-300,,11/30,,\nD-400,,,4549526241650,\n"
        "E-500,,,,0\nF-600,12,800,,,\nX,,,,\n***,,,,\nG-700,9800,2026-11-30,4549526241659,3\n"
    )
    intake = read(put(tmp_path, "a.csv", text.encode()))
    assert models(intake) == ["A-100", "G-700"]
    assert codes(intake) == {
        4: "bad_price",
        5: "bad_date",
        6: "jan_check_digit",
        7: "bad_quantity",
        8: "too_many_cells",
        9: "one_character",
        10: "symbols_only",
    }


def test_row_with_other_cells_but_no_model(tmp_path: Path) -> None:
    intake = read(put(tmp_path, "a.csv", b"model,maker\nA-100,Sony\n,Sony\n"))
    assert codes(intake) == {3: "empty_model"}
    assert (intake.rejects[0].reason_ja, intake.rejects[0].reason_en) == ("型番が空です", "no model number")


def test_forgotten_quote_costs_one_row(tmp_path: Path) -> None:
    text = 'model,name\nA-100,"never closed\nB-200,ok\nC-300,"two\nlines"\nD-400,27" screen\nE-500,"a ""b"", c"\n'
    intake = read(put(tmp_path, "a.csv", text.encode()))
    assert [(wanted.model_number, wanted.name) for wanted in intake.wanted] == [
        ("B-200", "ok"),
        ("C-300", "two lines"),
        ("D-400", '27" screen'),
        ("E-500", 'a "b", c'),
    ]
    assert codes(intake) == {2: "unbalanced_quote"}


def test_lines_that_are_too_long(tmp_path: Path) -> None:
    content = b"A-100\n" + b"x" * 3_000_000 + b"\nB-200\n"
    intake = read(put(tmp_path, "a.txt", content))
    assert models(intake) == ["A-100", "B-200"]
    assert codes(intake) == {2: "line_too_long"}


def test_repeated_rows_are_one(tmp_path: Path) -> None:
    intake = read(put(tmp_path, "a.csv", "型番,上限価格\nDW-5600,9000\ndw5600,8000\nDW-5600B,1\n".encode()))
    assert [(wanted.model_number, wanted.max_price) for wanted in intake.wanted] == [("dw5600", 8000), ("DW-5600B", 1)]
    assert [note.line for note in intake.notes if note.code == "repeated"] == [3]


def test_doubled_columns_must_agree(tmp_path: Path) -> None:
    intake = read(put(tmp_path, "a.csv", "メーカー型番,型番\nA-100,\n,B-200\nC-300,C-300\nD-400,E-500\n".encode()))
    assert models(intake) == ["A-100", "B-200", "C-300"]
    assert codes(intake) == {5: "two_values"}


def test_a_looser_column_counts_where_the_better_one_is_blank(tmp_path: Path) -> None:
    text = "モデル,型番,メーカー,ブランド,JAN,EAN\nG-SHOCK,DW-5600,カシオ,G-SHOCK,,4549526241659\nX-100,,,Sony,,\n"
    first, second = read(put(tmp_path, "a.csv", text.encode())).wanted
    assert (first.model_number, first.maker, first.jan) == ("DW-5600", "カシオ", "4549526241659")
    assert (second.model_number, second.maker) == ("X-100", "Sony")


def test_the_line_that_tells_excel_the_delimiter(tmp_path: Path) -> None:
    assert models(read(put(tmp_path, "a.csv", b"sep=;\r\nmodel\r\nA-100\r\n"))) == ["A-100"]


def test_guarded_cells_come_back(tmp_path: Path) -> None:
    intake = read(put(tmp_path, "a.csv", b'model,name,jan\n\'=A1B2,\'+x,"=""4549526241659"""\n\'-90-X,\'\'@y,\n'))
    assert [(w.model_number, w.name, w.jan) for w in intake.wanted] == [
        ("=A1B2", "+x", "4549526241659"),
        ("-90-X", "'@y", None),
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b" \r\n\t\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\x00" * 100, "binary"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "binary"),
        (b"PK\x03\x04" + bytes(range(256)), "binary"),
        (b"\x1f\x8b\x08" + bytes(range(256)), "binary"),
        (bytes(range(256)) * 20, "binary"),
        (b"\xd0\xcf\x11\xe0" + bytes(500), "old_workbook"),
        (b"<!DOCTYPE html><html>", "markup"),
        (b'[{"model": "A-1"}]', "json_array"),
        (b"a,b,c\n1,2,3\n4,5,6\n", "no_header"),
        (b"sku\tprice\tquantity\nS1\t1\t2\n", "upload"),
        (b"\xff\xfeA", "unreadable_encoding"),
        (b'{"price": 1}\n', "no_header"),
        (xlsx_bytes([["a", "b"], [1, 2]]), "no_header"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(IntakeError) as raised:
        read(put(tmp_path, "wrong.csv", content))
    assert raised.value.code == code
    for line in (str(raised.value), raised.value.reason_ja, raised.value.reason_en):
        assert line.startswith("wrong.csv: ")
        assert "\n" not in line


def test_damaged_workbook(tmp_path: Path) -> None:
    whole = xlsx_bytes([["型番"], *[[f"A-{number}"] for number in range(2000)]])
    with pytest.raises(IntakeError):
        read(put(tmp_path, "half.xlsx", whole[: len(whole) // 2]))
    with pytest.raises(IntakeError):
        read(put(tmp_path, "broken.xlsx", whole[:400] + bytes(400) + whole[800:]))


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name, code in (
        ("gone", "missing"),
        (".", "directory"),
        ("pipe", "not_regular"),
        ("loop", "not_permitted"),
        ("x" * 300, "not_permitted"),
    ):
        with pytest.raises(IntakeError) as raised:
            read(tmp_path / name)
        assert raised.value.code == code
    with pytest.raises(IntakeError):
        read("/dev/zero")


def test_only_the_heading(tmp_path: Path) -> None:
    intake = read(put(tmp_path, "a.csv", b"model,maker\n"))
    assert not intake.wanted
    assert "no_rows" in {note.code for note in intake.notes}


def test_fields_are_those_the_file_has(tmp_path: Path) -> None:
    intake = read(put(tmp_path, "a.csv", "型番,数量,備考,電話番号\nA-100,1,x,090-0000-0000\n".encode()))
    assert intake.fields == {"model_number", "quantity"}
    notes = {note.code: note.text_en for note in intake.notes}
    assert notes["unknown_columns"] == "columns not read: 備考"
    assert notes["personal_columns"] == "1 columns of personal data were dropped"


def test_a_file_that_changes_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(tmp_path, "a.csv", b"model\nA-100\n")

    def grow(one: str) -> str:
        path.write_bytes(b"model\nA-100\nB-200\n")
        return one

    monkeypatch.setattr("kataban.intake.reading.squashed", grow)
    with pytest.raises(IntakeError) as raised:
        read(path)
    assert raised.value.code == "changed_while_read"


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp"])
def test_a_broken_byte_does_not_spoil_the_encoding(tmp_path: Path, encoding: str) -> None:
    rows = [["model", "商品名"], *([f"A-{number}00", "ふつうの日本語の名前です"] for number in range(1, 6))]
    content = csv_bytes(rows, encoding=encoding) + b"Z-900,\x81\r\n"
    intake = read(put(tmp_path, "a.csv", content))
    assert intake.wanted[0].name == "ふつうの日本語の名前です"
    assert [wanted.model_number for wanted in intake.wanted][-1] == "Z-900"
    assert "replaced_characters" in {note.code for note in intake.notes}


def test_over_long_numbers_are_not_cut(tmp_path: Path) -> None:
    intake = read(put(tmp_path, "a.csv", f"model,order_id\nA-100,{'1' * 65}\nB-200,{'1' * 64}\n".encode()))
    assert models(intake) == ["B-200"]
    assert codes(intake) == {2: "too_long"}
