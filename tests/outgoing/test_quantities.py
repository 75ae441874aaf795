"""Quantity files, read back by other means: text by the csv module, the feed by json and Amazon's own model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kataban.outgoing import MOST_MESSAGES, CellError, SkuQuantity, quantity_feeds, quantity_file, refused
from tests.outgoing.plain_reading import head_of, rows_of

ODD = ["=CMD()", "+1", "-x", "@a", '"q"', "a'b", "ab\"c", "カシオ-Ａ①", "髙－1", "a b", "A,B;C", "'0123", "#", "1e5",
       "😀"]
NAMES = st.one_of(st.sampled_from(ODD), st.text(min_size=1, max_size=40))
ROWS = st.lists(st.builds(SkuQuantity, NAMES, st.integers(0, 9999)), max_size=20, unique_by=lambda row: row.sku)
# What the facts say of the feed (JSON_LISTINGS_FEED, version 2.0): these keys, these values, nothing else.
HEADER = {"sellerId", "version", "issueLocale"}
MESSAGE = {"messageId", "sku", "operationType", "productType", "patches"}


def test_the_columns_are_amazons_and_blank_ones_stay_blank() -> None:
    head, row = rows_of(quantity_file([SkuQuantity("A-1", 0)]), "utf-8")
    assert head == ["sku", "price", "minimum-seller-allowed-price", "maximum-seller-allowed-price", "quantity",
                    "handling-time", "fulfillment-channel"]
    assert row == ["A-1", "", "", "", "0", "", ""]


@pytest.mark.captures
def test_the_columns_are_the_captured_ones(captures: Path) -> None:
    template = captures / "amazon_reports" / "price_and_quantity_header.txt"
    assert rows_of(quantity_file([]), "utf-8") == head_of(template, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
@given(rows=ROWS)
def test_every_sku_reads_back_or_is_refused(rows: list[SkuQuantity], encoding: str) -> None:
    bad = refused(rows, encoding)
    kept = [row for row in rows if row.sku not in bad and row.sku.strip()]
    read = rows_of(quantity_file(kept, encoding), encoding)[1:]
    assert [(row[0], row[4]) for row in read] == [(row.sku, str(row.quantity)) for row in kept]
    assert all(set(row[1:4] + row[5:]) == {""} for row in read)
    for sku in bad:
        with pytest.raises(CellError):
            quantity_file([SkuQuantity(sku, 0)] if sku.strip() else [SkuQuantity(sku + "x", 0)], encoding)


@pytest.mark.parametrize("sku", ["a\tb", "a\nb", "a\r", "a\x00b", "a\u2028b"])
def test_what_would_break_a_row_is_refused(sku: str) -> None:
    assert refused([SkuQuantity(sku, 1), SkuQuantity("fine", 1)], "utf-8").keys() == {sku}


def test_cp932_refuses_what_it_has_no_character_for() -> None:
    rows = [SkuQuantity(sku, 0) for sku in ("髙①", "😀", "ö")]
    assert refused(rows, "cp932").keys() == {"😀", "ö"}
    assert not refused(rows, "utf-8")


def check_feed(feed: dict[str, Any]) -> None:
    """The feed by the facts."""
    assert feed.keys() == {"header", "messages"}
    assert feed["header"].keys() == HEADER
    assert feed["header"]["version"] == "2.0"
    assert 0 < len(feed["messages"]) <= MOST_MESSAGES
    numbers = [message["messageId"] for message in feed["messages"]]
    assert len(set(numbers)) == len(numbers)
    for message in feed["messages"]:
        assert message.keys() == MESSAGE
        assert (message["operationType"], message["productType"]) == ("PATCH", "PRODUCT")
        (patch,) = message["patches"]
        assert (patch["op"], patch["path"]) == ("merge", "/attributes/fulfillment_availability")
        (value,) = patch["value"]
        assert value.keys() == {"fulfillment_channel_code", "quantity"}
        assert value["fulfillment_channel_code"] == "DEFAULT"


@given(rows=ROWS)
def test_the_feed_reads_back(rows: list[SkuQuantity]) -> None:
    rows = [row for row in rows if row.sku.strip()]
    feeds = [json.loads(part) for part in quantity_feeds(rows, "A2SELLER", "ja_JP")]
    for feed in feeds:
        check_feed(feed)
    found = [(m["sku"], m["patches"][0]["value"][0]["quantity"]) for feed in feeds for m in feed["messages"]]
    assert found == [(row.sku, row.quantity) for row in rows]


def test_a_feed_has_25_000_messages_at_most() -> None:
    feeds = [json.loads(part) for part in quantity_feeds([SkuQuantity(f"s{n}", 0) for n in range(25_001)], "A2")]
    assert [len(feed["messages"]) for feed in feeds] == [25_000, 1]
    check_feed(feeds[1])


@pytest.mark.captures
def test_the_feed_is_of_the_captured_form(captures: Path) -> None:
    models = captures / "amazon_reports" / "spapi_models"
    example = json.loads((models / "listings-feed-schema-v2.example.json").read_text(encoding="utf-8"))
    merge = next(m for m in example["messages"] for patch in m.get("patches", ()) if patch["op"] == "merge")
    (feed,) = (json.loads(part) for part in quantity_feeds([SkuQuantity("My-SKU-E", 10)], "AXXXXXXXXXXXX"))
    assert feed["messages"] == [merge | {"messageId": 1, "productType": "PRODUCT"}]
    assert {name: example["header"][name] for name in HEADER} == feed["header"]


@pytest.mark.captures
def test_the_patch_fits_amazons_own_model(captures: Path) -> None:
    models = captures / "amazon_reports" / "spapi_models"
    model = json.loads((models / "listingsItems_2021-08-01.json").read_text(encoding="utf-8"))
    patch = json.loads(next(quantity_feeds([SkuQuantity("A", 0)], "A2")))["messages"][0]["patches"][0]
    asked = model["definitions"]["PatchOperation"]
    assert set(asked["required"]) <= patch.keys() <= asked["properties"].keys()
    assert patch["op"] in asked["properties"]["op"]["enum"]
    assert isinstance(patch["value"], list)


def test_what_is_no_quantity() -> None:
    for rows in ([SkuQuantity("a", -1)], [SkuQuantity(" ", 1)], [SkuQuantity("a", 1), SkuQuantity("a", 2)]):
        with pytest.raises(ValueError, match="SKU"):
            quantity_file(rows)
    with pytest.raises(ValueError, match="KATABAN_SELLER_ID"):
        list(quantity_feeds([SkuQuantity("a", 1)], " "))
