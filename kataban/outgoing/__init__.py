"""Files that the user uploads to Amazon by hand. Plain Python, bytes out; nothing here sends anything."""

from kataban.outgoing.cancellations import Cancellation, CancelReason, cancellation_file
from kataban.outgoing.cells import CellError
from kataban.outgoing.quantities import MOST_MESSAGES, SkuQuantity, quantity_feeds, quantity_file, refused

__all__ = [
    "MOST_MESSAGES",
    "CancelReason", "Cancellation", "CellError", "SkuQuantity",
    "cancellation_file", "quantity_feeds", "quantity_file", "refused",
]
