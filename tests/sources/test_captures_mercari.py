"""Mercari's reading against real answers. Expected values come from a second reading: another layer of the same page
(JSON-LD, the visible parts, an element's own attributes), the raw JSON by pattern, or by eye; each test says which.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from parsel import Selector

from kataban.crawling.replay import Envelope, Replayed, replay
from kataban.items import Availability, Outcome, PageKind, PriceKind
from spiders import mercari_json, mercari_pages
from spiders.mercari import MercariSpider

pytestmark = pytest.mark.captures

SEARCH = "https://jp.mercari.com/search?keyword=x&status=on_sale"
API = "https://api.mercari.jp"
DRAWN = b"<html><body><main>page</main></body></html>"
HTML = {"Content-Type": "text/html; charset=utf-8"}


@pytest.fixture
def folder(captures: Path) -> Path:
    return captures / "mercari"


def cassette(path: Path) -> list[str]:
    """The response bodies of a VCR file, without a YAML library: double-quoted scalars, folded over lines."""
    text = path.read_text(encoding="utf-8")
    bodies = re.findall(r'^    content: "(.*?)"\n    headers:', text, re.DOTALL | re.MULTILINE)
    unfolded = (re.sub(r"\n +", " ", re.sub(r"\\\n +\\?", "", body)) for body in bodies)
    joined = (body.replace("\\ ", " ").replace("\\_", "\u00a0") for body in unfolded)
    return [json.loads(f'"{body}"') for body in joined]


def run(url: str, as_: str, answer: Any = None, *, at: str = "", status: int = 200, body: bytes = DRAWN,
        **more: Any) -> Replayed:
    page_json = [] if answer is None else [{"url": API + at, "status": status, "json": answer}]
    return replay(MercariSpider(), Envelope(url=url, headers=HTML, as_=as_, body=body, page_json=page_json, **more))


def said(node: Any) -> str:
    """The first text of a node, without the variation selectors that our titles drop."""
    return re.sub("[\ufe00-\ufe0f]", "", node.css("::text").get())


def search(answer: Any) -> Replayed:
    return run(SEARCH, "search", answer, at="/v2/entities:search", model_number="x")


def test_item_page_drawn_against_its_json_ld(folder: Path) -> None:
    """The parser's title, description rows and seller come from what is drawn; JSON-LD and meta are read here apart."""
    body = (folder / "item_on_sale_2026-03-08.html").read_bytes()
    (found,) = run("https://jp.mercari.com/item/m56789324689", "detail", body=body).listings
    graph = json.loads(Selector(body.decode()).css('script[type="application/ld+json"]::text').get())["@graph"]
    product = next(node for node in graph if node["@type"] == "Product")
    assert found.listing_id == product["productID"]
    assert found.title == product["name"]
    assert found.price == product["offers"]["price"] == 4999
    assert found.price_kind is PriceKind.FIXED
    assert found.brand == product["brand"]
    assert found.image_url == product["image"][0]
    assert found.description.split() == product["description"].split()
    assert found.availability is Availability.IN_STOCK
    # By eye, from the visible text of the page.
    assert (found.condition_label, found.shipping_method) == ("目立った傷や汚れなし", "らくらくメルカリ便")
    assert (found.shipping, found.shipping_included, found.ships_in_days) == (0, True, (2, 3))
    seller = found.seller
    assert (seller.review_count, seller.stars, seller.identity_verified) == (57, 5.0, False)
    assert seller.badges == ("Highly Rated", "Seller Level 6")


def test_cells_of_the_old_layout_against_their_visible_parts(folder: Path) -> None:
    """The parser reads the aria-label and the address; name, number, id and itemtype are read here from other nodes."""
    page = Selector((folder / "item_on_sale_2026-03-08.html").read_text(encoding="utf-8"))
    drawn = [cell for cell in page.css('li[data-testid="item-cell"]') if cell.css("a")]
    assert len(drawn) == 15
    for cell in drawn:
        found = mercari_pages.read_cell(cell)
        assert found.title.split() == said(cell.css('[data-testid="thumbnail-item-name"]')).split()
        assert f"{found.price:,}" == said(cell.css('[class^="number__"]'))
        assert found.listing_id == cell.css("[itemtype]::attr(id)").get()
        assert (found.source == "mercari_shops") == (cell.css("[itemtype]").attrib["itemtype"] == "ITEM_TYPE_BEYOND")
        assert found.availability is Availability.UNKNOWN, "no ribbon is no evidence of stock"
    kinds = [mercari_pages.read_cell(cell).price_kind for cell in drawn]
    assert [at for at, kind in enumerate(kinds) if kind is PriceKind.CURRENT_BID] == [4], "by eye: one says 現在"
    sources = [mercari_pages.read_cell(cell).source for cell in drawn]
    assert sources.count("mercari_shops") == 1


