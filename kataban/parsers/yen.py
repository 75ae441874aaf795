"""Whole yen out of Japanese text. The common price parsers are wrong on it (１２，３４５円 -> 12, 3万2,800円 -> 3)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from kataban.items import PriceKind

# Sites hold the place of "no price yet" with nines (Mercari 9,999,999; Yahoo 999,999 and 99,999,999).
_PLACEHOLDER = re.compile(r"9{6,}")
HIGHEST = 100_000_000
_TAX_RATE_PERCENT = 110

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)"
_AMOUNT = re.compile(
    rf"""
    (?<![\d.,A-Za-z_/#-])                                   # not the tail of a longer number, code or negative
    (?P<mark>(?:[¥\\]|JPY)\s*)?
    (?:(?P<man>{_NUMBER}(?:\.\d+)?)\s*万\s*(?:(?P<sen>\d{{1,2}})\s*千|(?P<rest>{_NUMBER}))?
      |(?P<plain>{_NUMBER})(?P<zeros>\.0{{1,4}})?)
    (?![\d]|[.,]\d)
    (?:\s*(?P<unit>円|yen|JPY|(?=\(税)))?               # "1,980 (税込)" is money too
    """,
    re.VERBOSE | re.IGNORECASE,
)
_RANGE_MARK = re.compile(r"\s*(?:\((?:税込|税抜|税別|税込み)\)\s*)?[~〜–—]\s*|\s+-\s+|\s*から\s*")

# What stands right after the amount and makes it another thing than a price.
_NOT_PRICE_AFTER = re.compile(
    r"(?:ポイント|pt\b|分(?!割)|クーポン|還元|キャッシュバック|/月|[x×]\d)"
    r"|\s*(?:\([^)]{0,12}\)\s*)?(?:引き?|割引|値引|値下げ|off(?![a-z])|オフ|お得|おトク|オトク|以上|以下|以内|未満|超|相当)",
    re.IGNORECASE,
)
# What stands right before it. 送料込み and 送料無料 are no shipping cost; "100円OFFクーポン" names no amount after it.
_NOT_PRICE_BEFORE = re.compile(
    r"(?:送料|配送料|配送料金|発送料|配達料|手数料|代引き?料?|ポイント|(?<!OFF)(?<!引き)(?<!円)クーポン|割引額?|値引き?額?|差額|下取り?(?:価格|額)?"
    r"|買取(?:価格|金額)?|買い取り|月々|毎月|分割払い|[あ後]と|保証金?|延長保証|工事費|リサイクル料金?|1[個本枚点台袋箱]あたり|単価"
    r"|\d+[個本枚点台箱袋](?:以上)?(?:で|から|セット)|まとめ買い|消費税|内税|うち税|うち消費税|save|shipping)"
    r"\s*(?:は|が|:|全国一律|一律|別途|\(税込\)|\(税抜\))*\s*$|[-▲△]$",
    re.IGNORECASE,
)
# A price that was, or that the maker wished for: never what is paid, except where a shop calls its only price 通常価格.
_LIST_BEFORE = re.compile(
    r"(?:定価|参考価格|希望小売価格|標準価格|メーカー価格|市場価格|新品価格|相場)\s*(?:は|:|\(税込\)|\(税抜\))*\s*$"
)
_WAS_BEFORE = re.compile(
    r"(?:通常価格|通常|旧価格|元値|元の価格|値下げ前|以前の価格|was)\s*(?:は|:|\(税込\)|\(税抜\))*\s*$", re.IGNORECASE
)
_BID_BEFORE = re.compile(
    r"(?:現在(?:の価格|価格|の入札額|の最高額)?|開始価格|入札(?:額|価格)?|スタート(?:価格)?)\s*(?:は|:)*\s*$"
)
_FIXED_BEFORE = re.compile(r"(?:即決(?:価格)?|今すぐ落札)\s*(?:は|:)*\s*$")

_WITH = r"税込み?|内税|消費税込み?|tax included"
_WITHOUT = r"税抜き?|税別|外税|本体価格|本体|[+]税|tax excluded"
_WORD = rf"(?:(?P<with>{_WITH})|(?P<without>{_WITHOUT}))"
_TAX_AFTER = re.compile(rf"\s*[(\[【<]\s*{_WORD}[^)\]】>\d¥]*[)\]】>]", re.IGNORECASE)
_TAX_BEFORE = re.compile(rf"{_WORD}(?:価格)?[)\]】>:\s]*$", re.IGNORECASE)
_TAX_BARE = re.compile(rf"\s*{_WORD}", re.IGNORECASE)

@dataclass(frozen=True, slots=True)
class Yen:
    """What a text says about a price, in whole yen as written.

    `amount` is None when there is no price. `tax` is True for 税込, False for 税抜, None when nothing is said. A range
    has kind `range`, `amount` its lower and `highest` its upper end (None for an open one: 28,800円～). `was` is the
    old or list price beside it.
    """

    amount: int | None = None
    kind: PriceKind = PriceKind.NONE
    tax: bool | None = None
    highest: int | None = None
    was: int | None = None

    @property
    def taxed(self) -> int | None:
        """What is paid: the amount, with 10 % added (rounded down, as shops do) where it is written without tax."""
        if self.amount is None or self.tax is not False:
            return self.amount
        return self.amount * _TAX_RATE_PERCENT // 100


NO_PRICE = Yen()


@dataclass(frozen=True, slots=True)
class _Seen:
    amount: int
    role: str  # price, was, list, bid, fixed
    tax: bool | None
    start: int
    end: int


def parse_yen(text: str | float | Decimal | None) -> Yen:
    """The price that `text` states: a string of a page, or a bare number of an API (which is taken as yen).

    Points, shipping costs, free-shipping limits, discounts, instalments and prices of several pieces are not prices;
    placeholders and 0 are none. Two prices side by side are an old and a new one: the lower is paid.
    """
    if text is None or isinstance(text, bool):
        return NO_PRICE
    if isinstance(text, int | float | Decimal):
        return _bare(Decimal(str(text)))
    line = _plain(text)
    if _is_bare(line):
        try:
            return _bare(Decimal(line.replace(",", "")))
        except InvalidOperation:
            return NO_PRICE
    return _choose(line, list(_seen(line)))


def plausible(amount: int) -> bool:
    """Can `amount` yen be a price? 0, negatives, placeholders of nines and sums beyond 100 million are not."""
    return 0 < amount <= HIGHEST and not _PLACEHOLDER.fullmatch(str(amount))


def _plain(text: str) -> str:
    line = unicodedata.normalize("NFKC", text[:4000])
    return re.sub(r"\s+", " ", line.replace("〜", "~").replace("∼", "~").replace("−", "-")).strip()


def _is_bare(line: str) -> bool:
    return re.fullmatch(rf"{_NUMBER}(?:\.0{{1,4}})?", line) is not None


def _bare(number: Decimal) -> Yen:
    if not number.is_finite() or number != number.to_integral_value() or not plausible(int(number)):
        return NO_PRICE
    return Yen(int(number), PriceKind.FIXED)


def _seen(line: str) -> Iterator[_Seen]:
    """The amounts of money in `line` that may be prices, left to right."""
    for found in _AMOUNT.finditer(line):
        amount = _amount(found)
        if amount is None or not plausible(amount):
            continue
        before, after = line[max(0, found.start() - 24) : found.start()], line[found.end() : found.end() + 24]
        role = _role(before, after)
        if role:
            yield _Seen(amount, role, _tax(before, after), found.start(), found.end())


def _amount(found: re.Match[str]) -> int | None:
    """The number of yen, or None where nothing says that it is money."""
    man = found["man"]
    marked = found["mark"] or found["unit"] is not None
    if not (marked or man):
        return None
    if man is None:
        return int(found["plain"].replace(",", ""))
    if not marked and found["rest"]:
        return None
    tens = Decimal(man.replace(",", "")) * 10_000
    rest = int(found["sen"]) * 1000 if found["sen"] else int((found["rest"] or "0").replace(",", ""))
    return int(tens) + rest


def _role(before: str, after: str) -> str | None:
    if _NOT_PRICE_AFTER.match(after) or _NOT_PRICE_BEFORE.search(before):
        return None
    for role, pattern in (("list", _LIST_BEFORE), ("was", _WAS_BEFORE), ("bid", _BID_BEFORE), ("fixed", _FIXED_BEFORE)):
        if pattern.search(before):
            return role
    return "price"


def _tax(before: str, after: str) -> bool | None:
    """12,800円 (税込), then 税込 12,800円, then 12,800円税込: in this order; a word may belong to the next amount."""
    found = _TAX_AFTER.match(after) or _TAX_BEFORE.search(before) or _TAX_BARE.match(after)
    return None if found is None else found["with"] is not None


def _choose(line: str, seen: list[_Seen]) -> Yen:
    was = next((one.amount for one in seen if one.role in {"was", "list"}), None)
    fixed = [one for one in seen if one.role == "fixed"]
    if fixed:
        return Yen(fixed[0].amount, PriceKind.FIXED, fixed[0].tax)
    prices = [one for one in seen if one.role == "price"]
    if prices:
        return _of_prices(line, prices, was)
    bids = [one for one in seen if one.role == "bid"]
    if bids:
        return Yen(bids[0].amount, PriceKind.CURRENT_BID, bids[0].tax)
    usual = [one for one in seen if one.role == "was"]
    return Yen(usual[-1].amount, PriceKind.FIXED, usual[-1].tax) if usual else NO_PRICE


def _of_prices(line: str, prices: list[_Seen], was: int | None) -> Yen:
    first = prices[0]
    gap = _RANGE_MARK.match(line, _past_tax(line, first.end))
    if gap:
        second = next((one for one in prices[1:] if one.start == gap.end() and one.amount > first.amount), None)
        return Yen(first.amount, PriceKind.RANGE, first.tax, second.amount if second else None)
    prices = [one for one in prices if not _is_base(one, prices)]
    paid = min(prices, key=lambda one: one.amount)
    highest = max(one.amount for one in prices)
    # Two amounts as far apart as this are not an old and a new price of one thing: better none than a wrong one.
    if paid.amount * 5 < highest:
        return NO_PRICE
    return Yen(paid.amount, PriceKind.FIXED, paid.tax, was=was or (highest if highest != paid.amount else None))


def _is_base(one: _Seen, prices: list[_Seen]) -> bool:
    """Is it the same price without tax as another that is written beside it with tax (10 %, or 8 % for food)?"""
    others = [other for other in prices if other.tax is not False and (other.tax or one.tax is False)]
    if one.tax or not others:
        return False
    return any((other.tax and one.tax is False) or _is_taxed(one.amount, other.amount) for other in others)


def _is_taxed(net: int, gross: int) -> bool:
    return any(abs(net * rate // 100 - gross) <= 1 for rate in (110, 108))


def _past_tax(line: str, at: int) -> int:
    tax = re.compile(r"\s*[(\[]?(?:税込み?|税抜き?|税別)[)\]]?").match(line, at)
    return tax.end() if tax else at
