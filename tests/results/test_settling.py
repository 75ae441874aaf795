"""Which orders wait for a model number, and the user's answers for them."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from kataban.intake import ModelAnswer
from kataban.items import WantedState
from kataban.results import tables
from kataban.results.catalogue import stored_catalogue
from kataban.results.database import Database
from kataban.results.settling import settle_answers, waiting_orders
from tests.results.makers import NOW, add, wanted


def waiting(sku: str | None, order_id: str, days: int = 5, **fields: object) -> object:
    return wanted(None, sku=sku, order_id=order_id, state=WantedState.NEEDS_MODEL,  # type: ignore[arg-type]
                  ship_by=NOW + timedelta(days=days), **fields)


def models(database: Database) -> list[str | None]:
    with database.reading() as connection:
        return list(connection.execute(sa.select(tables.wanted.c.model_number).order_by(tables.wanted.c.id)).scalars())


def test_the_most_urgent_order_of_each_sku_waits_first(database: Database) -> None:
    add(database, waiting("A", "1"), waiting("B", "2", 2), waiting("A", "3", 1), waiting(None, "4", 9),
        waiting(None, "5", 9), wanted(order_id="6"))
    with database.reading() as connection:
        assert [row.order_id for row in waiting_orders(connection)] == ["3", "2", "4", "5"]


def test_an_answer_is_kept_for_its_sku_whether_or_not_an_order_waits(database: Database) -> None:
    add(database, waiting("A", "1"), waiting("A", "2"))
    answers = [ModelAnswer("A", "1", None, "AB-1", None, "CASIO"), ModelAnswer("B", None, None, None, "4549526241659")]
    with database.writing() as connection:
        assert settle_answers(connection, answers, NOW) == [1, 2]
        assert settle_answers(connection, answers, NOW) == []
        known = stored_catalogue(connection)
    assert models(database) == ["AB-1", "AB-1"]
    assert (known["A"].model_number, known["A"].maker, known["B"].jan) == ("AB-1", "CASIO", "4549526241659")


def test_an_order_without_a_sku_is_named_by_its_number_and_asin(database: Database) -> None:
    add(database, waiting(None, "1", asin="B0TEST0001", order_item_id="1"),
        waiting(None, "1", asin="B0TEST0002", order_item_id="2"), waiting("S", "1", order_item_id="3"))
    with database.writing() as connection:
        assert settle_answers(connection, [ModelAnswer(None, "1", "B0TEST0002", "AB-2", None)], NOW) == [2]
        assert settle_answers(connection, [ModelAnswer(None, "1", None, "AB-1", None)], NOW) == [1, 2]
    assert models(database) == ["AB-1", "AB-1", None]


def test_a_later_answer_takes_the_place_of_the_earlier(database: Database) -> None:
    add(database, waiting("A", "1"))
    with database.writing() as connection:
        for model in ("AB-1", "AB-2"):
            assert settle_answers(connection, [ModelAnswer("A", "1", None, model, None)], NOW) == [1]
        assert stored_catalogue(connection)["A"].model_number == "AB-2"
    assert models(database) == ["AB-2"]


def test_a_thousand_answers_at_once(database: Database) -> None:
    add(database, *(waiting(f"S-{number}", str(number)) for number in range(1_000)))
    answers = [ModelAnswer(f"S-{number}", None, None, f"AB-{number}00", None) for number in range(1_000)]
    with database.writing() as connection:
        assert len(settle_answers(connection, answers, NOW)) == 1_000
    assert models(database)[-1] == "AB-99900"
