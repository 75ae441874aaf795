"""The reasons of an Appraisal in words, the strongest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kataban.items import Effect, PhraseHit, Reason
from kataban.sellers.reputation import Reputation
from kataban.sellers.settings import band
from kataban.sellers.word import Stand, Word

MOST = 3
_PLACES = {"title": ("題名", "title"), "description": ("説明", "description"), "name": ("出品者名", "seller's name"),
           "profile": ("プロフィール", "profile"), "comment": ("コメント", "comment")}


def most_telling(figures: Reputation, hits: Sequence[PhraseHit], word: Word | None) -> tuple[Reason, ...]:
    """At most three reasons: the user's word, what blocks, poor figures, what asks, costs, then what speaks for it."""
    ranked = sorted([*_words(word), *_phrases(hits), *_figures(figures)], key=lambda pair: pair[0])
    return tuple(dict.fromkeys(reason for _, reason in ranked))[:MOST]


def phrase_reason(hit: PhraseHit) -> Reason:
    """One phrase as a reason, with the words as they stand and where."""
    ja, en = _PLACES.get(hit.place, (hit.place, hit.place))
    return Reason(hit.kind, f"{hit.text_ja}({ja}に「{hit.span}」)", f"{hit.text_en} ({en}: {hit.span})")


def _words(word: Word | None) -> Iterator[tuple[int, Reason]]:
    if word is None:
        return
    note = f": {word.note}" if word.note else ""
    if word.stand is Stand.AVOID:
        yield 0, Reason("user_avoid", f"避ける出品者に登録済み{note}", f"on your list to avoid{note}")
    if word.stand is Stand.TRUSTED:
        yield 0, Reason("user_trusted", f"信頼する出品者に登録済み{note}", f"on your list of trusted sellers{note}")
    if word.failed:
        yield 1, Reason("own_deals_bad", f"過去の取引: キャンセル{word.cancelled}件、間違い{word.wrong}件",
                        f"your past deals: {word.cancelled} cancelled, {word.wrong} wrong")
    elif word.arrived:
        yield 5, Reason("own_deals_good", f"過去の取引: {word.arrived}件届いた",
                        f"your past deals: {word.arrived} arrived")


def _phrases(hits: Sequence[PhraseHit]) -> Iterator[tuple[int, Reason]]:
    ranks = {Effect.BLOCKS_PURCHASE: 2, Effect.ASK_FIRST: 4, Effect.COSTS_TRUST: 6, Effect.COSTS_PERSONALITY: 7,
             Effect.POSITIVE: 9}
    told = set()
    for hit in hits:
        if hit.effect in ranks and hit.kind not in told:
            told.add(hit.kind)
            yield ranks[hit.effect], phrase_reason(hit)


def _figures(figures: Reputation) -> Iterator[tuple[int, Reason]]:
    if figures.score is None:
        yield 8, Reason("no_figures", "評価の情報がない", "no rating figures are known")
        return
    rank = {"low": 3, "medium": 5}.get(band(figures.score), 8)
    if figures.bad is not None:
        yield rank, Reason("ratings", f"悪い評価 {figures.bad}/{figures.count}件",
                           f"{figures.bad} bad of {figures.count} ratings")
        return
    share = f"{(figures.good_share or 0) * 100:.1f}%"
    n = figures.count
    ja, en = ("件数不明", "count unknown") if n is None else (f"{n}件", f"{n} ratings")
    yield rank, Reason("ratings", f"良い評価の割合 {share} 相当({ja})", f"about {share} good ({en})")
