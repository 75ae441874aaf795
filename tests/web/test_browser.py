"""The page in a real browser: nothing of a listing runs, it fits a phone, buttons work, everybody can use it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from kataban.results.database import Database
from kataban.results.tables import marks, wanted
from kataban.web.doors import SCRIPT
from kataban.web.report import write_report
from tests.web.conftest import TERMS, Served

pytestmark = pytest.mark.browser
PAGES = ("/", "/order/1", "/order/3", "/queue", "/sources", "/model/1", "/supply")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    yield opened
    opened.close()


def unfold(page: Page) -> None:
    for summary in page.locator("summary:visible").all():
        summary.click()


@pytest.mark.parametrize("path", PAGES)
def test_nothing_of_a_listing_runs(served: Served, page: Page, path: str) -> None:
    page.goto(served.url + path)
    unfold(page)
    for entry in page.locator(".title, .tag").all():
        entry.hover()
    assert "ran" not in page.title()
    assert page.locator("img").count() == 0
    assert set(page.locator("script").all_text_contents()) <= {SCRIPT}


def test_the_report_works_from_disk_without_scripts(database: Database, browser: Browser, tmp_path: Path) -> None:
    path = write_report(database, tmp_path, "ja", TERMS)
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(path.as_uri())
    assert page.get_by_role("heading", name="注文", exact=True).is_visible()
    page.get_by_text("English", exact=True).click()
    assert page.get_by_role("heading", name="Orders", exact=True).is_visible()
    assert not page.get_by_role("heading", name="注文", exact=True).is_visible()
    assert page.locator("#order-2").is_visible()
    page.get_by_text("within 2 days", exact=True).click()
    assert page.locator("#order-3").is_visible()
    assert not page.locator("#order-2").is_visible()
    page.context.close()


@pytest.mark.parametrize(("width", "language"), [(320, "en"), (390, "ja"), (390, "en"), (1200, "ja")])
def test_nothing_is_wider_than_the_screen(served: Served, database: Database, browser: Browser, tmp_path: Path,
                                          width: int, language: str) -> None:
    report = write_report(database, tmp_path, language, TERMS).as_uri()
    page = browser.new_page(viewport={"width": width, "height": 800})
    for url in (report, *(f"{served.url}{path}?lang={language}" for path in PAGES)):
        page.goto(url)
        unfold(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, url
    page.close()


def test_buttons_change_the_database(served: Served, database: Database, page: Page) -> None:
    page.goto(served.url)
    page.locator("#order-1 ol [data-listing=plain]").get_by_role("button", name="Wrong model").click()
    assert page.get_by_role("status").inner_text() == "Kept as the wrong model."
    assert page.locator("ol [data-listing=plain]").count() == 0
    page.get_by_text("Exact, but not to be bought").click()
    page.get_by_role("button", name="Right model after all").click()
    assert page.locator("ol [data-listing=plain]").count() == 1
    page.locator("ol [data-listing=plain]").get_by_role("button", name="Bought").click()
    assert page.get_by_role("status").inner_text() == "Kept as bought."
    with database.reading() as connection:
        assert connection.execute(sa.select(wanted.c.state).where(wanted.c.id == 1)).scalar() == "bought"
        assert list(connection.execute(sa.select(marks.c.kind).order_by(marks.c.id)).scalars()) == [
            "wrong_model", "right_model", "bought"]
    page.get_by_role("button", name="Still looking").click()
    page.locator("ol [data-listing=evil]").get_by_role("button", name="Seller not OK").click()
    page.get_by_role("button", name="Done").click()
    with database.reading() as connection:
        assert connection.execute(sa.select(wanted.c.state).where(wanted.c.id == 1)).scalar() == "done"
        assert connection.execute(sa.select(sa.func.count()).select_from(marks).where(
            marks.c.kind == "seller_not_ok")).scalar() == 1


def test_an_order_is_given_up_and_its_message_copied(served: Served, browser: Browser) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"], accept_downloads=True)
    page = context.new_page()
    page.goto(f"{served.url}/order/1#kit")
    page.get_by_text("Give it up", exact=True).click()
    page.get_by_role("button", name="Give up and prepare").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the cancellation file").click()
    assert download.value.suggested_filename == "cancel-250-1.txt"
    letter = page.locator("#letter-out_of_stock")
    letter.click()  # without the script a click selects all of it
    assert page.evaluate("getSelection().toString()").strip() == letter.inner_text().strip()
    page.get_by_role("button", name="Copy the text").click()
    assert page.get_by_text("Copied", exact=True).is_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines()[0] == "Hello,"
    assert "250-1" in copied
    context.close()


def test_a_model_number_is_settled_and_an_order_bought_elsewhere(served: Served, page: Page) -> None:
    page.goto(served.url)
    page.locator("#order-3").get_by_label("WH-1000XM5", exact=False).check()
    page.get_by_role("button", name="Look for this model").click()
    assert "Model number kept" in page.get_by_role("status").first.inner_text()
    page.get_by_text("I bought it", exact=True).click()
    page.get_by_label("Place").fill("Akihabara")
    page.get_by_label("Paid in all (yen)").fill("12,800")
    page.locator("#kit").get_by_role("button", name="Bought").click()
    text = page.locator("#kit").inner_text()
    assert "Bought at: Akihabara" in text
    assert "Paid: ¥12,800" in text


@pytest.mark.parametrize("width", [390, 1200])
def test_axe_finds_no_serious_fault(served: Served, database: Database, browser: Browser, tmp_path: Path,
                                    width: int) -> None:
    report = write_report(database, tmp_path, "ja", TERMS).as_uri()
    # axe runs as a script of the page, which the page's own rules forbid.
    page = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 900}).new_page()
    for url in (report, *(served.url + path for path in PAGES)):
        page.goto(url)
        unfold(page)
        found = Axe().run(page).response["violations"]
        serious = [(fault["id"], fault["nodes"][0]["html"][:200]) for fault in found
                   if fault["impact"] in ("serious", "critical")]
        assert not serious, f"{url}: {serious}"
    page.context.close()
