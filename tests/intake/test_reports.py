"""Every kind of report under every encoding into the database, and nobody's data with it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from kataban.crawling.queue_files import take_in
from kataban.intake import LISTING_REPORTS, FileKind, IntakeError, read
from kataban.outgoing import Cancellation, SkuQuantity, cancellation_file, quantity_feeds, quantity_file
from kataban.results import tables
from kataban.results.catalogue import stored_catalogue
from kataban.results.database import Database
from kataban.results.schema import prepare
from kataban.web.report import write_report
from tests.intake.files import put
from tests.intake.reports import HEADINGS, NAME, as_bytes, heading, rows

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
JAPANESE = [name for name in HEADINGS if not all(header.isascii() for header in heading(name))]
FOREIGN = [name for name in HEADINGS if name not in JAPANESE]
# Captured heading -> the kind that it is read as; the rows under it are ours.
CAPTURED = {
    "all_orders_general_header.txt": FileKind.ALL_ORDERS,
    "unshipped_jp_header.txt": FileKind.UNSHIPPED_ORDERS,
    "unshipped_jp_customized_header.txt": FileKind.UNSHIPPED_ORDERS,
    "unshipped_in_2025_pii_masked.txt": FileKind.UNSHIPPED_ORDERS,
    "merchant_listings_all_uk_2025.txt": FileKind.LISTINGS,
    "merchant_listings_jp_header_cp932.txt": FileKind.LISTINGS,
}
PEOPLE = ("山田花子", "東京都渋谷区神南一丁目19番11号", "Zoë Müller", "090-1234-5678", "hanako.y@marketplace.example",
          "150-0041", "Hauptstraße 12")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/state.db")
    prepare(database)
    yield database
    database.close()


def check(database: Database, folder: Path, kind: FileKind, content: bytes, name: str) -> None:
    """Two rows of ours went in: orders into their lines and the queue, listings into the catalogue."""
    taken, = take_in(database, [put(folder, name, content)], folder / "state", NOW)
    assert (taken.error, taken.rejected) == (None, 0)
    with database.reading() as connection:
        lines = connection.execute(sa.select(tables.order_lines).order_by(tables.order_lines.c.id)).mappings().all()
        queue = connection.execute(sa.select(tables.wanted).order_by(tables.wanted.c.id)).mappings().all()
        skus = stored_catalogue(connection)
    if kind in LISTING_REPORTS:
        assert (sorted(skus), lines, queue) == (["SKU-1", "SKU-2"], [], [])
        assert {entry.asin for entry in skus.values()} == {"B0TEST0001", "B0TEST0002"}
        assert [str(entry.price) for entry in skus.values()] == ["129.90"] * 2
        return
    assert ([line["sku"] for line in lines], skus) == (["SKU-1", "SKU-2"], {})
    assert {line["name"] for line in lines} == {NAME}
    waits = kind is FileKind.PENDING_ORDERS or "amazon_fulfilled" in name
    assert [row["sku"] for row in queue] == ([] if waits else ["SKU-1", "SKU-2"])
    assert {row["quantity"] for row in queue} <= {2}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932", "latin-1"])
@pytest.mark.parametrize("name", HEADINGS)
def test_every_kind_goes_in_whatever_its_encoding(database: Database, tmp_path: Path, name: str,
                                                  encoding: str) -> None:
    if encoding == "latin-1" and name in JAPANESE:
        pytest.skip("no Japanese heading in a Western encoding")
    people = "Zoë Müller" if encoding == "latin-1" else "山田花子"
    changes = {"fulfillment-channel": "AFN"} if name == "amazon_fulfilled" else {}
    content = as_bytes(heading(name), rows(heading(name), (1, 2), other=people, changes=changes), encoding)
    check(database, tmp_path, HEADINGS[name][0], content, f"{name}.txt")


@pytest.mark.captures
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp932"])
@pytest.mark.parametrize("name", CAPTURED)
def test_our_rows_under_every_captured_heading(captures: Path, database: Database, tmp_path: Path, name: str,
                                               encoding: str) -> None:
    codec = "cp932" if "cp932" in name else "utf-8"
    headers = (captures / "amazon_reports" / name).read_text(codec).splitlines()[0].split("\t")
    content = as_bytes(headers, rows(headers, (1, 2), other="山田花子"), encoding)
    check(database, tmp_path, CAPTURED[name], content, name)


@pytest.mark.captures
def test_every_captured_report_is_taken_whole(captures: Path, database: Database, tmp_path: Path) -> None:
    files = [captures / "amazon_reports" / name for name in CAPTURED]
    taken = take_in(database, files, tmp_path / "state", NOW)
    assert [(one.error, one.rejected) for one in taken] == [(None, 0)] * len(files)
    with database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(tables.order_lines)).scalar() == 3
        fulfilments = connection.execute(sa.select(tables.catalogue.c.fulfilment)).scalars().all()
    assert fulfilments == ["amazon", "amazon"]


def test_files_that_go_up_to_amazon_are_refused_in_one_line(tmp_path: Path) -> None:
    feed, = quantity_feeds([SkuQuantity("S-1", 0)], "A1SELLER")
    loader = "sku product-id product-id-type price item-condition quantity add-delete item-note".replace(" ", "\t")
    for content in (cancellation_file([Cancellation("249-1", "77")]), quantity_file([SkuQuantity("S-1", 0)], "cp932"),
                    feed, f"{loader}\r\nS-1\tB0TEST0001\t1\t9\t11\t3\ta\t\r\n".encode(),
                    b"sku\tquantity\r\nS-1\t0\r\n"):
        with pytest.raises(IntakeError) as refused:
            read(put(tmp_path, "up.txt", content))
        assert (refused.value.code, "\n" in str(refused.value)) == ("upload", False)


# --- nobody's data ---


def planted(folder: Path) -> list[Path]:
    """Every report with somebody's data in every cell that is not read, and rows that tabs and line breaks cut."""
    folder.mkdir()
    files = []
    for name in HEADINGS:
        headers = heading(name)
        cells = [row for number, people in enumerate(PEOPLE) for row in rows(headers, [number], other=people)]
        whole = as_bytes(headers, cells)
        files.append(put(folder, f"{name}.txt", whole))
        place = next((at for at, header in enumerate(headers) if header in {"buyer-name", "buyer-email"}), None)
        if place is not None:
            files.append(put(folder, f"{name}_cut.txt", as_bytes(headers, [*_cut(cells, place)])))
    return files


