"""Real shops whose own search a crawl may know by name, over the offers that the catalogue gives them.

A catalogue that gives them none (no [[shop]] with their host) still has them: they sell nothing and say so.
"""

from __future__ import annotations

from kataban.sample_market.answers import Answer, Ask, as_html, esc, not_found, yen
from kataban.sample_market.answers import page as template
from kataban.sample_market.catalogue import Catalogue, Placed
from kataban.sample_market.finding import search
from kataban.sample_market.sites import plain_shop, shops

# Host: path of the search, its parameter, and how zero is said (as used by tools of 2026).
SEARCHES = {
    "shop.tsukumo.co.jp": ("/search", "keyword", '<div id="sli_noresult">該当する商品がありませんでした</div>'),
    "iosys.co.jp": ("/items", "q", '<p class="noitem">該当する商品はありません</p>'),
}
HOSTS = tuple(SEARCHES)


def answer(ask: Ask, catalogue: Catalogue) -> Answer:
    """The search page, or an item's where the catalogue has a [[shop]] of this name."""
    path, parameter, zero = SEARCHES[ask.host]
    if ask.path != path:
        return shops.answer(ask, catalogue) if ask.host in catalogue.shops else not_found()
    keyword = ask.query.get(parameter, "")
    found = [page[0] for page in search(catalogue, shops.SOURCE, keyword) if page[0].offer.seller == ask.host]
    return as_html(template("known_shop", keyword=esc(keyword), zero="" if found else zero,
                            rows="".join(map(_row, found))))


def _row(placed: Placed) -> str:
    offer = placed.offer
    stock = "品切れ" if offer.stock == 0 else "在庫あり"
    link = f'<a href="{plain_shop.address(placed)}">{esc(offer.title)}</a>'
    return f"<li>{link} <span>{yen(offer.price)}円（税込）</span> <span>{stock}</span></li>"
