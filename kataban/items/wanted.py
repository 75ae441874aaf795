"""What the user needs (Wanted) and what is asked because of it (Query)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from kataban.items.listing import Condition


class WantedState(StrEnum):
    """Life of a row of the queue. `bought` and `done` are the user's word, `expired` is three days after ship_by."""

    NEEDS_MODEL = "needs_model"
    OPEN = "open"
    BOUGHT = "bought"
    DONE = "done"
    EXPIRED = "expired"


class Ending(StrEnum):
    """How an order's row ended: bought elsewhere or given up by the user's word, sent or cancelled by a report's."""

    BOUGHT = "bought"
    GIVEN_UP = "given_up"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


class Supply(StrEnum):
    """Who still supplies a watched SKU.

    `supplied`: two or more purchasable exact offers. `thin`: one, or the price rises. `gone`: none, and the look was
    complete enough to say so. `discontinued`: the maker ended the model. `unknown`: nothing seen, but too little was
    looked at; it never takes a listing down.
    """

    SUPPLIED = "supplied"
    THIN = "thin"
    GONE = "gone"
    DISCONTINUED = "discontinued"
    UNKNOWN = "unknown"


@dataclass(slots=True)
class Wanted:
    """One row of the queue, as intake read it.

    `max_price` is the limit on the total in yen. `sale_price` is what the buyer paid, in `sale_currency` (ISO 4217).
    `condition` is the worst condition accepted. `ship_by` has an offset. Key: (order_id, order_item_id), or without
    an order (maker, model_number, jan, condition). A row may be asked by its `jan` alone. Amazon's all-orders report
    has no order_item_id: there (order_id, sku) names the row. `sale_price` is for the whole row, not a piece. `watch`
    marks a SKU of the user's own that is watched: it is asked like an order and stands in no list of orders.
    """

    model_number: str | None = None
    maker: str | None = None
    jan: str | None = None
    asin: str | None = None
    name: str | None = None
    sku: str | None = None
    order_id: str | None = None
    order_item_id: str | None = None
    max_price: int | None = None
    sale_price: Decimal | None = None
    sale_currency: str | None = None
    condition: Condition = Condition.UNUSED
    quantity: int = 1
    ship_by: datetime | None = None
    state: WantedState = WantedState.OPEN
    watch: bool = False
    wanted_id: int | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of the sources: two orders of one model are two Wanted and one Query.

    `model_number` is as the user writes it (NFKC, trimmed). `text` is the spelling to send this time; the queue sets
    it to one of the source's `forms(query)` before it calls `search`. `name` is the product name, for web search.
    """

    model_number: str
    maker: str | None = None
    jan: str | None = None
    name: str | None = None
    query_id: int | None = None
    spelling: str | None = None

    @property
    def text(self) -> str:
        """The spelling to send: the one chosen, else the model number as written."""
        return self.spelling or self.model_number
