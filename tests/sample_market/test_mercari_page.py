"""The sample Mercari in a real browser: skeleton first, its own JSON, both layouts, a virtualised list."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from kataban.sample_market import log
from kataban.sample_market.catalogue import Catalogue
from kataban.sample_market.routing import browser_arguments
from kataban.sample_market.server import Server
from kataban.sample_market.tables import Auction, File, Mercari, Offer, Product, Seller
from tests.conftest import missing

pytestmark = pytest.mark.browser
CELL = 'li[data-testid="item-cell"]'
LINK = '[data-testid="thumbnail-link"]'


def many(layout: str) -> Catalogue:
    """130 listings of one model, one of them an auction, one sold, the last from a Shop: two pages of results."""
    seller = Seller(source="mercari", id="900000001", name="たくさん", good=5, identified=True, badges=["高評価"])
    offers = [Offer(source="mercari", id=f"m{n:011d}", seller="900000001", title=f"ABC-100 その{n}", price=1000 + n,
                    shipping=0) for n in range(1, 130)]
    offers[1].title, offers[1].price, offers[1].auction = "ABC-100 競り", 500, Auction(bids=3, start_price=100)
    offers[2].stock = 0
    shop = Seller(source="mercari_shops", id="A" * 22, name="店")
    offers.append(Offer(source="mercari_shops", id="B" * 22, seller="A" * 22, title="ABC-100 店", price=99))
    product = Product(maker="ABC", model="ABC-100", name="見本", offer=offers)
    return Catalogue(Path(), [File(seller=[seller, shop], product=[product],
                                   mercari=Mercari(layout=layout, delay_ms=300))])


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Server]]:
    folder = tmp_path_factory.mktemp("market")
    with Server(many("old"), folder / "old.jsonl") as old, Server(many("new"), folder / "new.jsonl") as new:
        yield {"old": old, "new": new}


@pytest.fixture(scope="module")
def browsers(servers: dict[str, Server]) -> Iterator[dict[str, Browser]]:
    """One browser per market, since the resolver's rules are arguments of the process."""
    binary = os.environ.get("KATABAN_BROWSER") or shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if not binary:
        missing("browser", "no Chromium on this machine")
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        opened = {}
        for layout, server in servers.items():
            for name, value in server.environment().items():
                patch.setenv(name, value)
            opened[layout] = playwright.chromium.launch(executable_path=binary, args=browser_arguments())
        yield opened
        for browser in opened.values():
            browser.close()


