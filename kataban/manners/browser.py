"""The browser under the same manners as everything else: robots, egress and a deadline around each page."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from playwright.async_api import CDPSession, Page, WebSocketRoute
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Request as PageRequest
from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from kataban.items import CannotLook, Outcome
from kataban.manners.browser_path import find_browser
from kataban.manners.egress import RefusedAddress, refusal
from kataban.manners.failures import BROWSER_GONE, DOWNLOAD, NO_BROWSER, TOO_LARGE, cannot_look_of
from kataban.manners.page_visit import Visit
from kataban.manners.proxy import CheckingProxy
from kataban.manners.services import Services

# Stylesheets stay: a virtualised list is drawn by the heights that they give.
NOT_LOADED = frozenset({"image", "media", "font", "texttrack", "manifest", "ping", "cspviolationreport"})
ROBOTS_PATIENCE = 10.0  # seconds that a page's own request waits for a robots.txt; no answer is no Disallow


class BrowserDownloadHandler(ScrapyPlaywrightDownloadHandler):
    """scrapy-playwright 0.0.48 with a deadline in the right place, a collector of the page's JSON and our own checks.

    Overrides underscore methods, so the version is pinned. One context per spider; `meta["render"]` holds `ready` and
    `page_json`, see spiders.base; afterwards `meta["page_json"]` holds what the page loaded.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        settings = crawler.settings
        self._services = Services.of(crawler)
        self._deadline = settings.getfloat("BROWSER_DEADLINE_SECONDS")
        self._wait = (settings.getfloat("BROWSER_WAIT_SECONDS"), settings.getfloat("BROWSER_GRACE_SECONDS"))
        self._maxsize = settings.getint("DOWNLOAD_MAXSIZE")
        self._context = {**settings.getdict("BROWSER_CONTEXT"), "user_agent": settings["USER_AGENT"]}
        self._proxy = CheckingProxy(self._services.egress) if settings["BROWSER_EGRESS"] == "proxy" else None
        self._visits: WeakKeyDictionary[Page, Visit] = WeakKeyDictionary()
        self.abort_request = self._refuses
        self.config.target_closed_max_retries = 1

    async def _launch(self) -> None:
        if self._proxy is not None:
            await self._proxy.start()
            self.config.launch_options["proxy"] = self._proxy.for_playwright()
        await super()._launch()

    async def _close(self) -> None:
        await super()._close()
        if self._proxy is not None:
            await self._proxy.close()

    async def download_request(self, request: Request) -> Response:
        """The rendered page, or CannotLook."""
        if not request.meta.get("playwright"):
            return await super().download_request(request)
        if not (self.config.launch_options.get("executable_path") or find_browser()):
            raise CannotLook(*NO_BROWSER)
        request.meta["playwright_context"] = self._crawler.spider.name
        request.meta["playwright_context_kwargs"] = dict(self._context)
        request.meta["playwright_page_goto_kwargs"] = {"wait_until": "domcontentloaded"}
        try:
            return await super().download_request(request)
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            raise CannotLook(*BROWSER_GONE) from error  # the driver ended and cancelled what it had promised
        except Exception as error:
            raise self._explained(request, error) from error
        finally:
            for name in ("playwright_context_kwargs", "playwright_page_goto_kwargs", "browser_tries"):
                request.meta.pop(name, None)

    def _explained(self, request: Request, error: Exception) -> CannotLook:
        refused = None if self._proxy is None else self._proxy.refused.get(urlsplit(request.url).hostname or "")
        if refused is not None and not isinstance(error, CannotLook):
            return refused
        if "Failed to download" in str(error):  # a plain RuntimeError of scrapy-playwright
            return CannotLook(*DOWNLOAD)
        return cannot_look_of(error)

    async def _download_request_with_retry(self, request: Request, spider: Spider) -> Response:
        # A second try after the browser was lost is a second request to the host.
        request.meta["browser_tries"] = request.meta.get("browser_tries", 0) + 1
        if request.meta["browser_tries"] > 1:
            await self._services.pace.reserve(request.url)
        return await super()._download_request_with_retry(request, spider)

    async def _download_request_with_page(self, request: Request, page: Page, spider: Spider) -> Response:
        # The deadline stands here and not further out, where it would also run while a request waits for a free page.
        return await asyncio.wait_for(self._visit(request, page, spider), self._deadline)

    async def _visit(self, request: Request, page: Page, spider: Spider) -> Response:
        render = request.meta.get("render") or {}
        visit = Visit(render.get("ready", ""), render.get("page_json", ()), *self._wait)
        self._visits[page] = visit
        visit.attach(page)
        await page.route_web_socket("**/*", _close_socket)
        await self._guard_hops(page, visit)
        try:
            response = await super()._download_request_with_page(request, page, spider)
        except PlaywrightError as error:
            raise visit.denied or error from None
        finally:
            request.meta["page_json"] = visit.page_json
            request.meta["refused_requests"] = visit.refused
        if visit.denied:  # a script led the page to where it may not go
            raise visit.denied
        await self._check_final(response)
        return response

    async def _apply_page_methods(self, page: Page, request: Request, spider: Spider) -> None:
        if request.meta.get("render"):
            await self._visits[page].wait(page)
        await super()._apply_page_methods(page, request, spider)

    async def _check_final(self, response: Response) -> None:
        """Where the page ended passes all checks too, else what it shows is dropped."""
        refused = None if self._proxy is None else self._proxy.refused.get(urlsplit(response.url).hostname or "")
        if refused is not None and not response.body.strip():
            raise refused
        await self._check(response.url)
        if len(response.body) > self._maxsize:
            raise CannotLook(*TOO_LARGE)

    async def _check(self, url: str) -> None:
        try:
            self._services.egress.check(url)
        except RefusedAddress as error:
            raise refusal(error) from error
        await self._services.robots.check(url)
        if self._proxy is not None:
            self._proxy.approve(url)

    # --- what a page asks for by itself --------------------------------------------------------------------------

    async def _refuses(self, asked: PageRequest) -> bool:
        """Decides on every request of a page before it leaves; True stops it."""
        if asked.resource_type in NOT_LOADED:
            return True
        try:
            frame = asked.frame
            visit = self._visits[frame.page]
        except (PlaywrightError, KeyError):
            return True  # a window that the page opened, or a page that is being closed
        if asked.is_navigation_request() and frame.parent_frame is not None:
            return True
        return not await self._may_load(visit, asked.url, navigation=asked.is_navigation_request())

    async def _may_load(self, visit: Visit, url: str, *, navigation: bool) -> bool:
        try:
            if navigation:
                await self._check(url)
            else:
                await self._check_part(url)
        except CannotLook as error:
            visit.refused.append(url)
            if navigation:
                visit.denied = error
            return False
        return True

    async def _check_part(self, url: str) -> None:
        """What a page's script loads: refused on an explicit Disallow only."""
        if urlsplit(url).scheme in ("data", "blob"):
            return
        try:
            self._services.egress.check(url)
        except RefusedAddress as error:
            raise refusal(error) from error
        denied = asyncio.ensure_future(self._services.robots.denies(url))
        with suppress(TimeoutError):
            if await asyncio.wait_for(asyncio.shield(denied), ROBOTS_PATIENCE):
                raise CannotLook(Outcome.ROBOTS_DENIED, "disallow", "robots.txt forbids this address")
        if self._proxy is not None:
            self._proxy.approve(url)

    async def _guard_hops(self, page: Page, visit: Visit) -> None:
        """Redirect hops pass Playwright's own hook unseen; the browser's protocol shows each before it leaves."""
        session = await page.context.new_cdp_session(page)

        async def paused(event: dict[str, Any]) -> None:
            url, kind = event["request"]["url"], event.get("resourceType")
            hop = "redirectedRequestId" in event
            may = not hop or await self._may_load(visit, url, navigation=kind == "Document")
            await _let_go(session, event["requestId"], may=may)

        async def asked_for_password(event: dict[str, Any]) -> None:
            answer = self._password(from_proxy=event["authChallenge"].get("source") == "Proxy")
            with suppress(PlaywrightError):
                await session.send("Fetch.continueWithAuth",
                                   {"requestId": event["requestId"], "authChallengeResponse": answer})

        session.on("Fetch.requestPaused", paused)
        session.on("Fetch.authRequired", asked_for_password)
        await session.send("Fetch.enable", {"handleAuthRequests": self._proxy is not None, "patterns": [
            {"urlPattern": "*", "requestStage": "Request"}]})

    def _password(self, *, from_proxy: bool) -> dict[str, str]:
        """Our own proxy gets its password; a site that asks for one gets none."""
        if not from_proxy or self._proxy is None:
            return {"response": "CancelAuth"}
        given = self._proxy.for_playwright()
        return {"response": "ProvideCredentials", "username": given["username"], "password": given["password"]}


async def _let_go(session: CDPSession, request_id: str, *, may: bool) -> None:
    with suppress(PlaywrightError):  # the page has been closed meanwhile
        if may:
            await session.send("Fetch.continueRequest", {"requestId": request_id})
        else:
            await session.send("Fetch.failRequest", {"requestId": request_id, "errorReason": "BlockedByClient"})


async def _close_socket(socket: WebSocketRoute) -> None:
    await socket.close()
