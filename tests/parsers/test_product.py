# ruff: noqa: E501 - a page, or a row of words, reads best in one line
"""The product layer: each layer on its own, and which is believed where they disagree."""

from __future__ import annotations

import json
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kataban.items import Availability, Condition, PriceKind
from kataban.parsers.product import RawProduct, read_product
from kataban.parsers.raw_product import checked_gtin, named
from kataban.parsers.structured import json_ld, loads, nodes
from kataban.parsers.text import html_selector

HERE = Path(__file__).parent
URL = "https://shop.example.jp/item/1"
IN, OUT, LATER, UNKNOWN = Availability.IN_STOCK, Availability.SOLD_OUT, Availability.BACKORDER, Availability.UNKNOWN


def product(body: str, head: str = "", url: str = URL) -> RawProduct:
    return read_product(
        f"<html lang='ja'><head><title>鼻毛カッター ER-GN70-K</title>{head}</head><body><h1>鼻毛カッター ER-GN70-K</h1>{body}</body></html>",
        url,
    ).product


def block(offer: str, more: str = "") -> str:
    return f'<script type="application/ld+json">{{"@type":"Product","name":"鼻毛カッター ER-GN70-K"{more},"offers":{offer}}}</script>'


OFFER = '{"@type":"Offer","price":"2980","priceCurrency":"JPY","availability":"https://schema.org/InStock"}'


# --- JSON-LD and its like --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '{"@type":"Product","name":"x"}',
        '\n<!-- {"@type":"Product","name":"x"} -->',
        '/*<![CDATA[*/ {"@type":"Product","name":"x"} /*]]>*/',
        '{"@type":"Product","name":"x",}',
        '{"@type":"Product","name":"x","offers": ,}',
        "{'@type':'Product','name':'x'}",
        '{"@type":"Product","name":"x"};',
        '{"@type":"Product","description":"says "hello" twice","name":"x"}',
        '{"@type":"Product","note":"line\nbreak","name":"x"}',
        "{&quot;@type&quot;:&quot;Product&quot;,&quot;name&quot;:&quot;x&quot;}",
        '{"@type":"Product", // comment\n "name":"x"}',
    ],
)
def test_almost_json(text: str) -> None:
    read = loads(text)
    assert (read["@type"], read["name"]) == ("Product", "x")


@pytest.mark.parametrize("text", ["", "not json", "{{{", "[" * 100_000, "9" * 5000])
def test_hopeless_text_is_none_or_no_node(text: str) -> None:
    assert not isinstance(loads(text), dict) or loads(text) == {}


def test_one_broken_block_does_not_lose_the_rest() -> None:
    page = html_selector(
        '<script type="application/ld+json">{"@type": "Product", </script><script type="application/ld+json">{"@type":"Product","name":"good"}</script>'
    )
    assert [node["name"] for node in json_ld(page) if "name" in node] == ["good"]


def test_graph_and_references_are_resolved() -> None:
    page = html_selector(
        '<script type="application/ld+json">{"@graph":[{"@type":"Product","name":"x","offers":{"@id":"#o"}},{"@id":"#o","@type":"Offer","price":5}]}</script>'
    )
    (found,) = [node for node in json_ld(page) if node.get("name") == "x"]
    assert found["offers"]["price"] == 5


def test_a_loop_of_references_ends() -> None:
    page = html_selector(
        '<script type="application/ld+json">{"@graph":[{"@id":"#a","@type":"Product","name":"x","isSimilarTo":{"@id":"#b"}},{"@id":"#b","@type":"Product","name":"y","isSimilarTo":{"@id":"#a"}}]}</script>'
    )
    assert [node["name"] for node in json_ld(page)] == ["x", "y"]


def test_microdata_keeps_inner_items_apart() -> None:
    page = html_selector(
        '<div itemscope itemtype="http://schema.org/Product"><h1 itemprop="name">x</h1><div itemprop="offers" itemscope itemtype="http://schema.org/Offer">'
        '<meta itemprop="price" content="19.90"><link itemprop="availability" href="http://schema.org/InStock"></div><span itemprop="brand">B</span></div>'
    )
    (node,) = nodes(page)
    assert (node["name"], node["brand"], node["offers"]["price"], "price" in node) == ("x", "B", "19.90", False)


