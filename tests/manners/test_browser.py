"""The browser under the same manners, by the server's log: real Chromium, real crawls."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from kataban.manners.browser_path import find_browser
from kataban.manners.browser_settings import settings_for
from spiders.base import SourceSpider
from tests.conftest import missing
from tests.manners.conftest import Crawling
from tests.manners.loopback import Handler, html, serving, site

pytestmark = pytest.mark.browser
DISALLOW = "User-agent: *\nDisallow: /no\n"
Results = list[dict[str, Any]]
Render = Callable[..., Results]


@pytest.fixture
def chromium() -> str:
    """The browser of this machine."""
    found = find_browser()
    if found is None:
        missing("browser", "no Chromium on this machine")
    return found


@pytest.fixture
def render(crawl: Crawling, chromium: str) -> Render:
    """Renders addresses in a real browser, as a spider's `rendered` asks for it."""

    def run(urls: list[str], *, ready: str = "h1", page_json: tuple[str, ...] = (), **task: Any) -> Results:
        meta = {"playwright": True, "render": {"ready": ready, "page_json": page_json}}
        return crawl(urls, browser=True, meta=meta, **task)

    return run


def page(script: str, body: str = "<h1>page</h1>") -> Handler:
    async def answer(_request: web.Request) -> web.Response:
        return html(f"<!doctype html><body>{body}<script>{script}</script>")
    return answer


async def items(request: web.Request) -> web.Response:
    await asyncio.sleep(float(request.query.get("late", "0")))
    return web.json_response({"items": [1, 2, 3]})


# --- robots ----------------------------------------------------------------------------------------------------------


def test_of_concurrent_first_pages_none_reaches_a_forbidden_address(render: Render) -> None:
    with serving(site(DISALLOW)) as server:
        results = render([f"{server.url}/no/{number}" for number in range(13)] + [f"{server.url}/yes"],
                         allow=[server.address])
    assert server.paths() == ["/robots.txt", "/yes"]
    assert [result["outcome"] for result in results].count("robots_denied") == 13


def test_no_redirect_and_no_script_leads_past_robots(render: Render) -> None:
    with ExitStack() as stack:
        other = stack.enter_context(serving(site(DISALLOW)))

        async def hop(request: web.Request) -> web.Response:
            raise web.HTTPFound(request.query["to"])

        elsewhere = f"http://other.example.org:{other.port}"
        server = stack.enter_context(serving(site(
            DISALLOW, hop=hop,
            script=page("location.href = '/no/by-script'"),
            fetching=page("fetch('/no/a').catch(() => 0); fetch('/hop?to=/no/b').catch(() => 0);"
                          f"fetch('{other.url}/no/c', {{mode: 'no-cors'}}).catch(() => 0)"),
            frame=page("", f"<h1>page</h1><iframe src='{other.url}/yes/frame'></iframe>"),
        )))
        urls = [f"{server.url}/{path}" for path in (
            "hop?to=/no/d", f"hop?to={other.url}/no/e", f"hop?to={elsewhere}/no/f", "script", "fetching", "frame")]
        results = {result["asked"]: result for result in render(
            urls, names={"other.example.org": ["127.0.0.1"]},
            allow=[server.address, other.address, elsewhere.removeprefix("http://")])}
    assert [results[url]["outcome"] for url in urls] == ["robots_denied"] * 4 + [None] * 2
    assert sorted(results[urls[4]]["refused"]) == sorted(
        [f"{server.url}/no/a", f"{server.url}/no/b", f"{other.url}/no/c"])
    assert [path for path in server.paths() + other.paths() if path.startswith(("/no", "/yes"))] == []


EVERY_WAY = """<!doctype html><head>
<link rel=prefetch href=/no/prefetch>
<link rel=preload as=fetch href=/no/preload>
<link rel=modulepreload href=/no/module><link rel=stylesheet href=/no/css>
<link rel=icon href=/no/icon><link rel=manifest href=/no/manifest>
<style>@import url(/no/import); h1 {background: url(/no/background)}</style>
<script type=speculationrules>{"prefetch": [{"source": "list", "urls": ["/no/speculation"], "eagerness": "immediate"}],
 "prerender": [{"source": "list", "urls": ["/no/prerender"], "eagerness": "immediate"}]}</script></head>
<body><h1>page</h1><object data=/no/object></object><embed src=/no/embed><video src=/no/video></video>
<img src=/no/image><iframe srcdoc="<script>fetch('/no/srcdoc')</script>"></iframe>
<a target=_blank href=/no/window>a</a><form method=post action=/yes/form></form>
<script>
const code = path => URL.createObjectURL(new Blob([`fetch('${location.origin}${path}').catch(() => 0)`]));
const ways = [() => new Worker(code('/no/worker')), () => new SharedWorker(code('/no/shared-worker')),
  () => new Worker('/yes/worker.js'), () => import('/no/import-module'), () => new EventSource('/no/events'),
  () => navigator.sendBeacon('/no/beacon'), () => fetchLater('/no/later', {activateAfter: 0}),
  () => window.open('/no/popup'), () => document.links[0].click(),
  () => fetch('/no/keepalive', {keepalive: true}), () => fetch('/hop?to=/no/redirected'),
  () => { const x = new XMLHttpRequest(); x.open('GET', '/no/sync', false); x.send(); }];
for (const way of ways) { try { Promise.resolve(way()).catch(() => 0); } catch (error) {} }
addEventListener('pagehide', () => { fetch('/no/at-the-end', {keepalive: true}); navigator.sendBeacon('/no/bye'); });
document.forms[0].submit();
</script>"""


