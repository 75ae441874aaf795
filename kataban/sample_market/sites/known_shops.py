"""Real shops whose own search a crawl may know by name. In this market they sell nothing, and say so in their words."""

from __future__ import annotations

from kataban.sample_market.answers import Answer, Ask, as_html, esc, not_found
from kataban.sample_market.answers import page as template
from kataban.sample_market.catalogue import Catalogue

# Host: path of the search, its parameter, the zero's mark and words (as used by tools of 2026).
SEARCHES = {
    "shop.tsukumo.co.jp": ("/search", "keyword", 'id="sli_noresult"', "該当する商品がありませんでした"),
    "iosys.co.jp": ("/items", "q", 'class="noitem"', "該当する商品はありません"),
}
HOSTS = tuple(SEARCHES)


def answer(ask: Ask, _: Catalogue) -> Answer:
    """Zero hits for every search."""
    path, parameter, mark, words = SEARCHES[ask.host]
    if ask.path != path:
        return not_found()
    return as_html(template("known_shop_zero", keyword=esc(ask.query.get(parameter, "")), mark=mark, words=words))
