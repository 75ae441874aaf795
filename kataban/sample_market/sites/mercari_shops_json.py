"""The JSON of a Mercari Shops product. Shape as captured in 2026-09."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from kataban.sample_market.answers import Answer, Ask, as_json
from kataban.sample_market.catalogue import Catalogue, Page
from kataban.sample_market.sites.mercari_json import IMAGES, SHOPS, stamp
from kataban.sample_market.words import CONDITIONS, days_label


def product(_: Ask, catalogue: Catalogue, product_id: str) -> Answer:
    """GET /v1/marketplaces/shops/products/{id}: no status field, `sold_out` is a tag; the price is the product's."""
    page = catalogue.item(SHOPS, product_id)
    if page is None:
        return as_json({"code": 5, "message": "not found", "details": []}, 404)
    offer = page[0].offer
    when = datetime.fromtimestamp(stamp(offer.days_ago), UTC).isoformat().replace("+00:00", "Z")
    return as_json({
        "name": offer.id, "displayName": offer.title, "productTags": [] if _on_sale(page) else ["sold_out"],
        "thumbnail": f"https://{IMAGES}/shops/{offer.id}.webp", "price": str(offer.price), "createTime": when,
        "updateTime": when, "attributes": [], "isBlockedShop": False, "productDetail": _detail(page, catalogue),
    })


def _on_sale(page: Page) -> bool:
    return any(placed.offer.stock != 0 for placed in page)


def _detail(page: Page, catalogue: Catalogue) -> dict[str, Any]:
    placed, offer, seller = page[0], page[0].offer, catalogue.seller(page[0].offer)
    first, last = offer.days_to_ship
    return {
        "shop": {"name": seller.id, "displayName": seller.name, "badges": [{"name": name} for name in seller.badges],
                 "shopStats": {"shopId": seller.id, "score": seller.average or 0,
                               "reviewCount": str(seller.reviews or 0)}, "allowDirectMessage": True, "shopItems": []},
        "photos": [f"https://{IMAGES}/shops/{offer.id}.webp"], "description": offer.text.strip(),
        "categories": [{"categoryId": "859", "displayName": placed.product.category or "その他"}],
        "brand": {"displayName": placed.product.maker_ja or placed.product.maker},
        "condition": {"displayName": CONDITIONS[offer.condition], "description": ""},
        "shippingMethod": {"shippingMethodId": "1", "displayName": "未定(出品者が手配)", "isAnonymous": False},
        "shippingPayer": {"shippingPayerId": "1", "displayName": "送料込み(出品者負担)", "code": "SELLER"},
        "shippingDuration": {"displayName": days_label((first, last)), "minDays": first, "maxDays": last},
        "shippingFromArea": {"displayName": offer.ships_from},
        "productStats": {"productId": offer.id, "score": 0, "reviewCount": 0, "likesCount": 1},
        "variants": [{"variantId": p.offer.variant or f"{p.offer.id}v", "displayName": p.offer.variant_label,
                      "quantity": str(p.offer.stock or 0), "attributes": []} for p in page],
    }