def test_cells_on_an_item_page_are_strangers(folder: Path) -> None:
    """The recommended items use the cells of a result list and are never read as one."""
    read = run(SEARCH, "search", body=(folder / "item_on_sale_2026-03-08.html").read_bytes(), model_number="x")
    assert read.listings == []
    assert read.outcome not in (None, Outcome.NOTHING)


@pytest.mark.parametrize("name", ["search_unhydrated_skeleton_2026-03-22.html",
                                  "item_unhydrated_skeleton_2026-03-22.html"])
@pytest.mark.parametrize("as_", ["search", "detail"])
def test_a_page_that_was_not_drawn_is_no_look(folder: Path, name: str, as_: str) -> None:
    """Both hold the sentence of no hits and 売り切れ in their translations (by eye: counted in the raw HTML)."""
    body = (folder / name).read_bytes()
    assert "出品された商品がありません" in body.decode()
    read = run("https://jp.mercari.com/item/m10000000000" if as_ == "detail" else SEARCH, as_, body=body)
    assert (read.outcome, read.page_kind) == (Outcome.UNRENDERED, PageKind.UNRENDERED)


def test_deleted_item(folder: Path) -> None:
    """By eye: the page says 該当する商品は削除されています。 and shows no title."""
    body = (folder / "item_deleted_2026-03-08.html").read_bytes()
    row = {"listing_id": "m10000000000", "title": "row", "price": 100, "availability": "in_stock"}
    (found,) = run("https://jp.mercari.com/item/m10000000000", "detail", body=body, listing=row).listings
    assert (found.availability, found.detail_read, found.title) == (Availability.SOLD_OUT, True, "row")


def test_search_in_two_pages_against_the_raw_text(folder: Path) -> None:
    """States, prices and ids are read here from the raw text by pattern. The site counts 150 and shows 143."""
    bodies = cassette(folder / "mercapi_test_search_fetch_next_page.yml")
    reads = [search(json.loads(body)) for body in bodies]
    pages = [read.page for read in reads]
    assert [(page.rows, page.unreadable, page.last) for page in pages] == [(119, 0, False), (24, 0, True)]
    assert {page.hits_reported for page in pages} == {None}, "its count would call a complete look incomplete"
    assert [request.url.rpartition("page_token=")[2] for request in reads[0].next_requests] == ["v1:1"]
    assert reads[1].next_requests == []
    rows = [row for read in reads for row in read.listings]
    raw = "".join(bodies)
    assert [row.listing_id for row in rows] == re.findall(r'"id":"(m\d+)"', raw)
    assert [row.price for row in rows] == [int(price) for price in re.findall(r'"price":"(\d+)"', raw)]
    states = re.findall(r'"status":"ITEM_STATUS_(\w+)"', raw)
    assert [row.availability is Availability.IN_STOCK for row in rows] == [state == "ON_SALE" for state in states]
    assert {row.availability for row in rows} == {Availability.IN_STOCK, Availability.SOLD_OUT}
    assert all(row.seller and row.posted_at and row.title for row in rows)
    assert all(row.condition_label and row.shipping_included is not None for row in rows)


def test_small_search_by_eye(folder: Path) -> None:
    read = search(json.loads(cassette(folder / "mercapi_test_simple_search_query.yml")[0]))
    assert [(row.title, row.price, row.condition_label, row.availability.value) for row in read.listings] == [
        ("DJ SHARPNEL Cyclick CD (SRPC-0026)", 23000, "目立った傷や汚れなし", "in_stock"),
        ("CYCLICK CONTROL - UPSHFT SHOWCASE", 800, "目立った傷や汚れなし", "in_stock"),
        ("(ジャンク)DJ SHARPNEL CYCLICK", 1000, "全体的に状態が悪い", "sold_out"),
    ]
    assert read.page.last