def _cut(cells: list[list[str]], place: int) -> Iterator[list[str]]:
    for number, row in enumerate(cells):
        yield [*row[:place], *PEOPLE[:2], *row[place:]]  # tabs inside a name
        yield [*row[:place], PEOPLE[0], *row[place:-1], ""]  # and the last cell is blank
        yield [*row[:place], PEOPLE[0], *row[place:-2], "", ""]  # and the last two are
        yield row[:place]
        yield [PEOPLE[number], *row[place:]]  # a line break inside a name
        yield ["", *row[1:]]  # no order number


def personal(folder: Path, inside: Path) -> list[tuple[str, str]]:
    """(file, whose data) of every file that holds some, in any encoding."""
    forms = {people: [people.encode(codec) for codec in ("utf-8", "utf-16-le", "utf-16-be", "cp932", "latin-1")
                      if _fits(people, codec)] for people in PEOPLE}
    kept = [path for path in folder.rglob("*") if path.is_file() and inside not in path.parents]
    assert len(kept) > 2
    return [(path.name, people) for path in kept for people, bytes_of in forms.items()
            if any(form in path.read_bytes() for form in bytes_of)]


def _fits(text: str, codec: str) -> bool:
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def test_nobodys_data_is_in_the_database_its_journal_the_rejects_or_the_report(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/kataban.db")
    prepare(database)
    reports = planted(tmp_path / "reports")
    taken = take_in(database, reports, tmp_path, NOW)
    assert [one.error for one in taken] == [None] * len(reports)
    assert sum(one.rejected for one in taken) >= 4 * len(PEOPLE)
    write_report(database, tmp_path, "ja")
    assert (tmp_path / "kataban.db-wal").stat().st_size > 0
    assert (tmp_path / "report.html").exists()
    assert any((tmp_path / "rejects").iterdir())
    assert personal(tmp_path, tmp_path / "reports") == []
    database.close()
    assert personal(tmp_path, tmp_path / "reports") == []


def test_nor_in_the_logs_nor_in_what_the_verbs_say(tmp_path: Path) -> None:
    home, said = tmp_path / "home", ""
    files = planted(tmp_path / "reports")
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "KATABAN_HOME": str(home), "KATABAN_LANG": "ja"}
    for words in (["intake", "-v", *map(str, files)], ["report"], ["alternatives"], ["wanted", "list"],
                  ["search", "--plan"]):
        done = subprocess.run([sys.executable, "-m", "scrapy", *words], cwd=ROOT, env=environment, check=False,
                              capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        said += done.stdout + done.stderr
    assert not [people for people in PEOPLE if people in said]
    assert "AB-1200C" in said
    assert list((home / "logs").iterdir())
    assert personal(home, tmp_path / "reports") == []
    with sqlite3.connect(home / "kataban.db") as connection:
        assert connection.execute("SELECT COUNT(*) FROM order_lines").fetchone()[0] == len(PEOPLE)
