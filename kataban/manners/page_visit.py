"""One visit of the browser to one page: what its own JSON says, when there is something to read, what was refused."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterable
from time import monotonic
from typing import Any

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Request as PageRequest
from playwright.async_api import Response as PageResponse

from kataban.items import CannotLook

# A page asks again with its filters as soon as the first answer is there, so the last look comes a little later.
SETTLE_SECONDS = 0.25


class Visit:
    """Collects the page's own JSON from the first moment, and waits until there is something to read.

    `ready` is a selector (Playwright's kind of CSS; empty: the document as it came), `page_json` are regular
    expressions of addresses; `wait_seconds` bound the waiting, `grace_seconds` what is waited for the one when the
    other has come. `refused` are requests of the page that were not let through, `denied` is why the page itself was
    not.
    """

    def __init__(self, ready: str, page_json: Iterable[str], wait_seconds: float, grace_seconds: float) -> None:
        self.refused: list[str] = []
        self.denied: CannotLook | None = None
        self.session: CDPSession | None = None
        self._ready = ready
        self._patterns = [re.compile(pattern) for pattern in page_json]
        self._wait_seconds = wait_seconds
        self._grace_seconds = grace_seconds
        self._answers: list[dict[str, Any]] = []
        self._open: set[PageRequest] = set()
        self._reading: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()

    @property
    def page_json(self) -> list[dict[str, Any]]:
        """What has been collected, in the order in which it came: url, status, json (None where it is no JSON)."""
        return [{key: answer[key] for key in ("url", "status", "json")} for answer in self._answers if answer["read"]]

    def attach(self, page: Page) -> None:
        """Listen before the page is asked for; a listener added later misses what came early."""
        page.on("request", self._on_request)
        page.on("requestfailed", self._on_end)
        page.on("response", self._on_response)
        page.on("popup", _close)

    def deny(self, error: CannotLook) -> None:
        """The page was led to where it may not go; nothing is worth waiting for any more."""
        self.denied = error
        self._changed.set()

    async def wait(self, page: Page) -> None:
        """Until there is something to read, or the time is over; the caller reads what there is."""
        appeared = asyncio.ensure_future(self._appear(page))
        appeared.add_done_callback(lambda _: self._changed.set())
        end = monotonic() + self._wait_seconds
        graced = False
        while (left := end - monotonic()) > 0 and not await self._settled(appeared):
            if not graced and (_came(appeared) or self._has_json()):
                graced = True
                end = min(end, monotonic() + self._grace_seconds)
                continue
            self._changed.clear()
            await _within(self._changed.wait(), left)

    async def _settled(self, appeared: asyncio.Future[bool]) -> bool:
        if self.denied is not None:
            return True
        if not self._complete(appeared):
            return False
        await asyncio.sleep(SETTLE_SECONDS)
        return self._complete(appeared)

    def _complete(self, appeared: asyncio.Future[bool]) -> bool:
        return _came(appeared) and (self._has_json() or not self._patterns)

    def _has_json(self) -> bool:
        """Every kind of JSON has come, and none is under way."""
        seen = [answer["url"] for answer in self._answers if answer["read"]]
        return bool(self._patterns) and not self._open and all(
            any(pattern.search(url) for url in seen) for pattern in self._patterns)

    async def _appear(self, page: Page) -> bool:
        limit = self._wait_seconds * 1000
        try:
            if self._ready:
                found = page.locator(f"{self._ready} >> visible=true").first
                await found.wait_for(state="attached", timeout=limit)
            else:
                await page.wait_for_load_state("domcontentloaded", timeout=limit)
        except PlaywrightError:  # not in time, or the page is gone
            return False
        return True

    def _wanted(self, request: PageRequest) -> bool:
        return request.method != "OPTIONS" and any(pattern.search(request.url) for pattern in self._patterns)

    def _on_request(self, request: PageRequest) -> None:
        if self._wanted(request):
            self._open.add(request)

    def _on_end(self, request: PageRequest) -> None:
        self._open.discard(request)
        self._changed.set()

    def _on_response(self, response: PageResponse) -> None:
        if not self._wanted(response.request):
            return
        if 300 <= response.status < 400:
            self._on_end(response.request)
            return
        answer = {"url": response.url, "status": response.status, "json": None, "read": False}
        self._answers.append(answer)
        task = asyncio.ensure_future(self._read(response, answer))
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    async def _read(self, response: PageResponse, answer: dict[str, Any]) -> None:
        try:
            answer["json"] = json.loads(await response.body())
        except (PlaywrightError, ValueError, RecursionError):
            answer["json"] = None  # gone with its page, or no JSON; its status still says something
        answer["read"] = True
        self._on_end(response.request)


async def _close(page: Page) -> None:
    await page.close()


def _came(appeared: asyncio.Future[bool]) -> bool:
    return appeared.done() and not appeared.cancelled() and appeared.result()


async def _within(event: Any, seconds: float) -> None:
    try:
        await asyncio.wait_for(event, seconds)
    except TimeoutError:
        return
