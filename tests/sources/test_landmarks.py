"""The landmarks of the flea markets: all of them are used, and none is named that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from spiders import landmarks
from spiders.landmarks import Landmark, Landmarks

SPIDERS = Path(landmarks.__file__).parent
SITES = ["mercari", "rakuma", "yahoo_auctions", "yahoo_fleamarket"]
NAMED = re.compile(r"""MARKS\.(?:texts?|table)\(\s*f?["']([a-z_]+(?:\.[a-z_{}]+)+)["']""")


def code_of(site: str) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted(SPIDERS.glob(f"{site}*.py")))


@pytest.mark.parametrize("site", SITES)
def test_every_name_in_the_code_is_an_entry(site: str) -> None:
    known = set(Landmarks(site))
    named = {name for name in NAMED.findall(code_of(site)) if "{" not in name}
    assert named <= known
    assert len(named) > 8


@pytest.mark.parametrize("site", SITES)
def test_every_entry_is_read(site: str) -> None:
    text = code_of(site)
    unread = {name for name in Landmarks(site) if not re.search(rf"""["']{re.escape(name)}["']""", text)}
    # The page's own requests are named by their last word.
    assert {name for name in unread if not name.startswith("loads.")} == set()


def test_sure_is_one_of_three() -> None:
    with pytest.raises(ValueError, match="sure must be"):
        Landmark("x", "value", "2026", "somewhere", "certain")


def test_wrong_keys_are_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = 'value = "x"\nseen = "2026"\nwhere = "here"\nsure = "guessed"\nextra = 1\n'
    (tmp_path / "site.toml").write_text(f"[a]\n{entry}")
    monkeypatch.setattr(landmarks, "__file__", str(tmp_path / "landmarks.py"))
    with pytest.raises(TypeError, match="extra"):
        Landmarks("site")
