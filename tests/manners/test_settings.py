"""The manners that stand in the settings: whoever changes one of these changes a promise."""

from __future__ import annotations

import importlib
from types import ModuleType

import pytest
from scrapy.settings import Settings
from scrapy.utils.conf import build_component_list

from settings import base
from tests.manners.conftest import Crawling
from tests.manners.loopback import serving, site

PROMISED = {
    "ROBOTSTXT_OBEY": True, "ROBOTSTXT_USER_AGENT": "Kataban", "RETRY_ENABLED": False, "REDIRECT_MAX_TIMES": 5,
    "METAREFRESH_ENABLED": False, "COOKIES_ENABLED": False, "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False, "DOWNLOAD_VERIFY_CERTIFICATES": True, "HTTPPROXY_ENABLED": False,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1, "BROWSER_EGRESS": "proxy",
}


def reloaded(monkeypatch: pytest.MonkeyPatch, **environment: str) -> ModuleType:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    try:
        return importlib.reload(base)
    finally:
        monkeypatch.undo()


def test_what_is_promised() -> None:
    assert {name: getattr(base, name) for name in PROMISED} == PROMISED
    assert base.DOWNLOAD_MAXSIZE <= 32 * 1024 * 1024
    assert base.ROBOTS_CACHE_SECONDS <= 24 * 3600
    assert min(base.HOST_DELAYS.values()) >= 1.0
    assert base.DOWNLOAD_DELAY >= 1.0


def test_scrapys_own_robots_and_unused_handlers_are_out() -> None:
    settings = Settings()
    settings.setmodule(base)
    middlewares = build_component_list(settings.get_component_priority_dict_with_base("DOWNLOADER_MIDDLEWARES"))
    names = [name if isinstance(name, str) else f"{name.__module__}.{name.__qualname__}" for name in middlewares]
    assert not [name for name in names if "robotstxt" in name or name.endswith("redirect.RedirectMiddleware")]
    ours = [name for name in names if name.startswith("kataban.manners")]
    assert ours == [f"kataban.manners.{name}" for name in (
        "egress.EgressMiddleware", "robots.RobotsMiddleware", "egress.PlainRedirectMiddleware", "pace.PaceMiddleware")]
    handlers = {**settings.getdict("DOWNLOAD_HANDLERS_BASE"), **settings.getdict("DOWNLOAD_HANDLERS")}
    assert {scheme for scheme, handler in handlers.items() if handler} == {"http", "https"}


@pytest.mark.parametrize(("contact", "shown"), [
    ("mailto:a@example.com", "Kataban/0.1 (+mailto:a@example.com)"), ("", "Kataban/0.1 (+contact-not-set)"),
    ("a\r\nX-Evil: 1", "Kataban/0.1 (+aX-Evil:1)"), ("連絡先", "Kataban/0.1 (+contact-not-set)"),
])
def test_the_name_is_honest_and_stays_one_header(monkeypatch: pytest.MonkeyPatch, contact: str, shown: str) -> None:
    agent = reloaded(monkeypatch, KATABAN_CONTACT=contact).USER_AGENT
    importlib.reload(base)
    assert agent == shown


@pytest.mark.parametrize(("url", "opened", "exempt"), [
    ("http://localhost:8080/", ["localhost:8080"], ["http://localhost:8080/search"]),
    ("https://search.example.com/sx", ["search.example.com:443"], ["https://search.example.com/sx/search"]),
    ("", [], []),
])
def test_the_users_own_searxng_is_let_through(
    monkeypatch: pytest.MonkeyPatch, url: str, opened: list[str], exempt: list[str],
) -> None:
    monkeypatch.delenv("KATABAN_ALLOW_HOSTS", raising=False)
    own = reloaded(monkeypatch, SEARXNG_URL=url, KATABAN_ALLOW_HOSTS="", KATABAN_ROBOTS_EXEMPT="")
    found = (own.KATABAN_ALLOW_HOSTS, own.ROBOTS_EXEMPT_ENDPOINTS)
    importlib.reload(base)
    assert found == (opened, exempt)


def test_a_crawl_listens_on_no_port(crawl: Crawling) -> None:
    with serving(site(None)) as server:
        (result,) = crawl([f"{server.url}/page"], allow=[server.address])
    assert result["listening"] == []
