"""Net shops that sell their own goods: Yodobashi, Suruga-ya, Sofmap, GEO, BicCamera and Hard Off, as their pages look.

Each is a class of few functions; what they share (search, zero, pages) stands in the base. Sofmap, GEO and BicCamera
speak Shift_JIS.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import ClassVar

from kataban.sample_market.answers import Answer, Ask, as_html, as_text, esc, not_found, script_json, yen
from kataban.sample_market.catalogue import Catalogue, Placed
from kataban.sample_market.finding import search

USED = {"like_new": "S", "good": "A", "fair": "B", "poor": "C", "junk": "ジャンク"}


class NetShop(ABC):
    """One shop. `zero` is its sentence for no hits; `field` the search parameter; `item` the path of an item."""

    source: ClassVar[str]
    host: ClassVar[str]
    name: ClassVar[str]
    search_path: ClassVar[str]
    field: ClassVar[str]
    item_path: ClassVar[str]
    zero: ClassVar[str]
    encoding: ClassVar[str] = "utf-8"
    rows_a_page: ClassVar[int] = 24
    leads_to_single_hit: ClassVar[bool] = False

    def answer(self, ask: Ask, catalogue: Catalogue) -> Answer:
        """Search, item, or what else the shop has."""
        if self.keyword(ask) is not None:
            return self._results(ask, catalogue)
        found = re.fullmatch(self.item_path.replace("{id}", r"(?P<id>[\w-]+)"), self.item_address(ask))
        page = catalogue.item(self.source, found["id"]) if found else None
        return self.html(self.item(page[0], catalogue), page[0].offer.title) if page else self.other(ask, catalogue)

    def keyword(self, ask: Ask) -> str | None:
        """What is searched for; None where the address is no search."""
        return ask.query.get(self.field) if ask.path == self.search_path else None

    def item_address(self, ask: Ask) -> str:
        """What of the address names the item."""
        return ask.path

    def other(self, ask: Ask, catalogue: Catalogue) -> Answer:
        """Any other page."""
        return not_found()

    def html(self, body: str, title: str, status: int = 200) -> Answer:
        """A page of the shop: scripts of every page hold the words of other states."""
        words = script_json({"zero": self.zero, "soldOut": "売り切れ", "captcha": "captcha"})
        text = (f'<!DOCTYPE html><html lang="ja"><head><meta charset="{self.encoding}">'
                f"<title>{esc(title)} | {self.name}</title></head><body><script>window.i18n={words}</script>\n"
                f"{body}\n<footer>在庫切れの際はご容赦ください。</footer></body></html>\n")
        return as_html(text, status, encoding=self.encoding)

    def _results(self, ask: Ask, catalogue: Catalogue) -> Answer:
        keyword = self.keyword(ask) or ""
        found = [page[0] for page in search(catalogue, self.source, keyword)]
        if self.leads_to_single_hit and len(found) == 1:
            return Answer(302, b"", "text/html", {"Location": self.item_path.format(id=found[0].offer.id)})
        at = max(1, ask.number("page", ask.number("p", 1)))
        shown = found[(at - 1) * self.rows_a_page:at * self.rows_a_page]
        cards = "\n".join(self.card(placed) for placed in shown)
        body = self.results(cards, len(found)) if shown else f"<p>{esc(keyword)}：{self.zero}。</p>"
        return self.html(body, keyword)

    @abstractmethod
    def card(self, placed: Placed) -> str:
        """One row of the result list."""

    @abstractmethod
    def results(self, cards: str, total: int) -> str:
        """The list round the rows."""

    @abstractmethod
    def item(self, placed: Placed, catalogue: Catalogue) -> str:
        """The item's page."""


def button(placed: Placed) -> str:
    """The cart's button, or the words in its place."""
    return "<p>品切れ</p>" if placed.offer.stock == 0 else "<button>カートに入れる</button>"


def rows(placed: Placed) -> str:
    """Rows of an item's table."""
    jan = {"JANコード": placed.product.jan} if placed.product.jan and "no_jan" not in placed.offer.quirks else {}
    pairs = {"メーカー": placed.product.maker, "型番": placed.product.model, **placed.offer.attributes, **jan}
    return "".join(f"<tr><th>{esc(key)}</th><td>{esc(value)}</td></tr>" for key, value in pairs.items())


