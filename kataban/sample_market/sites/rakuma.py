"""Rakuma: server-rendered search, item and shop pages; an empty search is a 404 that shows unrelated boxes."""

from __future__ import annotations

import hashlib
from typing import Any

from kataban.sample_market.answers import Answer, Ask, as_html, esc, script_json, yen
from kataban.sample_market.answers import page as template
from kataban.sample_market.catalogue import Catalogue, Page, Placed
from kataban.sample_market.finding import search
from kataban.sample_market.tables import Seller
from kataban.sample_market.words import CONDITIONS, days_label

SEARCH = "fril.jp"
ITEM = "item.fril.jp"
HOSTS = (SEARCH, ITEM)
SOURCE = "rakuma"


def answer(ask: Ask, catalogue: Catalogue) -> Answer:
    """Search and shops on one host, items on the other."""
    if ask.host == ITEM:
        page = catalogue.item(SOURCE, ask.path.strip("/"))
        return as_html(_item_html(page[0], catalogue)) if page else gone()
    if ask.path == "/s":
        return _results(ask, catalogue)
    if ask.path.startswith("/shop/"):
        return _shop(ask.path.split("/")[2], catalogue)
    return gone()


def gone() -> Answer:
    """What stands where an item or a shop was."""
    return as_html(template("rakuma_gone"), 404)


def number(text: str) -> int:
    """The site's own numeric id behind a hexadecimal one."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:7], 16) + 100_000_000


def item_url(placed: Placed) -> str:
    """https://item.fril.jp/{32 hex}."""
    return f"https://{ITEM}/{placed.offer.id}"


# --- search ---------------------------------------------------------------------------------------------------------


def _results(ask: Ask, catalogue: Catalogue) -> Answer:
    """The filters of the address (transaction, min, max) change nothing, as one reader measured in 2026-09."""
    found = search(catalogue, SOURCE, ask.query.get("query", ""))
    size, at = catalogue.rakuma.per_page, max(1, ask.number("page", 1))
    shown = found[(at - 1) * size : at * size]
    if not shown:
        # The boxes below the sentence are goods of other people, in the same markup as hits.
        others = [page for page in catalogue.pages(SOURCE) if page not in found][:4]
        return as_html(_frame(ask, others, catalogue, len(others), nohit=template("rakuma_nohit")), 404)
    pager = _next(ask, at) if at * size < len(found) else ""
    return as_html(_frame(ask, shown, catalogue, len(found), pager=pager))


def _next(ask: Ask, at: int) -> str:
    query = esc(ask.query.get("query", ""))
    return f'<li class="next"><a rel="next" href="/s?query={query}&amp;page={at + 1}">次へ</a></li>'


def _frame(ask: Ask, pages: list[Page], catalogue: Catalogue, total: int, *, nohit: str = "", pager: str = "") -> str:
    boxes = "".join(_card(page[0], catalogue, total) for page in pages)
    return template("rakuma_search", query=esc(ask.query.get("query", "")), nohit=nohit, boxes=boxes, pager=pager)


def _card(placed: Placed, catalogue: Catalogue, total: int) -> str:
    """One box: the seller's and the item's number stand in data-rat-itemid, the condition nowhere."""
    offer, seller = placed.offer, catalogue.seller(placed.offer)
    data = {"item_name": offer.title, "price": offer.price, "igenre": 1095, "cp-totalresults": total,
            "itemid": f"{number(offer.seller)}/{number(offer.id)}", "sgenre": "事業者" if seller.business else "一般"}
    rat = " ".join(f'data-rat-{key}="{esc(value)}"' for key, value in data.items())
    ribbon = '<div class="item-box__soldout_ribbon">SOLD OUT</div>' if offer.stock == 0 else ""
    return template("rakuma_card", url=item_url(placed), title=esc(offer.title), rat=rat, number=number(offer.id),
                    ribbon=ribbon, brand=esc(_brand(placed)), price=offer.price, price_shown=yen(offer.price))


