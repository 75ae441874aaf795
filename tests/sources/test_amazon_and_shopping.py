"""Amazon's three ways and Google's Shopping tab: what they ask, how a token is had and renewed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from scrapy.http import HtmlResponse, JsonRequest, Request, TextResponse

from kataban.crawling.replay import read_envelope, replay, response_of
from kataban.items import CannotLook, Listing, Outcome, PageRead, Query
from spiders.amazon_jp import AmazonJpSpider
from spiders.google_shopping import GoogleShoppingSpider
from spiders.landmarks import Landmarks
from tests.sources.saved import HERE
from tests.sources.test_api_mutations import changed

SP = {"AMAZON_SP_REFRESH_TOKEN": "Atzr|refresh", "AMAZON_SP_CLIENT_ID": "amzn1.id", "AMAZON_SP_CLIENT_SECRET": "hush"}
CREATORS = {"AMAZON_CREATORS_CREDENTIAL_ID": "cred", "AMAZON_CREATORS_SECRET": "hush", "AMAZON_PARTNER_TAG": "me-22"}
ALL = (*SP, *CREATORS, "AMAZON_CREATORS_VERSION", "AMAZON_PAGES", "SERPAPI_KEY")
QUERY = Query("WH-1000XM5", jan="4548736132580")


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ALL:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def sp(monkeypatch: pytest.MonkeyPatch) -> AmazonJpSpider:
    return amazon(monkeypatch, SP)


@pytest.fixture
def creators(monkeypatch: pytest.MonkeyPatch) -> AmazonJpSpider:
    return amazon(monkeypatch, CREATORS)


def amazon(monkeypatch: pytest.MonkeyPatch, keys: dict[str, str]) -> AmazonJpSpider:
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    return AmazonJpSpider()


def parameters(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.url).query))


def answer(request: Request, body: Any, status: int = 200) -> TextResponse:
    text = json.dumps(body).encode()
    return TextResponse(request.url, status=status, body=text, encoding="utf-8", request=request,
                        headers={"Content-Type": "application/json"})


def only(found: Iterator[Any]) -> Any:
    (one,) = found
    return one


TOKEN = {"access_token": "Atza|short-lived", "token_type": "bearer", "expires_in": 3600}


# --- SP-API ----------------------------------------------------------------------------------------------------------


def test_sp_asks_for_a_token_and_then_the_catalogue(sp: AmazonJpSpider) -> None:
    first = sp.search(QUERY)
    assert (first.method, first.url) == ("POST", "https://api.amazon.com/auth/o2/token")
    form = dict(parse_qsl(first.body.decode()))
    assert form == {"grant_type": "refresh_token", "refresh_token": "Atzr|refresh", "client_id": "amzn1.id",
                    "client_secret": "hush"}
    assert first.meta["secret_answer"] is True
    second = only(sp.parse(answer(first, TOKEN), QUERY))
    assert urlsplit(second.url).hostname == "sellingpartnerapi-fe.amazon.com"
    assert second.headers["x-amz-access-token"] == b"Atza|short-lived"
    assert "Atza" not in second.url
    assert parameters(second)["marketplaceIds"] == "A1VC38T7YXB528"
    assert sp.search(QUERY).url == second.url, "the token is kept"


def test_sp_asks_the_jan_as_an_identifier_and_the_number_as_keywords(sp: AmazonJpSpider) -> None:
    sp.ways[0].token = "t"
    assert sp.forms(QUERY) == ("4548736132580", "WH-1000XM5", "WH1000XM5")
    by_jan = parameters(sp.search(Query("WH-1000XM5", jan="4548736132580", spelling="4548736132580")))
    assert (by_jan["identifiers"], by_jan["identifiersType"]) == ("4548736132580", "JAN")
    assert "keywords" not in by_jan
    by_number = parameters(sp.search(Query("EOS R5 / B+C")))
    assert by_number["keywords"] == "EOS R5 / B+C"
    assert "identifiers" not in by_number


def test_sp_renews_a_token_that_has_expired_once(sp: AmazonJpSpider) -> None:
    sp.ways[0].token = "old"
    asked = sp.search(QUERY)
    expired = {"errors": [{"code": "Unauthorized", "message": "Access to requested resource is denied.",
                           "details": "The access token you provided has expired."}]}
    again = only(sp.parse(answer(asked, expired, 403), QUERY))
    assert again.url == "https://api.amazon.com/auth/o2/token"
    once_more = only(sp.parse(answer(again, TOKEN), QUERY))
    assert once_more.headers["x-amz-access-token"] == b"Atza|short-lived"
    with pytest.raises(CannotLook) as told:
        list(sp.parse(answer(once_more, {"errors": [{"code": "Unauthorized", "message": "denied"}]}, 403), QUERY))
    assert told.value.outcome is Outcome.NO_KEY


def test_sp_asks_the_new_offers_of_an_asin(sp: AmazonJpSpider) -> None:
    row = Listing("amazon_jp", "B09Y2MYL5C", "https://www.amazon.co.jp/dp/B09Y2MYL5C", "WH-1000XM5")
    before = sp.detail(row)
    assert before is not None
    assert before.url == "https://api.amazon.com/auth/o2/token"
    kept, then = sp.parse_detail(answer(before, TOKEN), row)
    assert kept is row, "a page of a detail that yields no listing would count as gone"
    assert urlsplit(then.url).path == "/products/pricing/v0/items/B09Y2MYL5C/offers"
    assert parameters(then) == {"ItemCondition": "New", "MarketplaceId": "A1VC38T7YXB528"}


def test_amazons_own_rating_of_zero_is_no_rating() -> None:
    read = replay(AmazonJpSpider(), read_envelope(HERE / "amazon_jp" / "sp_offers" / "envelope.json"))
    amazon_itself, seller = read.listings[0].seller, read.listings[1].seller
    assert (amazon_itself.percent_good, amazon_itself.review_count) == (None, None)
    assert (seller.percent_good, seller.review_count) == (96.0, 1520)
    assert read.listings[0].seller.url == "https://www.amazon.co.jp/sp?seller=AN1VRQENFRJN5"


# --- Creators API ----------------------------------------------------------------------------------------------------


def test_creators_version_3_sends_json_and_version_2_a_form(monkeypatch: pytest.MonkeyPatch) -> None:
    new = amazon(monkeypatch, CREATORS).search(QUERY)
    assert isinstance(new, JsonRequest)
    assert new.url == "https://api.amazon.co.jp/auth/o2/token"
    assert json.loads(new.body)["scope"] == "creatorsapi::default"
    old = amazon(monkeypatch, {**CREATORS, "AMAZON_CREATORS_VERSION": "2.3"})
    first = old.search(QUERY)
    assert first.url.startswith("https://creatorsapi.auth.us-west-2.amazoncognito.com/")
    assert dict(parse_qsl(first.body.decode()))["scope"] == "creatorsapi/default"
    second = only(old.parse(answer(first, TOKEN), QUERY))
    assert second.headers["Authorization"] == b"Bearer Atza|short-lived, Version 2.3"


def test_creators_search_body(creators: AmazonJpSpider) -> None:
    search = only(creators.parse(answer(creators.search(QUERY), TOKEN), QUERY))
    body = json.loads(search.body)
    assert (body["keywords"], body["partnerTag"], body["itemPage"]) == ("WH-1000XM5", "me-22", 1)
    assert search.headers["x-marketplace"] == b"www.amazon.co.jp"
    assert search.headers["Authorization"] == b"Bearer Atza|short-lived"
    case = read_envelope(HERE / "amazon_jp" / "creators_found" / "envelope.json")
    found = list(creators.parse(answer(search, json.loads(case.body)), QUERY))
    following = found[-1]
    assert isinstance(following, Request)
    assert json.loads(following.body)["itemPage"] == 2
    assert [one.rows for one in found if isinstance(one, PageRead)] == [4], "a row is an item, not an offer"


def test_creators_renews_its_token(creators: AmazonJpSpider) -> None:
    creators.ways[1].token = "old"
    expired = answer(creators.search(QUERY), {"message": "x", "reason": "TokenExpired"}, 401)
    assert only(creators.parse(expired, QUERY)).url == "https://api.amazon.co.jp/auth/o2/token"


# --- its pages, and which way is used --------------------------------------------------------------------------------


def test_pages_are_asked_only_where_the_user_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    spider = AmazonJpSpider()
    with pytest.raises(CannotLook) as told:
        spider.search(QUERY)
    assert told.value.outcome is Outcome.NO_KEY
    assert spider.detail(Listing("amazon_jp", "B0", "https://www.amazon.co.jp/dp/B0", "x")) is None
    monkeypatch.setenv("AMAZON_PAGES", "1")
    assert spider.search(Query("匠 7/A+B")).url == "https://www.amazon.co.jp/s?k=%E5%8C%A0%207%2FA%2BB"
    monkeypatch.setenv("AMAZON_SP_REFRESH_TOKEN", "Atzr|refresh")
    monkeypatch.setenv("AMAZON_SP_CLIENT_ID", "id")
    monkeypatch.setenv("AMAZON_SP_CLIENT_SECRET", "hush")
    assert spider.search(QUERY).url == "https://api.amazon.com/auth/o2/token", "the seller's own API comes first"


def test_marks_of_writing_direction_are_no_part_of_a_number() -> None:
    case = read_envelope(HERE / "amazon_jp" / "pages_detail" / "envelope.json")
    assert "\u200eWH-1000XM5" in case.body.decode()
    (found,) = replay(AmazonJpSpider(), case).listings
    assert found.mpn == "WH-1000XM5 BM"


@pytest.mark.parametrize("key", [b"corePriceDisplay_desktop_feature_div", b"productTitle", b"add-to-cart-button"])
def test_a_product_page_without_its_key_is_never_to_be_bought(key: bytes) -> None:
    case = read_envelope(HERE / "amazon_jp" / "pages_detail" / "envelope.json")
    case.body = case.body.replace(key, b"changed")
    read = replay(AmazonJpSpider(), case)
    from kataban.items import Availability, Condition

    for found in read.listings:
        complete = found.price == 44800 and found.title and found.availability is Availability.IN_STOCK
        assert not complete or found.condition is Condition.NEW
        assert found.price in {None, 44800}
    assert read.outcome is Outcome.BROKEN or read.listings


# --- answers with one value changed ----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["found", "sp_offers", "creators_found", "creators_nothing", "sp_token", "sp_quota"])
def test_amazons_odd_answers_are_said_never_an_error_of_ours(case: str) -> None:
    odd(AmazonJpSpider, HERE / "amazon_jp" / case, case.endswith("nothing"))


@pytest.mark.parametrize("case", ["found", "nothing", "error_key"])
def test_shopping_odd_answers_are_said_never_an_error_of_ours(case: str) -> None:
    odd(GoogleShoppingSpider, HERE / "google_shopping" / case, is_zero=True)


def odd(kind: type, folder: Any, is_zero: bool) -> None:
    envelope, dice = read_envelope(folder / "envelope.json"), random.Random(7)
    good = json.loads(envelope.body)
    for _ in range(150):
        envelope.body = json.dumps(changed(good, dice), ensure_ascii=False).encode("utf-8", "replace")
        read = replay(kind(), envelope)
        assert read.reason_code != "parser_error", (envelope.body[:2000], read.reason)
        assert is_zero or read.outcome is not Outcome.NOTHING


# --- Google's Shopping tab -------------------------------------------------------------------------------------------


def test_shopping_asks_name_and_number_then_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    spider = GoogleShoppingSpider()
    with pytest.raises(CannotLook, match="SERPAPI_KEY"):
        spider.search(QUERY)
    monkeypatch.setenv("SERPAPI_KEY", "serp-secret")
    query = Query("WH-1000XM5", maker="ソニー", name="ワイヤレス ヘッドホン")
    assert spider.forms(query) == ("ワイヤレス ヘッドホン WH-1000XM5", "WH-1000XM5")
    asked = parameters(spider.search(query))
    assert (asked["engine"], asked["q"], asked["gl"], asked["hl"]) == (
        "google_shopping", "ワイヤレス ヘッドホン WH-1000XM5", "jp", "ja")
    case = response_of(read_envelope(HERE / "google_shopping" / "found" / "envelope.json"))
    following = list(spider.parse(case, query))[-1]
    assert parameters(following)["start"] == "60"
    assert parameters(following)["api_key"] == "serp-secret"


def test_no_lead_leads_back_to_google() -> None:
    for case in (HERE / "google_shopping").iterdir():
        for lead in replay(GoogleShoppingSpider(), read_envelope(case / "envelope.json")).leads:
            assert "google." not in lead.url


@pytest.mark.parametrize("site", ["amazon_jp", "google_shopping"])
def test_every_landmark_is_read(site: str) -> None:
    folder = HERE.parents[1] / "spiders"
    names = [*folder.glob(f"{site}*.py"), folder / "shop_site_pages.py"]
    text = "".join(path.read_text(encoding="utf-8") for path in names)
    unread = {name for name in Landmarks(site) if f'"{name}"' not in text and not name.startswith("refusal.")}
    assert not unread


def test_a_page_of_amazon_that_is_no_text() -> None:
    with pytest.raises(CannotLook):
        list(AmazonJpSpider().parse(HtmlResponse("https://www.amazon.co.jp/s?k=x", body=b""), QUERY))
