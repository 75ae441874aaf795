"""A new source from a template stands on its feet, and docs/sources.md is what the sources say."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from string import Template
from typing import Any

import pytest
from scrapy.http import HtmlResponse, JsonResponse, Request
from scrapy.utils.project import get_project_settings

from kataban.commands.genspider import Command
from kataban.crawling.source_page import page
from kataban.crawling.sources import all_sources
from kataban.items import CannotLook, Outcome, PageRead, Query
from spiders import landmarks

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "kataban" / "templates" / "spiders"
NAME = "zz_template"


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Any:
    """The spider of a template, made into a folder of its own."""
    kind = request.param
    command = Command()
    command.settings = get_project_settings()
    values = command._generate_template_variables(NAME, NAME, "https://www.shop.example", kind)
    for ending, name in ((".tmpl", f"{NAME}.py"), (".landmarks", f"{NAME}.toml")):
        text = Template((TEMPLATES / f"{kind}{ending}").read_text(encoding="utf-8")).substitute(values)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(landmarks, "__file__", str(tmp_path / "landmarks.py"))
    monkeypatch.setenv("ZZ_TEMPLATE_API_KEY", "a-key")
    spec = importlib.util.spec_from_file_location(NAME, tmp_path / f"{NAME}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, NAME, module)
    spec.loader.exec_module(module)
    return vars(module)["ZzTemplateSpider"]


each = pytest.mark.parametrize("made", ["api", "html", "browser"], indirect=True)


@each
def test_it_asks_and_says_what_it_cannot_read(made: Any) -> None:
    spider, query = made(), Query("AB/12+3 匠")
    request = spider.search(query)
    assert isinstance(request, Request)
    assert request.url.startswith("https://www.shop.example/")
    assert request.url.isascii()
    strange = HtmlResponse(request.url, body=b"<html><body><p>another page</p></body></html>", encoding="utf-8")
    strange.request = request
    with pytest.raises(CannotLook) as told:
        list(spider.parse(strange, query))
    assert told.value.outcome in {Outcome.BROKEN, Outcome.UNRENDERED}


@each
def test_its_docstring_and_fields_pass_the_guards_once_filled_in(made: Any) -> None:
    for section in ("documentation", "rate", "terms", "caveats"):
        assert re.search(rf"^\s*(?:API )?{section}", made.__doc__, re.IGNORECASE | re.MULTILINE)
    assert made.name == NAME
    assert made.off_by_default, "a new source is off until somebody has read the terms"


@pytest.mark.parametrize("made", ["html"], indirect=True)
def test_a_page_of_the_html_template(made: Any) -> None:
    body = ('<html><body><p class="count">1件</p><div class="item"><a href="/item/77">'
            '<span class="name">AB-12</span></a><p class="price">1,980円（税込）</p><p class="stock">在庫あり</p>'
            '</div></body></html>')
    found = list(made().parse(HtmlResponse("https://www.shop.example/search?q=x", body=body.encode(), encoding="utf-8"),
                              Query("AB-12")))
    listing = found[0]
    assert (listing.listing_id, listing.title, listing.price, listing.availability) == ("77", "AB-12", 1980, "in_stock")
    empty = HtmlResponse("https://www.shop.example/search?q=x", encoding="utf-8",
                         body="<html><body><p>該当する商品がありません</p></body></html>".encode())
    assert [one.kind for one in made().parse(empty, Query("x")) if isinstance(one, PageRead)] == ["empty"]


@pytest.mark.parametrize("made", ["api"], indirect=True)
def test_an_answer_of_the_api_template(made: Any) -> None:
    body = b'{"total": 1, "items": [{"id": "7", "url": "https://www.shop.example/7", "name": "AB-12", "price": 1980}]}'
    request = made().search(Query("AB-12"))
    answer = JsonResponse(request.url, body=body, request=request)
    listing, read = made().parse(answer, Query("AB-12"))
    assert (listing.listing_id, listing.price, listing.availability, read.rows) == ("7", 1980, "unknown", 1)


def test_a_name_that_cannot_be_one() -> None:
    from scrapy.exceptions import UsageError

    command = Command()
    command.settings = get_project_settings()
    with pytest.raises(UsageError):
        command._generate_template_variables("x", "My-Shop", "https://x.example", "html")


def test_the_page_of_sources_is_current() -> None:
    written = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    fresh = page(all_sources(get_project_settings()).values())
    assert written == fresh, "python -m kataban.crawling.source_page > docs/sources.md"


def test_the_guide_names_what_exists() -> None:
    text = (ROOT / "docs" / "add-a-source.md").read_text(encoding="utf-8")
    for path in re.findall(r"`((?:spiders|kataban|tests|settings)/[\w./]+)`", text):
        if "myshop" not in path:
            assert (ROOT / path).exists(), path
