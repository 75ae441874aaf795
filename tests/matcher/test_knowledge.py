"""The knowledge files: readable, complete, and clear about what is wrong in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from matcher import knowledge
from matcher.findings import Rank
from matcher.knowledge import WordFile, one_of, read, rules
from matcher.lexicon import meanings, scan

ROOM = Path(knowledge.__file__).parent


def test_a_wrong_key_is_named_with_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hosts.toml").write_text('[words.host_after]\nwordz = ["用"]\n', encoding="utf-8")
    monkeypatch.setattr(knowledge, "_HERE", tmp_path)
    with pytest.raises(ValueError, match=r"matcher/hosts.toml: .*wordz|matcher/hosts.toml: .*words"):
        read("hosts.toml", WordFile)


def test_every_toml_is_read_by_the_room() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in ROOM.glob("*.py"))
    assert [path.name for path in ROOM.glob("*.toml") if f'"{path.name}"' not in code] == []


def test_every_rule_has_both_languages_and_is_used() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in ROOM.glob("*.py"))
    for name, sentence in rules().items():
        assert f'"{name}"' in code, name
        assert re.search("[ぁ-ん]", sentence.ja), name
        assert sentence.en.isascii(), name


def test_every_rule_of_the_code_has_a_sentence() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in ROOM.glob("*.py"))
    named = set(re.findall(rf'Rank\.(?:{"|".join(rank.name for rank in Rank)}), "(\w+)"', code))
    assert named
    assert named <= set(rules())


def test_words_are_folded() -> None:
    assert [word for word in meanings() if word != word.casefold()] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("食洗機対応", ["食洗機対応"]),
        ("ノイズキャンセリング", ["キャンセリング"]),
        ("フードプロセッサー", []),
        ("アルミケース", ["ケース"]),
        ("barforce for sony", ["for"]),
    ],
)
def test_the_longest_word_wins_and_nouns_are_whole_words(text: str, words: list[str]) -> None:
    assert [hit.word for hit in scan(text)] == words


def test_one_of_prefers_the_longest_word() -> None:
    pattern = re.compile(one_of(["のみ", "のみです", "だけ"]))
    assert [match[0] for match in pattern.finditer("箱のみです だけ")] == ["のみです", "だけ"]