class Yodobashi(NetShop):
    """A single hit leads to its item; what only stores have is told on a page of its own."""

    source, host, name = "yodobashi", "www.yodobashi.com", "ヨドバシ.com"
    search_path, field, item_path = "/", "word", "/product/{id}/"
    zero = "一致する商品はありませんでした"
    leads_to_single_hit = True

    def stock(self, placed: Placed) -> str:
        """The sales text."""
        return "予定数の販売を終了しました" if placed.offer.stock == 0 else "在庫あり"

    def card(self, placed: Placed) -> str:
        offer = placed.offer
        return (f'<div class="srcResultItem_block js_productBox" data-sku="{offer.id}">'
                f'<a class="cImg" href="/product/{offer.id}/"><div class="pImg"><img src="/img/{offer.id}.jpg"></div>'
                f'<div class="pName"><p>{esc(placed.product.maker)}</p><p>{esc(offer.title)}</p></div></a>'
                f'<ul class="js_addLatestSalesOrder"><li></li><li><span class="productPrice">￥{yen(offer.price)}'
                f'</span></li><li><span class="goldPoint">{yen(offer.price // 10)} ゴールドポイント（10％還元）</span>'
                f"</li><li><span>{self.stock(placed)}</span></li></ul></div>")

    def results(self, cards: str, total: int) -> str:
        return f'<div class="srcResult">{cards}</div>'

    def item(self, placed: Placed, catalogue: Catalogue) -> str:
        offer = placed.offer
        cart = "" if offer.stock == 0 else "<a>カートに入れる</a>"
        return (f'<h1 id="products_maintitle"><span itemprop="name">{esc(offer.title)}</span></h1>'
                f'<p id="js_makerTD"><a>{esc(placed.product.maker)}</a></p>'
                f'<span id="js_scl_unitPrice">￥{yen(offer.price)}</span>'
                f'<div id="salesInfoTxt">{self.stock(placed)}</div><div id="js_buyBoxMain">{cart}</div>'
                f'<table class="specTbl">{rows(placed)}</table>')


class Surugaya(NetShop):
    """Prices by condition; the JSON-LD has the one before a discount; a note with 品切れ is on every page."""

    source, host, name = "surugaya", "www.suruga-ya.jp", "駿河屋"
    search_path, field, item_path = "/search", "search_word", "/product/detail/{id}"
    zero = "該当する商品がありません"

    def label(self, placed: Placed) -> str:
        """The word for the condition."""
        return "新品" if placed.offer.condition == "new" else "中古"

    def card(self, placed: Placed) -> str:
        offer = placed.offer
        price = (f'<p class="price_teika">{self.label(placed)}：<strong>￥{yen(offer.price)}</strong> 税込</p>'
                 if offer.stock != 0 else '<p class="price">品切れ</p>')
        return (f'<div class="item"><div class="photo_box"><img src="/photo/{offer.id}.jpg"></div>'
                f'<div class="item_detail"><div class="title"><a href="https://{self.host}/product/detail/{offer.id}">'
                f'<h3 class="product-name">{esc(offer.title)}</h3></a></div><p class="brand">[{placed.product.maker}]'
                f'</p></div><div class="item_price">{price}<p class="price_teika">定価：￥{yen(offer.price * 2)}</p>'
                f"</div></div>")

    def results(self, cards: str, total: int) -> str:
        tags = '<div class="tag-list"><div class="item"><a href="/search?search_word=x">x</a></div></div>'
        return f'<div class="hit">該当件数:{total}件中&nbsp;1-{total}件</div><div class="item_box">{cards}{tags}</div>'

    def item(self, placed: Placed, catalogue: Catalogue) -> str:
        offer, sold = placed.offer, placed.offer.stock == 0
        before = offer.price + 1000
        kind = "NewCondition" if offer.condition == "new" else "UsedCondition"
        in_ld = {"@type": "Offer", "price": str(before), "priceCurrency": "JPY",
                 "availability": "https://schema.org/InStock", "itemCondition": f"http://schema.org/{kind}"}
        ld = script_json([{"@context": "http://schema.org", "@type": "Product", "name": offer.title,
                           "offers": [in_ld]}])
        grade = "0001-2" if offer.condition == "new" else "0001-1"
        label = (f'<label for="{grade}" data-label="{self.label(placed)}">{self.label(placed)}'
                 f'<span class="text-price-detail price-old">{yen(before)}円</span>'
                 f'<span class="text-price-detail price-buy">{yen(offer.price)}円 (税込)</span></label>')
        cart = '<form class="add-cart"><button class="btn_buy cart1">カートに入れる</button></form>'
        return (f'<script type="application/ld+json">{ld}</script><h1 id="item_title">{esc(offer.title)}</h1>'
                f'<div class="price_group">{"<p class=price>品切れ</p>" if sold else label}</div>'
                f'<div id="cart">{"" if sold else cart}</div><div class="note_info" style="display:none">'
                f'店頭では品切れの場合もございます。</div><table class="tbl_product_info">{rows(placed)}</table>')


