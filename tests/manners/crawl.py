"""Runs one real crawl in a process of its own: what to ask as JSON on stdin, what came of it as JSON on stdout."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import AsyncIterator
from typing import Any

import psutil
import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response
from scrapy.utils.project import get_project_settings
from twisted.python.failure import Failure

from kataban.manners.browser_settings import settings_for
from kataban.manners.failures import cannot_look_of, cannot_look_of_status
from kataban.manners.services import Services

RESULTS: list[dict[str, Any]] = []


class Asker(scrapy.Spider):
    """Asks all addresses at once, or one after the other as the crawl does (`paced`)."""

    name = "asker"
    access = "html"
    task: dict[str, Any]
    handle_httpstatus_list = [400, 401, 403, 404, 410, 422, 429, 451, 500, 502, 503]  # noqa: RUF012

    async def start(self) -> AsyncIterator[scrapy.Request]:
        for url in self.task["urls"]:
            meta = dict(self.task.get("meta", {}))
            if self.task.get("paced"):
                from kataban.manners.pace import host_of

                await Services.of(self.crawler).pace.reserve(url)
                meta["paced_for"] = host_of(url)
            yield scrapy.Request(url, self.parse, errback=self.failed, dont_filter=True, meta=meta,
                                 headers=self.task.get("headers"), method=self.task.get("method", "GET"),
                                 body=self.task.get("body"), cb_kwargs={"asked": url})

    def parse(self, response: Response, asked: str) -> None:
        said = cannot_look_of_status(response)
        RESULTS.append({
            "asked": asked, "url": response.url, "status": response.status,
            "body": response.body[:20000].decode("utf-8", "replace"), "page_json": response.meta.get("page_json"),
            "refused": response.meta.get("refused_requests"), "listening": listening(),
            "outcome": said.outcome.value if said else None,
            "retry_after": said.retry_after if said else None})
        if len(RESULTS) == 1 and "kill" in self.task:
            kill(self.task["kill"])

    def failed(self, failure: Failure) -> None:
        said = cannot_look_of(failure)
        RESULTS.append({"asked": failure.request.cb_kwargs["asked"], "outcome": said.outcome.value,
                        "reason_code": said.reason_code, "reason": said.reason, "error": repr(failure.value)})


def listening() -> list[int]:
    """Ports on which this process can be asked for something."""
    return [found.laddr.port for found in psutil.Process().net_connections("inet") if found.status == "LISTEN"]


def kill(name: str) -> None:
    """kill -9 of what this process started and is called so, found by its place in the tree of processes."""
    for child in psutil.Process().children(recursive=True):
        if name in child.name():
            child.kill()


def answer_names(names: dict[str, list[str]]) -> None:
    """Stands in for the name server: these names and no others."""
    known = socket.getaddrinfo

    def lookup(host: str, *args: Any, **kwargs: Any) -> list[Any]:
        if host not in names and host != "127.0.0.1":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [answer for address in names.get(host, [host]) for answer in known(address, *args, **kwargs)]

    socket.getaddrinfo = lookup  # type: ignore[assignment]


def main() -> None:
    """Crawl, then print the results."""
    task = json.load(sys.stdin)
    if "names" in task:
        answer_names(task["names"])
    Asker.task = task
    settings = get_project_settings()
    if task.get("browser"):
        Asker.access = "browser"
        own = settings_for(Asker)
        if not task.get("https"):
            own["DOWNLOAD_HANDLERS"]["http"] = own["DOWNLOAD_HANDLERS"].pop("https")
        settings.setdict(own, priority="cmdline")
        settings.set("ADDONS", {"kataban.manners.redaction.Redaction": 0})
    settings.setdict(task.get("settings", {}), priority="cmdline")
    process = CrawlerProcess(settings)
    process.crawl(Asker)
    process.start()
    sys.stdout.write(json.dumps(RESULTS))


if __name__ == "__main__":
    main()
