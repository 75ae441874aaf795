"""The queue folder, the content hash and the rejects file."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from kataban.intake import IntakeError, Reject, content_hash, guard, read, stable_files, unguard, write_rejects
from tests.intake.files import put


def test_whole_files_are_ready_in_order(tmp_path: Path) -> None:
    put(tmp_path, "b.txt", b"B-200\n")
    put(tmp_path, "a.csv", b"model\nA-100\n")
    found = stable_files(tmp_path, seen_hashes=set(), wait_seconds=0.01)
    assert [file.path.name for file in found.ready] == ["a.csv", "b.txt"]
    assert found.ready[1].content_hash == content_hash(tmp_path / "b.txt")
    assert list(found) == [tmp_path / "a.csv", tmp_path / "b.txt"]


def test_hidden_and_unfinished_names_are_passed_over(tmp_path: Path) -> None:
    for name in (
        ".hidden",
        "~$book.xlsx",
        "a.csv.tmp",
        "a.part",
        "A.CRDOWNLOAD",
        "a.csv~",
        ".~lock.a.ods#",
        "a.swp",
        "Thumbs.db",
    ):
        put(tmp_path, name, b"A-100\n")
    (tmp_path / "sub").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    found = stable_files(tmp_path, seen_hashes=set(), wait_seconds=60)  # nothing new: it does not wait
    assert [found.ready, found.known, found.waiting, found.failed] == [[], [], [], []]


@pytest.mark.parametrize("change", ["grow", "same size", "replace", "delete"])
def test_a_file_that_changes_waits(tmp_path: Path, change: str) -> None:
    path = put(tmp_path, "a.txt", b"A-100\n")
    put(tmp_path, "b.txt", b"B-200\n")

    def during() -> None:
        if change == "grow":
            path.write_bytes(b"A-100\nA-101\n")
        elif change == "same size":
            path.write_bytes(b"A-109\n")
            os.utime(path, ns=(1, 1))
        elif change == "replace":
            put(tmp_path, "new.tmp", b"A-100\n").replace(path)
        else:
            path.unlink()

    found = stable_files(tmp_path, seen_hashes=set(), wait_seconds=1, sleep=lambda _: during())
    assert [file.path.name for file in found.ready] == ["b.txt"]
    assert found.waiting == [path]


def test_known_by_content_not_by_name(tmp_path: Path) -> None:
    path = put(tmp_path, "a.txt", b"A-100\n")
    seen = {content_hash(path)}
    put(tmp_path, "copy.txt", b"A-100\n")
    found = stable_files(tmp_path, seen_hashes=seen, wait_seconds=60)
    assert [file.path.name for file in found.known] == ["a.txt", "copy.txt"]
    assert not found.ready
    path.write_bytes(b"A-200\n")
    found = stable_files(tmp_path, seen_hashes=seen, wait_seconds=0)
    assert [file.path.name for file in found.ready] == ["a.txt"]


def test_two_new_copies_are_read_once(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", b"A-100\n")
    put(tmp_path, "b.txt", b"A-100\n")
    found = stable_files(tmp_path, seen_hashes=set(), wait_seconds=0)
    assert [file.path.name for file in found.ready] == ["a.txt"]
    assert [file.path.name for file in found.known] == ["b.txt"]


def test_no_folder(tmp_path: Path) -> None:
    for folder in (tmp_path / "gone", put(tmp_path, "a.txt", b"A-100")):
        with pytest.raises(IntakeError, match="no such folder"):
            stable_files(folder, seen_hashes=set(), wait_seconds=0)
    with pytest.raises(IntakeError, match="no such file"):
        content_hash(tmp_path / "gone")
    with pytest.raises(IntakeError, match="a folder"):
        content_hash(tmp_path)


def test_rejects_file_can_be_corrected_and_read_again(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "型番,商品名,備考,電話\nX,=1+1,secret,090\nA-100,ok,,\n".encode())
    for name, delimiter in (("rejects.csv", ","), ("deep/rejects.tsv", "\t")):
        target = tmp_path / name
        write_rejects(target, read(path).rejects)
        with target.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, delimiter=delimiter))
        assert rows == [
            {
                "line": "2",
                "code": "one_character",
                "reason_ja": "型番が1文字です: X",
                "reason_en": "the model number is a single character: X",
                "型番": "X",
                "商品名": "'=1+1",
            }
        ]
        target.write_text(
            target.read_text("utf-8-sig").replace(f"{delimiter}X{delimiter}", f"{delimiter}X-100{delimiter}"), "utf-8"
        )
        wanted = read(target).wanted
        assert [(one.model_number, one.name) for one in wanted] == [("X-100", "=1+1")]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "deep", "rejects.csv"]


def test_no_rejects_no_file(tmp_path: Path) -> None:
    write_rejects(tmp_path / "rejects.csv", [])
    assert not list(tmp_path.iterdir())


def test_reasons_are_one_harmless_line(tmp_path: Path) -> None:
    path = put(
        tmp_path,
        "a.jsonl",
        b'{"model": "A-100", "max_price": "\\u001b]0;x\\u0007\\n\\u202e evil ' + b"x" * 500 + b'"}\n',
    )
    reject = read(path).rejects[0]
    assert isinstance(reject, Reject)
    assert all(character.isprintable() for character in reject.reason_en + reject.reason_ja)
    assert len(reject.reason_en) < 120


@pytest.mark.parametrize(
    "text", ["=1+1", "+81", "-5", "@x", "'=1", "''=1", "'quoted'", "plain", "", "\tx", "＝1", '="01"']
)
def test_the_guard_is_undone_exactly(text: str) -> None:
    assert unguard(guard(text)) == text