def test_no_part_of_the_browser_goes_past_robots_and_no_form_is_sent(render: Render) -> None:
    async def whole(_request: web.Request) -> web.Response:
        rules = {"Speculation-Rules": '"/yes/rules.json"'}
        return web.Response(text=EVERY_WAY, content_type="text/html", headers=rules)

    async def yes(request: web.Request) -> web.Response:
        if request.path.endswith(".js"):
            return web.Response(text="fetch('/no/in-worker').catch(() => 0)", content_type="text/javascript")
        rules = '{"prefetch": [{"source": "list", "urls": ["/no/by-header"], "eagerness": "immediate"}]}'
        return web.Response(text=rules, content_type="application/speculationrules+json")

    async def hop(request: web.Request) -> web.Response:
        raise web.HTTPFound(request.query["to"])

    with serving(site(DISALLOW, whole=whole, yes=yes, hop=hop)) as server:
        render([f"{server.url}/whole"], ready=".never", allow=[server.address], settings={"BROWSER_WAIT_SECONDS": 2.5})
    assert {(asked.method, asked.path) for asked in server.log} == {
        ("GET", "/robots.txt"), ("GET", "/whole"), ("GET", "/yes/worker.js"), ("GET", "/hop?to=/no/redirected")}


def test_an_unreadable_robots_stops_the_page_but_not_what_a_page_loads(render: Render) -> None:
    async def broken(_request: web.Request) -> web.Response:
        return web.Response(status=503)

    with serving(site(broken, api=items)) as closed, serving(site(
            None, page=page(f"fetch('{closed.url}/api/items', {{mode: 'no-cors'}})"))) as server:
        results = render([f"{closed.url}/page", f"{server.url}/page"], allow=[closed.address, server.address])
    assert [result["outcome"] for result in results] == ["robots_unknown", None]
    assert closed.pages() == ["/api/items"]


# --- egress ----------------------------------------------------------------------------------------------------------


def test_private_addresses_are_not_touched_by_a_page(render: Render) -> None:
    with ExitStack() as stack:
        canary = stack.enter_context(serving(site(None)))
        names = {"inside.example.com": ["127.0.0.1"]}
        port = canary.port

        async def hop(request: web.Request) -> web.Response:
            raise web.HTTPFound(request.query["to"])

        script = (f"for (const u of ['http://127.0.0.1:{port}/a', 'http://localhost:{port}/b', 'http://[::1]:{port}/c',"
                  f"'http://2130706433:{port}/d', '/hop?to=http://127.0.0.1:{port}/e', 'http://inside.example.com/f'])"
                  "{ fetch(u, {mode: 'no-cors'}).catch(() => 0); }"
                  f"new Image().src = 'http://127.0.0.1:{port}/g'; navigator.sendBeacon('http://127.0.0.1:{port}/h');"
                  f"try {{ new WebSocket('ws://127.0.0.1:{port}/i') }} catch (e) {{}};"
                  f"const f = document.createElement('iframe'); f.src = 'http://127.0.0.1:{port}/j';"
                  "document.body.append(f); navigator.serviceWorker && navigator.serviceWorker.register('/sw.js');"
                  f"window.open('http://127.0.0.1:{port}/k');")
        server = stack.enter_context(serving(site(None, hop=hop, script=page(script))))
        urls = [f"{server.url}/script", f"{server.url}/hop?to={canary.url}/l", canary.url, "http://inside.example.com/"]
        results = {result["asked"]: result for result in render(urls, names=names, allow=[server.address])}
    assert canary.log == []
    assert results[urls[0]]["outcome"] is None
    assert [results[url].get("reason_code") for url in urls[1:]] == ["refused_address"] * 3
    assert "/sw.js" not in server.paths()