def test_no_price_by_eye(folder: Path) -> None:
    """price 9999999 with isNoPrice true."""
    (row,) = search(json.loads(cassette(folder / "mercapi_test_search_no_price_item.yml")[0])).listings
    assert (row.price, row.price_kind, row.condition_label) == (None, PriceKind.NONE, "新品、未使用")


def test_auctions_are_current_bids_by_eye(folder: Path) -> None:
    read = search(json.loads((folder / "api_search_auction_2026-09-02.json").read_bytes()))
    assert [(row.price, row.price_kind) for row in read.listings] == [
        (62100, PriceKind.CURRENT_BID), (60000, PriceKind.CURRENT_BID)]
    assert not read.page.last


def test_personal_and_shops_rows_by_eye(folder: Path) -> None:
    read = search(json.loads((folder / "api_search_personal_and_shops_2024-10.json").read_bytes()))
    personal, shops = read.listings
    assert (personal.source, personal.price, personal.seller.seller_id) == ("mercari", 12600, "439593141")
    assert (personal.posted_at.isoformat(), personal.shipping_included) == ("2023-11-27T11:56:22+00:00", True)
    assert (shops.source, shops.price, shops.seller, shops.shipping_included) == ("mercari_shops", 12481, None, None)
    assert shops.url == "https://jp.mercari.com/shops/product/ZHoogkkHAkVkwfACrChNVW"
    assert shops.posted_at is None, "created equals updated there: it is no age"


def test_item_json_against_its_other_fields(folder: Path) -> None:
    """Title, brand and condition are told a second time by meta_title and meta_subtitle of the same answer."""
    answer = json.loads((folder / "api_item_detail_2026-09-02.json").read_bytes())
    data = answer["data"]
    url, at = f"https://jp.mercari.com/item/{data['id']}", f"/items/get?id={data['id']}"
    (found,) = run(url, "detail", answer, at=at).listings
    assert found.title == data["meta_title"]
    assert f"{found.brand}・{found.condition_label}" == data["meta_subtitle"]
    assert found.attributes["機種名"] == "iPhone 15", "by eye"
    assert found.attributes["機能不良"] == "なし", "by eye"
    assert (found.price, found.availability, found.ships_in_days) == (70000, Availability.IN_STOCK, (2, 3))
    assert (found.seller.good, found.seller.normal, found.seller.bad, found.seller.review_count) == (75, 0, 0, 75)
    assert found.seller.since.isoformat() == data["seller"]["register_sms_confirmation_at"][:10]
    assert found.seller.identity_verified is None, "an SMS confirmation proves no identity"


def test_sold_item_by_eye(folder: Path) -> None:
    answer = json.loads(cassette(folder / "mercapi_test_item.yml")[0])
    url, at = "https://jp.mercari.com/item/m12871737078", "/items/get?id=m12871737078"
    (found,) = run(url, "detail", answer, at=at).listings
    assert (found.price, found.availability, found.ships_from) == (8000, Availability.SOLD_OUT, "北海道")
    assert found.shipping_method == "ゆうゆうメルカリ便"


def test_missing_item(folder: Path) -> None:
    answer = json.loads(cassette(folder / "mercapi_test_item_not_found.yml")[0])
    (found,) = run("https://jp.mercari.com/item/m00000000000", "detail", answer, at="/items/get?id=m00000000000",
                   status=404, listing={"listing_id": "m00000000000"}).listings
    assert found.availability is Availability.SOLD_OUT


def test_shops_product_by_eye(folder: Path) -> None:
    answer = json.loads((folder / "api_shops_product_2026-09-02.json").read_bytes())
    read = run(f"https://jp.mercari.com/shops/product/{answer['name']}", "detail", answer,
               at=f"/v1/marketplaces/shops/products/{answer['name']}?view=FULL",
               listing={"source": "mercari_shops", "listing_id": answer["name"]})
    whole, *variants = read.listings
    assert (whole.listing_id, whole.price_kind, whole.variant_of) == (answer["name"], PriceKind.RANGE, None)
    colours = ["ブラック", "ブルー", "パープル", "オレンジ"]
    assert [row.attributes["種類"] for row in variants] == [f"{colour}【機種連絡】" for colour in colours]
    assert {(row.price, row.quantity, row.availability, row.variant_of) for row in variants} == {
        (1280, 5, Availability.IN_STOCK, answer["name"])}
    seller = whole.seller
    assert (seller.name, seller.review_average, seller.review_count) == ("Smart Selection Shop", 5.0, 2550)
    assert (whole.ships_from, whole.ships_in_days, whole.condition_label) == ("愛知県", (2, 3), "新品、未使用")


