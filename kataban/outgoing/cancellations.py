"""The order-cancellation file: what could not be bought anywhere is told as exactly that.

Two head lines as Amazon's template has them (1.0.3), then order-id, cancellation-reason-code, amazon-order-item-code.
The reason counts for the account, so a false one is worse than none: only two of Amazon's codes can be written here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from kataban.outgoing.cells import tab_separated

_TEMPLATE = ("TemplateType=OrderCancellation", "Version=1.0/1.0.3",
             "This row for Amazon.com use only.  Do not modify or delete.")
_COLUMNS = ("order-id", "cancellation-reason-code", "amazon-order-item-code")


class CancelReason(StrEnum):
    """Amazon's codes that this program may write; there are more, and none of them is ever true of a stock-out."""

    NO_INVENTORY = "NoInventory"
    BUYER_CANCELED = "BuyerCanceled"


@dataclass(frozen=True, slots=True)
class Cancellation:
    """One item of one order. `buyer_asks_to_cancel` is what the order report says, None when it does not say it."""

    order_id: str
    order_item_id: str
    reason: CancelReason = CancelReason.NO_INVENTORY
    buyer_asks_to_cancel: bool | None = None


def cancellation_file(lines: Iterable[Cancellation], encoding: str = "utf-8") -> bytes:
    """The file for these items, each once; Shift-JIS marketplaces take `cp932`.

    Raises ValueError for an item without its id (a reason is only valid together with one), for BuyerCanceled where
    the report does not say that the buyer asked, for any other reason, and for an empty file; CellError (a ValueError)
    for a cell that would break its row.
    """
    rows = [_row(line) for line in dict.fromkeys(lines)]
    if not rows:
        raise ValueError("there is nothing to cancel")
    return tab_separated([_TEMPLATE, _COLUMNS, *rows], encoding)


def _row(line: Cancellation) -> tuple[str, str, str]:
    if not line.order_id or not line.order_item_id:
        raise ValueError(f"order {line.order_id or '?'}: a cancellation needs the order id and the order-item id "
                         "(the unshipped-orders report has both)")
    if line.reason not in tuple(CancelReason):
        raise ValueError(f"order {line.order_id}: the reason {line.reason!r} is never written")
    if line.reason is not CancelReason.NO_INVENTORY and line.buyer_asks_to_cancel is not True:
        raise ValueError(f"order {line.order_id}: BuyerCanceled only where the report says that the buyer asked")
    return line.order_id, CancelReason(line.reason).value, line.order_item_id