# --- the page's own JSON ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("late", "ready_from"), [(0.0, "start"), (1.5, "json"), (0.6, "start"), (0.0, "never")])
def test_the_pages_own_json_is_collected_early_and_late(render: Render, late: float, ready_from: str) -> None:
    body = "<p class=ready>0</p>" if ready_from == "start" else "<p>waiting</p>"
    then = "document.body.insertAdjacentHTML('beforeend', '<p class=ready>3</p>')" if ready_from == "json" else "0"
    script = f"fetch('/api/items?late={late}').then(r => r.json()).then(() => {{ {then} }})"
    with serving(site(None, api=items, page=page(script, body))) as server:
        (result,) = render([f"{server.url}/page"], ready=".ready", page_json=(r"/api/items\?",),
                           allow=[server.address])
    assert result["page_json"] == [
        {"url": f"{server.url}/api/items?late={late}", "status": 200, "json": {"items": [1, 2, 3]}}]


def test_json_that_is_none_and_json_that_was_refused_are_told(render: Render) -> None:
    async def api(request: web.Request) -> web.Response:
        if request.path.endswith("broken"):
            return html("<h1>Not JSON</h1>")
        return web.json_response({"code": "E403"}, status=403)

    script = "fetch('/api/broken'); fetch('/api/refused'); fetch('/other')"
    with serving(site(None, api=api, page=page(script))) as server:
        (result,) = render([f"{server.url}/page"], page_json=("/api/broken", "/api/refused"), allow=[server.address])
    assert {(answer["url"], answer["status"], json.dumps(answer["json"])) for answer in result["page_json"]} == {
        (f"{server.url}/api/broken", 200, "null"), (f"{server.url}/api/refused", 403, '{"code": "E403"}')}


def test_what_never_appears_is_waited_for_with_a_limit(render: Render) -> None:
    with serving(site(None)) as server:
        started = time.monotonic()
        (result,) = render([f"{server.url}/page"], ready=".never", page_json=("/never",), allow=[server.address],
                           settings={"BROWSER_WAIT_SECONDS": 1.0})
    assert (result["outcome"], result["status"], result["page_json"]) == (None, 200, [])
    assert time.monotonic() - started < 12


def test_a_hidden_sign_is_no_sign_and_a_later_visible_one_is(render: Render) -> None:
    script = "setTimeout(() => document.body.insertAdjacentHTML('beforeend', '<b class=ready>late</b>'), 900)"
    with serving(site(None, page=page(script, "<p class=ready style='display:none'>hidden</p>"))) as server:
        (result,) = render([f"{server.url}/page"], ready=".other, .ready", allow=[server.address])
    assert "late" in result["body"]


def test_a_tall_window_draws_more_of_a_virtualised_list(render: Render) -> None:
    script = ("document.body.dataset.size = innerWidth + 'x' + innerHeight + ' ' + navigator.language + ' ' +"
              "Intl.DateTimeFormat().resolvedOptions().timeZone + ' ' + navigator.userAgent")
    with serving(site(None, page=page(script))) as server:
        (result,) = render([f"{server.url}/page"], allow=[server.address])
    assert "1280x4000 ja-JP Asia/Tokyo Kataban/0.1 (+contact-not-set)" in result["body"]
    assert {asked.headers["User-Agent"] for asked in server.log} == {"Kataban/0.1 (+contact-not-set)"}


# --- pages that do not end -------------------------------------------------------------------------------------------


