"""Rules that hold for every source, whoever wrote it."""

from __future__ import annotations

import ast
import importlib
import re
import socket
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from scrapy.http import Request

import settings.base
from kataban.items import CannotLook, Query
from kataban.sample_market import market
from spiders.base import SourceSpider
from spiders.landmarks import Landmarks

ROOT = Path(__file__).parents[2]
SAVED = Path(__file__).parent
FILES = sorted((ROOT / "spiders").glob("*.py"))
CASES = {"found", "nothing", "similar_models", "sold_out", "blocked", "second_page", "broken_markup"}
# Cases that a source cannot have, and why.
NO_SUCH_CASE = {
    "web_search": {"sold_out"},  # a Lead has no stock
    "google_shopping": {"sold_out"},
    "independent_shops": {"second_page"},  # a Lead names one page, and a shop's own search is read on its first
}
# Keys that go with one of a source's needs.
BESIDE = {"amazon_jp": ("AMAZON_SP_CLIENT_ID", "AMAZON_SP_CLIENT_SECRET")}
MAY_IMPORT = {"kataban", "spiders", "scrapy", "parsel", "w3lib", "lxml", "chompjs", "msgspec", "__future__"}
OURS = {"kataban.items", "kataban.parsers", "spiders"}
NOT_PURE = {"asyncio", "http", "os", "random", "requests", "secrets", "socket", "sqlite3", "subprocess", "threading",
            "time", "twisted", "uuid"}
# Words by which a request would leave the manners of settings/base.py.
IMPOLITE = {"dont_obey_robotstxt", "download_slot", "download_delay", "proxy", "user-agent", "handle_httpstatus_all",
            "cookie", "dont_retry", "verify_certificates"}
MANNERS = (r"ROBOTS|USER_AGENT|CONCURRENT|HOST_DELAYS|PACE|REST|COOKIES|RETRY|DOWNLOADER_MIDDLEWARES|DOWNLOAD_SLOTS"
           r"|DOWNLOAD_VERIFY|HTTPPROXY")
AWKWARD = ("WH-1000XM5", "EOS R 5", "ＷＨ－１０００ＸＭ５", "AB/12+3", "100%-A&B", "品番 7", "x" * 60)


def classes() -> list[type[SourceSpider]]:
    """All sources, in the order of their modules."""
    found = []
    for path in FILES:
        module = importlib.import_module(f"spiders.{path.stem}")
        found += [kind for kind in vars(module).values()
                  if isinstance(kind, type) and issubclass(kind, SourceSpider) and kind.__module__ == module.__name__
                  and getattr(kind, "name", None)]
    return found


SOURCES = classes()
each_source = pytest.mark.parametrize("kind", SOURCES, ids=lambda kind: kind.name)
each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise AssertionError("a source may not open a connection")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)


def key_names(kind: type[SourceSpider]) -> list[str]:
    return [name for need in kind.needs for name in ([need] if isinstance(need, str) else need)]


@each_source
def test_it_codes_what_it_must_and_feeds_can_describe_it(kind: type[SourceSpider]) -> None:
    assert kind.search is not SourceSpider.search
    assert kind.parse is not SourceSpider.parse
    spider = kind()
    assert all(hasattr(spider, name) for name in dir(spider))  # as Scrapy's feeds do


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in SOURCES:
        for name in (*key_names(kind), *BESIDE.get(kind.name, ())):
            monkeypatch.setenv(name, "https://keyed.test" if name.endswith("_URL") else f"secret-{name}")


def requests_of(spider: SourceSpider, query: Query) -> list[Request]:
    first = spider.search(query)
    return [first] if isinstance(first, Request) else list(first)


def test_names_are_their_own() -> None:
    names = [kind.name for kind in SOURCES]
    assert names
    assert len(names) == len(set(names))


@each_source
def test_name_is_module_and_fixture_folder(kind: type[SourceSpider]) -> None:
    assert kind.__module__ == f"spiders.{kind.name}"
    present = {path.parent.name for path in (SAVED / kind.name).glob("*/envelope.json")}
    assert CASES - NO_SUCH_CASE.get(kind.name, set()) <= present, "cases that every source has"


@each_source
def test_docstring_says_what_a_newcomer_must_know(kind: type[SourceSpider]) -> None:
    text = kind.__doc__ or ""
    for section in (r"documentation", r"rate(?:s|[ -]limits?)?", r"terms", r"caveats"):
        assert re.search(rf"^\s*(?:API )?{section}:\s*\S", text, re.IGNORECASE | re.MULTILINE), section
    assert re.search(r"^\s*Site:\s*\S|\w\.(?:jp|com|net|org)\b", text, re.MULTILINE), "the site's address"


@each_source
def test_declared_fields(kind: type[SourceSpider]) -> None:
    assert kind.label.strip()
    assert kind.terms.strip()
    assert kind.canary.strip()
    assert kind.access in {"api", "html", "browser"}
    assert kind.site.startswith("https://")
    assert not kind.serves or kind.name in kind.serves
    assert all(re.fullmatch(r"[A-Z][A-Z0-9_]+", name) for name in key_names(kind))


