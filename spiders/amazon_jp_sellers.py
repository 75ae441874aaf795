"""Amazon by SP-API, for users who sell there: the catalogue finds ASINs, the offers have stock, price and feedback."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from scrapy.http import FormRequest, Request, Response

from kataban.items import Availability, Listing, PageKind, PageRead, Query, Seller
from kataban.parsers.condition import condition_of
from kataban.parsers.stock import stock_word
from spiders.amazon_jp_way import MARKS, KeyedWay, take_gtins, take_money
from spiders.base import Parsed
from spiders.refusals import json_of
from spiders.values import at, is_jan, needed, rows, table, text, whole


class SellingPartner(KeyedWay):
    """SP-API with the user's own refresh token. Only new offers are asked for: 20 at most come back."""

    switch = "AMAZON_SP_REFRESH_TOKEN"
    host = MARKS.text("sp.host")
    token_hosts = ("api.amazon.com",)

    def forms(self, query: Query, written: tuple[str, ...]) -> tuple[str, ...]:
        """The JAN first, which the catalogue compares exactly."""
        return tuple(dict.fromkeys((*([query.jan] if is_jan(query.jan) else []), *written)))

    def token_request(self) -> Request:
        """A refresh token for an access token; also for Japan at api.amazon.com."""
        key = self.spider.key
        form = {"grant_type": "refresh_token", "refresh_token": key(self.switch),
                "client_id": key("AMAZON_SP_CLIENT_ID"), "client_secret": key("AMAZON_SP_CLIENT_SECRET")}
        return FormRequest(MARKS.text("sp.token"), formdata=form)

    def call(self, **asked: Any) -> Request:
        """A page of the catalogue for a query, or the offers of an ASIN."""
        query, listing = asked.get("query"), asked.get("listing")
        if query is not None:
            parameters = _catalogue(query) | ({"pageToken": asked["page"]} if asked.get("page") else {})
            return self._get(MARKS.text("sp.catalogue"), parameters, self.spider.parse, query=query)
        assert isinstance(listing, Listing)  # noqa: S101 - a call is about one of the two
        parameters = {"ItemCondition": "New", "MarketplaceId": MARKS.text("sp.marketplace")}
        address = MARKS.text("sp.offers").format(id=listing.listing_id)
        return self._get(address, parameters, self.spider.parse_detail, listing=listing)

    def _get(self, address: str, parameters: dict[str, str], callback: Any, **about: Any) -> Request:
        headers = {"x-amz-access-token": self.token, "Accept": "application/json"}
        return Request(f"{address}?{urlencode(parameters)}", headers=headers, callback=callback, cb_kwargs=about,
                       meta={"robots_exempt": True})

    def is_expired(self, code: str, message: str) -> bool:
        """A refused call says it in words."""
        return re.search(MARKS.text("sp.expired"), f"{code} {message}") is not None

    def parse(self, response: Response, query: Query) -> Parsed:
        """Rows of the catalogue. They have no price: the offers decide."""
        if self.taken_token(response):
            yield self.call(query=query)
            return
        again = self.renewed(response, self.spider.parse, query=query)
        if again is not None:
            yield again
            return
        answer = table(json_of(response))
        found, count = answer.get(MARKS.text("sp.items")), whole(answer.get(MARKS.text("sp.count")))
        if response.status != 200 or not isinstance(found, list) or (count and not found):
            raise self.refused(response)
        if not found:
            yield PageRead(PageKind.EMPTY, hits_reported=0 if count == 0 else None)
            return
        following = text(at(answer, MARKS.text("sp.next")), limit=4000)
        yield from self.spider.cards(found, self._row, hits_reported=count, last=following is None)
        if following is not None:
            yield self.call(query=query, page=following)

    def _row(self, item: dict[str, Any]) -> Listing:
        """An item of the catalogue. Raises where it has no ASIN or no name."""
        asin = needed(item["asin"])
        names = MARKS.table("sp.names")
        summary = next(iter(_of_marketplace(item.get(MARKS.text("sp.summaries")))), {})
        row = Listing(self.spider.name, asin, MARKS.text("address.item_page").format(id=asin),
                      needed(summary.get(names["title"])))
        row.brand = text(summary.get(names["brand"])) or text(summary.get(names["maker"]))
        row.mpn = text(summary.get(names["model"])) or text(summary.get(names["part"]))
        shown = {"メーカー型番": summary.get(names["part"]), "カラー": summary.get(names["color"]),
                 "サイズ": summary.get(names["size"])}
        row.attributes = {label: said for label, found in shown.items() if (said := text(found))}
        take_gtins(row, _gtins(item))
        return row

    def detail(self, listing: Listing) -> Request | None:
        """The new offers of the ASIN."""
        if self.token:
            return self.call(listing=listing)
        return self._ask_token(self.spider.parse_detail, listing=listing)

    def parse_detail(self, response: Response, listing: Listing) -> Iterator[Listing | Request]:
        """One Listing per offer; the ASIN itself is sold out where nobody offers it new."""
        if self.taken_token(response):
            yield listing
            yield self.call(listing=listing)
            return
        again = self.renewed(response, self.spider.parse_detail, listing=listing)
        if again is not None:
            yield listing
            yield again
            return
        offers = at(json_of(response), MARKS.text("sp.offer_rows"))
        if response.status != 200 or not isinstance(offers, list):
            raise self.refused(response)
        if not offers:
            yield replace(listing, availability=Availability.SOLD_OUT, availability_evidence="no new offer",
                          detail_read=True)
        yield from self._offers(rows(offers), listing)

    def _offers(self, offers: list[dict[str, Any]], listing: Listing) -> Iterator[Listing]:
        seen: dict[str, int] = {}
        for offer in offers:
            seller_id = text(offer.get("SellerId")) or "unknown"
            seen[seller_id] = seen.get(seller_id, 0) + 1
            number = f"-{seen[seller_id]}" if seen[seller_id] > 1 else ""
            yield self._offer(offer, listing, f"{listing.listing_id}:{seller_id}{number}")

    def _offer(self, offer: dict[str, Any], listing: Listing, listing_id: str) -> Listing:
        found = replace(listing, listing_id=listing_id, variant_of=listing.listing_id, detail_read=True)
        take_money(found, at(offer, "ListingPrice.Amount"), at(offer, "ListingPrice.CurrencyCode"))
        shipping = whole(at(offer, "Shipping.Amount")) if at(offer, "Shipping.CurrencyCode") == "JPY" else None
        found.shipping, found.shipping_included = shipping, None if shipping is None else shipping == 0
        sub = text(offer.get("SubCondition")) or ""
        found.condition = condition_of(f"new;{sub}".casefold(), "amazon")
        found.condition_label = "New" if sub.casefold() in {"", "new"} else f"New {sub}"
        word = stock_word(text(at(offer, "ShippingTime.availabilityType")), "amazon_sp")
        found.availability, found.availability_evidence = word.availability, word.span or None
        found.ships_in_days = _days(table(offer.get("ShippingTime")))
        found.points = whole(at(offer, "Points.PointsNumber"))
        found.description = text(offer.get("ConditionNotes"), limit=4000) or listing.description
        found.ships_from = text(at(offer, "ShipsFrom.State")) or text(at(offer, "ShipsFrom.Country"))
        found.seller = self._seller(offer)
        return found

    def _seller(self, offer: dict[str, Any]) -> Seller | None:
        """The seller with the feedback; a count of 0 with a rating of 0.0 (Amazon itself) means that there is none."""
        seller_id = text(offer.get("SellerId"))
        if seller_id is None:
            return None
        feedback = table(offer.get("SellerFeedbackRating"))
        count, percent = whole(feedback.get("FeedbackCount")), feedback.get("SellerPositiveFeedbackRating")
        is_rated = bool(count) and isinstance(percent, int | float) and not isinstance(percent, bool)
        badges = tuple(badge for badge, said in (("Amazon発送", offer.get("IsFulfilledByAmazon")),
                                                 ("Prime", at(offer, "PrimeInformation.IsPrime"))) if said is True)
        return self.spider.seller_of(seller_id, review_count=count or None, badges=badges,
                                     percent_good=float(percent) if is_rated else None)


