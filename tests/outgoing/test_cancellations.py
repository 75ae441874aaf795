"""The cancellation file: Amazon's own head lines, one true reason, nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from kataban.outgoing import Cancellation, CancelReason, CellError, cancellation_file
from tests.outgoing.plain_reading import head_of, rows_of

ORDER, ITEM = "250-1234567-1234567", "12345678901234"


def test_one_line_each_with_its_reason() -> None:
    written = cancellation_file([
        Cancellation(ORDER, ITEM), Cancellation(ORDER, ITEM),
        Cancellation(ORDER, "2", CancelReason.BUYER_CANCELED, buyer_asks_to_cancel=True)])
    assert written.endswith(b"\r\n")
    head, columns, *rows = rows_of(written, "utf-8")
    assert head[:2] == ["TemplateType=OrderCancellation", "Version=1.0/1.0.3"]
    assert columns == ["order-id", "cancellation-reason-code", "amazon-order-item-code"]
    assert rows == [[ORDER, "NoInventory", ITEM], [ORDER, "BuyerCanceled", "2"]]


@pytest.mark.captures
def test_the_head_is_the_captured_one(captures: Path) -> None:
    template = captures / "amazon_reports" / "order_cancellation_header.txt"
    assert rows_of(cancellation_file([Cancellation(ORDER, ITEM)]), "utf-8")[:2] == head_of(template, 2)


@pytest.mark.parametrize("asked", [None, False])
def test_buyer_canceled_is_never_written_without_the_report(asked: bool | None) -> None:
    with pytest.raises(ValueError, match="only where the report says"):
        cancellation_file([Cancellation(ORDER, ITEM, CancelReason.BUYER_CANCELED, buyer_asks_to_cancel=asked)])


@pytest.mark.parametrize("reason", ["GeneralAdjustment", "CouldNotShip", "", "noinventory"])
def test_no_other_reason_is_written(reason: str) -> None:
    with pytest.raises(ValueError, match="never written"):
        cancellation_file([Cancellation(ORDER, ITEM, reason, buyer_asks_to_cancel=True)])  # type: ignore[arg-type]


def test_what_cannot_be_a_cancellation() -> None:
    with pytest.raises(ValueError, match="nothing to cancel"):
        cancellation_file([])
    with pytest.raises(ValueError, match="needs the order id"):
        cancellation_file([Cancellation(ORDER, "")])
    with pytest.raises(CellError, match="tab"):
        cancellation_file([Cancellation(ORDER, "1\t2")])
