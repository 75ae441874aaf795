"""The egress guard: which addresses may be asked at all. One parser and one table of addresses for both engines."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Self
from urllib.parse import urlsplit

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import CannotResolveHostError
from scrapy.http import Request, Response
from scrapy.settings import BaseSettings

from kataban.items import CannotLook, Outcome
from kataban.manners.redaction import redact

DEFAULT_PORTS = {"http": 80, "https": 443}
PORTS = frozenset(DEFAULT_PORTS.values())
# Dotted labels only; a last label that begins with a digit is an IPv4 address in some spelling (0x7f.1, 127.1).
NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
IPV4 = re.compile(r"(?:0|[1-9][0-9]{0,2})(?:\.(?:0|[1-9][0-9]{0,2})){3}")
# Not flagged by is_global in every Python: relays, documentation, shared address space, local-use NAT64.
REFUSED_NETWORKS = tuple(ip_network(network) for network in (
    "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4", "64:ff9b:1::/48",
    "100::/64", "2001:db8::/32", "3fff::/20", "5f00::/16", "fec0::/10",
))
NAT64 = ip_network("64:ff9b::/96")
# What does not follow a redirect to another host, port or scheme, besides every header in which a key is found.
KEY_HEADERS = frozenset({"Authorization", "Cookie", "Referer", "Origin"})

Address = IPv4Address | IPv6Address


class RefusedAddress(ValueError):
    """This address is not to be asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a URL leads. `host` is lower case; `literal` is its address where it is one."""

    scheme: str
    host: str
    port: int
    literal: Address | None


def place_of(url: str) -> Place:
    """The one parser of addresses. RefusedAddress for everything on which two parsers might not agree."""
    if not url.isascii() or re.search(r"[\x00-\x20\x7f\\]", url):
        raise RefusedAddress("odd characters in the address")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise RefusedAddress(str(error)) from error
    scheme = parts.scheme.lower()
    if scheme not in DEFAULT_PORTS:
        raise RefusedAddress(f"scheme {scheme!r}")
    if not re.fullmatch(r"[A-Za-z0-9._-]+(?::[0-9]+)?|\[[0-9A-Fa-f:.]+\](?::[0-9]+)?", parts.netloc):
        raise RefusedAddress("odd host")  # user:password@, percent signs, zones, nothing at all
    host = (parts.hostname or "").lower()
    return Place(scheme, host, DEFAULT_PORTS[scheme] if port is None else port, _literal(host))


def _literal(host: str) -> Address | None:
    if ":" in host or IPV4.fullmatch(host):
        try:
            return ip_address(host)
        except ValueError as error:
            raise RefusedAddress(f"odd address {host}") from error
    last = host.rpartition(".")[2]
    if last[:1].isdigit() or last == "":
        raise RefusedAddress(f"odd host {host}")
    return None


def is_global(address: Address) -> bool:
    """True for an address of the public internet, also where it is wrapped into another (mapped, 6to4, Teredo)."""
    if any(address in network for network in REFUSED_NETWORKS if network.version == address.version):
        return False
    if not all(is_global(inner) for inner in _wrapped(address)):
        return False
    if address.version == 6 and address in NAT64:
        return True
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _wrapped(address: Address) -> tuple[IPv4Address, ...]:
    if isinstance(address, IPv4Address):
        return ()
    low = IPv4Address(int(address) & 0xFFFFFFFF)
    embedded = (low,) if address in NAT64 or int(address) >> 32 == 0 else ()
    single = (address.ipv4_mapped, address.sixtofour)
    return (*embedded, *(inner for inner in single if inner is not None), *(address.teredo or ()))


def _opened(entry: str) -> Place:
    try:
        return place_of(f"http://{entry}")
    except RefusedAddress as error:
        raise ValueError(f"KATABAN_ALLOW_HOSTS: {entry!r} is no host:port ({error})") from error


class Egress:
    """Decides on addresses. `allowed` are host:port pairs that may be asked although they are private."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        places = [_opened(entry) for entry in allowed]
        self._allowed = frozenset((place.host, place.port) for place in places)
        self._allowed_hosts = frozenset(place.host for place in places)

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """The guard as KATABAN_ALLOW_HOSTS opens it."""
        return cls(settings.getlist("KATABAN_ALLOW_HOSTS"))

    def check(self, url: str) -> Place:
        """Scheme, port and form of the address. Does not resolve names. RefusedAddress when it is not to be asked."""
        place = place_of(url)
        if (place.host, place.port) in self._allowed:
            return place
        if place.port not in PORTS:
            raise RefusedAddress(f"port {place.port}")
        if place.literal is not None and not is_global(place.literal):
            raise RefusedAddress(f"{place.host} is not a public address")
        if place.literal is None and not NAME.fullmatch(place.host):
            raise RefusedAddress(f"{place.host!r} is not a public name")
        return place

    def check_addresses(self, host: str, addresses: Iterable[str], port: int | None = None) -> list[Address]:
        """What a name resolved to, when all of it is public. RefusedAddress otherwise."""
        opened = host in self._allowed_hosts if port is None else (host, port) in self._allowed
        found = [ip_address(address.partition("%")[0]) for address in addresses]
        for address in found:
            if not (opened or is_global(address)):
                raise RefusedAddress(f"{host} resolves to {address}, which is not a public address")
        return found

    def resolve(self, host: str, port: int | None = None) -> list[Address]:
        """Look the name up (blocking) and check every address, IPv4 first. OSError when it has none.

        Without a port, a host opened by `allowed` on any port passes; the URL's own check has looked at the port.
        """
        host = host.lower()
        answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        addresses = dict.fromkeys(str(answer[4][0]) for answer in answers)
        return sorted(self.check_addresses(host, addresses, port), key=lambda address: address.version)