def _catalogue(query: Query) -> dict[str, str]:
    asked = {"identifiers": query.text, "identifiersType": "JAN"} if is_jan(query.text) else {"keywords": query.text}
    return {**asked, "marketplaceIds": MARKS.text("sp.marketplace"), "includedData": "summaries,identifiers",
            "pageSize": "20"}


def _of_marketplace(entries: Any) -> list[dict[str, Any]]:
    """The entries for Japan; all where none names a marketplace."""
    found = rows(entries)
    japan = [entry for entry in found if entry.get("marketplaceId") == MARKS.text("sp.marketplace")]
    return japan or [entry for entry in found if "marketplaceId" not in entry]


def _gtins(item: dict[str, Any]) -> list[str]:
    entries = [entry for group in _of_marketplace(item.get(MARKS.text("sp.identifiers")))
               for entry in rows(group.get("identifiers"))]
    kinds = MARKS.table("sp.gtin_types")
    return [said for entry in entries if entry.get("identifierType") in kinds
            and (said := text(entry.get("identifier"))) and is_jan(said)]


def _days(shipping_time: dict[str, Any]) -> tuple[int, int] | None:
    first, last = (whole(shipping_time.get(name)) for name in ("minimumHours", "maximumHours"))
    return None if first is None or last is None else (math.ceil(first / 24), math.ceil(last / 24))
