"""Real headings and rows of Amazon's reports (values read by eye from the files)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from kataban.intake import FileKind, Fulfilment, IntakeError, read
from kataban.items import WantedState

pytestmark = pytest.mark.captures


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("all_orders_general_header.txt", FileKind.ALL_ORDERS),
        ("unshipped_jp_header.txt", FileKind.UNSHIPPED_ORDERS),
        ("unshipped_jp_customized_header.txt", FileKind.UNSHIPPED_ORDERS),
        ("unshipped_in_2025_pii_masked.txt", FileKind.UNSHIPPED_ORDERS),
        ("merchant_listings_all_uk_2025.txt", FileKind.LISTINGS),
        ("merchant_listings_jp_header_cp932.txt", FileKind.LISTINGS),
    ],
)
def test_each_kind_of_heading(captures: Path, name: str, kind: FileKind) -> None:
    assert read(captures / "amazon_reports" / name).kind is kind


@pytest.mark.parametrize("name", ["order_cancellation_header.txt", "price_and_quantity_header.txt",
                                  "inventory_loader_header.txt", "spapi_models/listings-feed-schema-v2.example.json"])
def test_upload_files_are_refused(captures: Path, name: str) -> None:
    with pytest.raises(IntakeError) as refused:
        read(captures / "amazon_reports" / name)
    assert refused.value.code == "upload"


def test_unshipped_rows(captures: Path) -> None:
    intake = read(captures / "amazon_reports" / "unshipped_in_2025_pii_masked.txt")
    assert [(wanted.sku, wanted.quantity, wanted.state) for wanted in intake.wanted] == [
        ("ARB_B0B79CYVTM", 1, WantedState.NEEDS_MODEL),
        ("ARB_B084SDXVBD", 1, WantedState.NEEDS_MODEL),
        ("ARB_B00FJ2WOJE", 1, WantedState.NEEDS_MODEL),
    ]
    first = intake.wanted[0]
    assert (first.order_id, first.order_item_id) == ("408-0000000-0000001", "52336476957402")
    assert str(first.ship_by) == "2025-08-21 18:29:59+00:00"
    shown = repr((intake.wanted, intake.orders, intake.rejects, intake.notes))
    assert not [word for word in ("BUYER", "RECIPIENT", "ADDRESS", "CITY", "@") if word in shown]


def test_listing_rows(captures: Path) -> None:
    intake = read(captures / "amazon_reports" / "merchant_listings_all_uk_2025.txt")
    assert [(entry.sku, entry.asin, entry.jan, entry.price, entry.fulfilment) for entry in intake.catalogue] == [
        ("DE-168-20250918-UK-EUSD", "B06XHNK8NP", None, Decimal("120.49"), Fulfilment.AMAZON),
        ("DE-172-20250918-UK-EUSD", "B06XJ4G828", None, Decimal(120), Fulfilment.AMAZON),
    ]