@pytest.mark.parametrize(
    ("offers", "price", "kind"),
    [
        (OFFER, "2980", PriceKind.FIXED),
        (f"[{OFFER}]", "2980", PriceKind.FIXED),
        ('{"@type":"Offer","price":"￥1,234","priceCurrency":"JPY"}', "1234", PriceKind.FIXED),
        (
            '{"@type":"AggregateOffer","lowPrice":"1000","highPrice":"2000","priceCurrency":"JPY"}',
            "1000",
            PriceKind.RANGE,
        ),
        (
            '{"@type":"AggregateOffer","lowPrice":"1000","highPrice":"1000","priceCurrency":"JPY"}',
            "1000",
            PriceKind.FIXED,
        ),
        (
            '{"@type":"AggregateOffer","offers":[{"@type":"Offer","price":1500,"priceCurrency":"JPY"},{"@type":"Offer","price":1500}]}',
            "1500",
            PriceKind.FIXED,
        ),
        (
            '[{"@type":"Offer","priceSpecification":[{"price":"900","priceCurrency":"JPY"},{"price":"1200","priceType":"https://schema.org/ListPrice"}]}]',
            "900",
            PriceKind.FIXED,
        ),
        ('{"@type":"Offer","priceSpecification":{"price":"900","priceCurrency":"JPY"}}', "900", PriceKind.FIXED),
    ],
)
def test_offers(offers: str, price: str, kind: PriceKind) -> None:
    read = product("", block(offers))
    assert (str(read.price), read.price_kind, read.currency) == (price, kind, "JPY")


def test_variants_by_has_variant() -> None:
    read = product(
        "",
        '<script type="application/ld+json">{"@type":"ProductGroup","name":"鼻毛カッター","brand":"山川","hasVariant":['
        '{"@type":"Product","name":"鼻毛カッター 黒","sku":"ER-GN70-K","gtin13":"4549980000014","color":"黒","offers":{"price":2980,"priceCurrency":"JPY","availability":"InStock"}},'
        '{"@type":"Product","name":"鼻毛カッター 白","sku":"ER-GN70-W","offers":{"price":3180,"priceCurrency":"JPY","availability":"OutOfStock"}}]}</script>',
    )
    assert [(one.sku, one.gtin, str(one.price), one.availability, one.brand) for one in read.variants] == [
        ("ER-GN70-K", "4549980000014", "2980", IN, "山川"), ("ER-GN70-W", None, "3180", OUT, "山川")]
    assert (read.availability, str(read.price)) == (IN, "2980")


def test_the_address_names_the_variant_that_is_shown() -> None:
    offers = ",".join(f'{{"sku":"ER-{n}","price":{n}00,"priceCurrency":"JPY","availability":"{state}","url":"{URL}?variant={n}"}}' for n, state in ((30, "InStock"), (20, "OutOfStock")))
    read = product("", block(f"[{offers}]"), url=f"{URL}?variant=20")
    assert (read.sku, str(read.price), read.availability) == ("ER-20", "2000", OUT)
    assert str(product("", block(f"[{offers}]")).price) == "3000"  # the other is sold out


def test_offers_of_several_conditions_share_the_number_but_not_the_price() -> None:
    read = product("<table><tr><th>型番</th><td>ER-GN70-K</td></tr></table>", block(
        '[{"price":"3000","priceCurrency":"JPY","itemCondition":"NewCondition","availability":"InStock"},{"price":"1800","priceCurrency":"JPY","itemCondition":"UsedCondition","availability":"OutOfStock"}]'))
    assert [(one.mpn, str(one.price), one.condition, one.availability) for one in read.variants] == [
        ("ER-GN70-K", "3000", Condition.NEW, IN), ("ER-GN70-K", "1800", Condition.GOOD, OUT)]


# --- where layers disagree -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "price"),
    [
        (
            "<p class=price><del>2,980円</del> <span>1,980円 (税込)</span></p>",
            "1980",
        ),  # the struck price stands in the data
        ("<p><span class=old-price>2,980円</span><span class=price>1,980円(税込)</span></p>", "1980"),
        ("<p class=price>2,980円(税抜)</p><p class=price>3,278円(税込)</p>", "3278"),  # the data is without tax
        ("<p class=price>2,980円(税込)</p>", "2980"),
        ("<p class=price>2,980円</p><div class=related><a href=/2><img></a><p class=price>980円</p></div>", "2980"),
        (
            "<p class=price>2,980円</p><p class=point>298円分のポイント</p><p>送料 550円</p><p>あと1,020円で送料無料</p>",
            "2980",
        ),
        ("<p>3,980円以上のお買い上げで送料無料</p>", "2980"),
        ("", "2980"),
    ],
)
def test_price_in_data_against_what_is_shown(shown: str, price: str) -> None:
    assert str(product(shown, block(OFFER)).price) == price