@each_source
def test_keys_are_explained_to_the_user(kind: type[SourceSpider]) -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    for name in key_names(kind):
        assert re.search(rf"^#?{name}=", example, re.MULTILINE), f"{name} is missing in .env.example"


@each_source
def test_the_sample_market_answers_for_it(kind: type[SourceSpider]) -> None:
    assert set(kind.sources()) <= set(market.SOURCES), "add it to kataban/sample_market, so that it runs end to end"


# What the program reads of the environment that is no setting of the user's.
NOT_THE_USERS = {"PATH", "LANG", "PLAYWRIGHT_BROWSERS_PATH", "KATABAN_CANARY_"}
READ = re.compile(r"""(?:environ(?:\.get)?[(\[]|\b_words\()\s*f?["']([A-Z][A-Z0-9_]+)""")
READ_BY_A_SOURCE = re.compile(r"""\b(?:key|setting)\(\s*["']([A-Z][A-Z0-9_]+)["']""")


def test_the_example_names_every_setting_and_none_that_nobody_reads() -> None:
    files = [*(ROOT / "settings").glob("base.py"), *(ROOT / "spiders").glob("*.py"), *(ROOT / "kataban").rglob("*.py")]
    texts = [path.read_text(encoding="utf-8") for path in files if "sample_market" not in path.parts]
    read = {name for text in texts for name in READ.findall(text)} - NOT_THE_USERS
    for path in FILES:
        read |= set(READ_BY_A_SOURCE.findall(path.read_text(encoding="utf-8")))
    read |= {name for kind in SOURCES for name in (*key_names(kind), *BESIDE.get(kind.name, ()))}
    named = re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(read) > 40, "the pattern finds what is read"
    assert sorted(read - set(named)) == []
    assert len(named) == len(set(named))
    words = "\n".join(texts)
    canaries = {f"KATABAN_CANARY_{kind.name.upper()}" for kind in SOURCES}
    assert [name for name in named if name not in canaries and f'"{name}' not in words] == []


@each_source
def test_nobody_lowers_politeness(kind: type[SourceSpider]) -> None:
    own = kind.custom_settings or {}
    assert float(own.get("DOWNLOAD_DELAY", settings.base.DOWNLOAD_DELAY)) >= settings.base.DOWNLOAD_DELAY
    assert not {name for name in own if re.match(MANNERS, name)}, "manners are set in settings/base.py and nowhere else"


@each_file
def test_no_word_of_impoliteness(path: Path) -> None:
    words = {node.value.casefold() for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
             if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert not words & IMPOLITE


@each_file
def test_sources_are_pure(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for name in imported(tree):
        top = name.split(".")[0]
        assert top not in NOT_PURE or (path.stem == "base" and top == "os"), f"{path.name} imports {name}"
        assert top in MAY_IMPORT or top in sys.stdlib_module_names, f"{path.name} imports {name}"
        if top in {"kataban", "spiders", "matcher", "pipelines"}:
            assert any(name == room or name.startswith(f"{room}.") for room in OURS), f"{path.name} imports {name}"
    clock = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & {"now", "utcnow", "today"}
    assert not clock, f"{path.name} reads the clock: {clock}"


def imported(tree: ast.AST) -> Iterable[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" if node.module in {"kataban", "spiders"} else str(node.module)
                        for alias in node.names)


@each_source
@pytest.mark.parametrize("number", AWKWARD)
@pytest.mark.usefixtures("no_network", "keys")
def test_search_is_a_pure_function(kind: type[SourceSpider], number: str) -> None:
    spider = kind()
    query = Query(number, maker="ソニー", jan="4548736132580", name="ヘッドホン")
    forms = spider.forms(query)
    assert forms
    assert len(forms) == len(set(forms))
    for spelling in forms:
        asked = Query(number, maker=query.maker, jan=query.jan, name=query.name, spelling=spelling)
        once, again = requests_of(spider, asked), requests_of(kind(), asked)
        assert [request.url for request in once] == [request.url for request in again]
        for request in once:
            assert request.url.startswith("https://")
            assert request.url.isascii()
            assert request.cb_kwargs == {"query": asked}


@pytest.mark.parametrize("kind", [kind for kind in SOURCES if kind.needs], ids=lambda kind: kind.name)
def test_without_its_key_a_source_says_so(kind: type[SourceSpider], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in key_names(kind):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(CannotLook) as told:
        requests_of(kind(), Query("WH-1000XM5"))
    assert told.value.outcome == "no_key"
    assert key_names(kind)[0] in told.value.reason


@pytest.mark.parametrize("path", sorted((ROOT / "spiders").glob("*.toml")), ids=lambda path: path.stem)
def test_landmarks_say_when_and_where_they_were_seen(path: Path) -> None:
    if path.stem == "shops":
        pytest.skip("shops.toml is a list of shops, not of landmarks")
    for name, mark in Landmarks(path.stem).items():
        assert re.fullmatch(r"20\d\d(-\d\d){0,2}", mark.seen), name
        assert mark.where.strip(), name
