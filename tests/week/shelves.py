"""The sample market's catalogue of a week: the truth's offers, written as people and shops write them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from kataban.sample_market import tables
from kataban.sample_market.catalogue import Catalogue
from tests.week.truth import Offer, Sku, Truth

MALLS = {"rakuten_ichiba": ("kadendo", "tokiwa-denki", "yume-shop"),
         "yahoo_shopping": ("denki-no-mori", "umibe-store", "asagiri")}
FLEAS = {"yahoo_auctions": ("k7HiyoriAbcXyZ12", "Qm3TsubameLkJh45", "8Zk2MinatoQx7TtY"),
         "yahoo_fleamarket": ("p11020300", "p11020301", "p11020302"),
         "rakuma": ("d86feb719b20e046b560af2f469cbedc", "a1c3feb719b20e046b560af2f469c001",
                    "b2d4feb719b20e046b560af2f469c002")}
WORDS = Path(__file__).with_name("words.toml")
# Traps that are goods of another model number, which a search for this one shows.
OTHERS = {"sibling", "successor"}


class Words(msgspec.Struct, forbid_unknown_fields=True):
    """How one offer is written; a trap says why it is one, and what else is true of it."""

    title: str
    text: str
    why: str = ""
    rest: dict[str, Any] = {}


class File(msgspec.Struct, forbid_unknown_fields=True):
    """words.toml as a whole."""

    new: dict[str, list[Words]]
    trap: dict[str, Words]


@cache
def words() -> File:
    """The words of all offers."""
    return msgspec.toml.decode(WORDS.read_bytes(), type=File)


def catalogue(truth: Truth) -> Catalogue:
    """All offers of the week, and the source that is blocked for some hours."""
    blocked = truth.blocked
    hosts = [tables.Host(name=name, trouble="challenge", begins=blocked.begins, until=blocked.until)
             for name in blocked.hosts]
    products = [product for sku in truth.sku for product in _products(sku)]
    return Catalogue(Path("week"), [tables.File(product=products, seller=[*_sellers()], host=hosts)])


def listings(truth: Truth) -> dict[tuple[str, str], tuple[Sku, Offer]]:
    """What the product may show: the truth about each offer by its source and the id that a spider gives it."""
    found = {}
    for sku in truth.sku:
        for number, offer in enumerate(sku.offers):
            shown = _offer(sku, number, offer)
            own = {"rakuten_ichiba": f"{shown.seller}:{shown.id}", "yahoo_shopping": f"{shown.seller}_{shown.id}"}
            found[offer.source, own.get(offer.source, shown.id)] = sku, offer
    return found


def _sellers() -> Iterator[tables.Seller]:
    for source, names in MALLS.items():
        yield from (tables.Seller(source=source, id=name, name=f"{name}店", average=4.6, reviews=2100 + 40 * rank,
                                  business=True) for rank, name in enumerate(names))
    for source, names in FLEAS.items():
        yield from (tables.Seller(source=source, id=name, name=f"出品者{rank}", good=320 + 50 * rank, normal=1, bad=2,
                                  identified=True, profile="丁寧な梱包と早い発送を心がけています。")
                    for rank, name in enumerate(names))


def _products(sku: Sku) -> Iterator[tables.Product]:
    """The model itself, and each other model that its search shows."""
    own = [_offer(sku, number, offer) for number, offer in enumerate(sku.offers) if offer.trap not in OTHERS]
    yield _product(sku, sku.model, sku.jan, own)
    for number, offer in enumerate(sku.offers):
        if offer.trap in OTHERS:
            other = sku.successor if offer.trap == "successor" else sibling(sku.model)
            yield _product(sku, other, None, [_offer(sku, number, offer, other)], found_by=[sku.model, sku.jan])


def _product(sku: Sku, model: str, jan: str | None, offers: list[tables.Offer], **rest: Any) -> tables.Product:
    return tables.Product(maker=sku.maker, maker_ja=sku.maker_ja, model=model, name=sku.name_ja, jan=jan, offer=offers,
                          category=sku.name_ja, **rest)


def sibling(model: str) -> str:
    """The look-alike: the same number with one digit changed."""
    place = max(index for index, sign in enumerate(model) if sign.isdigit())
    return f"{model[:place]}{9 - int(model[place]) or 4}{model[place + 1:]}"


def _offer(sku: Sku, number: int, offer: Offer, other: str = "") -> tables.Offer:
    chance = Random(f"{sku.sku}/{number}")
    written = _words(offer, chance)
    names = {"maker": sku.maker, "maker_ja": sku.maker_ja, "model": sku.model, "name_ja": sku.name_ja, "other": other}
    return msgspec.convert({
        "source": offer.source, "id": _id(offer.source, f"{sku.sku}/{number}"), "price": offer.price, "shipping": 0,
        "seller": chance.choice((MALLS | FLEAS)[offer.source]), "title": written.title.format(**names),
        "text": written.text.format(**names), "why": written.why, "from": offer.begins, "until": offer.until,
        "sold_out": offer.sold_out, **written.rest}, tables.Offer)


def _words(offer: Offer, chance: Random) -> Words:
    if offer.trap:
        return words().trap[offer.trap]
    return chance.choice(words().new["mall" if offer.source in MALLS else "flea"])


def _id(source: str, name: str) -> str:
    """An id as the source's own look, the same in every week of this truth."""
    digest = sha256(f"{source}/{name}".encode()).hexdigest()
    digits = str(int(digest, 16))
    return {"rakuten_ichiba": "1" + digits[:7], "yahoo_shopping": f"kb-{digest[:10]}", "rakuma": digest[:32],
            "yahoo_auctions": f"k{digits[:10]}", "yahoo_fleamarket": f"z{digits[:9]}"}[source]
