"""The Scrapy resolver that gives out checked addresses only: a connection goes to the very address that was checked."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import Any, ClassVar, Self

from scrapy.crawler import Crawler
from scrapy.resolver import CachingThreadedResolver, dnscache
from scrapy.utils.datatypes import LocalCache
from twisted.internet import defer, error, threads
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IResolverSimple
from twisted.python.failure import Failure
from zope.interface import implementer

from kataban.manners.egress import Egress, RefusedAddress


@implementer(IResolverSimple)
class GuardedResolver(CachingThreadedResolver):
    """IPv4 only, like Scrapy's default (Rakuten's address rule wants IPv4), but every address of a name is looked at:
    one private address among public ones refuses the name. `refused` remembers why, by name."""

    refused: ClassVar[LocalCache[str, RefusedAddress]] = LocalCache(1000)

    def __init__(self, reactor: ReactorBase, cache_size: int, timeout: float, egress: Egress) -> None:
        super().__init__(reactor, cache_size, timeout)
        self._egress = egress

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        """The resolver as KATABAN_ALLOW_HOSTS opens it."""
        settings = crawler.settings
        size = settings.getint("DNSCACHE_SIZE") if settings.getbool("DNSCACHE_ENABLED") else 0
        return cls(reactor, size, settings.getfloat("DNS_TIMEOUT"), Egress.from_settings(settings))

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:  # noqa: N802
        """The first IPv4 address of the name. DNSLookupError when it has none, is refused, or takes too long."""
        if name in dnscache:
            return defer.succeed(dnscache[name])
        pool = self.reactor.getThreadPool()  # type: ignore[attr-defined]
        found: Deferred[Any] = threads.deferToThreadPool(self.reactor, pool, self._egress.resolve, name)
        found.addTimeout(self.timeout, self.reactor)  # type: ignore[arg-type]
        return found.addCallbacks(self._first, self._failed, callbackArgs=(name,), errbackArgs=(name,))

    def _first(self, addresses: list[Any], name: str) -> str:
        first = next((str(address) for address in addresses if address.version == 4), None)
        if first is None:
            raise error.DNSLookupError(f"{name} has no IPv4 address")
        if dnscache.limit:
            dnscache[name] = first
        return first

    def _failed(self, failure: Failure, name: str) -> Failure:
        if isinstance(failure.value, RefusedAddress):
            self.refused[name] = failure.value
        failure.trap(RefusedAddress, socket.gaierror, OSError, defer.TimeoutError, UnicodeError, error.TimeoutError)
        return Failure(error.DNSLookupError(f"{name}: {failure.getErrorMessage()}"))