@pytest.mark.parametrize(
    ("shown", "availability"),
    [
        ("<p class=stock>在庫あり</p>", IN),
        ("<p class=soldout>売り切れました</p><button>カートに入れる</button>", OUT),
        ("<p>在庫：お取り寄せ</p>", LATER),
        ("<p>売り切れの際はご容赦ください</p><button>カートに入れる</button>", IN),
        ("<p class=note hidden>品切れ</p>", IN),
        ("", IN),
        ("<div class=recommend><p class=stock>売り切れ</p></div>", IN),
    ],
)
def test_in_stock_in_data_against_what_is_shown(shown: str, availability: Availability) -> None:
    assert product(shown, block(OFFER)).availability is availability


def test_sold_out_in_data_against_an_open_button_is_unknown() -> None:
    head = block(OFFER.replace("InStock", "OutOfStock"))
    assert product("", head).availability is OUT
    assert product("<p class=stock>在庫なし</p><button>カートに入れる</button>", head).availability is OUT
    assert product("<p class=price>2,980円</p><button>カートに入れる</button>", head).availability is UNKNOWN


@pytest.mark.parametrize(
    ("body", "availability"),
    [
        ("<p class=price>2,980円</p><button>カートに入れる</button>", IN),
        ("<p class=price>2,980円</p>", UNKNOWN),
        ("<p class=price>2,980円</p><button disabled>カートに入れる</button>", UNKNOWN),
        ("<p class=price>2,980円</p><button disabled>SOLD OUT</button>", UNKNOWN),
        ("<table><tr><th>在庫</th><td>○</td></tr></table>", IN),
        ("<table><tr><th>在庫</th><td>×</td></tr></table>", OUT),
        ("<p class=stock>残り2点</p>", IN),
        ("<nav><a href=/cart>カートを見る</a></nav>", UNKNOWN),
        ("<p>ただいま品切れ中です</p><input type=submit value=カートに入れる>", OUT),
        ("<p class=error-msg>This product is currently unavailable.</p>", OUT),
        ("<p>この商品は現在売り切れとなっております。</p>", OUT),
        ("<p>This product is not available in the stores of the north of the country.</p>", UNKNOWN),
    ],
)
def test_stock_needs_positive_evidence(body: str, availability: Availability) -> None:
    assert product(body).availability is availability


@pytest.mark.parametrize(("title", "shown", "price", "currency"), [
    ("Canon EOS R8", "<p class=price>$1,299.00</p>", "1299.00", None),  # R8 is no 8 rand, and $ is many countries'
    ("Canon EOS R8", "", None, None),
    ("Proxxon RM 500", "<p class=price>€ 189,00</p>", "189.00", "EUR"),
    ("Canon EOS R8", "<p class=price>R 28,999.00</p>", "28999.00", "ZAR"),
    ("Lens", "<p class=price>$99.00</p><p>Shipping to Europe: € 9.00</p>", "99.00", None),  # no mark of this price
])
def test_a_currency_is_read_off_the_price_and_not_off_the_name(
    title: str, shown: str, price: str | None, currency: str | None
) -> None:
    page = (f"<html><head><title>{title}</title></head><body><nav>{title}</nav><h1>{title}</h1>{shown}"
            "<button>Add to cart</button></body></html>")
    read = read_product(page, "https://store.example.com/x").product
    assert (str(read.price) if read.price else None, read.currency) == (price, currency)


def test_used_in_words_beats_new_in_data() -> None:
    offer = OFFER.replace('"availability"', '"itemCondition":"https://schema.org/NewCondition","availability"')
    assert (
        product("<table><tr><th>状態</th><td>中古 ランクB</td></tr></table>", block(offer)).condition is Condition.FAIR
    )
    assert product("", block(offer)).condition is Condition.NEW


@pytest.mark.parametrize(("more", "body", "mpn", "sku"), [
    (',"mpn":"ER-GN70-K","sku":"10023"', "<p>商品番号：10023 型番：ER-GN70-K</p>", "ER-GN70-K", "10023"),
    (',"mpn":"238368885"', "<p>型番：ER-GN70-K</p>", "ER-GN70-K", None),  # an id that nobody sees
    (',"mpn":"10023","sku":"10023"', "<p>商品コード：10023</p>", None, "10023"),  # only repeats the shop's own
    (',"sku":"4549980000014","gtin13":"4549980000014"', "", None, None),  # only repeats the GTIN
    ("", "<dl><dt>品番</dt><dd>ER-GN70-K ～ ER-GN70-W</dd></dl>", None, None),  # a range is no number
    (',"mpn":"${mpn}"', "", None, None),
])
def test_numbers(more: str, body: str, mpn: str | None, sku: str | None) -> None:
    read = product(body, block(OFFER, more))
    assert (read.mpn, read.sku) == (mpn, sku)


