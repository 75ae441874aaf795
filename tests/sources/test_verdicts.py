"""What the matcher says of the saved answers: in `similar_models` no row is the asked model, in `found` one is."""

from __future__ import annotations

from pathlib import Path

import pytest

from kataban.crawling.replay import Envelope, read_envelope, replay
from kataban.items import Listing, Verdict
from matcher import compile_query, judge_listing
from tests.sources.saved import HERE, spider_of


def envelopes(case: str) -> list[Path]:
    """The case's envelope of every source that yields Listings."""
    return sorted(path for path in HERE.glob(f"*/{case}/envelope.json") if not spider_of(path.parts[-3]).gives_leads)


def exact(source: str, envelope: Envelope) -> list[Listing]:
    asked = compile_query(envelope.model_number, maker=envelope.maker, jan=envelope.jan)
    listings = replay(spider_of(source), envelope).listings
    assert listings
    return [listing for listing in listings if judge_listing(asked, listing).verdict is Verdict.EXACT]


@pytest.mark.parametrize("path", envelopes("similar_models"), ids=lambda path: path.parts[-3])
def test_no_look_alike_is_exact(path: Path) -> None:
    """A unit that is reserved for somebody (専用) is the model; that it cannot be bought is another room's word."""
    found = exact(path.parts[-3], read_envelope(path))
    assert [listing.title for listing in found if "専用" not in listing.title] == []


@pytest.mark.parametrize("path", envelopes("found"), ids=lambda path: path.parts[-3])
def test_the_asked_model_is_found(path: Path) -> None:
    assert exact(path.parts[-3], read_envelope(path))


def test_of_several_variants_no_other_is_exact() -> None:
    found = exact("rakuten_ichiba", read_envelope(HERE / "rakuten_ichiba/item_variants/envelope.json"))
    assert {listing.listing_id for listing in found} <= {"kanagu-umi:10001201:v2"}
