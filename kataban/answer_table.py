"""The answer on a terminal: per order what can be bought, what only looks like it, and how complete the look was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rich.cells import cell_len, set_cell_size
from rich.console import Console, Group, RenderableType
from rich.text import Text

from kataban.items import Purchase
from kataban.results.queries import Answer, Covered, Offer
from kataban.results.vanished import Vanished
from kataban.web.reasons import reason_in
from kataban.web.words import word

JST = ZoneInfo("Asia/Tokyo")
LOOKED = {"found", "nothing", "answered"}
NOT_ON = {"off", "no_key"}
OPEN = "open"
SOON_HOURS = 48  # from here on hours are told, as on the page
STYLES = {"looked": "dim", "partly": "yellow", "could_not": "yellow", "off": "dim"}
WORDS = {
    "en": {
        "order": "order", "ship_by": "ship by", "days": "{} days left", "hours": "{} hours left", "late": "late",
        "none": "no alternative",
        "alternatives": "{} alternatives", "one": "1 alternative",
        "needs_model": "model number unknown: settle it with `candidates`, on the page, or in the SKU catalogue",
        "columns": ("where", "total", "price", "shipping", "condition", "buy", "seller"),
        "included": "included", "unknown": "unknown", "now": "now", "ask_first": "ask first",
        "look_alikes": "similar, do not buy: {}", "looked": "looked: ",
        "partly": "read in part: ", "could_not": "could not look: ", "off": "not switched on: ",
        "sold": "exact, not to be bought: {}", "doubt": "price far below the others",
        "gone": "gone: {place} {yen}, to be bought until {last}, no more since {since}: {why}",
    },
    "ja": {
        "order": "注文", "ship_by": "発送期限", "days": "残り{}日", "hours": "残り{}時間", "late": "期限切れ",
        "none": "代わりなし",
        "alternatives": "候補{}件", "one": "候補1件",
        "needs_model": "型番不明: candidates コマンド、画面、または SKU カタログで決めてください",
        "columns": ("どこで", "合計", "価格", "送料", "状態", "購入", "出品者"),
        "included": "込み", "unknown": "不明", "now": "すぐ買える", "ask_first": "要確認",
        "look_alikes": "似た別物(買わない): {}", "looked": "確認済み: ",
        "partly": "一部のみ確認: ", "could_not": "確認できず: ", "off": "未設定: ",
        "sold": "同じ型番だが買えない: {}", "doubt": "他よりかなり安い",
        "gone": "なくなった候補: {place} {yen} {last}まで買えた、{since}に確認: {why}",
    },
}


def print_answers(console: Console, answers: Iterable[Answer], language: str, now: datetime) -> None:
    """Print one block per Wanted, in the order given."""
    words = WORDS[language]
    for answer in answers:
        console.print(_block(answer, words, language, now), crop=False)
        console.print()


def shown_time(moment: datetime | None) -> str:
    """A moment in Japanese time, to the minute."""
    return "" if moment is None else f"{moment.astimezone(JST):%Y-%m-%d %H:%M} JST"


def gone_line(gone: Vanished, language: str) -> str:
    """An alternative that is gone, in one line."""
    words = WORDS[language]
    return str(words["gone"]).format(
        place=gone.source, yen=_yen(gone.total or gone.price, words), last=shown_time(gone.last_seen_at),
        since=shown_time(gone.gone_at), why=gone.text_ja if language == "ja" else gone.text_en)


def _block(answer: Answer, words: dict[str, object], language: str, now: datetime) -> Group:
    parts: list[RenderableType] = [_heading(answer, words, now)]
    if answer.query is None:
        parts.append(Text(f"  {words['needs_model']}", "yellow"))
    if answer.alternatives:
        parts += _offers(answer.alternatives, words, language)
    parts += [Text(f"  {gone_line(gone, language)}", "yellow") for gone in answer.gone]
    if answer.not_purchasable:
        why = _counted(_why_not(offer, language) for offer in answer.not_purchasable)
        parts.append(Text(f"  {words['sold']}".format(why)))
    if answer.look_alikes:
        kinds = _counted(word(f"verdict.{offer.verdict.value}", language) for offer in answer.look_alikes)
        parts.append(Text(f"  {words['look_alikes']}".format(kinds)))
    parts += _coverage(answer, words, language)
    return Group(*parts)


def _heading(answer: Answer, words: dict[str, object], now: datetime) -> Text:
    need = answer.wanted
    name = " ".join(filter(None, (need.maker, need.model_number or need.jan or need.name or need.sku)))
    text = Text(f"{words['order']} {need.order_id or need.wanted_id}  ").append(name, "bold")
    if need.ship_by is not None:
        text.append(f"  {words['ship_by']} {shown_time(need.ship_by)} ({_left(need.ship_by - now, words)})")
    number = len(answer.alternatives)
    found = str(words["one" if number == 1 else "alternatives"]).format(number) if number else str(words["none"])
    return text.append(f"  {found}", "green" if number else "bold red")


def _left(left: timedelta, words: dict[str, object]) -> str:
    if left < timedelta():
        return str(words["late"])
    hours = left // timedelta(hours=1)
    return str(words["hours"]).format(hours) if hours < SOON_HOURS else str(words["days"]).format(left.days)


def _offers(offers: list[Offer], words: dict[str, object], language: str) -> Iterator[Text]:
    """One line of figures per offer under a heading, with its title and its whole address below."""
    rows = [list(words["columns"]), *(_cells(offer, words, language) for offer in offers)]  # type: ignore[call-overload]
    widths = [max(cell_len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = ["  " + "  ".join(set_cell_size(cell, width) for cell, width in zip(row, widths, strict=True))
             for row in rows]
    yield Text(lines[0].rstrip(), "dim")
    for line, offer in zip(lines[1:], offers, strict=True):
        yield Text(line.rstrip(), "bold")
        yield Text(f"      {offer.listing.title}", no_wrap=True, overflow="ellipsis")
        yield Text(f"      {offer.listing.url}", "blue", no_wrap=True, overflow="ignore")


def _cells(offer: Offer, words: dict[str, object], language: str) -> list[str]:
    listing = offer.listing
    grade = listing.appraisal.grade.value if listing.appraisal else "unknown"
    reasons = [getattr(r, f"text_{language}") for r in listing.appraisal.reasons[:1]] if listing.appraisal else []
    doubt = [str(words["doubt"])] if offer.price_doubt else []
    buy = "now" if offer.purchase is Purchase.NOW else "ask_first"
    condition = word(f"condition.{listing.condition.value}", language)
    return [listing.source, _yen(offer.total, words), _yen(listing.price, words), _shipping(offer, words), condition,
            str(words[buy]), " ".join([grade, *reasons, *doubt])]


def _yen(amount: int | None, words: dict[str, object]) -> str:
    return str(words["unknown"]) if amount is None else f"¥{amount:,}"


def _shipping(offer: Offer, words: dict[str, object]) -> str:
    if offer.listing.shipping_included:
        return str(words["included"])
    return _yen(offer.listing.shipping, words)


def _counted(kinds: Iterable[str]) -> str:
    return ", ".join(f"{number} {kind}" for kind, number in sorted(Counter(kinds).items()))


def _why_not(offer: Offer, language: str) -> str:
    if offer.reasons:
        return offer.reasons[0][f"text_{language}"]
    return word(f"availability.{offer.listing.availability.value}", language)


def _coverage(answer: Answer, words: dict[str, object], language: str) -> list[RenderableType]:
    """What was looked through, what only in part, what could not be looked at and why, what is not switched on."""
    kinds: dict[str, list[str]] = {"looked": [], "partly": [], "could_not": [], "off": []}
    for source, covered in answer.coverage.items():
        if covered.outcome in LOOKED:
            kinds["looked"].append(f"{source} {word(f'outcome.{covered.outcome}', language)}")
        elif covered.outcome in NOT_ON:
            kinds["off"].append(source)
        else:
            kinds["partly" if covered.outcome == "partial" else "could_not"].append(_shown(source, covered, language))
    return [Text(f"  {words[kind]}{('; ' if kind in {'partly', 'could_not'} else ', ').join(entries)}", STYLES[kind])
            for kind, entries in kinds.items() if entries]


def _shown(source: str, covered: Covered, language: str) -> str:
    told = "" if covered.outcome == "partial" else f" {word(f'outcome.{covered.outcome or OPEN}', language)}"
    why = reason_in(language, covered.reason_code, covered.reason)
    return source + told + (f" ({why})" if why else "")