@pytest.mark.parametrize(
    ("body", "field", "value"),
    [
        ("<p>型番：ER-GN70-K<br>JANコード：4549980000014<br>メーカー：山川電機</p>", "brand", "山川電機"),
        ("<p>JAN:4549980000014 / 型番:MJX54J/A</p>", "mpn", "MJX54J/A"),
        ("<p>JAN:4549980000014 / 型番:MJX54J/A</p>", "gtin", "4549980000014"),
        ("<p>ＪＡＮ：４５４９９８０００００１４</p>", "gtin", "4549980000014"),
        ("<p>JAN：4549980000011</p>", "gtin", None),
        ("<ul><li>【型番】ER-GN70-K</li></ul>", "mpn", "ER-GN70-K"),
        ("<p><b>Brand:</b> ACME</p>", "brand", "ACME"),
        ("<table><tr><th>Maker</th><td>Makita</td></tr></table>", "brand", "Makita"),
        ("<table><tr><td>Item model number</td><td>PTV17-16912</td></tr></table>", "mpn", "PTV17-16912"),
        ("<p>この型番は人気です</p>", "mpn", None),
        ("<div><span>メーカー型番</span><span>HMP 2000</span></div>", "mpn", "HMP 2000"),
    ],
)
def test_rows(body: str, field: str, value: str | None) -> None:
    assert getattr(product(body), field) == value


def test_the_page_is_not_read_by_its_related_boxes() -> None:
    boxes = "".join(
        f"<li><a href=/{n}><img></a><p class=price>{n},980円</p><p>型番：XX-{n}</p><button>カートに入れる</button></li>"
        for n in range(1, 5)
    )
    read = product(f"<section class=related-items><ul>{boxes}</ul></section>")
    assert (read.price, read.mpn, read.availability) == (None, None, UNKNOWN)


def test_embedded_data_counts_only_under_the_title_and_a_price_that_is_shown() -> None:
    data = '<script>window.state = {"items":[{"name":"他の品","price":100,"brand":"X"},{"name":"鼻毛カッター ER-GN70-K","price":2980,"brand":"山川","inStock":true}]}</script>'
    read = product("<div class=a>2,980円</div>", data)
    assert (str(read.price), read.brand, read.availability) == ("2980", "山川", IN)
    assert product("", data).price is None


def test_names_and_gtins() -> None:
    assert [named(text) for text in (" A\nB ", "N/A", "null", "-", "", None, "Default Title")] == [
        "A B",
        None,
        None,
        None,
        None,
        None,
        None,
    ]
    assert [
        checked_gtin(text)
        for text in (
            "4549980000014",
            "45499800000141",
            "0000000000000",
            "4549980000011",
            "x4549980000014x",
            "4-549980-000014",
            None,
        )
    ] == ["4549980000014", None, None, None, "4549980000014", "4549980000014", None]


@pytest.mark.parametrize(
    "text", ["", "\x00", "plain text", "<html>", "{", "<body><h1></h1>", "<svg><h1>x</h1></svg>", "<a" * 2000]
)
def test_odd_pages_give_an_empty_product(text: str) -> None:
    assert read_product(text, URL).product.price is None


# --- shop software ---------------------------------------------------------------------------------------------------