@pytest.fixture(params=["old", "new"])
def layout(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(browsers: dict[str, Browser], layout: str) -> Iterator[Page]:
    opened = browsers[layout].new_page(viewport={"width": 1280, "height": 720})
    opened.set_default_timeout(10_000)
    yield opened
    opened.close()


def search(page: Page, keyword: str, **more: str) -> Any:
    """Open a search; the JSON that the page itself loaded."""
    query = "".join(f"&{name}={value}" for name, value in more.items())
    with page.expect_response("**/v2/entities:search") as loaded:
        page.goto(f"https://jp.mercari.com/search?keyword={keyword}{query}")
    return loaded.value.json()


def test_the_page_is_a_skeleton_until_its_own_json_came(page: Page) -> None:
    page.goto("https://jp.mercari.com/search?keyword=ABC-100", wait_until="domcontentloaded")
    assert page.locator('[data-testid="item-cell-skeleton"]').count() > 0
    assert page.locator(CELL).count() == 0
    page.wait_for_selector(f"{CELL}:has({LINK})")
    assert page.locator('[data-testid="item-cell-skeleton"]').count() == 0


def test_json_holds_all_while_only_cells_near_the_viewport_are_drawn(page: Page, layout: str) -> None:
    data = search(page, "ABC-100")
    page.wait_for_selector(f"{CELL}:has({LINK})")
    assert len(data["items"]) == 120
    assert data["meta"]["nextPageToken"] == "v1:1"
    assert page.locator(CELL).count() == 120
    first = page.locator(LINK).count()
    assert 10 <= first <= 40
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_function("document.querySelectorAll('li[data-testid=item-cell]')[119].firstChild !== null")
    assert page.locator(f"{CELL} >> nth=0").locator(LINK).count() == 0
    assert page.locator(LINK).count() < 60


def test_cells_look_as_their_layout_does(page: Page, layout: str) -> None:
    search(page, "ABC-100")
    page.wait_for_selector(f"{CELL}:has({LINK})")
    cell, auction, sold = (page.locator(f"{CELL} >> nth={n}") for n in (0, 1, 2))
    assert cell.locator('[data-testid="thumbnail-item-name"]').inner_text() == "ABC-100 その1"
    if layout == "old":
        thumbnail = cell.locator(".merItemThumbnail")
        assert thumbnail.get_attribute("aria-label") == "ABC-100 その1の画像 1,001円"
        assert thumbnail.get_attribute("itemtype") == "ITEM_TYPE_MERCARI"
        assert sold.locator('[data-testid="thumbnail-sticker"]').get_attribute("aria-label") == "売り切れ"
        assert auction.locator(".merPrice").inner_text() == "現在 ¥500"
    else:
        assert cell.locator(".merItemThumbnail").count() == 0
        assert cell.locator('[data-testid="item-tile-price"]').inner_text() == "¥1,001"
        assert auction.locator('[data-testid="item-tile-price"]').inner_text() == "現在 ¥500"
        assert sold.locator('[data-testid="item-tile-sticker"]').inner_text() == "SOLD"


def test_the_last_page_shows_the_shop_and_no_further_page(page: Page) -> None:
    data = search(page, "ABC-100", page_token="v1:1")
    page.wait_for_selector(LINK)
    assert data["meta"]["nextPageToken"] == ""
    assert page.locator('[data-testid="pagination-next-button"]').count() == 0
    assert page.locator(f'a[href="/shops/product/{"B" * 22}"]').count() == 1
    row = data["items"][-1]
    assert (row["itemType"], row["sellerId"], row["shop"], row["price"]) == ("ITEM_TYPE_BEYOND", "0", None, "99")


def test_no_hit_is_a_visible_sentence_that_the_raw_html_of_every_page_holds(page: Page) -> None:
    data = search(page, "QQQ-1")
    page.wait_for_selector(".merEmptyState")
    assert data["items"] == []
    assert "出品された商品がありません" in page.inner_text("body")
    search(page, "ABC-100")
    page.wait_for_selector(LINK)
    assert "出品された商品がありません" not in page.inner_text("body")
    assert "出品された商品がありません" in page.content()


def test_item_and_seller_pages(page: Page) -> None:
    page.goto("https://jp.mercari.com/item/m00000000001")
    page.wait_for_selector('[data-testid="checkout-button"]')
    label = page.get_attribute('a[data-location="item_details:seller_info"]', "aria-label")
    assert label == "たくさん, 5件のレビュー, 5段階評価中5, 本人確認済"
    assert page.inner_text('[data-testid="商品の状態"]') == "新品、未使用"
    with page.expect_response("**/users/get_profile*") as profile:
        page.goto("https://jp.mercari.com/user/profile/900000001")
    assert profile.value.json()["data"]["ratings"] == {"good": 5, "normal": 0, "bad": 0}


def test_a_removed_item_and_a_sold_one(page: Page) -> None:
    page.goto("https://jp.mercari.com/item/m99999999999")
    page.wait_for_selector(".merEmptyState")
    assert "該当する商品は削除されています。" in page.inner_text("body")
    page.goto("https://jp.mercari.com/item/m00000000003")
    page.wait_for_selector('[data-testid="sold-out-badge"]')
    assert page.locator('[data-testid="checkout-button"] button:not([disabled])').count() == 0


def test_other_hosts_do_not_exist_for_the_browser(page: Page) -> None:
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("https://www.example.com/")


def test_the_log_tells_the_browser_by_tls(servers: dict[str, Server]) -> None:
    seen = [entry for server in servers.values() for entry in log.read(server.log_file)]
    assert seen
    assert all(entry.tls for entry in seen)
    assert {"jp.mercari.com", "api.mercari.jp"} <= {entry.host for entry in seen}
