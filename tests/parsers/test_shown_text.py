# ruff: noqa: E501 - a page, or a row of words, reads best in one line
"""The seller's words on a shop's page, and the condition that they state: each cart, plain pages, and what stays out."""

from __future__ import annotations

import time

import pytest

from kataban.items import Condition
from kataban.parsers.condition import condition_in_title, stated_condition
from kataban.parsers.product import RawProduct, read_product
from tests.parsers.test_product import HOSTILE, PAGES

NEW, UNUSED, LIKE_NEW, GOOD, JUNK, UNKNOWN = (
    Condition.NEW, Condition.UNUSED, Condition.LIKE_NEW, Condition.GOOD, Condition.JUNK, Condition.UNKNOWN,
)
# Each cart's product page: marks in the head, then the body with the seller's words at %s and others around them.
CARTS = {
    "color_me": ('<script src="https://img21.shop-pro.jp/x.js"></script>', '<h2 class="product_name">電動ドリル DR-77</h2><form name="product_form"><table><tr><th>販売価格</th><td>9,800円(税込)</td></tr></table><input type="submit" value="カートに入れる"></form><div class="product_description">%s</div>'),
    "color_me_other_theme": ('<script src="https://img21.shop-pro.jp/x.js"></script>', '<h2>電動ドリル DR-77</h2><form name="product_form"><input type="submit" value="カートに入れる"></form><div class="product-detail__explain">%s</div>'),
    "color_me_own_theme": ('<script src="https://img21.shop-pro.jp/x.js"></script>', '<h2>電動ドリル DR-77</h2><form name="product_form"><input type="submit" value="カートに入れる"></form><div class="mytheme-words">%s</div>'),
    "ec_cube_4": ("", '<div class="ec-productRole"><h2 class="ec-headingTitle">電動ドリル DR-77</h2><form><button class="ec-blockBtn--action add-cart">カートに入れる</button></form><div class="ec-productRole__description">%s</div></div>'),
    "ec_cube_4_broken_json_ld": ('<script type="application/ld+json">{"@type":"Product","name":"電動ドリル DR-77","description":"「強力"な"一台\n","offers":{"@type":"Offer","price":9800,"availability":"InStock"}}</script>', '<div class="ec-productRole"><h2 class="ec-headingTitle">電動ドリル DR-77</h2><div class="ec-productRole__description">%s</div></div>'),
    "ec_cube_2": ("", '<div id="detailarea"><div id="detailrightbloc"><h2>電動ドリル DR-77</h2><span id="price02_default">9,800</span>円<div class="main_comment">%s</div></div></div>'),
    "makeshop": ("", '<form action="/shop/basket.html"><h2>電動ドリル DR-77</h2><input id="M_price1" value="9,800"><div class="detailTxt">%s</div></form>'),
    "makeshop_other_design": ('<script src="https://gigaplus.makeshop.jp/x.js"></script>', '<h2>電動ドリル DR-77</h2><input id="M_price1" value="9,800"><div class="itemDetail">%s</div>'),
    "base": ('<link rel="icon" href="https://basefile.akamaized.net/x.png">', '<div id="itemDetail"><h1>電動ドリル DR-77</h1><p class="itemDescription">%s</p></div>'),
    "stores": ("", '<div ng-controller="detailCtrl"><h1>電動ドリル DR-77</h1><p class="item_price">9,800円</p><div class="item_description">%s</div></div>'),
    "shopify": ('<script src="https://cdn.shopify.com/s/x.js"></script>', '<main><h1 class="product__title">電動ドリル DR-77</h1><form action="/cart/add"><button name="add">カートに追加する</button></form><div class="product__description rte">%s</div></main>'),
    "woocommerce": ("", '<div class="product type-product"><h1>電動ドリル DR-77</h1><div class="woocommerce-product-details__short-description">%s</div><div id="tab-description"><h2>説明</h2><p>回転数は毎分1500です。</p></div></div>'),
    "futureshop": ("", '<main class="fs-l-main"><h1>電動ドリル DR-77</h1><div class="fs-c-productPrice">9,800円</div><div class="fs-p-productDescription fs-p-productDescription--full">%s</div></main>'),
    "plain": ("", '<div id="main"><h1>電動ドリル DR-77</h1><table class="spec"><tr><th>型番</th><td>DR-77</td></tr><tr><th>価格</th><td>9,800円(税込)</td></tr></table><form action="/cart.cgi"><button>カートに入れる</button></form><div class="comment">%s</div></div>'),
    "plain_remark": ("", '<h1>電動ドリル DR-77</h1><table><tr><td>型番</td><td>DR-77</td></tr><tr><td>価格</td><td>9,800円</td></tr><tr><td>備考</td><td>%s</td></tr></table><form action="/cart.cgi"><button>カートに入れる</button></form>'),
    "plain_list": ("", '<article><h1>電動ドリル DR-77</h1><button>カートに入れる</button><dl><dt>商品説明</dt><dd>%s</dd><dt>重さ</dt><dd>2kg</dd></dl></article>'),
    "plain_old": ("", '<center><table width="600"><tr><td><h1>電動ドリル DR-77</h1><font size="2">%s<br>9,800円(税込)</font><form action="/cart.cgi"><input type="submit" value="カートに入れる"></form></td></tr></table></center>'),
}
OTHERS = """
<div class="recommend"><h3>おすすめ商品</h3><p>RELATED 佐藤様専用</p></div>
<h3>この商品を買った人はこちらも見ています</h3><div class="item-box"><div class="product_description product__description itemDescription detailTxt">RELATED 中古品です。</div></div>
<ul><li><a href="/a"><img src="a.jpg"></a>RELATED 箱のみ</li><li><a href="/b"><img src="b.jpg"></a>RELATED ジャンク品です。</li><li><a href="/c"><img src="c.jpg"></a>RELATED</li></ul>
<div class="reviews"><p>REVIEW 中古品です。</p></div>
<p><a href="/used">NAVIGATION 中古品</a> <a href="/new">新品</a> <a href="/kaitori">買取</a></p>
<div class="shop-policy">POLICY 中古品の返品は承りません。</div>
<div id="bottom"><h4>送料について</h4><p>POLICY 全国一律800円。</p><h4>返品について</h4><p>POLICY 開封後はお受けできません。</p></div>
<footer>FOOTER 中古品です。</footer>"""


