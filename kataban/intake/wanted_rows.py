"""Rows of the user's own tables: plain lists, queue files and the SKU catalogue."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from kataban.intake import values
from kataban.intake.dates import moment
from kataban.intake.records import Record
from kataban.intake.shapes import CatalogueEntry, ModelAnswer, RowError
from kataban.items import Condition, Wanted, WantedState


class Tell(Protocol):
    """Takes a note about a line by its code and values; the text is made only when it is kept."""

    def __call__(self, code: str, line: int | None = None, /, **values: object) -> None: ...


def wanted_of(record: Record, tell: Tell) -> Wanted:
    """The Wanted that a row of a queue file describes. Raises RowError for a value that cannot be taken."""
    model, jan = _identity(record, tell)
    price, currency = _sale(record, tell)
    wanted = Wanted(
        model_number=model,
        maker=values.text(record["maker"]),
        jan=jan,
        asin=values.identifier(record["asin"]),
        name=values.text(record["name"]),
        sku=values.identifier(record["sku"]),
        order_id=values.identifier(record["order_id"]),
        order_item_id=values.identifier(record["order_item_id"]),
        max_price=values.yen(record["max_price"], "max_price"),
        sale_price=price,
        sale_currency=currency,
        condition=values.condition(record["condition"]) or Condition.UNUSED,
        quantity=values.quantity(record["quantity"]) or 1,
        ship_by=moment(record["ship_by"]) if values.text(record["ship_by"]) else None,
        state=values.state(record["state"]) or WantedState.OPEN,
    )
    return with_state(wanted)


def with_state(wanted: Wanted) -> Wanted:
    """`wanted` with `open` and `needs_model` set by whether there is anything to ask for."""
    if wanted.state in {WantedState.OPEN, WantedState.NEEDS_MODEL}:
        known = wanted.model_number or wanted.jan
        wanted.state = WantedState.OPEN if known else WantedState.NEEDS_MODEL
    return wanted


def entry_of(record: Record, tell: Tell) -> CatalogueEntry:
    """The entry that a row of the user's SKU catalogue describes."""
    sku = values.identifier(record["sku"])
    if sku is None:
        raise RowError("no_sku")
    model, jan = _identity(record, tell)
    if model is None and jan is None:
        raise RowError("empty_model")
    return CatalogueEntry(
        sku=sku,
        model_number=model,
        maker=values.text(record["maker"]),
        jan=jan,
        max_price=values.yen(record["max_price"], "max_price"),
        condition=values.condition(record["condition"]),
        asin=values.identifier(record["asin"]),
        name=values.text(record["name"]),
    )


def answer_of(record: Record, tell: Tell) -> ModelAnswer | None:
    """The answer in a row of candidates; None where the user left it open, which is no fault."""
    model, jan = _identity(record, tell)
    if model is None and jan is None:
        return None
    sku, order_id = values.identifier(record["sku"]), values.identifier(record["order_id"])
    if sku is None and order_id is None:
        raise RowError("no_sku")
    return ModelAnswer(sku, order_id, values.identifier(record["asin"]), model, jan, values.text(record["maker"]))


def _identity(record: Record, tell: Tell) -> tuple[str | None, str | None]:
    """(model number, JAN). 13 digits in the model's column are the JAN, unless another stands beside it."""
    model, moved = values.model_number(record["model_number"])
    jan = values.jan(record["jan"])
    if moved is not None:
        if jan is not None and jan != moved:
            raise RowError("jan_contradiction", first=moved, second=jan)
        tell("moved_to_jan", record.line, value=moved)
    if model is not None and values.is_short(model):
        tell("short_model", record.line, value=model)
    return model, jan or moved


def _sale(record: Record, tell: Tell) -> tuple[Decimal | None, str | None]:
    """The currency's own column counts before a sign in the price; where they disagree the row is refused."""
    price, sign = values.money(record["sale_price"], "sale_price")
    named = values.currency(record["sale_currency"])
    if sign and named and sign != named:
        raise RowError("two_values", field="sale_currency", first=sign, second=named)
    if price is not None and not (sign or named) and "$" in str(record["sale_price"]):
        tell("currency_unclear", record.line)
    return price, named or sign