def _brand(placed: Placed) -> str:
    return placed.product.maker_ja or placed.product.maker


# --- item -----------------------------------------------------------------------------------------------------------


def _item_html(placed: Placed, catalogue: Catalogue) -> str:
    offer, seller = placed.offer, catalogue.seller(placed.offer)
    sold = offer.stock == 0
    button = '<a class="btn_buy ga-item-buybutton" href="#">購入に進む</a>'
    return template(
        "rakuma_item", title=esc(offer.title), brand=esc(_brand(placed)),
        brand_number=number(_brand(placed)) % 9999, url=item_url(placed), summary=esc(offer.text.strip()[:80]),
        number=number(offer.id), price=offer.price, price_shown=yen(offer.price), text=_lines(offer.text),
        availability="out of stock" if sold else "in stock", json_ld=script_json(_json_ld(placed)),
        item_data=script_json({"item_id": number(offer.id), "seller_user_id": number(offer.seller)}),
        ribbon='<div class="photo-box__soldout_ribbon">SOLD OUT</div>' if sold else "", details=_details(placed),
        reviews=sum((seller.good or 0, seller.normal or 0, seller.bad or 0)), seller=esc(seller.name),
        seller_id=offer.seller, buy='<span class="soldout">SOLD OUT</span>' if sold else button,
    )


def _lines(text: str) -> str:
    return "<br>".join(esc(line) for line in text.strip().splitlines())


def _details(placed: Placed) -> str:
    offer = placed.offer
    rows = {"ブランド": _brand(placed), "商品の状態": CONDITIONS[offer.condition],
            "配送料の負担": "着払い(購入者)" if offer.shipping is None else "送料込",
            "配送方法": offer.shipping_method or "かんたんラクマパック(ヤマト運輸)",
            "発送日の目安": f"支払い後、{days_label(offer.days_to_ship)}", "発送元の地域": offer.ships_from,
            "購入申請": "あり" if offer.approval else "なし"}
    return "".join(f"<tr><th>{esc(key)}</th><td>{esc(value)}</td></tr>" for key, value in rows.items())


def _json_ld(placed: Placed) -> dict[str, Any]:
    offer = placed.offer
    kind = "NewCondition" if offer.condition == "new" else "UsedCondition"
    return {"@context": "https://schema.org", "@type": "Product", "name": offer.title,
            "description": offer.text.strip(), "itemCondition": f"https://schema.org/{kind}",
            "offers": {"@type": "Offer", "price": offer.price, "priceCurrency": "JPY", "url": item_url(placed),
                       "availability": f"https://schema.org/{'OutOfStock' if offer.stock == 0 else 'InStock'}"}}


# --- seller ---------------------------------------------------------------------------------------------------------


def _shop(shop_id: str, catalogue: Catalogue) -> Answer:
    seller = next((s for (source, i), s in catalogue.sellers.items() if (source, i) == (SOURCE, shop_id)), None)
    return as_html(_shop_html(seller, catalogue)) if seller else gone()


def _shop_html(seller: Seller, catalogue: Catalogue) -> str:
    """The shop's page: the seller's words, the ratings by level, the goods with their prices in brackets."""
    goods = [page for page in catalogue.pages(SOURCE) if page[0].offer.seller == seller.id]
    levels = {"よい": seller.good, "ふつう": seller.normal, "わるい": seller.bad}
    return template(
        "rakuma_shop", name=esc(seller.name), verified="本人確認済" if seller.identified else "本人確認前",
        profile=_lines(seller.profile),
        reviews="".join(f"<li>{label} <span>{count or 0}</span></li>" for label, count in levels.items()),
        goods="".join(_good(page) for page in goods) or "<p>商品はありません</p>",
    )


def _good(page: Page) -> str:
    offer = page[0].offer
    return (f'<div class="item-box"><a class="link_shop_image" href="{item_url(page[0])}" '
            f'data-rat-price="[{offer.price}]">{esc(offer.title)}</a></div>')
