"""What a page may ask for: every request that it causes passes robots.txt and the egress guard before it leaves."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from playwright.async_api import BrowserContext, CDPSession, Page, Route, WebSocketRoute
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Request as PageRequest

from kataban.items import CannotLook, Outcome
from kataban.manners.egress import Egress, RefusedAddress, refusal
from kataban.manners.page_visit import Visit
from kataban.manners.proxy import CheckingProxy
from kataban.manners.robots import Robots

# Stylesheets stay: a virtualised list is drawn by the heights that they give. `other` is what nobody asked for yet:
# icons, prefetches, rules of speculation.
NOT_LOADED = frozenset({"image", "media", "font", "texttrack", "manifest", "ping", "cspviolationreport", "other"})
# What asks without being seen by any hook: these parts of the browser are not given to a page, nor is a last word
# when it is closed.
NOT_GIVEN = """(() => {
delete window.SharedWorker;
delete window.fetchLater;
delete Navigator.prototype.sendBeacon;
new MutationObserver(changes => changes.forEach(change => change.addedNodes.forEach(node => {
    if (node.nodeName === 'SCRIPT' && /speculationrules/i.test(node.type)) node.remove();
}))).observe(document, {childList: true, subtree: true});
const silence = event => {
    if (event.type !== 'visibilitychange' || document.visibilityState === 'hidden') event.stopImmediatePropagation();
};
for (const type of ['pagehide', 'unload', 'beforeunload', 'visibilitychange', 'freeze']) {
    window.addEventListener(type, silence, true);
}
})();"""
EMPTY_PAGE = "about:blank"
ROBOTS_PATIENCE = 10.0  # seconds that a page's own request waits for a robots.txt; no answer is no Disallow


class PageGuard:
    """Two nets, since neither sees everything: Playwright's hook (types, workers), and the browser's own protocol
    (redirect hops, which pass the hook unseen). Where a page goes must be allowed by robots.txt; what its scripts load
    is refused on an explicit Disallow. `proxy` learns which hosts were approved; None where the browser needs none.
    """

    def __init__(self, egress: Egress, robots: Robots, proxy: CheckingProxy | None, user_agent: str) -> None:
        self._egress = egress
        self._robots = robots
        self._proxy = proxy
        self._user_agent = user_agent
        self._visits: WeakKeyDictionary[Page, Visit] = WeakKeyDictionary()

    async def stand_before(self, context: BrowserContext) -> None:
        """Nothing of a window that a page opens leaves; the pages that we open have hooks of their own."""
        await context.route("**/*", _stop)

    async def stand_by(self, page: Page, visit: Visit) -> None:
        """Guard this page from its first request on."""
        self._visits[page] = visit
        await page.add_init_script(NOT_GIVEN)
        await page.route_web_socket("**/*", _close_socket)
        visit.session = await page.context.new_cdp_session(page)
        await self._watch(page, visit, visit.session)

    async def check(self, url: str) -> None:
        """May a page stand at this address? CannotLook where not."""
        self._check_place(url)
        await self._robots.check(url)
        self._approve(url)

    async def refuses(self, asked: PageRequest) -> bool:
        """Playwright's hook: True stops the request."""
        if asked.resource_type in NOT_LOADED:
            return True
        try:
            frame = asked.frame
            visit = self._visits[frame.page]
        except (PlaywrightError, KeyError):
            return True  # a page that is being closed
        navigation = asked.is_navigation_request()
        if navigation and frame.parent_frame is not None:
            return True  # frames of other sites show advertisements
        return not await self._may_load(visit, asked.url, navigation=navigation)

    async def _may_load(self, visit: Visit, url: str, *, navigation: bool) -> bool:
        try:
            await (self.check(url) if navigation else self._check_part(url))
        except CannotLook as error:
            if url not in visit.refused:
                visit.refused.append(url)
            if navigation:
                visit.deny(error)
            return False
        return True

    async def _check_part(self, url: str) -> None:
        if urlsplit(url).scheme in ("data", "blob"):
            return
        self._check_place(url)
        denied = asyncio.ensure_future(self._robots.denies(url))
        with suppress(TimeoutError):
            if await asyncio.wait_for(asyncio.shield(denied), ROBOTS_PATIENCE):
                raise CannotLook(Outcome.ROBOTS_DENIED, "disallow", "robots.txt forbids this address")
        self._approve(url)

    def _check_place(self, url: str) -> None:
        try:
            self._egress.check(url)
        except RefusedAddress as error:
            raise refusal(error) from error

    def _approve(self, url: str) -> None:
        if self._proxy is not None:
            self._proxy.approve(url)

    # --- the browser's own protocol ----------------------------------------------------------------------------------

    async def _watch(self, page: Page, visit: Visit, session: CDPSession) -> None:
        tree = await session.send("Page.getFrameTree")
        main_frame = tree["frameTree"]["frame"]["id"]

        async def paused(event: dict[str, Any]) -> None:
            objection = await self._objection(visit, event, main_frame, empty=page.url == EMPTY_PAGE)
            await _let_go(session, event["requestId"], objection)

        async def asked_for_password(event: dict[str, Any]) -> None:
            answer = self._password(from_proxy=event["authChallenge"].get("source") == "Proxy")
            with suppress(PlaywrightError):
                await session.send("Fetch.continueWithAuth",
                                   {"requestId": event["requestId"], "authChallengeResponse": answer})

        session.on("Fetch.requestPaused", paused)
        session.on("Fetch.authRequired", asked_for_password)
        await session.send("Fetch.enable", {"handleAuthRequests": self._proxy is not None, "patterns": [
            {"urlPattern": "*", "requestStage": "Request"}]})
        # Playwright would add hints that claim a Windows machine; without metadata none are sent.
        await session.send("Emulation.setUserAgentOverride", {"userAgent": self._user_agent})
        await session.send("Page.setPrerenderingAllowed", {"isAllowed": False})

    async def _objection(self, visit: Visit, event: dict[str, Any], main_frame: str, *, empty: bool) -> str | None:
        """Why the request may not leave, in the protocol's words: Aborted lets the page stand as it is."""
        asked = event["request"]
        if event.get("resourceType") != "Document":
            hop = "redirectedRequestId" in event
            return None if not hop or await self._may_load(visit, asked["url"], navigation=False) else "BlockedByClient"
        if event.get("frameId") != main_frame:
            return "BlockedByClient"
        if asked["method"] != "GET":
            return "Aborted"  # no form is ever sent
        if await self._may_load(visit, asked["url"], navigation=True):
            return None
        return "BlockedByClient" if empty else "Aborted"

    def _password(self, *, from_proxy: bool) -> dict[str, str]:
        """Our own proxy gets its password; a site that asks for one gets none."""
        if not from_proxy or self._proxy is None:
            return {"response": "CancelAuth"}
        given = self._proxy.for_playwright()
        return {"response": "ProvideCredentials", "username": given["username"], "password": given["password"]}


async def go_offline(visit: Visit) -> None:
    """The page has been read: what it would send at its end stays here."""
    nothing = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    if visit.session is not None:
        with suppress(PlaywrightError, TimeoutError):
            await asyncio.wait_for(visit.session.send("Network.enable"), 1)
            await asyncio.wait_for(visit.session.send("Network.emulateNetworkConditions", nothing), 1)


async def _let_go(session: CDPSession, request_id: str, objection: str | None) -> None:
    with suppress(PlaywrightError):  # the page has been closed meanwhile
        if objection is None:
            await session.send("Fetch.continueRequest", {"requestId": request_id})
        else:
            await session.send("Fetch.failRequest", {"requestId": request_id, "errorReason": objection})


async def _stop(route: Route) -> None:
    await route.abort()


async def _close_socket(socket: WebSocketRoute) -> None:
    await socket.close()
