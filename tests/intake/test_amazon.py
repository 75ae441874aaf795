"""Amazon's reports: orders into the queue or beside it, listings into the catalogue, nothing personal anywhere."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from kataban.intake import (
    CatalogueEntry,
    FileKind,
    Fulfilment,
    Intake,
    IntakeError,
    OrderStatus,
    join,
    read,
    settle,
    write_rejects,
)
from kataban.items import Condition, Wanted, WantedState
from tests.intake.files import csv_bytes, put

UNSHIPPED = [
    "order-id",
    "order-item-id",
    "purchase-date",
    "payments-date",
    "reporting-date",
    "promise-date",
    "days-past-promise",
    "buyer-email",
    "buyer-name",
    "buyer-phone-number",
    "sku",
    "product-name",
    "quantity-purchased",
    "quantity-shipped",
    "quantity-to-ship",
    "ship-service-level",
    "recipient-name",
    "ship-address-1",
    "ship-address-2",
    "ship-address-3",
    "ship-city",
    "ship-state",
    "ship-postal-code",
    "ship-country",
    "payment-method",
    "points-granted",
    "is-prime",
    "verge-of-cancellation",
    "verge-of-lateShipment",
]
JAPANESE = {
    "order-id": "注文番号",
    "order-item-id": "注文商品番号",
    "purchase-date": "購入日",
    "promise-date": "出荷予定日",
    "sku": "出品者SKU",
    "product-name": "商品名",
    "quantity-purchased": "購入数",
    "quantity-to-ship": "未出荷数",
    "buyer-name": "購入者名",
    "recipient-name": "受取人名",
    "ship-address-1": "配送先住所1",
    "buyer-email": "購入者のメールアドレス",
}
SECRET = "山田太郎の個人情報"
PERSONAL = {name: SECRET for name in UNSHIPPED if name.startswith(("buyer", "recipient", "ship-"))}


def report(
    headers: list[str], *rows: dict[str, str], encoding: str = "utf-8", names: dict[str, str] | None = None
) -> bytes:
    """A tab-separated report without quoting, CRLF line ends, as Amazon writes it."""
    shown = [(names or {}).get(header, header) for header in headers]
    lines = ["\t".join(shown), *("\t".join(row.get(header, "") for header in headers) for row in rows)]
    return ("\r\n".join(lines) + "\r\n").encode(encoding)


def order(number: int, **values: str) -> dict[str, str]:
    usual = {
        "order-id": f"250-0000000-000000{number}",
        "order-item-id": f"5233647695740{number}",
        "sku": f"SKU-{number}",
        "product-name": f'Monitor 27" "{number}',
        "quantity-purchased": "2",
        "quantity-to-ship": "1",
        "purchase-date": "2026-11-24T08:34:47+09:00",
        "promise-date": "2026-11-30T23:59:59+09:00",
    }
    return PERSONAL | usual | {name.replace("_", "-"): value for name, value in values.items()}


def everything(intake: Intake) -> str:
    return repr((intake.wanted, intake.catalogue, intake.orders, intake.rejects, intake.notes))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("names", [{}, JAPANESE], ids=["english", "japanese"])
def test_unshipped_orders(tmp_path: Path, encoding: str, names: dict[str, str]) -> None:
    content = report(UNSHIPPED, order(1), order(2), encoding=encoding, names=names)
    known = [
        CatalogueEntry(
            "SKU-1", "DW-5600BB-1JF", maker="カシオ", jan="4549526241659", max_price=9800, condition=Condition.NEW
        )
    ]
    intake = read(put(tmp_path, "orders.txt", content), catalogue=known)
    assert intake.kind is FileKind.UNSHIPPED_ORDERS
    found, waiting = intake.wanted
    assert (found.model_number, found.maker, found.jan, found.max_price, found.condition, found.state) == (
        "DW-5600BB-1JF",
        "カシオ",
        "4549526241659",
        9800,
        Condition.NEW,
        WantedState.OPEN,
    )
    assert (found.order_id, found.order_item_id, found.quantity) == ("250-0000000-0000001", "52336476957401", 1)
    assert found.name == 'Monitor 27" "1'
    assert str(found.ship_by) == "2026-11-30 23:59:59+09:00"
    assert (waiting.model_number, waiting.state, waiting.sku) == (None, WantedState.NEEDS_MODEL, "SKU-2")
    assert SECRET not in everything(intake)
    assert "needs_model" in {note.code for note in intake.notes}


def test_western_report_in_latin_1(tmp_path: Path) -> None:
    content = report(
        UNSHIPPED,
        {**order(1), **dict.fromkeys(PERSONAL, "x"), "product-name": "Machine à café Müller"},
        encoding="latin-1",
    )
    assert read(put(tmp_path, "orders.txt", content)).wanted[0].name == "Machine à café Müller"


def test_an_order_is_never_lost_for_a_value(tmp_path: Path) -> None:
    content = report(
        UNSHIPPED,
        order(1, promise_date="soon", quantity_to_ship="?", purchase_date="yesterday"),
        order(2, quantity_to_ship="0"),
        order(3, order_id=""),
        order(4, quantity_to_ship=""),
    )
    intake = read(put(tmp_path, "orders.txt", content))
    assert [(wanted.sku, wanted.quantity, wanted.ship_by is None) for wanted in intake.wanted] == [
        ("SKU-1", 2, True),
        ("SKU-4", 2, False),
    ]
    assert [reject.code for reject in intake.rejects] == ["no_order_id"]
    assert {note.line for note in intake.notes if note.code == "order_value_unread"} == {2}
    assert [line.status for line in intake.orders] == [
        OrderStatus.UNSHIPPED,
        OrderStatus.SHIPPED,
        OrderStatus.UNSHIPPED,
    ]
    write_rejects(tmp_path / "rejects.csv", intake.rejects)
    assert SECRET not in (tmp_path / "rejects.csv").read_text("utf-8-sig")


def test_the_sellers_own_column_counts_before_the_catalogue(tmp_path: Path) -> None:
    content = report([*UNSHIPPED, "型番"], order(1, 型番="ER-GN70-K"), order(2, 型番=""))
    known = [CatalogueEntry("SKU-1", "DW-5600BB-1JF", jan="4549526241659"), CatalogueEntry("SKU-2", "WH-1000XM5")]
    first, second = read(put(tmp_path, "orders.txt", content), catalogue=known).wanted
    assert (first.model_number, first.jan) == ("ER-GN70-K", None)
    assert second.model_number == "WH-1000XM5"


def test_report_saved_by_a_spreadsheet(tmp_path: Path) -> None:
    rows = [UNSHIPPED, [order(1).get(header, "") for header in UNSHIPPED]]
    intake = read(put(tmp_path, "orders.csv", csv_bytes(rows)))
    assert intake.kind is FileKind.UNSHIPPED_ORDERS
    assert intake.wanted[0].name == 'Monitor 27" "1'
    assert SECRET not in everything(intake)


ALL_ORDERS = [
    "amazon-order-id",
    "merchant-order-id",
    "purchase-date",
    "last-updated-date",
    "order-status",
    "fulfillment-channel",
    "sales-channel",
    "order-channel",
    "ship-service-level",
    "product-name",
    "sku",
    "asin",
    "item-status",
    "quantity",
    "currency",
    "item-price",
    "item-tax",
    "ship-city",
    "ship-state",
    "ship-postal-code",
    "ship-country",
    "promotion-ids",
    "is-business-order",
]


def test_all_orders(tmp_path: Path) -> None:
    def row(number: int, status: str, item: str, channel: str = "Merchant", quantity: str = "1") -> dict[str, str]:
        return {
            "amazon-order-id": f"112-{number}",
            "order-status": status,
            "item-status": item,
            "fulfillment-channel": channel,
            "sku": f"S{number}",
            "asin": "B000000000",
            "quantity": quantity,
            "currency": "USD",
            "item-price": "259.98",
            "purchase-date": "2026-11-20T01:02:03+00:00",
            "ship-city": SECRET,
        }

    content = report(
        ALL_ORDERS,
        row(1, "Unshipped", "Unshipped", quantity="2"),
        row(2, "Shipped", "Shipped"),
        row(3, "Cancelled", "Cancelled", quantity="0"),
        row(4, "Unshipped", "Unshipped", "Amazon"),
        row(5, "Pending", "Unshipped"),
        row(6, "Shipped - Delivered to Buyer", ""),
        row(7, "PartiallyShipped", ""),
    )
    intake = read(put(tmp_path, "all.txt", content), catalogue=[CatalogueEntry("S1", "DW-5600BB-1JF")])
    assert intake.kind is FileKind.ALL_ORDERS
    assert [line.status.value for line in intake.orders] == [
        "unshipped",
        "shipped",
        "cancelled",
        "unshipped",
        "pending",
        "shipped",
        "partially_shipped",
    ]
    assert [wanted.order_id for wanted in intake.wanted] == ["112-1", "112-7"]
    wanted = intake.wanted[0]
    assert (wanted.sale_price, wanted.sale_currency, wanted.quantity, wanted.asin) == (
        Decimal("259.98"),
        "USD",
        2,
        "B000000000",
    )
    assert (wanted.order_item_id, wanted.ship_by, wanted.model_number) == (None, None, "DW-5600BB-1JF")
    assert {note.code: note.text_en[0] for note in intake.notes}["amazon_fulfilled"] == "1"
    assert SECRET not in everything(intake)


def test_pending_orders_stay_out_of_the_queue(tmp_path: Path) -> None:
    headers = [
        "order-id",
        "order-item-id",
        "purchase-date",
        "sku",
        "product-name",
        "quantity-purchased",
        "payment-type",
    ]
    rows = {"order-id": "503-1", "order-item-id": "7", "sku": "S1", "quantity-purchased": "1", "payment-type": "CVS"}
    intake = read(put(tmp_path, "pending.txt", report(headers, rows)))
    assert intake.kind is FileKind.PENDING_ORDERS
    assert not intake.wanted
    assert [(line.order_id, line.status, line.quantity) for line in intake.orders] == [
        ("503-1", OrderStatus.PENDING, 1)
    ]


LISTINGS = [
    "item-name",
    "item-description",
    "listing-id",
    "seller-sku",
    "price",
    "quantity",
    "open-date",
    "product-id-type",
    "item-note",
    "item-condition",
    "asin1",
    "product-id",
    "pending-quantity",
    "fulfillment-channel",
    "merchant-shipping-group",
    "status",
]


def listing(sku: str, product_id: str, **values: str) -> dict[str, str]:
    usual = {
        "seller-sku": sku,
        "product-id": product_id,
        "price": "129.99",
        "quantity": "3",
        "item-condition": "11",
        "fulfillment-channel": "DEFAULT",
        "status": "Active",
        "item-name": f"Thing {sku}",
    }
    return usual | {name.replace("_", "-"): value for name, value in values.items()}


def test_listings_by_the_shape_of_the_product_id(tmp_path: Path) -> None:
    content = report(
        LISTINGS,
        listing("A", "4549526241659", product_id_type="2"),
        listing("B", "B06XHNK8NP", quantity="", fulfillment_channel="AMAZON_JP"),
        listing("C", "036000291452", product_id_type="3"),
        listing("D", "4873119480"),
        listing("E", "4549526241650"),
        listing("F", "", asin1="B000000001", item_condition="3"),
    )
    intake = read(put(tmp_path, "listings.txt", content))
    assert intake.kind is FileKind.LISTINGS
    assert {entry.sku: (entry.jan, entry.asin) for entry in intake.catalogue} == {
        "A": ("4549526241659", None),
        "B": (None, "B06XHNK8NP"),
        "C": ("0036000291452", None),
        "D": ("9784873119489", "4873119480"),
        "E": (None, None),
        "F": (None, "B000000001"),
    }
    by_sku = {entry.sku: entry for entry in intake.catalogue}
    assert (by_sku["B"].fulfilment, by_sku["B"].quantity) == (Fulfilment.AMAZON, None)
    assert (by_sku["A"].fulfilment, by_sku["A"].quantity, by_sku["A"].price) == (
        Fulfilment.MERCHANT,
        3,
        Decimal("129.99"),
    )
    assert (by_sku["A"].condition, by_sku["F"].condition) == (None, Condition.FAIR)
    assert [note.line for note in intake.notes if note.code == "product_id_unread"] == [6]


def test_japanese_listings(tmp_path: Path) -> None:
    headers = [
        "商品名",
        "出品ID",
        "出品者SKU",
        "価格",
        "数量",
        "出品日",
        "商品IDタイプ",
        "コンディション説明",
        "コンディション",
        "商品ID",
        "在庫数",
        "フルフィルメント・チャンネル",
        "ステータス",
    ]
    row = {
        "商品名": "髙級時計①",
        "出品者SKU": "A",
        "価格": "12800",
        "数量": "2",
        "コンディション": "11",
        "商品ID": "4549526241659",
        "在庫数": "0",
        "フルフィルメント・チャンネル": "DEFAULT",
        "ステータス": "Active",
    }
    intake = read(put(tmp_path, "listings.txt", report(headers, row, encoding="cp932")))
    assert intake.kind is FileKind.LISTINGS
    entry = intake.catalogue[0]
    assert (entry.sku, entry.jan, entry.price, entry.quantity, entry.name) == (
        "A",
        "4549526241659",
        Decimal(12800),
        2,
        "髙級時計①",
    )


@pytest.mark.parametrize("headers", [["sku", "asin", "price", "quantity"], ["出品者SKU", "ASIN", "価格", "数量"]])
def test_open_listings(tmp_path: Path, headers: list[str]) -> None:
    content = report(headers, dict(zip(headers, ["A", "B000000001", "12800", "2"], strict=True)), encoding="cp932")
    intake = read(put(tmp_path, "open.txt", content))
    assert intake.kind is FileKind.OPEN_LISTINGS
    assert [(entry.sku, entry.asin, entry.quantity) for entry in intake.catalogue] == [("A", "B000000001", 2)]


def test_the_users_catalogue(tmp_path: Path) -> None:
    text = (
        'sku,model_number,maker,jan,max_price,condition\nA,DW-5600BB-1JF,カシオ,,"9,800円",新品\nB,,,4549526241659,,\nC,,,,,\n'
        "A,DW-9052,,,,\n,X-100,,,,\nA,dw5600bb1jf,CASIO,,9000,\n"
    )
    intake = read(put(tmp_path, "catalogue.csv", text.encode("cp932")))
    assert intake.kind is FileKind.CATALOGUE
    assert not intake.wanted
    assert [(entry.sku, entry.max_price, entry.jan) for entry in intake.catalogue] == [
        ("A", 9000, None),
        ("B", None, "4549526241659"),
    ]
    assert [(reject.line, reject.code) for reject in intake.rejects] == [
        (4, "empty_model"),
        (5, "sku_contradiction"),
        (6, "no_sku"),
    ]


@pytest.mark.parametrize("column", ["注文番号", "quantity", "出荷期限", "sale_price"])
def test_a_queue_file_with_skus_is_no_catalogue(tmp_path: Path, column: str) -> None:
    intake = read(put(tmp_path, "a.csv", f"sku,model,{column}\nA,X-100,\n".encode()))
    assert (intake.kind, len(intake.wanted), intake.catalogue) == (FileKind.WANTED, 1, [])


@pytest.mark.parametrize(
    "header",
    [
        "TemplateType=OrderCancellation\tVersion=1.0/1.0.3\norder-id\tcancellation-reason-code\tamazon-order-item-code",
        "order-id\torder-item-id\tquantity\tship-date\tcarrier-code\ttracking-number",
        "sku\tprice\tminimum-seller-allowed-price\tquantity\thandling-time",
    ],
)
def test_upload_files_are_no_queue(tmp_path: Path, header: str) -> None:
    """A file that cancels or confirms orders names orders too; its rows must not be bought."""
    with pytest.raises(IntakeError, match="a file to upload to Amazon"):
        read(put(tmp_path, "upload.txt", f"{header}\n1\t2\t3\n".encode()))


def test_joining_does_not_depend_on_the_order() -> None:
    own = CatalogueEntry("A", "DW-5600BB-1JF", max_price=9800)
    listed = CatalogueEntry("A", jan="4549526241659", asin="B000000001", fulfilment=Fulfilment.MERCHANT, quantity=2)
    for entries in ([own, listed], [listed, own]):
        entry = join(entries)["A"]
        assert (entry.model_number, entry.max_price, entry.jan, entry.asin, entry.quantity) == (
            "DW-5600BB-1JF",
            9800,
            "4549526241659",
            "B000000001",
            2,
        )


def test_a_sku_used_again_for_another_product_is_not_mixed() -> None:
    joined = join([CatalogueEntry("A", "OLD-100", maker="Old"), CatalogueEntry("A", "NEW-200", jan="4549526241659")])
    assert (joined["A"].model_number, joined["A"].maker) == ("NEW-200", None)
    joined = join([CatalogueEntry("A", jan="4549526241659"), CatalogueEntry("A", "X-1", jan="4901234567894")])
    assert joined["A"].jan == "4901234567894"


def test_settling_keeps_what_the_row_says() -> None:
    entry = CatalogueEntry("A", "DW-5600BB-1JF", jan="4549526241659", asin="B000000001", condition=Condition.GOOD)
    settled = settle(Wanted(sku="A", order_id="1", state=WantedState.NEEDS_MODEL), {"A": entry})
    assert (settled.model_number, settled.condition, settled.state) == (
        "DW-5600BB-1JF",
        Condition.GOOD,
        WantedState.OPEN,
    )
    assert settle(Wanted("X-100", sku="A"), {"A": entry}).jan is None
    other = Wanted(sku="A", order_id="1", asin="B000000002", state=WantedState.NEEDS_MODEL)
    assert settle(other, {"A": entry}).state is WantedState.NEEDS_MODEL
    only_jan = settle(Wanted(sku="A", order_id="1"), {"A": CatalogueEntry("A", jan="4549526241659")})
    assert (only_jan.model_number, only_jan.jan, only_jan.state) == (None, "4549526241659", WantedState.OPEN)


def test_two_items_of_one_order_are_two(tmp_path: Path) -> None:
    text = "注文番号,sku,商品名\n250-1,A,x\n250-1,B,y\n250-1,A,z\n"
    intake = read(put(tmp_path, "a.csv", text.encode()))
    assert [(wanted.sku, wanted.name, wanted.state) for wanted in intake.wanted] == [
        ("A", "z", WantedState.NEEDS_MODEL),
        ("B", "y", WantedState.NEEDS_MODEL),
    ]


def test_a_sku_alone_asks_for_nothing_unless_the_catalogue_knows_it(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", b"sku,model,quantity\nA,,1\nB,,1\n")
    intake = read(path, catalogue=[CatalogueEntry("A", "X-100")])
    assert [wanted.model_number for wanted in intake.wanted] == ["X-100"]
    assert [(reject.line, reject.code) for reject in intake.rejects] == [(3, "unknown_sku")]


def test_an_order_list_of_another_tool(tmp_path: Path) -> None:
    """What is shipped, cancelled or not yet paid is not bought; an unknown word stops nothing."""
    statuses = ["発送済み", "未発送", "キャンセル", "手配中", "Pending"]
    rows = [
        ["注文番号", "型番", "ステータス"],
        *([n, f"{'ABCDE'[n - 1]}-{n}00", status] for n, status in enumerate(statuses, 1)),
    ]
    intake = read(put(tmp_path, "a.csv", csv_bytes(rows, encoding="cp932")))
    assert [wanted.model_number for wanted in intake.wanted] == ["B-200", "D-400"]
    assert [(line.order_id, line.status) for line in intake.orders] == [
        ("1", OrderStatus.SHIPPED),
        ("3", OrderStatus.CANCELLED),
        ("5", OrderStatus.PENDING),
    ]


def test_item_numbers_that_excel_destroyed(tmp_path: Path) -> None:
    """Saved by a spreadsheet, every long number of a report may be 5.23365E+13: the orders stay, told apart by SKU."""
    rows = [UNSHIPPED, *([{**order(n), "order-item-id": "5.23365E+13"}.get(h, "") for h in UNSHIPPED] for n in (1, 2))]
    intake = read(put(tmp_path, "orders.csv", csv_bytes(rows)))
    assert [(wanted.sku, wanted.order_item_id) for wanted in intake.wanted] == [("SKU-1", None), ("SKU-2", None)]
    own = read(put(tmp_path, "own.csv", b"order_id,order_item_id,model\n1,5.23365E+13,A-100\n"))
    assert [reject.code for reject in own.rejects] == ["model_is_exponent"]
