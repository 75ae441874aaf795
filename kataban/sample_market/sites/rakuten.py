"""Rakuten Ichiba: the item search API of 2026 (formatVersion 1 and 2) and the EUC-JP item pages with their SKU data."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from kataban.sample_market.answers import Answer, Ask, as_html, as_json, esc, script_json, yen
from kataban.sample_market.answers import page as template
from kataban.sample_market.catalogue import Catalogue, Page, Placed
from kataban.sample_market.finding import search
from kataban.sample_market.tables import Product

API = "openapi.rakuten.co.jp"
ITEM = "item.rakuten.co.jp"
HOSTS = (API, ITEM)
SOURCE = "rakuten_ichiba"
PRODUCT_SEARCH = re.compile(r"/ichibaproduct/api/Product/Search/(\d{8})")
PRODUCT_VERSION = "20250801"
ITEM_SEARCH = re.compile(r"/ichibams/api/IchibaItem/Search/(\d{8})")
STRINGS = ("itemPrice", "reviewCount", "reviewAverage", "availability", "postageFlag")


def answer(ask: Ask, catalogue: Catalogue) -> Answer:
    """The API host or the item host."""
    if ask.host == ITEM:
        return _item_page(ask, catalogue)
    if product_path := PRODUCT_SEARCH.fullmatch(ask.path):
        return _refused_key(ask) or _products(ask, catalogue, version=product_path[1])
    path = ITEM_SEARCH.fullmatch(ask.path)
    if not path:
        return error("not_found", "not found", 404)
    return _refusal(ask, catalogue, version=path[1]) or _results(ask, catalogue)


def error(code: str, description: str, status: int = 400) -> Answer:
    """The API's own error shape; the gateway before it has another, nested one."""
    return as_json({"error": code, "error_description": description}, status)


def _refusal(ask: Ask, catalogue: Catalogue, *, version: str) -> Answer | None:
    """What the gateway and the API refuse, in the order they were seen to test it."""
    if refused := _refused_key(ask):
        return refused
    if version != catalogue.rakuten.version:
        # Retired versions answer like a wrong id (seen 17-18 Aug 2026).
        return error("wrong_parameter", "API Configuration not found")
    if not ask.query.get("applicationId"):
        return error("wrong_parameter", "specify valid applicationId")
    return _bad_keyword(ask.query.get("keyword", ""), ask)


def _refused_key(ask: Ask) -> Answer | None:
    if ask.query.get("accessKey") or ask.headers.get("accesskey"):
        return None
    return as_json({"errors": {"errorCode": 403, "errorMessage": "ACCESS_KEY_MISSING"}}, 403)


def _products(ask: Ask, catalogue: Catalogue, *, version: str) -> Answer:
    """Rakuten's own catalogue by JAN: what a product is called and its maker's number; it holds no offers."""
    if version != PRODUCT_VERSION:
        return error("wrong_parameter", "API Configuration not found")
    code = ask.query.get("productCode", "")
    if not code:
        return error("wrong_parameter", "keyword or genreId or productId or productCode is essential parameter")
    found = [product for product in catalogue.products if product.jan and product.jan == code]
    rows = [_product(product, catalogue) for product in found]
    envelope = {"count": len(rows), "page": 1, "first": min(1, len(rows)), "last": len(rows), "hits": len(rows),
                "pageCount": min(1, len(rows))}
    if not rows:
        return as_json(envelope)
    flat = ask.query.get("formatVersion") == "2"
    return as_json(envelope | {"Products": rows if flat else [{"Product": row} for row in rows]})


def _product(product: Product, catalogue: Catalogue) -> dict[str, Any]:
    offers = [page for page in catalogue.pages(SOURCE) if page[0].product is product]
    sold = [page for page in offers if _in_stock(page)]
    number = hashlib.md5((product.jan or "").encode(), usedforsecurity=False).hexdigest()
    return {
        "productId": number, "productName": product.name, "productNo": product.model, "productCode": product.jan,
        "brandName": product.maker, "makerName": product.maker_ja or product.maker,
        "productUrlPC": f"https://product.rakuten.co.jp/product/-/{number}/", "productCaption": "",
        "itemCount": len(offers), "salesItemCount": len(sold), "ProductDetails": [],
    }


def _bad_keyword(keyword: str, ask: Ask) -> Answer | None:
    if not keyword.strip():
        if ask.query.get("itemCode") or ask.query.get("shopCode"):
            return None
        return error("wrong_parameter", "keyword or itemCode is essential parameter, or set genreId value except 0.")
    if sum(1 if c.isascii() else 2 for c in keyword) > 128:
        return error("wrong_parameter", "keyword is not valid")
    if any(len(word) < 2 and (word.isascii() or not "一" <= word <= "鿿") for word in keyword.split()):
        return error("wrong_parameter", "keyword length must be over 2 characters")
    return None


