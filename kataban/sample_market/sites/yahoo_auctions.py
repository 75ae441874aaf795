"""Yahoo! Auctions: search rows with their data attributes, flea-market rows among them, items with __NEXT_DATA__."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from kataban.sample_market.answers import Answer, Ask, as_html, esc, not_found, script_json, yen
from kataban.sample_market.answers import page as template
from kataban.sample_market.catalogue import Catalogue, Placed
from kataban.sample_market.finding import search
from kataban.sample_market.words import CONDITIONS, days_label, noon

SITE = "auctions.yahoo.co.jp"
HOSTS = (SITE,)
SOURCE, FLEA = "yahoo_auctions", "yahoo_fleamarket"
PER_PAGE = 50
ZERO = "<p>一致する商品は見つかりませんでした。</p><h2>あなたへのおすすめ</h2>"
# Parameters that this site's robots.txt forbids, as readers of 2026 report them.
ROBOTS = ("User-agent: *\n" + "".join(f"Disallow: /*{name}=\n" for name in (
    "?istatus", "&istatus", "&aucminprice", "&aucmaxprice", "&pstagefree", "&select", "&n"))
    + "Disallow: /closedsearch/\nAllow: /closedsearch/closedsearch\nDisallow: /user/\n")


def answer(ask: Ask, catalogue: Catalogue) -> Answer:
    """The search or an item."""
    if ask.path == "/search/search":
        return _results(ask, catalogue)
    page = catalogue.item(SOURCE, ask.path.removeprefix("/jp/auction/"))
    return as_html(_item_html(page[0], catalogue)) if page else not_found()


def item_url(placed: Placed) -> str:
    """An auction's own page; a flea-market row leads to that market's."""
    if placed.offer.source == FLEA:
        return f"https://paypayfleamarket.yahoo.co.jp/item/{placed.offer.id}"
    return f"https://{SITE}/jp/auction/{placed.offer.id}"


def shown(catalogue: Catalogue, keyword: str) -> list[Placed]:
    """What a search shows: running auctions, then unsold goods of the flea market. Ended ones are elsewhere."""
    pages = search(catalogue, SOURCE, keyword) + search(catalogue, FLEA, keyword)
    return [page[0] for page in pages if page[0].offer.stock != 0]


def _results(ask: Ask, catalogue: Catalogue) -> Answer:
    """50 rows from row `b` on. No hit is a 404 full of other people's goods in the same boxes."""
    query, first = ask.query.get("p", ""), max(1, ask.number("b", 1))
    found = shown(catalogue, query)
    rows = found[first - 1 : first - 1 + PER_PAGE]
    if not rows:
        others = [page[0] for page in catalogue.pages(SOURCE) if page[0] not in found][:5]
        return as_html(_frame(query, others, catalogue, zero=ZERO), 404)
    following = first + PER_PAGE
    link = f'<a href="/search/search?p={esc(query)}&amp;b={following}">次へ</a>' if following <= len(found) else ""
    total = f"約{len(found)}件の商品があります。"
    return as_html(_frame(query, rows, catalogue, total=total, following=link))


def _frame(query: str, rows: list[Placed], catalogue: Catalogue, *, zero: str = "", total: str = "",
           following: str = "") -> str:
    return template("yahoo_auctions_search", query=esc(query), zero=zero, total=total,
                    rows="".join(_row(placed, catalogue) for placed in rows),
                    next=f'<li class="Pager__list Pager__list--next">{following}</li>')


def buy_now(placed: Placed) -> int | None:
    """What it costs to have it now, None when one can only bid."""
    auction = placed.offer.auction
    return auction.buy_now if auction else placed.offer.price


