"""Amazon of a simulated week: quantities, orders, its reports as it writes them, and the files that it is given.

Nothing here uses the product's own readers and writers. What stands in the personal columns is invented.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.week.truth import Order, Sku, Truth

COLUMNS: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("reports.toml").read_text(encoding="utf-8"))
# Parts of every buyer's invented data: none of them may be found in the state folder.
PERSONAL = ("Ostrander", "Quenby", "@buyers.example", "Larkspur Hollow", "Zebulonville", "555-0100", "98765-")


@dataclass(slots=True)
class Amazon:
    """The user's account. `open` are the orders to be sent, `prevented` those whose listing was not for sale."""

    truth: Truth
    quantities: dict[str, int] = field(default_factory=dict)
    open: list[Order] = field(default_factory=list)
    sent: list[tuple[Order, float]] = field(default_factory=list)
    cancelled: list[Order] = field(default_factory=list)
    prevented: list[Order] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.quantities = {sku.sku: 1 + number % 3 for number, sku in enumerate(self.truth.sku) if not sku.fba}

    def pass_time(self, begins: float, until: float) -> list[Order]:
        """Buyers order between these hours what is for sale; what was not sent in time is cancelled. The new orders."""
        due = [order for order in self.truth.order if begins <= order.at < until]
        arrived = [order for order in due if self.quantities[order.sku]]
        self.prevented += [order for order in due if order not in arrived]
        late = [order for order in self.open if order.ship_by <= until]
        self.cancelled += late
        self.open = [order for order in (*self.open, *arrived) if order not in late]
        return arrived

    def send(self, order: Order, hour: float) -> None:
        """The user has bought the thing and sent it."""
        self.open.remove(order)
        self.sent.append((order, hour))

    def take_file(self, path: Path) -> dict[str, int]:
        """A price-and-quantity file is uploaded; returns the quantities it sets.

        Raises ValueError for what must not stand there: an unknown SKU, one that Amazon sends, a price.
        """
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
        names, given = rows[0], [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
        if "sku" not in names or "quantity" not in names:
            raise ValueError(f"{path.name}: no price-and-quantity file")
        for row in given:
            if row["sku"] not in self.quantities or any(value for name, value in row.items() if "price" in name):
                raise ValueError(f"{path.name}: {row}")
        told = {row["sku"]: int(row["quantity"]) for row in given}
        self.quantities |= told
        return told

    # --- the reports -------------------------------------------------------------------------------------------------

    def write_reports(self, folder: Path, hour: float, *, listings: bool) -> list[Path]:
        """The reports of this hour, newly downloaded."""
        folder.mkdir(parents=True, exist_ok=True)
        reports = {"unshipped": _text(COLUMNS["unshipped"], self._unshipped(hour)),
                   "all-orders": _text(COLUMNS["all_orders"], self._all_orders(hour))}
        if listings:
            reports["listings"] = _text(COLUMNS["listings"], map(self._listing, self.truth.sku))
        paths = [folder / f"{name}-{hour:05.1f}.txt" for name in reports]
        for path, text in zip(paths, reports.values(), strict=True):
            path.write_bytes(text.encode())
        return paths

    def _unshipped(self, hour: float) -> Iterator[dict[str, str]]:
        for order in self.open:
            sku, begun = self.truth.by_sku[order.sku], self._iso(order.at)
            yield {"order-id": order.order_id, "order-item-id": order.item_id, "purchase-date": begun,
                   "payments-date": begun, "reporting-date": self._iso(hour), "sku": sku.sku,
                   "promise-date": self._iso(order.ship_by), "days-past-promise": "-1", "product-name": _title(sku),
                   "quantity-purchased": "1", "quantity-shipped": "0", "quantity-to-ship": "1",
                   "ship-service-level": "Standard", "is-business-order": "false", **_buyer(order)}

    def _all_orders(self, hour: float) -> Iterator[dict[str, str]]:
        states = {order.order_id: "Shipped" for order, sent in self.sent}
        states |= {order.order_id: "Cancelled" for order in self.cancelled}
        for order in (*self.open, *(order for order, _ in self.sent), *self.cancelled, *self._of_amazon(hour)):
            sku = self.truth.by_sku[order.sku]
            state = "Pending" if sku.fba else states.get(order.order_id, "Unshipped")
            yield {"amazon-order-id": order.order_id, "purchase-date": self._iso(order.at),
                   "last-updated-date": self._iso(hour), "order-status": state, "item-status": state,
                   "fulfillment-channel": "Amazon" if sku.fba else "Merchant", "sales-channel": "Amazon.com",
                   "product-name": _title(sku), "sku": sku.sku, "asin": asin(sku), "quantity": "1", "currency": "USD",
                   "item-price": sku.price, "ship-service-level": "Standard", "is-business-order": "false",
                   **{name: text for name, text in _buyer(order).items() if name in COLUMNS["all_orders"]}}

    def _of_amazon(self, hour: float) -> Iterator[Order]:
        """Orders of goods that Amazon sends: one for each such SKU, which nothing of ours may touch."""
        for number, sku in enumerate(sku for sku in self.truth.sku if sku.fba):
            at = 5.25 + 10 * number
            if at < hour:
                yield Order(order_id=f"113-7700000-{number:07}", item_id="", sku=sku.sku, at=at, ship_by=at + 48)

    def _listing(self, sku: Sku) -> dict[str, str]:
        channel = "AMAZON_NA" if sku.fba else "DEFAULT"
        quantity = "" if sku.fba else str(self.quantities[sku.sku])
        return {"item-name": _title(sku), "listing-id": f"0929{sku.sku[-3:]}", "seller-sku": sku.sku,
                "price": sku.price, "quantity": quantity, "open-date": "2025-09-29 16:19:39 PDT",
                "item-is-marketplace": "y", "product-id-type": "1", "item-condition": "11", "asin1": asin(sku),
                "product-id": asin(sku), "fulfillment-channel": channel, "merchant-shipping-group": "Japan",
                "status": "Active" if sku.fba or self.quantities[sku.sku] else "Inactive"}

    def _iso(self, hour: float) -> str:
        return self.truth.at(hour).isoformat(timespec="seconds")


def asin(sku: Sku) -> str:
    """An ASIN of its own."""
    return f"B0KB{sku.sku[-3:]}QZX"


def write_catalogue(truth: Truth, path: Path) -> Path:
    """The user's own SKU catalogue: what each SKU is, and the most that is paid for it."""
    rows = (f"{sku.sku},{sku.model},{sku.maker},{sku.jan},{sku.limit},unused\n" for sku in truth.sku)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("sku,model_number,maker,jan,max_price,condition\n" + "".join(rows), encoding="utf-8")
    return path


def _title(sku: Sku) -> str:
    return f"{sku.maker} {sku.name} {sku.model} 5\" Japan Import"


def _buyer(order: Order) -> dict[str, str]:
    number = order.order_id[-4:]
    return {"buyer-email": f"qo{number}@buyers.example", "buyer-name": f"Quenby Ostrander {number}",
            "buyer-phone-number": f"+1 206-555-0100 ext. {number}", "recipient-name": f"Ms Ostrander {number}",
            "ship-address-1": f"{number} Larkspur Hollow", "ship-city": "Zebulonville", "ship-state": "WA",
            "ship-postal-code": f"98765-{number}", "ship-country": "US"}


def _text(columns: Sequence[str], rows: Iterable[dict[str, str]]) -> str:
    """Tab-separated and unquoted, CRLF, as Amazon writes it."""
    lines = ["\t".join(columns), *("\t".join(row.get(name, "") for name in columns) for row in rows)]
    return "".join(f"{line}\r\n" for line in lines)