def page(cart: str, words: str, others: str = "", heading: str = "電動ドリル DR-77") -> RawProduct:
    """The cart's page with `words`, as the spider of shops reads it."""
    head, body = CARTS[cart]
    text = f'<html lang="ja"><head><title>{heading}</title>{head}</head><body>{body % words}{others}</body></html>'
    return read_product(text.replace("電動ドリル DR-77", heading), "https://shop.example.jp/item/1", with_text=True).product


@pytest.mark.parametrize("cart", sorted(CARTS))
@pytest.mark.parametrize("words", ["たろう様専用です", "中古品です。<br>動作確認済み。", "空箱のみの販売です。", "新品です。"])
def test_the_sellers_words_are_read(cart: str, words: str) -> None:
    read = page(cart, words, OTHERS)
    said = words.replace("<br>", "\n")
    assert said in (read.description or "")
    assert not any(mark in (read.description or "") for mark in ("RELATED", "REVIEW", "NAVIGATION", "FOOTER", "カートに"))


@pytest.mark.parametrize("cart", sorted(CARTS))
@pytest.mark.parametrize(("words", "condition"), [
    ("新品です。", NEW), ("未使用品です。", UNUSED), ("中古品です。", GOOD), ("ジャンク品です。", JUNK), ("たろう様専用です", UNKNOWN),
    ("中古品の返品はお受けできません。", UNKNOWN), ("新品同様です。", LIKE_NEW),
])
def test_the_condition_is_heard_from_the_sellers_words_alone(cart: str, words: str, condition: Condition) -> None:
    assert page(cart, words, OTHERS).condition is condition


@pytest.mark.parametrize("cart", sorted(name for name in CARTS if name != "plain_remark"))
def test_policies_stay_out(cart: str) -> None:
    read = page(cart, "静かなモーターです。", OTHERS)
    assert "静かなモーターです。" in (read.description or "")
    assert "POLICY" not in (read.description or "")


