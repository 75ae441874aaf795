"""The verbs that read and tell: tables in and out, the user's word, the answer in each format."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kataban.results.database import Database
from kataban.results.schema import prepare
from tests.commands.test_bad_input import scrapy
from tests.results.makers import SOURCE, add, listing, search, wanted


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A state folder with one order, one alternative and one order without any."""
    now = datetime.now(UTC)
    home = tmp_path / "home"
    database = Database(f"sqlite:///{home}/kataban.db")
    prepare(database)
    add(database, wanted(ship_by=now + timedelta(days=3)),
        wanted("=CMD-1", order_id="250-2", ship_by=now + timedelta(days=9)), now=now)
    search(database, listing(seen_at=now, title="=HYPERLINK(1) AB-1200C"), now=now)
    database.close()
    return home


def test_the_answer_in_each_format(home: Path) -> None:
    empty, filled = json.loads(scrapy(home, "alternatives", "--format", "json").stdout)
    assert (empty["model_number"], empty["alternatives"]) == ("=CMD-1", [])
    assert filled["alternatives"][0]["listing_id"] == "a"
    assert filled["coverage"][SOURCE]["outcome"] == "found"
    rows = list(csv.DictReader(io.StringIO(scrapy(home, "alternatives", "--format", "csv").stdout)))
    assert [row["listing_id"] for row in rows] == ["", "a"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values() if cell)
    table = scrapy(home, "alternatives", "AB1200C").stdout
    assert "https://shop.example/a" in table
    assert "CMD-1" not in table
    japanese = scrapy(home, "alternatives", "--order", "250-1", KATABAN_LANG="ja").stdout
    assert "候補1件" in japanese


def test_bought_reopened_and_marked(home: Path) -> None:
    assert scrapy(home, "wanted", "bought", "250-1").returncode == 0
    assert [row["order_id"] for row in json.loads(scrapy(home, "alternatives", "--format", "json").stdout)] == ["250-2"]
    assert scrapy(home, "wanted", "reopen", "250-1").returncode == 0
    assert scrapy(home, "mark", "wrong_model", SOURCE, "a", "--note", "other colour").returncode == 0
    answers = json.loads(scrapy(home, "alternatives", "--format", "json").stdout)
    assert [row["alternatives"] for row in answers] == [[], []]
    cases = scrapy(home, "judge", "--marks").stdout.splitlines()
    assert cases[0].split("\t")[:2] == ["model_number", "brand"]
    assert len(cases) == 2
    assert "250-2" in scrapy(home, "wanted", "list").stdout


def test_a_list_of_sellers_is_read_and_told(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "sellers.csv"
    rows = ["source,seller_id,stand,note", f"{SOURCE},s1,avoid,late twice", "mercari,77,trusted,"]
    path.write_text("\n".join(rows), encoding="utf-8")
    assert scrapy(home, "sellers", "import", str(path)).returncode == 0
    told = list(csv.DictReader(io.StringIO(scrapy(home, "sellers", "list").stdout)))
    assert [(row["seller_id"], row["stand"]) for row in told] == [("77", "trusted"), ("s1", "avoid")]
    answers = json.loads(scrapy(home, "alternatives", "--format", "json").stdout)
    assert all(not row["alternatives"] for row in answers)
    path.write_text("source,seller_id,stand\nmercari,1,maybe\n", encoding="utf-8")
    assert scrapy(home, "sellers", "import", str(path)).returncode == 2


def test_judge_prints_its_table_and_figures(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv"
    path.write_text(
        "model_number\tbrand\ttitle\tdescription\tattributes\tverdict\n"
        "AB-1200C\tCASIO\tカシオ AB-1200C 新品\t一行目\\n二行目\t{}\texact\n"
        "AB-1200C\tCASIO\tカシオ AB-1200C 用ケース\t\t{}\taccessory\n", encoding="utf-8")
    done = scrapy(home, "judge", str(path))
    assert done.returncode == 0
    header, *rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert header[-2:] == ["verdict_found", "evidence"]
    assert [row[-2] for row in rows] == ["exact", "accessory"]
    assert rows[0][3] == "一行目\\n二行目"
    assert json.loads(rows[0][-1].replace("\\\\", "\\"))[0]["rule"]
    assert "precision\t1.0000" in done.stderr


def test_appraise_takes_texts_sellers_and_arrivals(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "rows.tsv"
    path.write_text("place\ttext\ntitle\t即購入不可です\ndescription\t新品です\\n即購入OK\n", encoding="utf-8")
    rows = [line.split("\t") for line in scrapy(home, "appraise", str(path)).stdout.splitlines()]
    assert rows[0] == ["place", "text", "effect_found", "kinds_found"]
    assert [row[2] for row in rows[1:]] == ["ask_first", "positive"]
    path.write_text("source\tgood\tnormal\tbad\tnow\nmercari\t980\t0\t20\t2026-11-24T00:00:00+09:00\n"
                    "mercari\t\t\t\t2026-11-24T00:00:00+09:00\n", encoding="utf-8")
    rows = [line.split("\t") for line in scrapy(home, "appraise", str(path)).stdout.splitlines()]
    place = rows[0].index("reputation")
    assert rows[1][place].isdecimal()
    assert rows[2][place] == "unknown"
    path.write_text("days_to_ship\tmethod\tfrom_area\tship_by\tnow\n1~2日で発送\tらくらくメルカリ便\t大阪府\t"
                    "2026-12-20T23:59:59+09:00\t2026-11-24T10:00:00+09:00\n", encoding="utf-8")
    rows = [line.split("\t") for line in scrapy(home, "appraise", str(path)).stdout.splitlines()]
    assert rows[1][rows[0].index("arrives_in_time")] == "yes"