def without_tax(amount: int) -> int:
    """The largest price that with 10 % tax, rounded down, gives `amount`."""
    return -(-amount * 10 // 11)


def _row(placed: Placed, catalogue: Catalogue) -> str:
    """A flea-market row has no buy-now price and no end; a store's buy-now price is without tax, its price with it."""
    offer, flea = placed.offer, placed.offer.source == FLEA
    store = catalogue.seller(offer).business and not flea
    now = 0 if flea else buy_now(placed) or 0
    return template(
        "yahoo_auctions_row", url=item_url(placed), id=offer.id, title=esc(offer.title), flea="1" if flea else "",
        free="1" if offer.shipping == 0 and not flea else "", seller="" if flea else esc(offer.seller),
        label="現在" if offer.auction else "即決", price=offer.price, price_shown=yen(offer.price),
        postage=_postage(offer.shipping), bids=_bids(placed), left="" if flea else "1日",
        end="" if flea else int(noon(-1).timestamp()),
        buy_now=without_tax(now) if store else now, store="1" if store else "",
        start=offer.auction.start_price if offer.auction else offer.price,
    )


def _bids(placed: Placed) -> str:
    """A row without this is no auction."""
    auction = placed.offer.auction
    return f'<span class="Product__bid">{auction.bids}</span>' if auction else ""


def _postage(shipping: int | None) -> str:
    if shipping is None:
        return ""
    return "送料無料" if shipping == 0 else f"送料{yen(shipping)}円"


# --- item -----------------------------------------------------------------------------------------------------------


def _item_html(placed: Placed, catalogue: Catalogue) -> str:
    data = {"page": "/jp/auction/[aid]", "props": {"initialState": {"item": {"detail": {
        "isFetching": False, "item": _item(placed, catalogue)}}}}}
    body = (f"<h1>{esc(placed.offer.title)}</h1><h2>商品説明</h2><section>{esc(placed.offer.text)}</section>"
            f"{'<p>このオークションは終了しています</p>' if placed.offer.stock == 0 else ''}")
    return template("next_data", title=f"{esc(placed.offer.title)} - Yahoo!オークション", body=body,
                    data=script_json(data))


def _item(placed: Placed, catalogue: Catalogue) -> dict[str, Any]:
    """A store's plain price is without tax, its `taxin` twins with it; a private seller's buy-now has no sure key."""
    offer, auction = placed.offer, placed.offer.auction
    seller = catalogue.seller(offer)
    plain = without_tax(offer.price) if seller.business else offer.price
    item = {
        "auctionId": offer.id, "title": offer.title, "price": plain, "initPrice": plain, "quantity": offer.stock or 1,
        "bids": auction.bids if auction else 0, "biddersNum": auction.bids if auction else 0,
        "startTime": _iso(offer.days_ago), "endTime": _iso(-1), "status": "closed" if offer.stock == 0 else "open",
        "isFleaMarket": False, "isListingExternalFleaMarket": False, "isEarlyClosing": True, "isOffer": False,
        "chargeForShipping": "seller" if offer.shipping == 0 else "winner", "itemReturnable": {"allowed": False},
        "conditionName": CONDITIONS[offer.condition], "isBidderRatioRestrictions": False,
        "shipScheduleName": f"支払い手続きから{days_label(offer.days_to_ship).replace('~', '～')}",
        "description": offer.text.strip().splitlines(), "seller": _seller(placed, catalogue),
        "img": [{"image": f"https://auctions.c.yimg.jp/images/{offer.id}.jpg", "width": 600, "height": 450}],
    }
    now = buy_now(placed)
    if seller.business and now:
        item |= {"taxinPrice": offer.price, "taxinBidorbuy": now}
    return item


def _iso(days_ago: int) -> str:
    return noon(days_ago).astimezone(UTC).isoformat()


def _seller(placed: Placed, catalogue: Catalogue) -> dict[str, Any]:
    seller = catalogue.seller(placed.offer)
    good, bad = seller.good or 0, seller.bad or 0
    percent = f"{round(100 * good / (good + bad), 1):g}%" if good + bad else "0%"
    return {
        "aucUserId": seller.id, "displayName": seller.name, "isStore": seller.business,
        "listUrl": f"https://{SITE}/seller/{seller.id}?user_type=c",
        "location": {"prefecture": placed.offer.ships_from},
        "rating": {"goodRating": percent, "summary": good - bad,
                   "ult": {"goodPoint": good, "badPoint": bad, "allPoint": good + bad}},
        "isExcellentSeller": "優良出品者" in seller.badges, "ekycStatus": {"status": "2" if seller.identified else "0"},
        "sellerPerformance": {"isSpeedShipping": "スピード発送" in seller.badges}, "sellerMessage": "",
    }
