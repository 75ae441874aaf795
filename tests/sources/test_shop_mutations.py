"""Pages of shops with one thing taken out or changed: the source says what it sees, never an error of our own, never
`nothing` for a page with rows, and nothing becomes buyable by what was lost.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import html

from kataban.crawling.replay import Envelope, Replayed, read_envelope, replay
from kataban.items import Availability, Listing, Outcome, PriceKind
from tests.sources.saved import HERE, spider_of

CASES = [("biccamera", "detail"), ("biccamera", "found"), ("geo", "detail"), ("geo", "found"), ("hardoff", "detail"),
         ("hardoff", "found"), ("sofmap", "detail"), ("sofmap", "found"), ("surugaya", "detail_new_and_used"),
         ("surugaya", "detail_sale"), ("surugaya", "found"), ("yodobashi", "detail"), ("yodobashi", "found"),
         ("amazon_jp", "pages_detail"), ("amazon_jp", "pages_found")]
ODD = ["", "\u3000", "x" * 3000, "¥", "-1", "99999999999", "https://[", "javascript:x", "<b>", "&#0;", "売り切れ"]


def mutations(envelope: Envelope, times: int) -> Iterator[bytes]:
    dice, text = random.Random(11), envelope.body.decode(_encoding(envelope), "replace")
    for _ in range(times):
        page = html.document_fromstring(text)
        elements = [one for one in page.iter() if isinstance(one.tag, str) and one.tag not in {"html", "head", "body"}]
        victim = dice.choice(elements)
        kind = dice.randrange(4)
        if kind == 0:
            victim.drop_tree()
        elif kind == 1 and victim.attrib:
            del victim.attrib[dice.choice(list(victim.attrib))]
        elif kind == 2 and victim.attrib:
            victim.attrib[dice.choice(list(victim.attrib))] = dice.choice(ODD)
        else:
            victim.text = dice.choice(ODD)
        yield html.tostring(page, encoding=_encoding(envelope))


def _encoding(envelope: Envelope) -> str:
    return "cp932" if "Shift_JIS" in str(envelope.headers) else "utf-8"


def buyable(read: Replayed) -> dict[str, Listing]:
    return {one.listing_id: one for one in read.listings if one.availability is Availability.IN_STOCK
            and one.price_kind is PriceKind.FIXED and one.price}


@pytest.mark.parametrize(("source", "case"), CASES)
def test_a_changed_page(source: str, case: str) -> None:
    envelope = read_envelope(HERE / source / case / "envelope.json")
    whole = replay(spider_of(source), envelope)
    before: dict[str, Any] = buyable(whole)
    asins = {one.listing_id.partition(":")[0] for one in whole.listings}
    for body in mutations(envelope, 120):
        envelope.body = body
        read = replay(spider_of(source), envelope)
        assert read.reason_code != "parser_error", (read.reason, body.decode(_encoding(envelope), "replace")[:3000])
        assert read.outcome is not Outcome.NOTHING
        for listing_id, one in buyable(read).items():
            assert listing_id.partition(":")[0] in asins or case.endswith("found")
            old = before.get(listing_id)
            assert old is None or one.price <= 10 * old.price
