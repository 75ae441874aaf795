"""Amazon by the Creators API, for associates: featured offers only, without shipping and feedback."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scrapy.http import FormRequest, JsonRequest, Request, Response

from kataban.items import Listing, PageKind, PageRead, Query
from kataban.parsers.condition import condition_of
from kataban.parsers.links import clean_url
from kataban.parsers.stock import stock_word
from kataban.parsers.text import clean_text
from spiders.amazon_jp_way import MARKS, KeyedWay, error_of, take_gtins, take_money, value
from spiders.base import Parsed
from spiders.refusals import json_of
from spiders.values import at, is_jan, needed, rows, text, whole

ROWS_A_PAGE, LAST_PAGE = 10, 10


class Creators(KeyedWay):
    """The Creators API with credentials of version 3.x (JSON) or 2.x (a form)."""

    switch = "AMAZON_CREATORS_CREDENTIAL_ID"
    host = MARKS.text("creators.host")
    token_hosts = ("api.amazon.co.jp", "creatorsapi.auth.us-west-2.amazoncognito.com")

    @property
    def version(self) -> str:
        """The version of the credentials as Associates Central names it."""
        return self.spider.optional_key("AMAZON_CREATORS_VERSION", "3.3")

    def token_request(self) -> Request:
        """Credentials for a token of an hour."""
        old = self.version.startswith("2")
        form = {"grant_type": "client_credentials", "client_id": self.spider.key(self.switch),
                "client_secret": self.spider.key("AMAZON_CREATORS_SECRET"),
                "scope": MARKS.text("creators.scope_2" if old else "creators.scope_3")}
        if old:
            return FormRequest(MARKS.text("creators.token_2"), formdata=form)
        return JsonRequest(MARKS.text("creators.token_3"), data=form)

    def call(self, **asked: Any) -> Request:
        """A page of search results."""
        query: Query = asked["query"]
        page = asked.get("page", 1)
        body = {"keywords": query.text, "itemCount": ROWS_A_PAGE, "itemPage": page, "condition": "Any",
                "availability": "IncludeOutOfStock", "partnerTag": self.spider.key("AMAZON_PARTNER_TAG"),
                "languagesOfPreference": ["ja_JP"], "currencyOfPreference": "JPY",
                "resources": list(MARKS.texts("creators.resources"))}
        version = f", Version {self.version}" if self.version.startswith("2") else ""
        headers = {"Authorization": f"Bearer {self.token}{version}", "x-marketplace": "www.amazon.co.jp"}
        return JsonRequest(MARKS.text("creators.search"), data=body, headers=headers, callback=self.spider.parse,
                           cb_kwargs={"query": query}, meta={"robots_exempt": True, "item_page": page})

    def is_expired(self, code: str, message: str) -> bool:
        """The reason of a 401."""
        return code == MARKS.text("creators.expired")

    def parse(self, response: Response, query: Query) -> Parsed:
        """Items with their featured offers, one Listing per offer."""
        if self.taken_token(response):
            yield self.call(query=query)
            return
        again = self.renewed(response, self.spider.parse, query=query)
        if again is not None:
            yield again
            return
        answer = json_of(response)
        found, count = at(answer, MARKS.text("creators.items")), whole(at(answer, MARKS.text("creators.count")))
        if response.status == 200 and not found and self._says_none(answer, count):
            yield PageRead(PageKind.EMPTY, hits_reported=0)
            return
        if response.status != 200 or not isinstance(found, list) or not found:
            raise self.refused(response)
        yield from self._page(found, count, response, query)

    def _says_none(self, answer: Any, count: int | None) -> bool:
        code = error_of(answer)[0].casefold().replace("_", "")
        return count == 0 or code.endswith(MARKS.text("creators.no_result"))

    def _page(self, found: list[Any], count: int | None, response: Response, query: Query) -> Parsed:
        page = whole(response.meta.get("item_page")) or 1
        has_more = count is not None and count > page * ROWS_A_PAGE and page < LAST_PAGE
        further: list[Listing] = []
        yield from self.spider.cards(found, lambda item: self._first_offer(item, further), hits_reported=count,
                                     last=not has_more)
        yield from further
        if has_more:
            yield self.call(query=query, page=page + 1)

    def _first_offer(self, item: Any, further: list[Listing]) -> Listing:
        """The item's first offer, its further ones put aside: a row of the answer is an item, not an offer."""
        row = self._row(item)
        offers = [self._with_offer(row, offer) for offer in rows(at(item, MARKS.text("creators.offers")))]
        further += offers[1:]
        return offers[0] if offers else replace(row, availability_evidence="no featured offer")

    def _row(self, item: dict[str, Any]) -> Listing:
        """The item without its offers. Raises where it has no ASIN or no title."""
        asin = needed(item["asin"])
        row = Listing(self.spider.name, asin, MARKS.text("address.item_page").format(id=asin),
                      needed(value(item, "creators.item", "title")), detail_read=True)
        row.brand = value(item, "creators.item", "brand") or value(item, "creators.item", "maker")
        row.mpn = value(item, "creators.item", "model") or value(item, "creators.item", "part")
        shown = {"メーカー型番": "part", "カラー": "color", "サイズ": "size"}
        row.attributes = {label: said for label, key in shown.items() if (said := value(item, "creators.item", key))}
        row.image_url = clean_url(value(item, "creators.item", "image", limit=2000) or "")
        row.description = clean_text("\n".join(_texts(item, "features")), limit=20_000) or None
        take_gtins(row, [number for number in _texts(item, "gtins") if is_jan(number)])
        return row

    def _with_offer(self, row: Listing, offer: dict[str, Any]) -> Listing:
        seller_id = value(offer, "creators.offer", "seller_id")
        found = replace(row, listing_id=f"{row.listing_id}:{seller_id or 'unknown'}", variant_of=row.listing_id)
        amount, currency = (at(offer, MARKS.table("creators.offer")[key]) for key in ("amount", "currency"))
        take_money(found, amount, currency)
        word = stock_word(value(offer, "creators.offer", "availability"), "amazon_creators")
        found.availability = word.availability
        found.availability_evidence = value(offer, "creators.offer", "message") or word.span or None
        kind, sub = (value(offer, "creators.offer", key) or "" for key in ("condition", "sub_condition"))
        found.condition = condition_of(f"{kind};{sub}" if sub and kind.casefold() != "new" else kind, "amazon")
        found.condition_label = kind if sub.casefold() == kind.casefold() else f"{kind} {sub}".strip()
        found.points = whole(at(offer, MARKS.table("creators.offer")["points"]))
        if seller_id:
            found.seller = self.spider.seller_of(seller_id, name=value(offer, "creators.offer", "seller_name"))
        return found


def _texts(item: dict[str, Any], key: str) -> list[str]:
    """The texts of a list in an item; [] where there is none."""
    found = at(item, MARKS.table("creators.item")[key])
    return [said for one in found if (said := text(one))] if isinstance(found, list) else []
