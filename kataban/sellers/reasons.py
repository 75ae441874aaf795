"""The reasons of an Appraisal in words, the strongest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from kataban.items import Effect, PhraseHit, Reason, Seller
from kataban.sellers.reputation import Reputation
from kataban.sellers.settings import SETTINGS, band
from kataban.sellers.word import Stand, Word

MOST = 3
Ranked = tuple[int, Reason]
_TABLE = SETTINGS.reputation
_IDENTITY = {True: Reason("identity", "本人確認済", "identity verified"),
             False: Reason("identity", "本人確認前", "identity not verified")}
_PLACES = {"title": ("題名", "title"), "description": ("説明", "description"), "name": ("出品者名", "seller's name"),
           "profile": ("プロフィール", "profile"), "comment": ("コメント", "comment")}


def most_telling(figures: Reputation, hits: Sequence[PhraseHit], word: Word | None, seller: Seller | None,
                 today: date) -> tuple[Reason, ...]:
    """At most three reasons: the user's word, what blocks, poor figures, what asks, costs, then what speaks for it."""
    about = [] if seller is None else _about(seller, figures, today)
    ranked = sorted([*_words(word), *_phrases(hits), *_figures(figures), *about], key=lambda pair: pair[0])
    return tuple(dict.fromkeys(reason for _, reason in ranked))[:MOST]


def phrase_reason(hit: PhraseHit) -> Reason:
    """One phrase as a reason, with the words as they stand and where."""
    ja, en = _PLACES.get(hit.place, (hit.place, hit.place))
    return Reason(hit.kind, f"{hit.text_ja}({ja}に「{hit.span}」)", f"{hit.text_en} ({en}: {hit.span})")


def _words(word: Word | None) -> Iterator[Ranked]:
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


def _phrases(hits: Sequence[PhraseHit]) -> Iterator[Ranked]:
    ranks = {Effect.BLOCKS_PURCHASE: 2, Effect.ASK_FIRST: 4, Effect.COSTS_TRUST: 6, Effect.COSTS_PERSONALITY: 7,
             Effect.POSITIVE: 9}
    told = set()
    for hit in hits:
        if hit.effect in ranks and hit.kind not in told:
            told.add(hit.kind)
            yield ranks[hit.effect], phrase_reason(hit)


def _figures(figures: Reputation) -> Iterator[Ranked]:
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


def _about(seller: Seller, figures: Reputation, today: date) -> Iterator[Ranked]:
    """What the figures say beside the share: recent bad ratings, few ratings, a young account, identity."""
    recent = sum((today - day).days <= _TABLE.recent_days for day in seller.bad_dates)
    if recent:
        yield 3, Reason("recent_bad", f"直近{_TABLE.recent_days}日に悪い評価{recent}件",
                        f"{recent} bad ratings in the last {_TABLE.recent_days} days")
    if figures.score is not None and figures.count is not None and figures.count < _TABLE.assumed_count:
        yield 5, Reason("few_ratings", f"評価が少ない({figures.count}件)", f"few ratings ({figures.count})")
    days = None if seller.since is None else (today - seller.since).days
    if days is not None and days < _TABLE.age[0][0]:
        yield 5, Reason("new_account", f"登録から{days}日", f"account {days} days old")
    if seller.identity_verified is not None:
        yield 10, _IDENTITY[seller.identity_verified]