class Sofmap(NetShop):
    """Used items have a mark and a rank; a JAN is searched for by a parameter of its own."""

    source, host, name = "sofmap", "www.sofmap.com", "ソフマップ"
    search_path, field, item_path = "/search_result.aspx", "keyword", "{id}"
    zero, encoding = "該当する商品はありません", "cp932"

    def keyword(self, ask: Ask) -> str | None:
        return ask.query.get("new_jan") or super().keyword(ask)

    def item_address(self, ask: Ask) -> str:
        return ask.query.get("sku", "") if ask.path == "/product_detail.aspx" else ""

    def mark(self, placed: Placed) -> str:
        """The mark of a used item."""
        rank = USED.get(placed.offer.condition)
        return f'<span class="ic item-type used">中古</span><img src="/i/usedrank_{rank}.svg">' if rank else ""

    def card(self, placed: Placed) -> str:
        offer = placed.offer
        stock = "限定数終了" if offer.stock == 0 else "在庫あり"
        return (f'<li>{self.mark(placed)}<a class="product_name" href="/product_detail.aspx?sku={offer.id}">'
                f'{esc(offer.title)}</a><span class="brand">{esc(placed.product.maker)}</span><span class="price">&yen;'
                f'{yen(offer.price)}(税込)</span><div class="stock_review-box"><span class="ic stock">{stock}</span>'
                f"</div></li>")

    def results(self, cards: str, total: int) -> str:
        return f'<ul id="change_style_list">{cards}</ul>'

    def item(self, placed: Placed, catalogue: Catalogue) -> str:
        offer = placed.offer
        rank = USED.get(offer.condition)
        state = f"<tr><th>状態</th><td>中古 ランク{rank}</td></tr>" if rank else ""
        stock = "限定数終了" if offer.stock == 0 else "在庫あり"
        return (f'<h1 class="product_name">{esc(offer.title)}</h1>'
                f'<span id="priceTax">&yen;{yen(offer.price)}(税込)</span><a class="btn">カートに入れる</a>'
                f'<table class="infotable">{rows(placed)}{state}<tr><th>在庫</th>'
                f"<td>{stock}</td></tr></table>")


class Geo(NetShop):
    """Used phones and consoles with a label for the state."""

    source, host, name = "geo", "ec.geo-online.co.jp", "ゲオオンラインストア"
    search_path, field, item_path = "/shop/goods/search.aspx", "keyword", "/shop/g/g{id}/"
    zero, encoding = "該当する商品がございません", "cp932"

    def label(self, placed: Placed) -> str:
        """新品, or 中古 with its grade."""
        rank = USED.get(placed.offer.condition)
        return f"中古{rank}" if rank else "新品"

    def card(self, placed: Placed) -> str:
        offer = placed.offer
        sold = '<span class="soldout">SOLD OUT</span>' if offer.stock == 0 else ""
        return (f'<li><a class="sendDatalayer" href="/shop/g/g{offer.id}/">'
                f'<p class="itemName">{esc(offer.title)}</p></a>'
                f'<span class="labelSituation">{self.label(placed)}</span>'
                f'<p class="sellPtnLeftPrice">{yen(offer.price)}円（税込）</p>{sold}</li>')

    def results(self, cards: str, total: int) -> str:
        return f'<div class="navipage_sum_">全 {total} 件</div><ul class="itemList">{cards}</ul>'

    def item(self, placed: Placed, catalogue: Catalogue) -> str:
        offer = placed.offer
        stock = '<p class="stock">売り切れ</p>' if offer.stock == 0 else '<input type="submit" value="カートに入れる">'
        return (f'<div class="goodsDetail"><h1 class="goodsName">{esc(offer.title)}</h1><span class="labelSituation">'
                f'{self.label(placed)}</span><p class="sellPtnLeftPrice">{yen(offer.price)}円（税込）</p>'
                f"<form>{stock}</form><table>{rows(placed)}</table></div>")


