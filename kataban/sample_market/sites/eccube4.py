"""An EC-CUBE 4 shop: JSON-LD with bare availability words and an unescaped description, and classCategories."""

from __future__ import annotations

from kataban.sample_market.answers import esc, script_json, yen
from kataban.sample_market.answers import page as template
from kataban.sample_market.catalogue import Page, Placed
from kataban.sample_market.sites import shop_parts as parts
from kataban.sample_market.tables import Shop

ENCODING = "utf-8"


def address(placed: Placed) -> str:
    """/products/detail/{number}."""
    return f"/products/detail/{placed.offer.id}"


def other(wanted: str, page: Page, shop: Shop) -> None:
    """Nothing beside the page."""


def page_html(page: Page, shop: Shop) -> str:
    """The default theme's page; without stock it asks robots not to index it."""
    offer, here = page[0].offer, f"https://{shop.host}{address(page[0])}"
    in_stock = any(p.offer.stock != 0 for p in page)
    prices, codes = sorted({p.offer.price for p in page}), sorted({code(p) for p in page})
    return template(
        "shop_eccube4", title=esc(offer.title), shop=esc(shop.name), url=here, id=offer.id, price=prices[0],
        noindex="" if in_stock else '<meta name="robots" content="noindex">', text=parts.lines(offer.text),
        class_categories=script_json(_class_categories(page)), codes=esc(_range(codes)),
        button=_button(in_stock=in_stock), price_shown=_range([f"{yen(price)}円" for price in prices]),
        choices=_choices(page), shipping=esc(parts.shipping_words(page[0], shop)),
        table=parts.rows(parts.properties(page[0])),
        json_ld="" if "no_json_ld" in offer.quirks else _json_ld(page, here),
    )


def _range(values: list[str]) -> str:
    """The first and the last with a wave between them: a range of codes is no code."""
    return values[0] if len(values) == 1 else f"{values[0]} ～ {values[-1]}"


def code(placed: Placed) -> str:
    """The shop's product code, here as so often the maker's number."""
    return placed.offer.attributes.get("商品コード", placed.product.model)


def _button(*, in_stock: bool) -> str:
    if in_stock:
        return '<button type="submit" class="ec-blockBtn--action add-cart">カートに入れる</button>'
    return '<button type="button" class="ec-blockBtn--action" disabled="disabled">ただいま品切れ中です。</button>'


def _choices(page: Page) -> str:
    if not page[0].offer.variant:
        return ""
    options = "".join(f'<option value="{p.offer.variant}">{esc(p.offer.variant_label)}</option>' for p in page)
    return f'<select name="classcategory_id1"><option value="__unselected">選択してください</option>{options}</select>'


def _class_categories(page: Page) -> dict[str, object]:
    """The variants' codes, stock and prices, the price as text with commas."""
    variants = {p.offer.variant: {"": _class_category(p)} for p in page if p.offer.variant}
    return {"__unselected": {"__unselected": {"name": "選択してください", "product_class_id": ""}}, **variants}


def _class_category(placed: Placed) -> dict[str, object]:
    offer = placed.offer
    return {"classcategory_id2": "", "name": offer.variant_label, "stock_find": offer.stock != 0,
            "price01": "", "price02": yen(-(-offer.price * 10 // 11)), "price02_inc_tax": yen(offer.price),
            "product_class_id": offer.variant, "product_code": code(placed), "sale_type": "1"}


def _json_ld(page: Page, here: str) -> str:
    """As the template writes it: by hand, the description put in as it is, so that a quote in it breaks the block."""
    offer = page[0].offer
    description = offer.text.strip().replace("\n", " ")
    if "broken_json_ld" not in offer.quirks:
        description = description.replace('"', "”")
    state = "InStock" if any(p.offer.stock != 0 for p in page) else "OutOfStock"
    lowest = min(page, key=lambda p: p.offer.price)
    return template("shop_eccube4_json_ld", name=script_json(offer.title), description=description, url=here,
                    sku=script_json(min(code(p) for p in page)), price=lowest.offer.price, availability=state)
