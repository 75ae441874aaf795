"""A Color Me shop: EUC-JP, the product in `var Colorme`, the model number in it and in a table."""

from __future__ import annotations

from typing import Any

from kataban.sample_market.answers import esc, script_json, yen
from kataban.sample_market.answers import page as template
from kataban.sample_market.catalogue import Page, Placed
from kataban.sample_market.sites import shop_parts as parts
from kataban.sample_market.tables import Shop

ENCODING = "euc-jp"


def address(placed: Placed) -> str:
    """/?pid={number}."""
    return f"/?pid={placed.offer.id}"


def other(wanted: str, page: Page, shop: Shop) -> None:
    """Nothing beside the page."""


def page_html(page: Page, shop: Shop) -> str:
    """The page of a usual template; customer and basket stand beside the product in its script."""
    offer, here = page[0].offer, f"https://{shop.host}{address(page[0])}"
    title = f"{offer.title}【SOLD OUT】" if "sold_out_only_in_text" in offer.quirks else offer.title
    table = {"型番": model_number(page[0])} | parts.properties(page[0])
    table |= {"販売価格": parts.price_words(page[0]), "在庫状況": _stock_words(page[0])}
    return template(
        "shop_colorme", title=esc(title), shop=esc(shop.name), host=shop.host, url=here, price=offer.price,
        colorme=script_json(_colorme(page)), options=_options(page), button=_button(page[0]),
        table=parts.rows(table | {"送料": parts.shipping_words(page[0], shop)}), text=parts.lines(offer.text),
    )


def model_number(placed: Placed) -> str:
    """The maker's number as this shop fills it in."""
    return placed.offer.attributes.get("型番", placed.product.model)


def _stock_words(placed: Placed) -> str:
    return "" if "stock_unmanaged" in placed.offer.quirks else parts.stock_words(placed)


def _button(placed: Placed) -> str:
    return "" if "sold_out_only_in_text" in placed.offer.quirks else parts.button(placed)


def _options(page: Page) -> str:
    if len(page) == 1 and not page[0].offer.variant:
        return ""
    cells = "".join(f"<tr><td>{esc(p.offer.variant_label)}</td><td>{yen(p.offer.price)}円</td>"
                    f"<td>{parts.stock_words(p)}</td></tr>" for p in page)
    return f'<table class="option_table">{cells}</table>'


def _colorme(page: Page) -> dict[str, Any]:
    """stock_num is null where the shop does not manage stock: unknown, not zero."""
    offer = page[0].offer
    managed = "stock_unmanaged" not in offer.quirks
    product = {
        "shop_uid": "PA01000001", "id": int(offer.id), "name": offer.title, "model_number": model_number(page[0]),
        "stock_num": sum(p.offer.stock or 0 for p in page) if managed else None,
        "sales_price": -(-offer.price * 10 // 11), "sales_price_including_tax": offer.price,
        "members_price": None, "members_price_including_tax": None, "category": {"id_big": 2845001, "id_small": 0},
        "variants": [_variant(p) for p in page if p.offer.variant],
    }
    return {"page": "product", "shop": {"account_id": "PA01000001", "title": offer.seller}, "customer": {"id": None},
            "inventory_control": "product" if managed else "none", "basket": {"total_price": 0, "items": []},
            "product": product}


def _variant(placed: Placed) -> dict[str, Any]:
    offer = placed.offer
    return {"id": int(offer.variant), "option1_value": offer.variant_label, "option2_value": "",
            "model_number": placed.product.model, "stock_num": offer.stock, "title": offer.variant_label,
            "option_price": -(-offer.price * 10 // 11), "option_price_including_tax": offer.price}
