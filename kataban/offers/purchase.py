"""Can it be bought now? One check per rule; the worst answer counts, and each has its reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kataban.items import (
    Appraisal,
    Availability,
    Condition,
    Effect,
    Judgement,
    Listing,
    PriceKind,
    Purchase,
    Reason,
    Verdict,
    Wanted,
)
from kataban.offers.price import total

Answer = tuple[Purchase, Reason]
_WORST_FIRST = (Purchase.NO, Purchase.ASK_FIRST, Purchase.NOW)
_CONDITIONS = tuple(Condition)
# A Wanted that accepts junk accepts these phrases; any other phrase that blocks still does.
_COMES_WITH_JUNK = frozenset({"junk", "untested"})

_VERDICTS = {
    Verdict.VARIANT: ("型番違い(色・仕様違いなど)", "a variant of the model"),
    Verdict.DIFFERENT: ("別の型番", "a different model"),
    Verdict.ACCESSORY: ("この型番用の付属品・互換品", "an accessory for the model"),
    Verdict.PART_OR_BOX: ("部品または空箱", "a part or an empty box"),
    Verdict.SET: ("セット品または一部の出品", "a set, or a part of one"),
    Verdict.UNCLEAR: ("型番を確かめられない", "the model number could not be confirmed"),
}
_STOCK: dict[Availability, tuple[Purchase, str, str]] = {
    Availability.APPROVAL_NEEDED: (Purchase.ASK_FIRST, "購入には出品者の承認が必要",
                                   "the seller must approve the purchase"),
    Availability.RESERVED: (Purchase.NO, "取り置き・予約済み", "reserved for somebody else"),
    Availability.BACKORDER: (Purchase.NO, "在庫なし(取り寄せ・予約)", "not in stock (back order)"),
    Availability.SOLD_OUT: (Purchase.NO, "売り切れ", "sold out"),
    Availability.UNKNOWN: (Purchase.NO, "在庫があると確かめられない", "nothing on the page says that it is in stock"),
}
_PRICES = {
    PriceKind.CURRENT_BID: ("オークションの現在価格で、買える値段ではない", "the price is an auction's current bid"),
    PriceKind.RANGE: ("値段に幅があり、この型番の値段が分からない", "the price is a range"),
    PriceKind.NONE: ("値段がない", "there is no price"),
}


def purchase(listing: Listing, judgement: Judgement, appraisal: Appraisal, wanted: Wanted, *,
             further: Iterable[Reason] = ()) -> tuple[Purchase, tuple[Reason, ...]]:
    """Our conclusion and its reasons, the deciding ones first.

    `now` only when the verdict is exact, the site says in stock, the price is fixed, no phrase blocks or asks, the
    condition is known and not worse than accepted, the limit on the total of one unit holds and the known quantity is
    enough. Unknown shipping passes on the price alone and leaves a reason. An unknown condition is `ask_first`: a
    person must look. What the user avoids is `no`. `further` are reasons to tell that decide nothing (late arrival,
    a doubtful price).
    """
    answers = [*_word(appraisal), *_model(judgement), *_stock(listing, wanted), *_price(listing, wanted),
               *_condition(listing, wanted), *_phrases(appraisal, wanted),
               *((Purchase.NOW, reason) for reason in further)]
    answers.sort(key=lambda answer: _WORST_FIRST.index(answer[0]))
    worst = answers[0][0] if answers else Purchase.NOW
    return worst, tuple(dict.fromkeys(reason for _, reason in answers))


def _word(appraisal: Appraisal) -> Iterator[Answer]:
    yield from ((Purchase.NO, reason) for reason in appraisal.reasons if reason.code == "user_avoid")


def _model(judgement: Judgement) -> Iterator[Answer]:
    if judgement.verdict is not Verdict.EXACT:
        ja, en = _VERDICTS[judgement.verdict]
        yield Purchase.NO, Reason(f"verdict_{judgement.verdict.value}", ja, en)


def _stock(listing: Listing, wanted: Wanted) -> Iterator[Answer]:
    if listing.availability in _STOCK:
        answer, ja, en = _STOCK[listing.availability]
        yield answer, Reason(f"availability_{listing.availability.value}", ja, en)
    if listing.quantity is not None and listing.quantity < wanted.quantity:
        yield Purchase.NO, Reason("too_few", f"在庫{listing.quantity}個、必要{wanted.quantity}個",
                                  f"{listing.quantity} in stock, {wanted.quantity} wanted")
    elif listing.quantity is None and wanted.quantity > 1:  # a private seller has one, and a shop's stock is unknown
        yield Purchase.ASK_FIRST, Reason("quantity_unknown", f"在庫数が不明、必要{wanted.quantity}個",
                                         f"how many there are is not shown, {wanted.quantity} wanted")


def _price(listing: Listing, wanted: Wanted) -> Iterator[Answer]:
    kind = listing.price_kind
    if kind is not PriceKind.FIXED or listing.price is None:
        ja, en = _PRICES.get(kind, _PRICES[PriceKind.NONE])
        yield Purchase.NO, Reason(f"price_{kind.value if kind in _PRICES else 'none'}", ja, en)
        return
    paid = total(listing)
    cost = listing.price if paid is None else paid
    if wanted.max_price is not None and cost > wanted.max_price:
        yield Purchase.NO, Reason("over_max_price", f"合計{cost:,}円 > 上限{wanted.max_price:,}円",
                                  f"total {cost:,} yen is over the limit of {wanted.max_price:,} yen")
    elif paid is None:
        yield Purchase.NOW, Reason("shipping_unknown", "送料が不明(商品代金だけで判断)",
                                   "shipping unknown: judged on the price alone")


def _condition(listing: Listing, wanted: Wanted) -> Iterator[Answer]:
    accepted = _CONDITIONS.index(wanted.condition)
    if wanted.condition in {Condition.JUNK, Condition.UNKNOWN}:
        return
    if listing.condition is Condition.UNKNOWN:
        yield Purchase.ASK_FIRST, Reason("condition_unknown", "商品の状態が書かれていない",
                                            "the condition is not stated")
    elif _CONDITIONS.index(listing.condition) > accepted:
        shown = listing.condition_label or listing.condition.value
        yield Purchase.NO, Reason("condition_worse", f"状態が希望より悪い({shown})",
                                     f"condition is worse than wanted ({shown})")


def _phrases(appraisal: Appraisal, wanted: Wanted) -> Iterator[Answer]:
    for hit in appraisal.phrases:
        if hit.kind in _COMES_WITH_JUNK and wanted.condition is Condition.JUNK:
            continue
        reason = Reason(f"phrase_{hit.kind}", f"{hit.text_ja}「{hit.span}」", f"{hit.text_en}: {hit.span}")
        if hit.effect is Effect.BLOCKS_PURCHASE:
            yield Purchase.NO, reason
        elif hit.effect is Effect.ASK_FIRST:
            yield Purchase.ASK_FIRST, reason