@pytest.mark.parametrize("seller_id", ["900000001", "362164700"])
def test_profile_by_eye(folder: Path, seller_id: str) -> None:
    anonymised = json.loads((folder / "api_profile_2026-09-02.json").read_bytes())
    recorded = json.loads(cassette(folder / "mercapi_test_profile.yml")[0])
    answer, good, since = {"900000001": (anonymised, (75, 0, 0), "2020-10-06"),
                           "362164700": (recorded, (1049, 3, 0), "2018-03-24")}[seller_id]
    at = f"/users/get_profile?user_id={seller_id}&_user_format=profile"
    url, seller = f"https://jp.mercari.com/user/profile/{seller_id}", {"seller_id": seller_id}
    (found,) = run(url, "seller", answer, at=at, seller=seller).sellers
    assert (found.good, found.normal, found.bad) == good
    assert found.review_count == sum(good)
    assert found.since.isoformat() == since
    assert found.profile.startswith(answer["data"]["introduction"][:12])
    assert found.sold_count is None, "what was put up is not what was sold"


def test_badges_by_eye(folder: Path) -> None:
    """The capture bundles two answers: no badges, identity verified."""
    bundle = json.loads((folder / "api_badges_2026-09-02.json").read_bytes())
    answer = json.loads((folder / "api_profile_2026-09-02.json").read_bytes())
    social = f"{API}/services/usersocialjp/v1"
    loaded = {f"{API}/users/get_profile?user_id=900000001&_user_format=profile": answer,
              f"{social}/stats/badges": bundle["badges"], f"{social}/has_identity_verified_badge": bundle["verified"]}
    page_json = [{"url": url, "status": 200, "json": said} for url, said in loaded.items()]
    envelope = Envelope(url="https://jp.mercari.com/user/profile/900000001", headers=HTML, as_="seller",
                        page_json=page_json, seller={"seller_id": "900000001"})
    (found,) = replay(MercariSpider(), envelope).sellers
    assert found.badges == ()
    assert found.identity_verified is True


def test_site_lists_against_our_tables(folder: Path) -> None:
    """Our tables of condition, payer and method against the site's own lists."""
    marks = mercari_json.MARKS
    for table, name in (("json.condition", "facet_conditions.json"), ("json.payer", "facet_shippingPayers.json"),
                        ("json.shipping_method", "facet_shippingMethods.json")):
        listed = json.loads((folder / name).read_bytes())
        rows = listed if isinstance(listed, list) else next(each for each in listed.values() if isinstance(each, list))
        names = {str(row["id"]): row["name"] for row in rows}
        assert {key: names[key] for key in marks.table(table)} == marks.table(table)


@pytest.mark.parametrize(("old", "new"), [
    ('"items"', '"entities"'), ('"name"', '"label"'), ('"price"', '"cost"'), ('"status"', '"state"')])
def test_a_changed_key_is_broken(folder: Path, old: str, new: str) -> None:
    body = cassette(folder / "mercapi_test_simple_search_query.yml")[0].replace(old, new)
    read = search(json.loads(body))
    assert (read.outcome, read.reason_code) == (Outcome.BROKEN, "layout_changed")
    assert read.listings == []


def test_a_changed_item_page_is_broken(folder: Path) -> None:
    body = (folder / "item_on_sale_2026-03-08.html").read_bytes().replace(b'data-testid="name"', b'data-testid="n"')
    read = run("https://jp.mercari.com/item/m56789324689", "detail", body=body)
    assert (read.outcome, read.listings) == (Outcome.BROKEN, [])


def test_hidden_words_change_nothing(folder: Path) -> None:
    """The raw page of an item on sale says 売り切れ, SOLD, 専用 and captcha; without its scripts it reads the same."""
    body = (folder / "item_on_sale_2026-03-08.html").read_text(encoding="utf-8")
    assert body.count("売り切れ") > 5
    assert "captcha" in body
    bare = re.sub(r"<script(?![^>]*ld\+json).*?</script>", "", body, flags=re.DOTALL)
    assert bare.count("売り切れ") == 0
    url = "https://jp.mercari.com/item/m56789324689"
    assert run(url, "detail", body=body.encode()).plain() == run(url, "detail", body=bare.encode()).plain()
