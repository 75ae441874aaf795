"""One saved answer through one source's own code: what the crawl would read from it. No network, no database.

The envelope is what a spider reads of a page, and the fixture format of tests/sources: a JSON file beside its body.
The verb `replay` and the tests share this code.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

import msgspec
from scrapy.http import Headers, Request, Response
from scrapy.responsetypes import responsetypes

from kataban.items import (
    Availability,
    CannotLook,
    Condition,
    Lead,
    Listing,
    Outcome,
    PageKind,
    PageRead,
    PriceKind,
    Query,
    Seller,
)

if TYPE_CHECKING:
    from spiders.base import SourceSpider

MASK = "KEY"


class Envelope(msgspec.Struct, rename={"as_": "as"}, forbid_unknown_fields=True, kw_only=True):
    """A saved answer. `as` says which callback reads it; `url` is the final address, `meta` what its request carried.

    `listing` and `seller` are the rows that led to a detail or seller page, `lead` the one that led to a shop's page;
    without them a bare one is made from the address. `spelling` is the form that was asked, `page_json` the JSON that
    a rendered page itself loaded: a list of {"url", "status", "json"}.
    """

    url: str
    status: int = 200
    headers: dict[str, str | list[str]] = {}
    as_: Literal["search", "detail", "seller", "lead"] = "search"
    model_number: str = ""
    maker: str | None = None
    jan: str | None = None
    name: str | None = None
    spelling: str | None = None
    body_file: str | None = None
    page_json_file: str | None = None
    listing: dict[str, Any] = {}
    seller: dict[str, Any] = {}
    lead: dict[str, Any] = {}
    meta: dict[str, Any] = {}
    body: bytes = b""
    page_json: list[dict[str, Any]] = []

    @property
    def query(self) -> Query:
        """The Query that was asked."""
        return Query(self.model_number, maker=self.maker, jan=self.jan, name=self.name, spelling=self.spelling)


@dataclasses.dataclass(slots=True)
class Replayed:
    """What the source read from one answer.

    `outcome` is None unless the answer is no look at all, or the site's own zero: whether a row is the asked model is
    the matcher's part. `page` is the PageRead of a page of results.
    """

    page_kind: PageKind | None = None
    outcome: Outcome | None = None
    reason_code: str | None = None
    reason: str | None = None
    page: PageRead | None = None
    listings: list[Listing] = dataclasses.field(default_factory=list)
    leads: list[Lead] = dataclasses.field(default_factory=list)
    sellers: list[Seller] = dataclasses.field(default_factory=list)
    next_requests: list[Request] = dataclasses.field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """As JSON values: listings, leads, sellers and page with their non-default fields, requests as addresses."""
        return {
            "page_kind": self.page_kind and self.page_kind.value,
            "outcome": self.outcome and self.outcome.value,
            "reason_code": self.reason_code,
            "reason": self.reason,
            "page": plain(self.page) if self.page else None,
            "listings": [plain(listing) for listing in self.listings],
            "leads": [plain(lead) for lead in self.leads],
            "sellers": [plain(seller) for seller in self.sellers],
            "next_requests": [request.url for request in self.next_requests],
        }


def read_envelope(path: Path) -> Envelope:
    """The Envelope at `path` with its body and page JSON, which lie beside it. Raises msgspec.ValidationError."""
    envelope = msgspec.json.decode(path.read_bytes(), type=Envelope)
    if envelope.body_file:
        envelope.body = (path.parent / envelope.body_file).read_bytes()
    if envelope.page_json_file:
        envelope.page_json = msgspec.json.decode((path.parent / envelope.page_json_file).read_bytes())
    return envelope


def response_of(envelope: Envelope) -> Response:
    """The Scrapy response that the envelope stands for: its class and encoding follow headers, address and body."""
    headers = Headers(cast("Mapping[str, Any]", envelope.headers))
    meta = {**envelope.meta, "page_json": envelope.page_json}
    kind = responsetypes.from_args(headers=headers, url=envelope.url, body=envelope.body)
    request = Request(envelope.url, meta=meta)
    return kind(envelope.url, status=envelope.status, headers=headers, body=envelope.body, request=request)


def replay(spider: SourceSpider, envelope: Envelope) -> Replayed:
    """Run the callback that `envelope.as_` names over the envelope. Keys are masked: a replay asks nothing of anybody.

    An exception of the source's own code is `broken`/`parser_error`, as in the crawl.
    """
    vars(spider).update(key=_masked, optional_key=_default)
    read = Replayed()
    try:
        for result in _callback(spider, envelope):
            _file(result, read)
    except CannotLook as refusal:
        read.page_kind, read.outcome = refusal.page_kind, refusal.outcome
        read.reason_code, read.reason = refusal.reason_code, refusal.reason
    except Exception as error:  # the crawl goes on after any error of a parser, and so does this
        spider.logger.exception("the source's own code failed")
        read.page_kind, read.outcome = PageKind.BROKEN, Outcome.BROKEN
        read.reason_code, read.reason = "parser_error", f"{type(error).__name__}: {error}"
    else:
        _conclude(read, spider.gives_leads)
    return read


def _masked(_name: str) -> str:
    return MASK


def _default(_name: str, default: str = "") -> str:
    return default


def _callback(spider: SourceSpider, envelope: Envelope) -> Iterable[Any]:
    response = response_of(envelope)
    # A bare page does not say what was asked; the canary stands in, since a further page's request needs some word.
    query = envelope.query if envelope.model_number else Query(spider.canary)
    match envelope.as_:
        case "search":
            return spider.parse(response, query=query)
        case "detail":
            return spider.parse_detail(response, listing=_listing(spider, envelope))
        case "seller":
            return spider.parse_seller(response, seller=_seller(spider.name, envelope.seller))
        case "lead":
            lead = Lead(**{"source": spider.name, "url": envelope.url, **envelope.lead})
            return spider.parse_lead(response, query=query, lead=lead)


def _listing(spider: SourceSpider, envelope: Envelope) -> Listing:
    fields = {"source": spider.name, "listing_id": "", "url": envelope.url, "title": "", **envelope.listing}
    kinds: dict[str, Any] = {"availability": Availability, "condition": Condition, "price_kind": PriceKind,
                             "posted_at": datetime.fromisoformat, "updated_at": datetime.fromisoformat,
                             "ships_in_days": tuple, "seller": lambda value: _seller(spider.name, value)}
    return Listing(**{name: kinds[name](value) if name in kinds else value for name, value in fields.items()})


def _seller(source: str, fields: dict[str, Any]) -> Seller:
    kinds: dict[str, Any] = {"since": date.fromisoformat, "badges": tuple}
    whole = {"source": source, "seller_id": "", **fields}
    return Seller(**{name: kinds[name](value) if name in kinds else value for name, value in whole.items()})


def _file(result: object, read: Replayed) -> None:
    match result:
        case Listing():
            read.listings.append(result)
        case Lead():
            read.leads.append(result)
        case Seller():
            read.sellers.append(result)
        case PageRead() if read.page is None:
            read.page = result
        case Request():
            read.next_requests.append(result)
        case _:
            raise TypeError(f"a source may not yield {type(result).__name__} here")


def _conclude(read: Replayed, gives_leads: bool) -> None:
    if read.page is not None:
        read.page_kind = read.page.kind
        if gives_leads:
            read.outcome = Outcome.ANSWERED
        elif read.page.kind is PageKind.EMPTY and not read.page.rows and not read.next_requests:
            read.outcome = Outcome.NOTHING
    elif read.sellers:
        read.page_kind = PageKind.SELLER
    elif read.listings:
        read.page_kind = PageKind.PRODUCT


def plain(item: object) -> dict[str, Any]:
    """A dataclass as JSON values, only the fields that differ from their defaults."""
    shown = {}
    for each in dataclasses.fields(cast("Any", item)):
        value = getattr(item, each.name)
        default = each.default_factory() if callable(each.default_factory) else each.default
        if value != default:
            shown[each.name] = _value(value)
    return shown


def _value(value: object) -> Any:
    if dataclasses.is_dataclass(value):
        return plain(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return [_value(each) for each in value] if isinstance(value, tuple) else value
