"""What SKUs are, out of several files; orders settled by it, and by the user's own word."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from kataban.intake import CatalogueEntry, Fulfilment
from kataban.items import Condition, WantedState
from kataban.results import queue, tables
from kataban.results.catalogue import ModelRefusedError, add_catalogue, settle_model, stored_catalogue
from kataban.results.database import Database
from tests.results.makers import NOW, add, wanted

JAN, OTHER_JAN = "4549526241659", "4901234567894"
LATER = NOW + timedelta(hours=1)


def keep(database: Database, *entries: CatalogueEntry, listed: bool = False, now: object = NOW) -> list[int]:
    with database.writing() as connection:
        return add_catalogue(connection, entries, now, listed=listed)  # type: ignore[arg-type]


def entry(database: Database, sku: str) -> CatalogueEntry:
    with database.reading() as connection:
        return stored_catalogue(connection)[sku]


def waiting(sku: str | None = "S-1", **fields: object) -> object:
    return wanted(None, sku=sku, state=WantedState.NEEDS_MODEL, **fields)  # type: ignore[arg-type]


def rows(database: Database) -> list[tuple[str | None, str | None, str | None, str]]:
    with database.reading() as connection:
        found = connection.execute(sa.select(tables.wanted).order_by(tables.wanted.c.id)).mappings()
        return [(row["model_number"], row["maker"], row["jan"], row["state"]) for row in found]


def test_every_column_survives_the_files_that_do_not_have_it(database: Database) -> None:
    keep(database, CatalogueEntry("S-1", "AB-100", "CASIO", JAN, 9_800, Condition.NEW))
    keep(database, CatalogueEntry("S-1", asin="B0TEST0001", price=Decimal("129.50"), quantity=3,
                                  fulfilment=Fulfilment.MERCHANT, status="Active"), listed=True)
    keep(database, CatalogueEntry("S-2", "AB-200"), now=LATER)
    assert entry(database, "S-1") == CatalogueEntry(
        "S-1", "AB-100", "CASIO", JAN, 9_800, Condition.NEW, "B0TEST0001", None, Decimal("129.50"), 3,
        Fulfilment.MERCHANT, "Active")
    with database.reading() as connection:
        listed = connection.execute(sa.select(tables.catalogue.c.sku, tables.catalogue.c.listed_at)).all()
    assert dict(map(tuple, listed)) == {"S-1": NOW, "S-2": None}


def test_the_listing_is_as_the_latest_report_says_and_the_product_as_the_user_says(database: Database) -> None:
    keep(database, CatalogueEntry("S-1", "AB-100", name="mine"))
    keep(database, CatalogueEntry("S-1", name="shown", price=Decimal(10), quantity=3, status="Active"), listed=True)
    keep(database, CatalogueEntry("S-1", price=Decimal(12), quantity=0, status="Inactive"), listed=True, now=LATER)
    keep(database, CatalogueEntry("S-1", quantity=2), listed=True, now=LATER)
    found = entry(database, "S-1")
    assert (found.model_number, found.name, found.price, found.quantity, found.status) == (
        "AB-100", "mine", Decimal(12), 2, "Inactive")


def test_fulfilment_that_a_report_does_not_say_changes_nothing(database: Database) -> None:
    keep(database, CatalogueEntry("S-1", fulfilment=Fulfilment.AMAZON), CatalogueEntry("S-1", price=Decimal(1)))
    keep(database, CatalogueEntry("S-1", price=Decimal(2)))
    assert entry(database, "S-1").fulfilment is Fulfilment.AMAZON


def test_a_sku_with_only_an_asin_learns_the_jan_that_all_others_of_it_agree_on(database: Database) -> None:
    keep(database, CatalogueEntry("A", asin="B0TEST0001"), CatalogueEntry("B", asin="B0TEST0001", jan=JAN),
         CatalogueEntry("C", asin="B0TEST0002", jan=JAN), CatalogueEntry("D", asin="B0TEST0002", jan=OTHER_JAN),
         CatalogueEntry("E", asin="B0TEST0002"), CatalogueEntry("F"))
    assert [entry(database, sku).jan for sku in "ABCDEF"] == [JAN, JAN, JAN, OTHER_JAN, None, None]


def test_an_order_of_an_unknown_sku_is_settled_by_its_asin(database: Database) -> None:
    add(database, waiting("NEW", asin="B0TEST0001"), waiting(None, asin="B0TEST0001", order_id="250-2"),
        waiting("OTHER", asin="B0TEST0002", order_id="250-3"))
    keep(database, CatalogueEntry("A", "AB-100", "CASIO", asin="B0TEST0001"),
         CatalogueEntry("B", "CD-1", asin="B0TEST0002"), CatalogueEntry("C", "CD-2", asin="B0TEST0002"))
    assert [row[0] for row in rows(database)] == ["AB-100", "AB-100", None]


def test_the_user_settles_a_sku_for_all_its_orders_and_for_the_next_ones(database: Database) -> None:
    add(database, waiting(), waiting(order_id="250-2"), waiting("S-2", order_id="250-3"))
    with database.writing() as connection:
        assert settle_model(connection, 1, " ＡＢ－100 ", "CASIO", NOW) == [1, 2]
    assert rows(database) == [("AB-100", "CASIO", None, "open")] * 2 + [(None, "CASIO", None, "needs_model")]
    assert [one.query.model_number for one in due(database)] == ["AB-100"]
    assert entry(database, "S-1").model_number == "AB-100"


def due(database: Database) -> list[queue.Due]:
    with database.reading() as connection:
        return queue.due(connection, "rakuma", NOW)


def test_a_wrong_word_is_taken_back_by_another_and_nothing_else_is_lost(database: Database) -> None:
    keep(database, CatalogueEntry("S-1", asin="B0TEST0001", price=Decimal(9), max_price=700))
    add(database, waiting(maker=None))
    with database.writing() as connection:
        settle_model(connection, 1, "AB-100", "CASIO", NOW)
        assert settle_model(connection, 1, "AB-101", None, LATER) == [1]
    assert rows(database) == [("AB-101", "CASIO", None, "open")]
    found = entry(database, "S-1")
    assert (found.model_number, found.asin, found.price, found.max_price) == (
        "AB-101", "B0TEST0001", Decimal(9), 700)
    assert [one.query.model_number for one in due(database)] == ["AB-101"]


def test_an_order_without_a_sku_is_settled_alone(database: Database) -> None:
    add(database, waiting(None, name="a"), waiting(None, order_id="250-2", name="b"))
    with database.writing() as connection:
        assert settle_model(connection, 2, JAN, None, NOW) == [2]
        assert settle_model(connection, 99, "AB-100", None, NOW) == []
    assert [(row[0], row[2], row[3]) for row in rows(database)] == [
        (None, None, "needs_model"), (None, JAN, "open")]


@pytest.mark.parametrize("word", ["", "  ", "-", "!!", "https://x.example/AB-100", "4549526241658", "x" * 101])
def test_what_cannot_be_a_model_number_is_refused_in_both_languages(database: Database, word: str) -> None:
    add(database, waiting())
    with database.writing() as connection, pytest.raises(ModelRefusedError) as refused:
        settle_model(connection, 1, word, None, NOW)
    assert refused.value.reason_ja != refused.value.reason_en == str(refused.value)
    assert rows(database)[0][3] == "needs_model"