@pytest.mark.parametrize(("body", "kept", "left_out"), [
    ("<h3>商品の状態について</h3><p>中古品です。</p>", "中古品です。", "@"),
    ("<p>【送料無料】</p><p>花子様専用です</p>", "花子様専用です", "@"),
    ("<p>【送料無料】花子様専用です</p>", "花子様専用です", "@"),
    ("<p>■商品について<br>静かです。<br>■返品について<br>未開封に限ります。<br>■注意<br>花子様専用です</p>", "花子様専用です", "未開封"),
    ("<section><h3><span>お支払い方法</span></h3><p>代引き可。</p></section><p>花子様専用です</p>", "花子様専用です", "代引き"),
    ("<h3>配送について</h3><h4>北海道</h4><p>別途1,000円。</p><h3>ひとこと</h3><p>花子様専用です</p>", "花子様専用です", "北海道"),
    ('<p style="display:none">中古品です。</p><p>軽量です。</p>', "軽量です。", "中古品"),
    ('<p class="stock">在庫あり</p><p class="stock-note">在庫あり 花子様専用</p>', "花子様専用", "@"),
    ('<p class="price">9,800円(税込)</p><p>花子様専用です</p>', "花子様専用です", "9,800"),
    ("<p>大きさ<del>と中古品です。</del></p>", "大きさ", "中古"),
    ("<table><tr><th>送料</th><td>全国一律。離島は別途お見積りいたします。</td></tr><tr><th>付属品</th><td>なし（本体のみ）</td></tr></table>", "本体のみ", "離島"),
])
def test_parts_of_a_plain_page(body: str, kept: str, left_out: str) -> None:
    said = page("plain", f"</div><div>{body}").description or ""
    assert kept in said
    assert left_out not in said


def test_text_before_the_title_is_not_the_products() -> None:
    read = read_product("<html><head><title>電動ドリル DR-77</title></head><body><p>BEFORE 中古品です。</p><div><b>BEFORE</b><h1>電動ドリル DR-77</h1>新品です。</div></body></html>", "https://a.example.jp/", with_text=True)
    assert read.product.description == "新品です。"


def test_the_fuller_text_wins_and_nothing_said_is_lost() -> None:
    head = '<script type="application/ld+json">{"@type":"Product","name":"電動ドリル DR-77","description":"毎分1500回転。\\n重さ2kg。","offers":{"@type":"Offer","price":9800}}</script><meta property="og:description" content="中古品なら当店へ">'
    text = f'<html><head><title>電動ドリル DR-77</title>{head}</head><body><h1>電動ドリル DR-77</h1><button>カートに入れる</button><div>%s</div></body></html>'
    whole = read_product(text % "毎分1500回転。<br>重さ2kg。<br>花子様専用です", "https://a.example.jp/", with_text=True).product
    short = read_product(text % "花子様専用です", "https://a.example.jp/", with_text=True).product
    assert whole.description == "毎分1500回転。\n重さ2kg。\n花子様専用です"
    assert short.description == "毎分1500回転。\n重さ2kg。\n花子様専用です"


def test_a_meta_tag_stands_in_where_the_page_says_nothing() -> None:
    text = '<html><head><title>電動ドリル DR-77</title><meta property="og:description" content="強力な一台"></head><body><h1>電動ドリル DR-77</h1>%s</body></html>'
    assert read_product(text % "", "https://a.example.jp/", with_text=True).product.description == "強力な一台"
    assert read_product(text % "<p>花子様専用です</p>", "https://a.example.jp/", with_text=True).product.description == "花子様専用です"


def test_a_long_text_is_cut() -> None:
    assert len(page("plain", "とても長い説明です。" * 5000).description or "") <= 20_000


@pytest.mark.parametrize(("heading", "words", "condition"), [
    ("電動ドリル DR-77 新品", "静かです。", NEW), ("中古 電動ドリル DR-77", "静かです。", GOOD), ("電動ドリル DR-77 新品", "中古品です。", GOOD),
    ("電動ドリル DR-77 新品", "一度使用しました。", UNKNOWN), ("電動ドリル DR-77 新品・中古", "静かです。", UNKNOWN),
    ("電動ドリル DR-77 ジャンク", "新品です。", JUNK),
])
def test_title_before_text_and_the_worse_of_both(heading: str, words: str, condition: Condition) -> None:
    assert page("color_me", words, heading=heading).condition is condition