class Biccamera(NetShop):
    """New goods; where the net shop has none, a page tells which stores have it."""

    source, host, name = "biccamera", "www.biccamera.com", "ビックカメラ.com"
    search_path, field, item_path = "/bc/category/", "q", "/bc/item/{id}/"
    zero, encoding = "該当する商品が見つかりませんでした", "cp932"

    def card(self, placed: Placed) -> str:
        offer = placed.offer
        stock = "販売を終了しました" if offer.stock == 0 else "在庫あり"
        href = f"https://{self.host}/bc/item/{offer.id}/"
        return (f'<li class="prod_box"><p class="bcs_title"><a class="bcs_item" href="{href}">'
                f'{esc(offer.title)}</a></p><p class="bcs_price"><span class="val">{yen(offer.price)}円</span> (税込)'
                f'</p><p class="bcs_stock">{stock}</p></li>')

    def results(self, cards: str, total: int) -> str:
        return f'<p id="bcs_resultTxt">{total}件</p><ul>{cards}</ul>'

    def item(self, placed: Placed, catalogue: Catalogue) -> str:
        offer = placed.offer
        state = "OutOfStock" if offer.stock == 0 else "InStock"
        return (f'<div itemscope itemtype="http://schema.org/Product"><h1 itemprop="name">{esc(offer.title)}</h1>'
                f'<div itemprop="offers" itemscope itemtype="http://schema.org/Offer"><meta itemprop="price" content='
                f'"{offer.price}"><meta itemprop="priceCurrency" content="JPY"><link itemprop="availability" href='
                f'"http://schema.org/{state}"></div></div><div id="styleSelect" data-price="{offer.price}"></div>'
                f"{button(placed)}<table>{rows(placed)}</table>")

    def other(self, ask: Ask, catalogue: Catalogue) -> Answer:
        if ask.path != "/bc/tenpo/CSfBcToriokiList.jsp":
            return not_found()
        return self.html("<p>全てのお店で在庫がございません。</p>", "店舗在庫")


class Hardoff(NetShop):
    """Each item is one store's single used piece."""

    source, host, name = "hardoff", "netmall.hardoff.co.jp", "オフモール"
    search_path, field, item_path = "/search/", "q", "/product/{id}/"
    zero = "該当する商品がありません"
    rows_a_page = 30

    def rank(self, placed: Placed) -> str:
        """The grade as shown."""
        return USED.get(placed.offer.condition, "未使用品")

    def card(self, placed: Placed) -> str:
        offer = placed.offer
        sold = '<span class="p-result-card__soldout">SOLD OUT</span>' if offer.stock == 0 else ""
        return (f'<div class="p-result-card"><a href="/product/{offer.id}/"><p class="p-result-card__title">'
                f'{esc(offer.title)}</p><p class="p-result-card__price">{yen(offer.price)}円</p><span class='
                f'"p-result-card__rank">ランク：{self.rank(placed)}</span>'
                f'<p class="p-result-card__shop">ハードオフ見本店</p>'
                f"{sold}</a></div>")

    def results(self, cards: str, total: int) -> str:
        return f'<p class="p-result__count">{total}件</p><div class="p-result">{cards}</div>'

    def item(self, placed: Placed, catalogue: Catalogue) -> str:
        offer = placed.offer
        cart = "売り切れました" if offer.stock == 0 else "<button>カートに入れる</button>"
        return (f'<h1>{esc(offer.title)}</h1><p class="product-detail-price__main">{yen(offer.price)}円（税込）</p>'
                f'<div class="product-detail-cart">{cart}</div><table>{rows(placed)}<tr><th>商品ランク</th><td>ランク：'
                f"{self.rank(placed)}</td></tr><tr><th>取扱店舗</th><td>ハードオフ見本店</td></tr></table>")


SHOPS: tuple[NetShop, ...] = (Yodobashi(), Surugaya(), Sofmap(), Geo(), Biccamera(), Hardoff())
BY_HOST = {shop.host: shop for shop in SHOPS}
HOSTS = tuple(BY_HOST)
SOURCES = {shop.source: shop.host for shop in SHOPS}
# Suruga-ya's own rules as reported (2026-10-03): the address with a slash is closed, the search is not.
ROBOTS = {Surugaya.host: "User-agent: *\nCrawl-delay: 30\nDisallow: /search/\n"}


def answer(ask: Ask, catalogue: Catalogue) -> Answer:
    """What the shop of this host answers."""
    shop = BY_HOST.get(ask.host)
    return shop.answer(ask, catalogue) if shop else as_text("no such shop", 421)