def refusal(error: RefusedAddress) -> CannotLook:
    """The outcome of a refused address."""
    return CannotLook(Outcome.UNREACHABLE, "refused_address", f"not asked: {error}")


class EgressMiddleware:
    """Refuses addresses before anything is asked of them; redirect hops pass here as every request does."""

    def __init__(self, egress: Egress) -> None:
        self.egress = egress

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """The guard of this crawl."""
        return cls(Egress.from_settings(crawler.settings))

    def process_request(self, request: Request) -> None:
        """CannotLook(unreachable, refused_address) for an address that is not to be asked."""
        try:
            self.egress.check(request.url)
        except RefusedAddress as error:
            raise refusal(error) from error

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Twisted hides why a name was refused behind "not found"; the resolver remembers it."""
        from kataban.manners.resolver import GuardedResolver  # noqa: PLC0415  (imports the reactor)

        refused = GuardedResolver.refused.get(urlsplit(request.url).hostname or "")
        if refused is not None and isinstance(exception, CannotResolveHostError):
            raise refusal(refused) from exception


class PlainRedirectMiddleware(RedirectMiddleware):
    """Scrapy's redirects without keys and Referer for another host: an address may hold the user's key."""

    def process_response(
        self, request: Request, response: Response, spider: Spider | None = None,
    ) -> Request | Response:
        """The request for the next hop, or the response."""
        result = super().process_response(request, response)
        if isinstance(result, Request):
            self._strip(request, result)
        return result

    def _strip(self, request: Request, hop: Request) -> None:
        if _origin(request.url) == _origin(hop.url):
            return
        if hop.body:  # a form with a secret, say; only 307 and 308 would send it on
            raise CannotLook(Outcome.UNREACHABLE, "redirect_error", "the site sent our data on to another host")
        for name, value in list(hop.headers.to_unicode_dict().items()):
            if name.title() in KEY_HEADERS or redact(f"{name}: {value}") != f"{name}: {value}":
                hop.headers.pop(name, None)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or DEFAULT_PORTS.get(parts.scheme)