def test_hanging_pages_end_and_the_others_are_read(render: Render) -> None:
    async def silent(_request: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return html("")

    async def no_content(_request: web.Request) -> web.Response:
        return web.Response(status=204)

    async def file(_request: web.Request) -> web.Response:
        return web.Response(body=b"x" * 100, content_type="application/zip",
                            headers={"Content-Disposition": "attachment; filename=a.zip"})

    with serving(site(
            None, silent=silent, nothing=no_content, file=file, loop=page("setTimeout(() => { while (true) {} }, 50)"),
            alert=page("alert(1); confirm(2); window.onbeforeunload = () => 'stay'; window.print()"),
            missing=page("fetch('/silent')"))) as server:
        names = ("loop", "silent", "nothing", "file", "alert", "missing", "good")
        results = render([f"{server.url}/{name}" for name in names], allow=[server.address], timeout=90, settings={
            "BROWSER_DEADLINE_SECONDS": 4.0, "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": 2000})
    said = {result["asked"].rsplit("/", 1)[1]: (result["outcome"], result.get("reason_code")) for result in results}
    assert said["loop"] == said["silent"] == ("unreachable", "timeout")
    assert said["good"] == said["alert"] == said["missing"] == (None, None)
    assert said["file"] == ("broken", "bad_type")
    assert said["nothing"][0] == "unreachable"


@pytest.mark.parametrize("victim", ["headless", "node"])
def test_a_browser_that_was_killed_is_told_or_replaced(render: Render, victim: str) -> None:
    with serving(site(None, page=page("", "<h1>page</h1>"))) as server:
        results = render([f"{server.url}/page/{number}" for number in range(3)], allow=[server.address],
                         kill=victim)
    assert len(results) == 3
    assert results[0]["outcome"] is None
    assert {(result["outcome"], result.get("reason_code")) for result in results} <= {
        (None, None), ("unreachable", "browser_gone")}
    if victim == "headless":  # a new one is started; the driver is not
        assert results[-1]["outcome"] is None


def test_without_a_browser_the_outcome_says_so(crawl: Crawling, tmp_path: Path) -> None:
    with serving(site(None)) as server:
        (result,) = crawl([f"{server.url}/page"], allow=[server.address], browser=True, meta={"playwright": True},
                          env={"KATABAN_BROWSER": str(tmp_path / "nothing-here")})
    assert (result["outcome"], result["reason_code"]) == ("no_browser", "no_browser")
    assert server.pages() == []


def test_a_browser_that_does_not_start_is_no_browser(crawl: Crawling, tmp_path: Path) -> None:
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\necho error while loading shared libraries >&2\nexit 127\n")
    program.chmod(0o755)
    with serving(site(None)) as server:
        (result,) = crawl([f"{server.url}/page"], allow=[server.address], browser=True, meta={"playwright": True},
                          env={"KATABAN_BROWSER": str(program)})
    assert (result["outcome"], result["reason_code"]) == ("no_browser", "browser_does_not_start")


# --- the ways out ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("believed", [True, False])
def test_an_encrypted_page_comes_through_the_proxy_and_a_bad_certificate_does_not(
    crawl: Crawling, chromium: str, believed: bool,
) -> None:
    with serving(site(None, api=items, page=page("fetch('/api/items')")), certificate=True) as server:
        url = f"https://shop.example.com:{server.port}/page"
        (result,) = crawl(
            [url], browser=True, names={"shop.example.com": ["127.0.0.1"]}, allow=[f"shop.example.com:{server.port}"],
            meta={"playwright": True, "render": {"ready": "h1", "page_json": ["/api/items"]}}, https=True,
            settings={"DOWNLOAD_VERIFY_CERTIFICATES": False,
                      "BROWSER_CONTEXT": {"ignore_https_errors": believed, "service_workers": "block"}})
    if believed:
        assert [answer["json"] for answer in result["page_json"]] == [{"items": [1, 2, 3]}]
    else:
        assert (result["outcome"], result["reason_code"]) == ("unreachable", "tls")


def test_names_that_the_browser_maps_itself_are_not_looked_up(crawl: Crawling, chromium: str) -> None:
    with serving(site(DISALLOW, page=page("fetch('/no/a').catch(() => 0)"))) as server:
        host = f"shop.example.com:{server.port}"
        results = crawl(
            [f"http://{host}/page", f"http://{host}/no/b"], browser=True, names={"shop.example.com": ["127.0.0.1"]},
            allow=[host], meta={"playwright": True, "render": {"ready": "h1"}}, settings={
                "BROWSER_EGRESS": "mapped", "PLAYWRIGHT_LAUNCH_OPTIONS": {
                    "executable_path": chromium,
                    "args": ["--host-resolver-rules=MAP shop.example.com 127.0.0.1 , MAP * ~NOTFOUND"]}})
    assert sorted(result["outcome"] or "" for result in results) == ["", "robots_denied"]
    assert server.pages() == ["/page"]


# --- which browser, and for whom -------------------------------------------------------------------------------------


def test_the_browser_named_by_the_user_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("chromium", "chromium-headless-shell", "own"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setattr("kataban.manners.browser_path.PLACES", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("KATABAN_BROWSER", raising=False)
    assert find_browser() == str(tmp_path / "chromium-headless-shell")
    monkeypatch.setenv("KATABAN_BROWSER", str(tmp_path / "own"))
    assert find_browser() == str(tmp_path / "own")
    monkeypatch.setenv("KATABAN_BROWSER", str(tmp_path / "gone"))
    assert find_browser() is None


def test_only_browser_spiders_get_the_browsers_settings() -> None:
    plain = type("Plain", (SourceSpider,), {"access": "html"})
    drawn = type("Drawn", (SourceSpider,), {"access": "browser"})
    assert settings_for(plain) == {}
    handlers = settings_for(drawn)["DOWNLOAD_HANDLERS"]
    assert handlers["https"] == "kataban.manners.browser.BrowserDownloadHandler"
    assert "http" not in handlers