def test_a_template_that_says_new_of_everything_yields() -> None:
    offer = '<script type="application/ld+json">{"@type":"Product","name":"電動ドリル DR-77","offers":{"@type":"Offer","price":9800,"itemCondition":"NewCondition"}}</script>'
    assert page("plain", "中古品です。", offer).condition is GOOD
    assert page("plain", "静かです。", offer).condition is NEW
    assert page("plain", "新品です。<br>一度使用しました。", offer).condition is UNKNOWN


def test_a_row_against_the_text_is_unknown() -> None:
    row = "<table><tr><th>状態</th><td>新品</td></tr></table>"
    assert page("color_me", "静かです。", row).condition is NEW
    assert page("color_me", "中古品です。", row).condition is UNKNOWN


@pytest.mark.parametrize(("text", "condition"), [
    ("新品です", NEW), ("こちらは新品です。", NEW), ("新品・メーカー保証1年。", NEW), ("新品、国内正規品になります", NEW), ("当店は中古も取り扱う店です。新品です。", NEW), ("新品をお届けします", NEW),
    ("新品未開封です", UNUSED), ("未使用品です。", UNUSED), ("新古品です", UNUSED), ("状態：未使用", UNUSED), ("新品・未使用", UNUSED),
    ("未使用に近い状態です", LIKE_NEW), ("展示品です", LIKE_NEW), ("中古品になります。", GOOD), ("中古品のため、小傷があります。", GOOD), ("USED品です", GOOD), ("ジャンク品です。", JUNK), ("中古品です。ジャンク品です。", JUNK),
    ("中古品の返品はお受けできません。", UNKNOWN), ("中古買取強化中！", UNKNOWN), ("新品・中古販売", UNKNOWN), ("新品ではありません。", UNKNOWN), ("新品ですか？", UNKNOWN),
    ("バッテリーは新品です。", UNKNOWN), ("付属品も新品です", UNKNOWN), ("新品時の箱はありません", UNKNOWN), ("新品に交換いたします", UNKNOWN), ("新品の場合は1年保証", UNKNOWN), ("新品です。一度使用しました。", UNKNOWN),
    ("状態の良い中古品です。", GOOD), ("2回使用した中古品です。", GOOD), ("展示品のため、箱に傷みがあります", LIKE_NEW), ("新品未使用ですが、外箱に傷があります。", UNUSED), ("完全未使用の新品です。", NEW),
    ("中古品をお探しの方はこちら。新品です。", NEW), ("商品は全て新品です。中古品は扱っておりません。", NEW), ("一度だけ使いました。新品です。", UNKNOWN), ("1年間使用しました。新品です。", UNKNOWN), ("ほぼ新品です", UNKNOWN), ("新品に近い状態です", UNKNOWN),
    ("中古です。新品です。", UNKNOWN), ("新品価格の半額です", UNKNOWN), ("中古車に最適です", UNKNOWN), ("未使用時は電源を切ってください", UNKNOWN), ("", UNKNOWN), (None, UNKNOWN),
])
def test_stated_condition(text: str | None, condition: Condition) -> None:
    assert stated_condition(text)[0] is condition


@pytest.mark.parametrize(("title", "condition"), [
    ("マキタ TD173DZ 新品", NEW), ("【新品未使用】TD173DZ", UNUSED), ("中古 TD173DZ", GOOD), ("TD173DZ ジャンク品", JUNK), ("TD173DZ 新品同様", LIKE_NEW),
    ("中古車用ホルダー", UNKNOWN), ("TD173DZ 新品/中古", UNKNOWN), ("新品 中古カメラ用ケース", UNKNOWN), ("新品番 TD173DZ", UNKNOWN), (None, UNKNOWN),
])
def test_condition_in_a_title(title: str | None, condition: Condition) -> None:
    assert condition_in_title(title)[0] is condition


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_page_ends_soon(name: str) -> None:
    began = time.process_time()
    read_product(f"<html><body>{HOSTILE[name]}</body></html>", "https://a.example.jp/", with_text=True)
    stated_condition("新品・" * 7000)
    assert time.process_time() - began < 15


@pytest.mark.parametrize("at", range(0, 3000, 250))
def test_a_damaged_page_never_raises(at: int) -> None:
    for text in PAGES:
        read = read_product(text[:at] + "<" + text[at + 90 :], "https://a.example.jp/", with_text=True).product
        assert read.description is None or 0 < len(read.description) <= 20_000
