"""What intake hands over: the Intake with its rows, rejects and notes, and the IntakeError of a file it cannot read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from kataban.intake.messages import say
from kataban.items import Condition, Wanted


class FileKind(StrEnum):
    """What a file is, told by its columns alone. An `upload` goes to Amazon and is refused here."""

    PLAIN_LIST = "plain_list"
    WANTED = "wanted"
    UNSHIPPED_ORDERS = "unshipped_orders"
    ALL_ORDERS = "all_orders"
    PENDING_ORDERS = "pending_orders"
    CATALOGUE = "catalogue"
    LISTINGS = "listings"
    OPEN_LISTINGS = "open_listings"
    CANDIDATES = "candidates"
    UPLOAD = "upload"


ORDER_REPORTS = frozenset({FileKind.UNSHIPPED_ORDERS, FileKind.ALL_ORDERS, FileKind.PENDING_ORDERS})
LISTING_REPORTS = frozenset({FileKind.LISTINGS, FileKind.OPEN_LISTINGS})


class OrderStatus(StrEnum):
    """How far an order row is, as the report says; `unknown` where it does not say or we do not know the word."""

    PENDING = "pending"
    UNSHIPPED = "unshipped"
    PARTIALLY_SHIPPED = "partially_shipped"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class Fulfilment(StrEnum):
    """Who sends the goods. Rows of `amazon` (FBA) are recognised so that nothing ever touches them."""

    MERCHANT = "merchant"
    AMAZON = "amazon"


@dataclass(slots=True)
class OrderLine:
    """One row of an Amazon order report, shipped and cancelled ones included, without anything personal.

    `order_item_id` is None in the all-orders report, which has no such column: there (order_id, sku) names the row.
    `quantity` is what is still to be shipped where the report says it, else what was ordered. `sale_price` is for the
    whole row, not a piece. What the report does not say is None. `is_rest`: the quantity is what is left to be shipped.
    """

    order_id: str
    order_item_id: str | None = None
    sku: str | None = None
    asin: str | None = None
    name: str | None = None
    status: OrderStatus = OrderStatus.UNKNOWN
    fulfilment: Fulfilment | None = None
    quantity: int | None = None
    purchased_at: datetime | None = None
    ship_by: datetime | None = None
    sale_price: Decimal | None = None
    sale_currency: str | None = None
    buyer_asks_to_cancel: bool | None = None
    is_rest: bool = False


@dataclass(slots=True)
class CatalogueEntry:
    """What one SKU is. The user's own catalogue gives the model number, a listings report ASIN, JAN, price and stock.

    `max_price` is the limit on the total in yen, `condition` the worst accepted (None: the usual). `price` is the
    listing's, in the money of its marketplace, which the report does not name. `status` is as shown (Active ...).
    """

    sku: str
    model_number: str | None = None
    maker: str | None = None
    jan: str | None = None
    max_price: int | None = None
    condition: Condition | None = None
    asin: str | None = None
    name: str | None = None
    price: Decimal | None = None
    quantity: int | None = None
    fulfilment: Fulfilment | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """The user's word on what the orders of a SKU are; without a SKU those of `order_id`, of `asin` where it is given.

    One of `model_number` and `jan` is there.
    """

    sku: str | None
    order_id: str | None
    asin: str | None
    model_number: str | None
    jan: str | None
    maker: str | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken: its line (from 1), why, and its cells under their headers, known columns only."""

    line: int
    code: str
    reason_ja: str
    reason_en: str
    raw: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """Something good to know about a file, or about one `line` of it."""

    code: str
    text_ja: str
    text_en: str
    line: int | None = None


@dataclass(slots=True)
class Intake:
    """What one file held.

    `fields` are the Wanted fields that the file has columns for: only these may change a row that is known already (a
    file without a state column does not reopen what was bought). `orders` holds every row of an order report, `answers`
    the model numbers that the user put beside candidates.
    """

    kind: FileKind
    wanted: list[Wanted] = field(default_factory=list)
    catalogue: list[CatalogueEntry] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    orders: list[OrderLine] = field(default_factory=list)
    fields: frozenset[str] = frozenset()
    answers: list[ModelAnswer] = field(default_factory=list)

    def leave_out(self, number: int) -> None:
        """Note that so many rows do not enter the queue for what other reports say of them."""
        if number:
            self.notes.append(note("left_out", count=number))


class IntakeError(Exception):
    """A file that cannot be read at all. `str` is one English line; `reason_ja` and `reason_en` are for the screen."""

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.reason_ja, self.reason_en = say(code, **values)
        super().__init__(self.reason_en)


class RowError(Exception):
    """A row, or one value of it, that cannot be taken; becomes a Reject."""

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.values = values
        super().__init__(say(code, **values)[1])

    def reject(self, line: int, raw: dict[str, str]) -> Reject:
        """The Reject for the row at `line`."""
        reason_ja, reason_en = say(self.code, **self.values)
        return Reject(line, self.code, reason_ja, reason_en, raw)


def note(code: str, line: int | None = None, /, **values: object) -> Note:
    """A Note with its text from messages.toml."""
    text_ja, text_en = say(code, **values)
    return Note(code, text_ja, text_en, line)
