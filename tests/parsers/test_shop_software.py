"""Whole pages as shop software renders them, in stock and sold out, written by us in the manner of each."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kataban.items import Availability
from kataban.parsers.product import read_product

FOLDER = Path(__file__).parent / "shop_software"
IN, OUT = Availability.IN_STOCK, Availability.SOLD_OUT
FIELDS = ("price", "currency", "list_price", "brand", "mpn", "sku", "gtin")

# What both pages of a pair say; only the stock differs.
PAIRS: dict[str, dict[str, Any]] = {
    "base": {"price": "32800", "currency": "JPY"},
    "bigcommerce": {"price": "89.95", "currency": "USD", "brand": "Forge", "mpn": "BG-150-2", "sku": "ISBG150",
                    "gtin": "012345678905"},
    "color_me": {"price": "3300", "currency": "JPY", "mpn": "BC-22-BK"},
    "ec_cube_2": {"price": "6980", "currency": "JPY", "list_price": "8800", "brand": "新興製作所", "mpn": "DB-6D",
                  "sku": "DB-6D-01"},
    "futureshop": {"price": "2640", "currency": "JPY", "mpn": "CT-200", "sku": "ct200-a"},
    "makeshop": {"price": "21800", "currency": "JPY", "brand": "タイガー魔法瓶", "mpn": "JPW-S100-HM",
                 "sku": "000000001234", "gtin": "4904710435380"},
    "ochanoko": {"price": "1650", "currency": "JPY", "mpn": "GI-15"},
    "shopify_dawn_japanese": {"price": "14300", "currency": "JPY", "brand": "パナソニック", "mpn": "EW-DT63-W",
                              "gtin": "4549980632567"},
    "shopify_older_theme": {"price": "3520", "currency": "JPY", "brand": "ことり製作所", "mpn": "KB-60",
                            "gtin": "4901234567894"},
    "squarespace": {"price": "48.00", "currency": "USD"},
    "stores": {"price": "3850", "currency": "JPY", "mpn": "MSS-1TB"},
    "woocommerce_blocks": {"price": "44.50", "sku": "NR-TL450"},
}
# Pages whose counterpart stands in test_product.py.
SINGLE: dict[str, tuple[Availability, dict[str, Any]]] = {
    "cartridge": (IN, {"price": "18.50"}),
    "cartridge_sold_out": (OUT, {}),
    "ec_cube_4": (IN, {"price": "12800", "currency": "JPY", "sku": "SR-MP300-K"}),
    "magento_luma_sold_out": (OUT, {"price": "38", "currency": "USD", "sku": "24-YM12"}),
    "opencart_sold_out": (OUT, {"price": "119.00", "currency": "GBP", "brand": "Plustek", "sku": "FS-35-UK"}),
    "prestashop_in_stock": (IN, {"price": "99.9", "currency": "EUR", "list_price": "119.00", "brand": "Bosch",
                                 "sku": "PSB1800-E"}),
    "shopware_sold_out": (OUT, {"price": "249", "currency": "EUR", "brand": "Fakir", "sku": "SW-2082"}),
}
CASES = [
    *((name, IN, fields) for name, fields in PAIRS.items()),
    *((f"{name}_sold_out", OUT, fields) for name, fields in PAIRS.items()),
    *((name, stock, fields) for name, (stock, fields) in SINGLE.items()),
]


@pytest.mark.parametrize(("name", "stock", "fields"), CASES, ids=[name for name, _, _ in CASES])
def test_page(name: str, stock: Availability, fields: dict[str, Any]) -> None:
    read = read_product((FOLDER / f"{name}.html").read_text(encoding="utf-8"), "https://store.example.com/x").product
    shown = {field: getattr(read, field) for field in FIELDS}
    said = {field: str(value) if isinstance(value, Decimal) else value for field, value in shown.items() if value}
    assert (read.availability, said) == (stock, fields)


@pytest.mark.parametrize("name", sorted(PAIRS))
def test_the_cart_button_alone_does_not_make_it_buyable(name: str) -> None:
    """The page of a sold-out thing with the button of one in stock, as shops show whose button never goes away."""
    page = (FOLDER / f"{name}_sold_out.html").read_text(encoding="utf-8")
    button = '<button type="submit" class="cart-button">カートに入れる</button>'
    read = read_product(page.replace("</h1>", f"</h1>{button}", 2), "https://store.example.com/x").product
    assert read.availability is not Availability.IN_STOCK


LABELS = ["売り切れ", "SOLD OUT", "Ausverkauft", "Épuisé", "Agotado", "Utsolgt", "Нет в наличии", "품절", "缺貨"]


@pytest.mark.parametrize("label", LABELS)
def test_a_button_that_holds_all_its_labels_is_no_evidence(label: str) -> None:
    """A style sheet shows one of them, and we read none."""
    page = (f'<html><head><title>Kettle EK-2</title></head><body><h1>Kettle EK-2</h1><p class="price">$48.00</p>'
            f'<button class="add-to-cart"><span>Add to cart</span><span>{label}</span></button></body></html>')
    assert read_product(page, "https://store.example.com/x").product.availability is Availability.UNKNOWN


@pytest.mark.parametrize(
    ("control", "stock"),
    [
        ("<div class='js-buy btn-big'>Купить</div>", IN),
        ("<a href=\"javascript:buy_process('x1')\">宅配</a>", IN),
        ("<a href='javascript:void(0)' onclick='goCart(3)'><img src=a.gif alt='カートに入れる'></a>", IN),
        ("<img id=addToCartButton src=a.png alt='Add to Cart'>", IN),
        ("<a href='/guide'>How to buy</a>", Availability.UNKNOWN),
        ("<a href='javascript:howToBuy()'>Guide</a>", Availability.UNKNOWN),
        ("<div>Купить</div>", Availability.UNKNOWN),
        ("<a href='/mail'>Contact seller</a>", Availability.APPROVAL_NEEDED),
        ("<button disabled class=add-to-cart>Add to cart</button>", Availability.UNKNOWN),
        ("<button disabled class=add-to-cart>Sold out</button>", OUT),
        ("<div class='modal fade'><h2>Out of stock :(</h2></div><button class=add-to-cart>Add to cart</button>", IN),
        ("<p class=delivery-table__text>Not available</p><button class=add-to-cart>Add to cart</button>", IN),
        ("<p>Not in stock</p><button class=add-to-cart>Add to cart</button>", OUT),
    ],
)
def test_controls(control: str, stock: Availability) -> None:
    page = (f"<html><head><title>Kettle EK-2</title></head><body><h1>Kettle EK-2</h1><p class=price>$48.00</p>"
            f"{control}</body></html>")
    assert read_product(page, "https://store.example.com/x").product.availability is stock