EXPECTED: dict[str, dict[str, Any]] = {
    "ec_cube_4_single_sold_out": {"price": "1320", "currency": "JPY", "availability": OUT, "sku": "MC-682"},
    "shopify_dawn": {
        "price": "15180.0",
        "currency": "JPY",
        "availability": IN,
        "brand": "マキタ",
        "sku": "DF012DSHX",
        "gtin": "0088381653909",
    },
    "sylius": {"price": "35.92", "availability": IN},
    "table_layout_chinese": {"price": "995", "availability": IN, "brand": "小米", "mpn": "XMSH10HM"},
    "woocommerce_out_of_stock": {"price": "18.00", "list_price": "20.00", "availability": OUT, "sku": "Woo-beanie-logo"},
    "zen_cart": {"price": "449.99", "availability": IN, "brand": "Matrox", "mpn": "MG400-32MB"},
    "magento": {"price": "22", "currency": "USD", "list_price": "28", "availability": IN, "sku": "MT07"},
    "next_js_spa": {
        "price": "59.0",
        "currency": "EUR",
        "availability": IN,
        "brand": "Aurora",
        "sku": "AUR-HD-01",
        "gtin": "4006381333931",
    },
    "nopcommerce": {
        "price": "1800.00",
        "availability": OUT,
        "brand": "Apple",
        "mpn": "MD101LL/A",
        "sku": "AP_MBP_13",
        "gtin": "0885909560745",
    },
    "odoo": {"price": "750.0", "currency": "USD", "availability": IN},
    "opencart": {"price": "98.00", "availability": IN, "brand": "Canon", "sku": "LC58-01"},
    "oscar": {"price": "29.99", "currency": "GBP", "availability": IN, "gtin": "9780071666619"},
    "plain_german": {
        "price": "19.90",
        "currency": "EUR",
        "availability": OUT,
        "brand": "Miele",
        "mpn": "EF-200/A",
        "sku": "10-4711",
        "gtin": "4006381333931",
    },
    "prestashop": {"price": "14.28", "currency": "EUR", "availability": OUT, "sku": "demo_11"},
    "shopware": {"price": "129.95", "currency": "EUR", "availability": IN, "brand": "Bosch", "sku": "SW10042"},
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_shop_software(name: str) -> None:
    read = read_product((HERE / "shop_software" / f"{name}.html").read_text(encoding="utf-8"), "https://store.example.com/x").product
    fields = {field: str(value) if isinstance(value := getattr(read, field), Decimal) else value
              for field in ("price", "currency", "list_price", "availability", "brand", "mpn", "sku", "gtin")}
    assert {field: value for field, value in fields.items() if value is not None} == EXPECTED[name]


PAGES = [path.read_text(encoding="utf-8") for path in sorted((HERE / "shop_software").glob("*.html"))]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(PAGES), st.integers(0, 6000), st.integers(0, 400), st.text(max_size=12))
def test_a_damaged_page_never_raises(page: str, at: int, length: int, instead: str) -> None:
    read = read_product(page[:at] + instead + page[at + length :], URL).product
    assert read.price is None or read.price > 0
    assert isinstance(read.availability, Availability)


@settings(max_examples=80, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
    st.sampled_from(["@type", "@id", "@graph", "name", "offers", "price", "priceSpecification", "brand", "sku", "availability", "hasVariant", "image", "url", "itemCondition", "gtin13"]),
    inner, max_size=5), max_leaves=20))
def test_any_json_ld_never_raises(data: Any) -> None:
    node = {"@type": "Product", "name": "x", "offers": data, "hasVariant": data, "brand": data, "image": data, "sku": data, "additionalProperty": data}
    page = f'<h1>x</h1><script type="application/ld+json">{json.dumps([data, node])}</script>'
    read_product(page, URL)


HOSTILE = {
    "nested": "<div>" * 50_000 + "<h1>x</h1>",
    "prices": "<h1>t</h1>" + "".join(f"<span class=price>{n}円 {n + 1}円</span>" for n in range(1000, 5000)),
    "boxes": "<h1>t</h1><ul>" + "<li><a href=/x><img></a><span class=price>1,000円</span> 在庫あり</li>" * 5000 + "</ul>",
    "text": "<h1>t</h1><p>" + "型番：ABC-123 在庫切れ " * 50_000,
    "digits": "<h1>t</h1><p class=price>" + "1,234." * 50_000,
    "references": f"""<script type="application/ld+json">[{",".join(['{"@type":"Product","@id":"#a","isRelatedTo":{"@id":"#a"}}'] * 5000)}]</script>""",
    "descriptions": '<script type="application/ld+json">' + '{"description":"' * 50_000 + "</script>",
    "scripts": "<h1>abcdefgh</h1><script>" + 'var a={"name":"abcdefgh","x":[' * 1000 + "</script>",
    "scopes": '<div itemscope itemtype="http://schema.org/Product">' * 1000 + "<span itemprop=name>x</span>",
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_page_ends_soon(name: str) -> None:
    """In seconds of the processor, however busy the machine; one lazy pattern once took minutes over "descriptions"."""
    began = time.process_time()
    read_product(HOSTILE[name], URL)
    assert time.process_time() - began < 15
