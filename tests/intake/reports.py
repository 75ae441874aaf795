"""Amazon's reports as they are downloaded: headings of every kind, and rows of ours under any of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kataban.intake import FileKind

_SHIP_TO = ("recipient-name ship-address-1 ship-address-2 ship-address-3 ship-city ship-state ship-postal-code "
            "ship-country")
_UNSHIPPED = (
    "order-id order-item-id purchase-date payments-date reporting-date promise-date days-past-promise buyer-email "
    f"buyer-name buyer-phone-number sku product-name quantity-purchased quantity-shipped quantity-to-ship "
    f"ship-service-level {_SHIP_TO} ")
# Headings by the kind that they are read as; the names are Amazon's own (facts of 2010-2026), Japan's are translated.
HEADINGS: dict[str, tuple[FileKind, str, str]] = {
    "unshipped_jp": (FileKind.UNSHIPPED_ORDERS, " ", _UNSHIPPED + (
        "payment-method cod-collectible-amount already-paid payment-method-fee scheduled-delivery-start-date "
        "scheduled-delivery-end-date points-granted is-prime verge-of-cancellation verge-of-lateShipment")),
    "unshipped_us": (FileKind.UNSHIPPED_ORDERS, " ", _UNSHIPPED + (
        "ship-county is-business-order purchase-order-number price-designation buyer-identification-number "
        "buyer-identification-type is-buyer-requested-cancellation buyer-requested-cancel-reason tax-collection-model "
        "delivery-preferred-time drop-off-location customized-url customized-page")),
    "new_orders": (FileKind.UNSHIPPED_ORDERS, " ", (
        "order-id order-item-id purchase-date payments-date buyer-email buyer-name buyer-phone-number sku product-name "
        f"quantity-purchased currency item-price item-tax shipping-price shipping-tax ship-service-level {_SHIP_TO} "
        "ship-phone-number delivery-start-date delivery-end-date delivery-time-zone delivery-Instructions "
        "sales-channel")),
    "all_orders": (FileKind.ALL_ORDERS, " ", (
        "amazon-order-id merchant-order-id purchase-date last-updated-date order-status fulfillment-channel "
        "sales-channel order-channel url ship-service-level product-name sku asin item-status quantity currency "
        "item-price item-tax shipping-price shipping-tax gift-wrap-price gift-wrap-tax item-promotion-discount "
        "ship-promotion-discount ship-city ship-state ship-postal-code ship-country promotion-ids cpf "
        "is-business-order purchase-order-number price-designation")),
    "pending_jp": (FileKind.PENDING_ORDERS, " ",
                   "order-id order-item-id purchase-date sku product-name quantity-purchased payment-type"),
    "listings_all": (FileKind.LISTINGS, " ", (
        "item-name item-description listing-id seller-sku price quantity open-date image-url item-is-marketplace "
        "product-id-type zshop-shipping-fee item-note item-condition zshop-category1 zshop-browse-path "
        "zshop-storefront-feature asin1 asin2 asin3 will-ship-internationally expedited-shipping zshop-boldface "
        "product-id bid-for-featured-placement add-delete pending-quantity fulfillment-channel merchant-shipping-group "
        "status")),
    "listings_active": (FileKind.LISTINGS, " ", (
        "item-name item-description listing-id seller-sku price quantity open-date image-url item-is-marketplace "
        "product-id-type item-note item-condition asin1 will-ship-internationally product-id add-delete "
        "fulfillment-channel merchant-shipping-group")),
    "listings_cancelled": (FileKind.LISTINGS, " ", (
        "item-name item-description seller-sku listing-id price quantity image-url item-is-marketplace product-id-type "
        "item-note item-condition product-id")),
    "listings_jp": (FileKind.LISTINGS, " ", (
        "商品名 出品ID 出品者SKU 価格 数量 出品日 商品IDタイプ コンディション説明 コンディション 国外へ配送可 "
        "迅速な配送 商品ID 在庫数 "
        "フルフィルメント・チャンネル merchant-shipping-group ステータス")),
    "open_listings": (FileKind.OPEN_LISTINGS, ",", "sku,asin,price,quantity,Business Price,Quantity Price Type"),
    "open_listings_jp": (FileKind.OPEN_LISTINGS, " ", "出品者SKU ASIN 価格 数量"),
    "amazon_fulfilled": (FileKind.UNSHIPPED_ORDERS, " ", (
        "amazon-order-id merchant-order-id shipment-id shipment-item-id amazon-order-item-id purchase-date "
        "payments-date shipment-date reporting-date buyer-email buyer-name buyer-phone-number sku product-name "
        f"quantity-shipped currency item-price ship-service-level {_SHIP_TO} ship-phone-number carrier "
        "tracking-number fulfillment-center-id fulfillment-channel sales-channel")),
}
_JAPANESE = {"商品名": "item-name", "出品ID": "listing-id", "出品者SKU": "sku", "価格": "price", "数量": "quantity",
             "出品日": "open-date", "商品IDタイプ": "product-id-type", "コンディション": "item-condition",
             "商品ID": "product-id", "在庫数": "pending-quantity", "ステータス": "status",
             "フルフィルメント・チャンネル": "fulfillment-channel"}
# A bare " in a product name is what makes quoting wrong for these files.
NAME = '27" Monitor "AB-1200C'


def heading(name: str) -> list[str]:
    """The headings of one of HEADINGS."""
    _, separator, text = HEADINGS[name]
    return text.strip().split(separator)


def value(header: str, number: int, *, other: str = "") -> str:
    """What row `number` has under a heading that is read; `other` under any that is not."""
    header = _JAPANESE.get(header, header).lower()
    usual = {
        "order-id": f"249-1234567-{number:07}", "amazon-order-id": f"249-1234567-{number:07}",
        "order-item-id": f"5233647695{number:04}", "amazon-order-item-id": f"5233647695{number:04}",
        "sku": f"SKU-{number}", "seller-sku": f"SKU-{number}", "product-name": NAME, "item-name": NAME,
        "quantity": "2", "quantity-purchased": "2", "quantity-to-ship": "2", "quantity-shipped": "0",
        "purchase-date": "2026-11-23T08:34:47+09:00", "promise-date": "2026-11-30T23:59:59+09:00",
        "order-status": "Unshipped", "item-status": "Unshipped", "currency": "USD", "item-price": "129.90",
        "price": "129.90", "fulfillment-channel": "Merchant",
        "asin": f"B0TEST{number:04}", "asin1": f"B0TEST{number:04}",
        "product-id": f"B0TEST{number:04}", "product-id-type": "1", "item-condition": "11", "status": "Active",
        "listing-id": f"0929FIRW{number:03}", "payment-type": "CVS", "is-buyer-requested-cancellation": "false",
        "payments-date": "2026-11-23T08:40:00+09:00", "reporting-date": "2026-11-24T01:00:00+09:00",
        "days-past-promise": "-6", "sales-channel": "Amazon.com", "open-date": "2025-09-29 16:19:39 JST",
        "pending-quantity": "0", "merchant-shipping-group": "Default",
    }
    return usual.get(header, other)


def rows(headers: Sequence[str], numbers: Sequence[int], *, other: str = "",
         changes: Mapping[str, str] | None = None) -> list[list[str]]:
    """Rows of ours under these headings; `changes` by heading count for all of them."""
    return [[(changes or {}).get(header, value(header, number, other=other)) for header in headers]
            for number in numbers]


def as_bytes(headers: Sequence[str], cells: Sequence[Sequence[str]], encoding: str = "utf-8",
             end: str = "\r\n") -> bytes:
    """The file as Amazon writes it: tabs, no quoting."""
    return ("".join("\t".join(row) + end for row in [headers, *cells])).encode(encoding)
