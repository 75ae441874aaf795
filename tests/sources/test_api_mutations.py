"""Answers with one value changed at random: whatever a site sends, its reader says what it is and never breaks.

A changed value may lose a row or make the answer `broken`; it may not end in an error of our own code, and an answer
with rows may not become `nothing`.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from kataban.crawling.replay import Envelope, Replayed, read_envelope, replay
from kataban.items import Listing, Outcome
from tests.sources.saved import HERE, spider_of

CASES = [("rakuten_ichiba", "found"), ("rakuten_ichiba", "nothing"), ("rakuten_ichiba", "error_nested_403"),
         ("rakuten_ichiba", "item_variants"), ("yahoo_shopping", "found"), ("yahoo_shopping", "nothing"),
         ("yahoo_shopping", "rate_limited"), ("web_search", "found"), ("web_search", "searxng_found"),
         ("web_search", "google_found"), ("web_search", "error_key"), ("web_search", "google_key")]
ODD: list[Any] = [None, "", 0, -1, [], {}, "x", ["x"], {"a": 1}, 1.5, True, "９９９", 10**40, "9" * 5000, float("inf"),
                  "\x00", "https://[", "javascript:x"]
START, END = b'id="item-page-app-data">', b"</script>"
TEXTS = ("title", "description", "brand", "mpn", "sku", "gtin", "image_url", "availability_evidence")
NUMBERS = ("price", "shipping", "points", "quantity")


def places(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    members = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, member in members:
        yield (*path, key)
        yield from places(member, (*path, key))


def changed(answer: Any, dice: random.Random) -> Any:
    answer = copy.deepcopy(answer)
    *way, last = dice.choice(list(places(answer)))
    node = answer
    for step in way:
        node = node[step]
    if isinstance(node, dict) and dice.random() < 0.3:
        del node[last]
    else:
        node[last] = dice.choice(ODD)
    return answer


def variants_of(source: str, envelope: Envelope, times: int, dice: random.Random) -> Iterator[Replayed]:
    before, after, body, encoding = b"", b"", envelope.body, "utf-8"
    if START in body:
        head, _, rest = body.partition(START)
        body, _, tail = rest.partition(END)
        before, after, encoding = head + START, END + tail, "euc_jis_2004"
    answer = json.loads(body.decode(encoding))
    for _ in range(times):
        text = json.dumps(changed(answer, dice), ensure_ascii=before != b"")
        envelope.body = before + text.encode() + after
        yield replay(spider_of(source), envelope)


def well_typed(listing: Listing) -> bool:
    texts = [getattr(listing, name) for name in TEXTS]
    numbers = [getattr(listing, name) for name in NUMBERS]
    return (all(one is None or isinstance(one, str) for one in texts) and listing.url.startswith("https://")
            and all(one is None or (type(one) is int and abs(one) < 2**63) for one in numbers))


@pytest.mark.parametrize(("source", "case"), CASES, ids=[f"{source}-{case}" for source, case in CASES])
def test_no_changed_value_breaks_the_reader(source: str, case: str) -> None:
    envelope = read_envelope(HERE / source / case / "envelope.json")
    for read in variants_of(source, envelope, 250, random.Random(f"{source} {case}")):
        assert read.reason_code != "parser_error", (read.reason, envelope.body)
        assert case == "nothing" or read.outcome is not Outcome.NOTHING, envelope.body
        assert all(well_typed(listing) for listing in read.listings), envelope.body


@pytest.mark.parametrize(("source", "case"), CASES, ids=[f"{source}-{case}" for source, case in CASES])
def test_an_answer_without_end_is_broken(source: str, case: str) -> None:
    envelope = read_envelope(HERE / source / case / "envelope.json")
    envelope.body = b'{"Items":' * 200_000
    read = replay(spider_of(source), envelope)
    assert read.reason_code != "parser_error"
    assert read.outcome not in (None, Outcome.NOTHING, Outcome.ANSWERED)
