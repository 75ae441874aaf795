"""What is written in any format is read as the same rows; any bytes give an Intake or an IntakeError."""

from __future__ import annotations

import dataclasses
import string
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdnum import ean

from kataban.intake import IntakeError, key_of, read
from kataban.intake.words import is_empty, is_excel_error
from kataban.items import Condition, Wanted, WantedState
from kataban.parsers.text import one_line
from matcher import canonical
from tests.intake.files import csv_bytes, json_bytes, put, xlsx_bytes

FIELDS = [field.name for field in dataclasses.fields(Wanted) if field.name != "wanted_id"]


def says_something(text: str) -> bool:
    return bool(text) and one_line(text) == text and not is_empty(text) and not is_excel_error(text)


texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf")), min_size=1, max_size=30).filter(
    says_something
)
identifiers = st.text(string.ascii_letters + string.digits + "-_.@=+", min_size=3, max_size=20).filter(says_something)
models = st.builds(
    "{}-{}{}".format,
    st.text(string.ascii_uppercase, min_size=1, max_size=4),
    st.integers(10, 99999),
    st.sampled_from(["", "JF", " MkII", "/B", "+", "(W)", "ブラック", "#1"]),
).map(canonical)
jans = st.integers(10**11, 10**12 - 1).map(lambda number: f"{number}{ean.calc_check_digit(str(number))}")
moments = st.datetimes(datetime(2016, 1, 1), datetime(2098, 1, 1)).map(  # noqa: DTZ001 - the zone is put on in the next line
    lambda moment: moment.replace(microsecond=0, tzinfo=timezone(timedelta(hours=9)))
)
prices = st.decimals("0.01", "99999", places=2)


def or_none(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.one_of(st.none(), strategy)


@st.composite
def rows(draw: st.DrawFn) -> Wanted:
    wanted = Wanted(
        model_number=draw(st.one_of(st.none(), models)),
        maker=draw(or_none(texts)),
        jan=draw(or_none(jans)),
        asin=draw(or_none(st.just("B06XHNK8NP"))),
        name=draw(or_none(texts)),
        sku=draw(or_none(identifiers)),
        order_id=draw(or_none(st.from_regex(r"\A\d{3}-\d{7}-\d{7}\Z"))),
        order_item_id=draw(or_none(st.from_regex(r"\A[1-9]\d{13}\Z"))),
        max_price=draw(or_none(st.integers(1, 100_000_000))),
        sale_price=draw(or_none(prices)),
        sale_currency=draw(or_none(st.sampled_from(["JPY", "USD", "EUR", "INR"]))),
        condition=draw(st.sampled_from(list(Condition)[:7])),
        quantity=draw(st.integers(1, 9999)),
        ship_by=draw(or_none(moments)),
        state=draw(st.sampled_from([WantedState.OPEN, WantedState.BOUGHT, WantedState.DONE, WantedState.EXPIRED])),
    )
    if wanted.state is WantedState.OPEN and not (wanted.model_number or wanted.jan):
        wanted.state = WantedState.NEEDS_MODEL
    return wanted


def is_kept(wanted: Wanted) -> bool:
    return bool(wanted.model_number or wanted.jan or wanted.order_id)


def cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if value is not None else None


WRITERS = {
    "csv": csv_bytes,
    "tsv": lambda table: csv_bytes(table, delimiter="\t", encoding="utf-16"),
    "jsonl": json_bytes,
    "xlsx": xlsx_bytes,
}


@pytest.mark.parametrize("format_", WRITERS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(wanted=st.lists(rows().filter(is_kept), min_size=1, max_size=6, unique_by=key_of))
def test_rows_come_back_the_same(format_: str, wanted: list[Wanted]) -> None:
    table = [FIELDS, *([cell(getattr(row, field)) for field in FIELDS] for row in wanted)]
    with tempfile.TemporaryDirectory() as folder:
        intake = read(put(Path(folder), f"rows.{format_}", WRITERS[format_](table)))
    assert intake.rejects == []
    assert intake.wanted == wanted
    assert intake.fields <= set(FIELDS)


@settings(max_examples=300, deadline=None)
@given(
    head=st.sampled_from(
        [
            b"",
            b"model,max_price,ship_by,jan\n",
            "型番\t数量\n".encode("cp932"),
            b'{"model": "A-1"}\n',
            b"\xff\xfe",
            b"\xef\xbb\xbf",
            b"PK\x03\x04",
            b"order-id\tsku\tquantity-to-ship\tpromise-date\titem-price\n",
        ]
    ),
    body=st.one_of(
        st.binary(max_size=300),
        st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.text("0123456789,.\t\n\"'-/年月日円$¥E+", max_size=200).map(str.encode),
    ),
)
def test_any_bytes_give_an_intake_or_an_intake_error(head: bytes, body: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = put(Path(folder), "noise", head + body)
        try:
            intake = read(path)
        except IntakeError:
            return
    assert all(row.model_number or row.jan or row.order_id for row in intake.wanted)


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 4000), noise=st.binary(min_size=1, max_size=40))
def test_a_damaged_workbook_gives_an_intake_or_an_intake_error(at: int, noise: bytes) -> None:
    whole = WORKBOOK[:at] + noise + WORKBOOK[at + len(noise) :]
    with tempfile.TemporaryDirectory() as folder:
        try:
            intake = read(put(Path(folder), "noise.xlsx", whole))
        except IntakeError:
            return
    assert len(intake.wanted) + len(intake.rejects) <= 59


WORKBOOK = xlsx_bytes([["型番", "数量"], *[[f"A-{number}", number] for number in range(1, 60)]])
