"""What the three ways to Amazon have in common, and how a token is had and renewed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from scrapy.http import Request, Response

from kataban.items import CannotLook, Listing, PriceKind, Query
from kataban.parsers.yen import parse_yen
from spiders.base import Parsed
from spiders.landmarks import Landmarks
from spiders.refusals import json_of, refusal
from spiders.values import at, rows, table, text

if TYPE_CHECKING:
    from spiders.amazon_jp import AmazonJpSpider

MARKS = Landmarks("amazon_jp")


class Way(ABC):
    """One way to ask Amazon. `switch` is the setting of .env that turns it on."""

    switch: ClassVar[str]

    def __init__(self, spider: AmazonJpSpider) -> None:
        self.spider = spider

    @abstractmethod
    def owns(self, url: str) -> bool:
        """Is `url` an address that this way asks?"""

    def forms(self, query: Query, written: tuple[str, ...]) -> tuple[str, ...]:
        """The spellings worth asking; `written` are the usual ones."""
        return written

    @abstractmethod
    def search(self, query: Query) -> Request:
        """The first request for a spelling."""

    @abstractmethod
    def parse(self, response: Response, query: Query) -> Parsed:
        """Listings and one PageRead, or the next request."""

    def detail(self, listing: Listing) -> Request | None:
        """What tells more of a row, or None."""
        return None

    def parse_detail(self, response: Response, listing: Listing) -> Iterator[Listing | Request]:
        """What the detail says."""
        yield listing

    def refused(self, response: Response) -> CannotLook:
        """What an answer that is no look means."""
        code, message = error_of(json_of(response))
        return refusal(MARKS, response, self.spider.label, code=code, message=message)


class KeyedWay(Way):
    """A way whose calls carry a token: asked for first, kept, and renewed once when Amazon calls it old."""

    host: ClassVar[str]
    token_hosts: ClassVar[tuple[str, ...]]

    def __init__(self, spider: AmazonJpSpider) -> None:
        super().__init__(spider)
        self.token = ""

    def owns(self, url: str) -> bool:
        """Its own host, or one of those that give tokens."""
        return urlsplit(url).hostname in {self.host, *self.token_hosts}

    @abstractmethod
    def token_request(self) -> Request:
        """The request for a token, without callback."""

    @abstractmethod
    def call(self, **asked: Any) -> Request:
        """The call itself, with the token."""

    @abstractmethod
    def is_expired(self, code: str, message: str) -> bool:
        """Does this error say that the token is too old?"""

    def search(self, query: Query) -> Request:
        """The search, or the token that it needs first."""
        if self.token:
            return self.call(query=query)
        return self._ask_token(self.spider.parse, query=query)

    def _ask_token(self, callback: Any, **about: Any) -> Request:
        # secret_answer: the answer is a token, which is not to be saved with the other answers of a Search.
        request = self.token_request()
        return request.replace(callback=callback, cb_kwargs=about, dont_filter=True, meta={
            **request.meta, "secret_answer": True, "robots_exempt": True})

    def taken_token(self, response: Response) -> bool:
        """Was this answer a token? It is kept then. CannotLook where a token was refused."""
        if urlsplit(response.url).hostname not in self.token_hosts:
            return False
        found = text(table(json_of(response)).get("access_token"), limit=4000)
        if response.status != 200 or found is None:
            raise self.refused(response)
        self.token = found
        return True

    def renewed(self, response: Response, callback: Any, **about: Any) -> Request | None:
        """The request for a new token where this answer says that the old one has expired; once for each answer."""
        if response.status < 400 or not self.token or not self.is_expired(*error_of(json_of(response))):
            return None
        self.token = ""
        return self._ask_token(callback, **about)


def error_of(answer: Any) -> tuple[str, str]:
    """(code, message) of any of Amazon's error shapes; ("", "") where there is none."""
    found = table(answer)
    first = next(iter(rows(found.get("errors"))), {})
    code = found.get("reason") or found.get("error") or first.get("code") or ""
    words = (found.get("message"), found.get("error_description"), first.get("message"), first.get("details"))
    return str(code), " ".join(str(word) for word in words if word)


def take_money(listing: Listing, amount: Any, currency: Any) -> None:
    """The price where it is in yen; another currency is no price."""
    price = parse_yen(amount).amount if currency == "JPY" and isinstance(amount, str | int | float) else None
    listing.price, listing.price_kind = price, PriceKind.FIXED if price else PriceKind.NONE


def take_gtins(row: Listing, numbers: list[str]) -> None:
    """Several numbers, often foreign ones, prove little: only a single one is the item's."""
    different = list(dict.fromkeys(number.zfill(13) if len(number) == 12 else number for number in numbers))
    if len(different) == 1:
        row.gtin = different[0]
    elif different:
        row.attributes["JAN/EAN"] = ", ".join(different)


def value(node: Any, name: str, key: str, *, limit: int = 500) -> str | None:
    """The text at the path that the table landmark `name` has for `key`."""
    return text(at(node, MARKS.table(name)[key]), limit=limit)
