"""The browser under the same manners as everything else: robots, egress and a deadline around each page."""

from __future__ import annotations

import asyncio
import logging
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page
from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from scrapy_playwright.handler import BrowserContextWrapper, ScrapyPlaywrightDownloadHandler

from kataban.items import CannotLook
from kataban.manners.browser_path import find_browser
from kataban.manners.failures import BROWSER_GONE, DOWNLOAD, NO_BROWSER, TOO_LARGE, cannot_look_of
from kataban.manners.page_guard import EMPTY_PAGE, PageGuard, go_offline
from kataban.manners.page_visit import Visit
from kataban.manners.proxy import CheckingProxy
from kataban.manners.services import Services

logger = logging.getLogger(__name__)


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
        services = self._services
        self._proxy = CheckingProxy(services.egress) if settings["BROWSER_EGRESS"] == "proxy" else None
        self._guard = PageGuard(services.egress, services.robots, self._proxy, settings["USER_AGENT"])
        self._visits: WeakKeyDictionary[Page, Visit] = WeakKeyDictionary()
        self.abort_request = self._guard.refuses
        self.config.target_closed_max_retries = 1
        self.config.download_timeout_secs = 1.0  # nothing is downloaded; an aborted navigation would wait for it

    async def _launch(self) -> None:
        if self._proxy is not None:
            await self._proxy.start()
            self.config.launch_options["proxy"] = self._proxy.for_playwright()
        await super()._launch()

    async def _close(self) -> None:
        await super()._close()
        if self._proxy is not None:
            await self._proxy.close()

    async def _create_browser_context(self, *args: Any, **kwargs: Any) -> BrowserContextWrapper:
        wrapper = await super()._create_browser_context(*args, **kwargs)
        await self._guard.stand_before(wrapper.context)
        return wrapper

    async def download_request(self, request: Request) -> Response:
        """The rendered page, or CannotLook."""
        if not request.meta.get("playwright"):
            return await super().download_request(request)
        if not (self.config.launch_options.get("executable_path") or find_browser()):
            raise CannotLook(*NO_BROWSER)
        request.meta["playwright_context"] = self._crawler.spider.name
        request.meta["playwright_context_kwargs"] = dict(self._context)
        # Later events never come on a page whose script was kept from leading it elsewhere.
        request.meta["playwright_page_goto_kwargs"] = {"wait_until": "commit"}
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
        refused = self._refused_by_proxy(request.url)
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
        await self._guard.stand_by(page, visit)
        try:
            response = await super()._download_request_with_page(request, page, spider)
        except PlaywrightError as error:
            raise visit.denied or error from None
        finally:
            request.meta["page_json"] = visit.page_json
            request.meta["refused_requests"] = visit.refused
            if visit.refused:
                logger.info("not loaded for %s: %s", request.url, " ".join(visit.refused))
            if not page.is_closed():  # it failed, and will be closed
                await go_offline(visit)
        if visit.denied:  # a script led the page to where it may not go
            raise visit.denied
        await self._check_final(response)
        return response

    async def _apply_page_methods(self, page: Page, request: Request, spider: Spider) -> None:
        visit = self._visits[page]
        if page.url != EMPTY_PAGE:  # a file to download leaves the page empty
            await visit.wait(page)
        await super()._apply_page_methods(page, request, spider)
        await go_offline(visit)

    async def _check_final(self, response: Response) -> None:
        """Where the page ended passes all checks too, else what it shows is dropped."""
        refused = self._refused_by_proxy(response.url)
        if refused is not None and response.status == 502:  # our proxy's answer
            raise refused
        await self._guard.check(response.url)
        if len(response.body) > self._maxsize:
            raise CannotLook(*TOO_LARGE)

    def _refused_by_proxy(self, url: str) -> CannotLook | None:
        return None if self._proxy is None else self._proxy.refused.get(urlsplit(url).hostname or "")