def _results(ask: Ask, catalogue: Catalogue) -> Answer:
    found = search(catalogue, SOURCE, ask.query.get("keyword", "")) if ask.query.get("keyword") else []
    if code := ask.query.get("itemCode"):
        found = [page for page in catalogue.pages(SOURCE) if item_code(page[0]) == code]
    if ask.query.get("availability", "1") != "0":
        found = [page for page in found if _in_stock(page)]
    hits = max(1, min(ask.number("hits", 30), 30))
    number = max(1, ask.number("page", 1))
    shown = found[(number - 1) * hits : number * hits]
    return as_json(_envelope(found, shown, number, hits) | _list_of(ask, catalogue, shown))


def _envelope(found: list[Page], shown: list[Page], number: int, hits: int) -> dict[str, Any]:
    first = (number - 1) * hits + 1 if shown else 0
    last = first + len(shown) - 1 if shown else 0
    return {"count": len(found), "page": number, "first": first, "last": last,
            "hits": len(shown), "pageCount": min(100, -(-len(found) // hits))}


def _list_of(ask: Ask, catalogue: Catalogue, shown: list[Page]) -> dict[str, Any]:
    """No hit: no list key at all. formatVersion 1 wraps every row in `Item`."""
    if not shown:
        return {}
    rows = [_row(page, catalogue, ask.query.get("applicationId", "")) for page in shown]
    if ask.query.get("formatVersion") == "2":
        return {catalogue.rakuten.list_key: rows}
    return {"Items": [{"Item": row} for row in rows]}


def item_code(placed: Placed) -> str:
    """`shop:number`, the API's stable id."""
    return f"{placed.offer.seller}:{placed.offer.id}"


def item_url(placed: Placed) -> str:
    """The page's address: the shop and its own manage number, which is not the item code's number."""
    return f"https://{ITEM}/{placed.offer.seller}/{placed.offer.path or placed.offer.id}/"


def _in_stock(page: Page) -> bool:
    return any(placed.offer.stock != 0 for placed in page)


def _row(page: Page, catalogue: Catalogue, application_id: str) -> dict[str, Any]:
    placed, offer = page[0], page[0].offer
    seller = catalogue.seller(offer)
    prices = [p.offer.price for p in page]
    tracked = f"?rafcid=wsc_i_is_{application_id}"
    image = f"https://thumbnail.image.rakuten.co.jp/@0_mall/{offer.seller}/cabinet/{offer.id}.jpg?_ex=128x128"
    row = {
        "itemName": offer.title, "catchcopy": offer.catch, "itemCaption": _caption(page),
        "itemCode": item_code(placed), "itemPrice": min(prices), "itemPriceBaseField": "item_price_min3",
        **{f"itemPriceMax{n}": max(prices) for n in (1, 2, 3)}, **{f"itemPriceMin{n}": min(prices) for n in (1, 2, 3)},
        "itemUrl": item_url(placed) + tracked, "affiliateUrl": "", "shopAffiliateUrl": "",
        "imageFlag": 1, "smallImageUrls": [image], "mediumImageUrls": [image],
        "availability": int(_in_stock(page)), "taxFlag": 0, "postageFlag": 0 if offer.shipping == 0 else 1,
        "creditCardFlag": 1, "shopOfTheYearFlag": 0, "shipOverseasFlag": 0, "shipOverseasArea": "",
        "asurakuFlag": 0, "asurakuClosingTime": "", "asurakuArea": "", "affiliateRate": 2, "giftFlag": 0,
        "startTime": "", "endTime": "", "pointRate": 1, "pointRateStartTime": "", "pointRateEndTime": "",
        "reviewCount": seller.reviews or 0, "reviewAverage": seller.average or 0,
        "shopName": seller.name, "shopCode": offer.seller,
        "shopUrl": f"https://www.rakuten.co.jp/{offer.seller}/" + tracked, "genreId": "211742", "attributeIds": [],
    }
    if "numbers_as_strings" in offer.quirks:
        row |= {key: str(row[key]) for key in STRINGS}
    return row


def _caption(page: Page) -> str:
    """The caption as plain text on one line, as the API flattens it."""
    parts = dict.fromkeys(part for p in page for part in (p.offer.text, *_attribute_words(p)))
    return " ".join(" ".join(parts).split())


def _attribute_words(placed: Placed) -> list[str]:
    words = [f"{key}：{value}" for key, value in placed.offer.attributes.items()]
    jan = placed.product.jan
    return [*words, f"JAN：{jan}"] if jan and "no_jan" not in placed.offer.quirks else words


# --- the item page --------------------------------------------------------------------------------------------------


def _item_page(ask: Ask, catalogue: Catalogue) -> Answer:
    pages = {item_url(page[0]): page for page in catalogue.pages(SOURCE)}
    page = pages.get(f"https://{ITEM}{ask.path.rstrip('/')}/")
    if page is None:
        return as_html(template("rakuten_gone"), 404, encoding="euc-jp")
    return as_html(_page_html(page, catalogue), encoding="euc-jp")


def _page_html(page: Page, catalogue: Catalogue) -> str:
    offer, in_stock = page[0].offer, _in_stock(page)
    data = _data(page, catalogue)
    price = min(p.offer.price for p in page)
    cart = '<button class="cart-button-container">かごに追加</button>' if in_stock else "<p>売り切れました</p>"
    return template(
        "rakuten_item", title=esc(offer.title), shop=esc(catalogue.seller(offer).name), shop_code=offer.seller,
        url=item_url(page[0]), price=price, price_shown=yen(price), item_code=item_code(page[0]), cart=cart,
        availability="InStock" if in_stock else "OutOfStock", soldout=int(not in_stock),
        stock=sum(p.offer.stock or 0 for p in page), postage="送料無料" if offer.shipping == 0 else "送料別",
        caption=esc(_caption(page)),
        data=script_json({"api": {"data": data}} if "old_json_root" in offer.quirks else {"newApi": data}),
    )


def _data(page: Page, catalogue: Catalogue) -> dict[str, Any]:
    offer, seller = page[0].offer, catalogue.seller(page[0].offer)
    info = {
        "shopId": "398765", "manageNumber": offer.path or offer.id, "itemId": int(offer.id), "title": offer.title,
        "pcFields": {"itemNumber": offer.path or offer.id, "productDescription": _caption(page)},
        "media": {"images": [{"location": f"https://tshop.r10s.jp/{offer.seller}/cabinet/{offer.id}.jpg"}]},
        "hideItem": False, "unlimitedInventoryFlag": offer.stock is None,
        "features": {"inventoryDisplay": "HIDDEN_STOCK", "displayNormalCartButton": True},
        "payment": {"taxIncluded": True, "taxRate": 0.1},
        "shipping": {"postageIncluded": offer.shipping == 0},
        "variantSelectors": _selectors(page), "inventoryType": "multiple" if len(page) > 1 else "single",
        "sku": [_sku(placed) for placed in page],
        "purchaseInfo": _purchase_info(page),
        "itemReviewInfo": {"summary": {"itemReviewCount": 0, "itemReviewRating": 0}},
    }
    return {"itemInfoSku": info, "shop": {"shopName": seller.name, "taxRate": 0.1,
                                          "shopUrl": f"https://www.rakuten.co.jp/{offer.seller}/"}}


def _selectors(page: Page) -> list[dict[str, Any]]:
    if len(page) == 1 and not page[0].offer.variant:
        return []
    values = [{"value": p.offer.variant_label, "label": p.offer.variant_label} for p in page]
    return [{"key": "種類", "label": "種類", "values": values}]


def variant_id(placed: Placed) -> str:
    """The SKU's id; a page without variants has one SKU named like the page."""
    return placed.offer.variant or placed.offer.path or placed.offer.id


def _sku(placed: Placed) -> dict[str, Any]:
    offer, product = placed.offer, placed.product
    shows_jan = product.jan and "no_jan" not in offer.quirks
    attributes = {"ブランド名": product.maker_ja or product.maker} | offer.attributes
    return {
        "variantId": variant_id(placed), "selectorValues": [offer.variant_label] if offer.variant_label else [],
        "merchantDefinedSkuId": f"{offer.path or offer.id}-{variant_id(placed)}", "hidden": False,
        "articleNumber": {"value": product.jan} if shows_jan else {"exemptionReason": 5},
        "taxIncludedPrice": float(offer.price), "shipping": {"postageIncluded": offer.shipping == 0},
        "attributes": [{"title": title, "value": value} for title, value in attributes.items()],
    }


def _purchase_info(page: Page) -> dict[str, Any]:
    prices = [float(p.offer.price) for p in page]
    counted = [p for p in page if p.offer.stock is not None]
    return {
        "purchaseBySellType": {"purchaseCondition": "enabled" if _in_stock(page) else "soldOut",
                               "normalPurchase": {"price": {"minPrice": min(prices), "maxPrice": max(prices)}}},
        "newPurchaseSku": {"quantity": max((p.offer.stock or 0 for p in page), default=0)},
        "variantMappedInventories": [{"sku": variant_id(p), "inventoryId": f"inv-{p.offer.id}-{n}",
                                      "quantity": p.offer.stock} for n, p in enumerate(counted)],
        "sku": [{"variantId": variant_id(p), "newPurchaseSku": _new_purchase(p)} for p in page],
        "axis": [{"key": "種類", "label": "種類",
                  "values": [{"value": p.offer.variant_label, "label": p.offer.variant_label,
                              "isSoldOut": p.offer.stock == 0} for p in page]}] if _selectors(page) else [],
    }


def _new_purchase(placed: Placed) -> dict[str, Any]:
    first, last = placed.offer.days_to_ship
    return {"deliveryMessage": f"{first}〜{last}営業日以内に出荷", "quantity": placed.offer.stock or 0}


