"""The sample Rakuma: boxes as on the real site, a 404 for no hits that shows other people's boxes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from parsel import Selector

from kataban.sample_market.answers import Answer, Ask
from kataban.sample_market.catalogue import Catalogue
from kataban.sample_market.sites import rakuma
from kataban.sample_market.tables import File, Offer, Product, Seller

Get = Callable[..., Answer]
SELLER = "5" * 32


@pytest.fixture(scope="module")
def many() -> Catalogue:
    """45 boxes for one model (one sold, one from a dealer) and 6 of something else."""
    sellers = [Seller(source="rakuma", id=SELLER, name="店", good=9, normal=2, bad=1, identified=True),
               Seller(source="rakuma", id="6" * 32, name="業者", business=True)]
    offers = [Offer(source="rakuma", id=f"{n:032x}", seller=SELLER, title=f"ABC-100 {n}", price=2000 + n, shipping=0)
              for n in range(45)]
    offers[0].stock, offers[1].seller = 0, "6" * 32
    others = [Offer(source="rakuma", id=f"{n:032x}", seller=SELLER, title=f"花瓶 {n}", price=10) for n in range(90, 96)]
    products = [Product(maker="ABC", model="ABC-100", name="見本", offer=offers),
                Product(maker="", model="花瓶", name="花瓶", offer=others)]
    return Catalogue(Path(), [File(seller=sellers, product=products)])


def page(catalogue: Catalogue, path: str, host: str = rakuma.SEARCH, **query: str) -> tuple[int, Selector]:
    answer = rakuma.answer(Ask(host, path, query=query), catalogue)
    return answer.status, Selector(answer.body.decode())


def test_forty_boxes_a_page_with_the_total_and_a_next_page(many: Catalogue) -> None:
    status, html = page(many, "/s", query="ABC-100", transaction="selling")
    boxes = html.css("div.item-box")
    assert (status, len(boxes)) == (200, 40)
    link = boxes[2].css("a.link_search_image")
    assert link.attrib["href"] == f"https://item.fril.jp/{2:032x}"
    assert (link.attrib["data-rat-price"], link.attrib["data-rat-cp-totalresults"]) == ("2002", "45")
    assert link.attrib["data-rat-itemid"].count("/") == 1
    assert boxes[2].css(".item-box__item-price span::attr(data-content)").getall() == ["JPY", "2002"]
    assert boxes[1].css("a.link_search_image").attrib["data-rat-sgenre"] == "事業者"
    assert html.css('a[rel="next"]::attr(href)').get() == "/s?query=ABC-100&page=2"


def test_the_filter_of_the_address_does_nothing_so_sold_boxes_come_with_a_ribbon(many: Catalogue) -> None:
    _, html = page(many, "/s", query="ABC-100", transaction="selling")
    assert [bool(box.css(".item-box__soldout_ribbon")) for box in html.css("div.item-box")][:2] == [True, False]


def test_the_last_page_and_past_it(many: Catalogue) -> None:
    status, html = page(many, "/s", query="ABC-100", page="2")
    assert (status, len(html.css("div.item-box")), html.css('a[rel="next"]')) == (200, 5, [])
    assert page(many, "/s", query="ABC-100", page="3")[0] == 404


def test_no_hit_is_a_404_that_shows_unrelated_boxes(many: Catalogue) -> None:
    status, html = page(many, "/s", query="QQQ-1")
    assert status == 404
    assert "見つかりませんでした" in html.css(".nohit p::text").get("")
    assert len(html.css("div.item-box a.link_search_image")) == 4


def test_item_page(many: Catalogue) -> None:
    status, html = page(many, f"/{7:032x}", rakuma.ITEM)
    assert status == 200
    metas = {m.attrib["property"]: m.attrib["content"] for m in html.css("meta[property]")}
    assert metas["og:title"] == "ABC-100 7 | フリマアプリ ラクマ"
    assert (metas["product:price:amount"], metas["product:availability"]) == ("2007", "in stock")
    rows = {tr.css("th::text").get(): tr.css("td::text").get() for tr in html.css("table tr")}
    assert (rows["商品の状態"], rows["発送日の目安"]) == ("新品、未使用", "支払い後、1~2日で発送")
    assert html.css("a.shop_link::attr(href)").get() == f"https://fril.jp/shop/{SELLER}"
    assert html.css(".review-list li span::text").get() == "12"
    assert html.css("a.btn_buy")


def test_a_sold_item_says_so_and_a_removed_one_is_a_404(many: Catalogue) -> None:
    _, sold = page(many, f"/{0:032x}", rakuma.ITEM)
    assert sold.css("span.soldout")
    assert not sold.css("a.btn_buy")
    status, gone = page(many, f"/{777:032x}", rakuma.ITEM)
    assert status == 404
    assert "お探しの商品は見つかりません" in gone.css("p::text").get("")


def test_shop_page_has_ratings_by_level(many: Catalogue) -> None:
    _, html = page(many, f"/shop/{SELLER}")
    words = " ".join(" ".join(html.css(".review-list ::text").getall()).split())
    assert words == "取引の評価 販売 よい 9 ふつう 2 わるい 1"
    assert html.css("a.link_shop_image").attrib["data-rat-price"].startswith("[")


def test_the_bundled_rakuma_shows_a_challenge_for_the_last_order_only(get: Get) -> None:
    assert get(rakuma.SEARCH, "/s", {"query": "KI-RX75-W"}).status == 200
    answer = get(rakuma.SEARCH, "/s", {"query": "TN-29J"})
    assert (answer.status, answer.headers["cf-mitigated"]) == (200, "challenge")
    assert b"item-box" not in answer.body
