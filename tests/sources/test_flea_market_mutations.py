"""Every value of the JSON that the flea markets' pages carry, replaced by odd ones: no parser falls over, and
nothing may become buyable by a value that was lost.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kataban.crawling.replay import Envelope, Replayed, read_envelope, replay
from kataban.items import Availability, PriceKind
from spiders.base import SourceSpider
from spiders.mercari import MercariSpider
from spiders.yahoo_auctions import YahooAuctionsSpider
from spiders.yahoo_fleamarket import YahooFleamarketSpider

HERE = Path(__file__).parent
ODD: tuple[Any, ...] = (None, "", "x", [], {}, [None], -1, 10**30, True, "９９" * 3000)
NEXT = re.compile(r'(<script id="__NEXT_DATA__"[^>]*>)(.*?)(</script>)', re.DOTALL)


def paths(node: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield at
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        yield from paths(value, (*at, key))


def changed(whole: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    other = copy.deepcopy(whole)
    node = other
    for key in path[:-1]:
        node = node[key]
    node[path[-1]] = value
    return other


def mutations(whole: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    for path in paths(whole):
        for value in ODD:
            yield path, changed(whole, path, value)


def buyable(read: Replayed) -> list[str]:
    stocked = [listing for listing in read.listings if listing.availability is Availability.IN_STOCK]
    return [listing.listing_id for listing in stocked if listing.price_kind is PriceKind.FIXED and listing.price]


@pytest.mark.parametrize("case", [
    "found", "shops_row", "auction", "detail", "detail_auction", "detail_reserved_by_comment", "shops_product",
    "shops_product_preorder", "seller"])
def test_mercari(case: str) -> None:
    envelope = read_envelope(HERE / "mercari" / case / "envelope.json")
    before = buyable(replay(MercariSpider(), envelope))
    for number, answer in enumerate(envelope.page_json):
        for path, odd in mutations(answer["json"]):
            page_json = [*envelope.page_json]
            page_json[number] = {**answer, "json": odd}
            holds(MercariSpider(), envelope, path, before, page_json=page_json)


@pytest.mark.parametrize(("kind", "case"), [
    (YahooFleamarketSpider, "found"), (YahooFleamarketSpider, "detail"),
    (YahooAuctionsSpider, "detail_without_row"), (YahooAuctionsSpider, "detail_store")])
def test_pages_with_embedded_json(kind: type[SourceSpider], case: str) -> None:
    envelope = read_envelope(HERE / kind.name / case / "envelope.json")
    text = envelope.body.decode()
    before = buyable(replay(kind(), envelope))
    for path, odd in mutations(json.loads(NEXT.search(text)[2])):
        head, _, tail = NEXT.search(text).groups()
        body = NEXT.split(text)[0] + head + json.dumps(odd) + tail + NEXT.split(text)[-1]
        holds(kind(), envelope, path, before, body=body.encode())


def holds(spider: SourceSpider, envelope: Envelope, path: tuple[Any, ...], before: list[str], **change: Any) -> None:
    other = copy.copy(envelope)
    for name, value in change.items():
        setattr(other, name, value)
    read = replay(spider, other)
    assert read.reason_code != "parser_error", (path, read.reason)
    # These say themselves that a thing is no auction, is a fixed price, is in stock, or is kept by nobody.
    told = {"auction", "auction_info", "isFleaMarket", "bidorbuy", "productPreOrder", "seller", "comments"} & set(path)
    assert told or len(buyable(read)) <= len(before), (path, buyable(read))
