"""Amazon's SP-API and the Shopping tab in the market: tokens, refusals, offers; their sources read them right."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from kataban.crawling.replay import Envelope, replay
from kataban.items import Availability, Outcome
from kataban.sample_market.answers import Answer, Ask
from kataban.sample_market.catalogue import Catalogue
from kataban.sample_market.market import Market
from kataban.sample_market.sites import amazon, serpapi
from spiders.amazon_jp import AmazonJpSpider
from spiders.google_shopping import GoogleShoppingSpider

Get = Callable[..., Answer]
JAPAN = {"marketplaceIds": amazon.MARKETPLACE}
KEY = {"x-amz-access-token": amazon.TOKEN}


def get(catalogue: Catalogue, path: str, query: dict[str, str], headers: dict[str, str] = KEY) -> Any:
    return Market(catalogue).answer(Ask(amazon.API, path, query=query, headers=headers))


def read(spider: Any, answer: Answer, url: str, **more: Any) -> Any:
    return replay(spider, Envelope(url=url, status=answer.status, headers={"Content-Type": answer.content_type},
                                   body=answer.body, model_number="x", **more))


def test_a_token_wants_a_form_with_a_secret(catalogue: Catalogue) -> None:
    form = urlencode({"grant_type": "refresh_token", "refresh_token": "r", "client_id": "i", "client_secret": "s"})
    market = Market(catalogue)
    good = market.answer(Ask(amazon.TOKENS, "/auth/o2/token", method="POST", body=form.encode()))
    assert json.loads(good.body)["access_token"] == amazon.TOKEN
    assert market.answer(Ask(amazon.TOKENS, "/auth/o2/token")).status == 400


def test_without_its_token_the_api_refuses(catalogue: Catalogue) -> None:
    answer = get(catalogue, amazon.CATALOGUE, {"keywords": "x", **JAPAN}, {})
    assert answer.status == 403
    assert read(AmazonJpSpider(), answer, f"https://{amazon.API}{amazon.CATALOGUE}").outcome is Outcome.NO_KEY


def test_the_catalogue_by_number_and_by_jan(catalogue: Catalogue) -> None:
    url = f"https://{amazon.API}{amazon.CATALOGUE}"
    by_number = read(AmazonJpSpider(), get(catalogue, amazon.CATALOGUE, {"keywords": "WH-1000XM5 B", **JAPAN}), url)
    assert [row.listing_id for row in by_number.listings] == ["B09Y2MYL5C"], "an ASIN is one row, whoever sells it"
    jan = by_number.listings[0].gtin
    again = get(catalogue, amazon.CATALOGUE, {"identifiers": jan, "identifiersType": "JAN", **JAPAN})
    assert [row.gtin for row in read(AmazonJpSpider(), again, url).listings] == [jan]
    nothing = get(catalogue, amazon.CATALOGUE, {"keywords": "QZX-0000", **JAPAN})
    assert read(AmazonJpSpider(), nothing, url).outcome is Outcome.NOTHING


def test_offers_with_feedback_and_none_where_sold_out(catalogue: Catalogue) -> None:
    def offers(asin: str) -> Any:
        path = f"{amazon.OFFERS}{asin}/offers"
        answer = get(catalogue, path, {"ItemCondition": "New", "MarketplaceId": amazon.MARKETPLACE})
        row = {"listing_id": asin, "url": f"https://www.amazon.co.jp/dp/{asin}", "title": "row"}
        return read(AmazonJpSpider(), answer, f"https://{amazon.API}{path}", as_="detail", listing=row).listings

    itself, other = offers("B09Y2MYL5C")
    assert (itself.price, itself.shipping, itself.seller.percent_good) == (44980, 0, None)
    assert (other.price, other.shipping, other.seller.percent_good) == (43800, 600, 96.0)
    assert {itself.availability, other.availability} == {Availability.IN_STOCK}
    (gone,) = offers("B00ZSMPL01")
    assert gone.availability is Availability.SOLD_OUT


def test_the_shopping_tab_leads_to_shops_and_partly_back_to_google(catalogue: Catalogue) -> None:
    ask = {"engine": "google_shopping", "q": "WH-1000XM5", "api_key": "k"}
    answer = Market(catalogue).answer(Ask(serpapi.API, "/search.json", query=ask))
    rows = json.loads(answer.body)["shopping_results"]
    leads = read(GoogleShoppingSpider(), answer, f"https://{serpapi.API}/search.json").leads
    assert 0 < len(leads) < len(rows)
    empty = Market(catalogue).answer(Ask(serpapi.API, "/search.json", query={**ask, "q": "QZX-0000"}))
    found = read(GoogleShoppingSpider(), empty, f"https://{serpapi.API}/search.json")
    assert (found.outcome, found.leads) == (Outcome.ANSWERED, [])
    refused = Market(catalogue).answer(Ask(serpapi.API, "/search.json", query={"engine": "google_shopping"}))
    assert read(GoogleShoppingSpider(), refused, f"https://{serpapi.API}/search.json").outcome is Outcome.NO_KEY
