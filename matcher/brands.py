"""The maker and the JAN beside the number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matcher.findings import Finding, Rank
from matcher.makers import alike, maker_key, name_pattern, names_in_text, names_of, partners, plain
from matcher.mentions import Fit
from matcher.offer import Offer
from matcher.roles import Line
from matcher.stated import attribute_number, title_number


def _named_makers(line: Line) -> list[tuple[str, int, int]]:
    table = names_in_text()
    found = []
    for match in name_pattern().finditer(line.folded[: line.end]):
        after = line.after(match.end())
        fitted = after and after[0].says("host_after") and after[0].start - match.end() <= 1
        if not fitted:
            found.append((table[match[0]], match.start(), match.end()))
    return found


def _names_maker(line: Line, name: str) -> bool:
    """Whether the title names the asked maker, in any of its names."""
    pattern = rf"(?<![a-z0-9]){re.escape(name)}(?![a-z])" if name.isascii() else re.escape(name)
    return re.search(pattern, line.folded[: line.end]) is not None


def brand_findings(offer: Offer) -> Iterator[Finding]:
    """Another maker uses the same letters, or a weak number has no maker behind it."""
    asked = offer.asked
    if asked.maker is None:
        yield from _unknown_brand_differs(offer)
        return
    own = {asked.maker, *map(maker_key, plain(asked.brand or "").split()), *partners(asked.maker)}
    own |= {maker_key(word) for word in plain(asked.number).split()} - {None}
    for text in offer.values.get("brand", []):
        key = maker_key(text.raw)
        if key is not None and key not in own:
            rule, rank = ("substitute", Rank.ACCESSORY) if key == "generic_brand" else ("brand_differs", Rank.DIFFERENT)
            yield Finding(rank, rule, text, 0, len(text.folded))
            return
        if key is not None:
            return
    makers = _named_makers(offer.title)
    if any(key in own for key, _, _ in makers):
        return
    if any(_names_maker(offer.title, name) for name in names_of(asked.maker)):
        return
    if makers and not offer.title.says("host_before"):
        _, start, end = makers[0]
        yield Finding(Rank.DIFFERENT, "brand_differs", offer.title.text, start, end)


def _unknown_brand_differs(offer: Offer) -> Iterator[Finding]:
    """The asked maker is in no table: a brand field that has nothing in common with its name leaves the offer open.

    Foreign shops name the distributor or the line as the brand: there a number of letters and digits proves itself.
    """
    asked = plain(offer.asked.brand or "")
    if not asked or _names_maker(offer.title, asked) or (offer.title.folded.isascii() and not offer.asked.weak):
        return
    for text in offer.values.get("brand", []):
        if alike(asked, text.folded) is False:
            yield Finding(Rank.UNDECIDED, "brand_differs", text, 0, len(text.folded))


def gtin_findings(offer: Offer) -> Iterator[Finding]:
    """What a valid JAN of the listing says beside the wanted one."""
    asked = offer.asked
    if asked.jan is None or not offer.gtins:
        return
    numbers = [number for number, _ in offer.gtins]
    span = (asked.jan if asked.jan in numbers else numbers[0]).lstrip("0")
    if asked.jan in numbers:
        yield Finding(Rank.EXACT, "gtin_equal", None, span=span)
        return
    title = title_number(offer) or attribute_number(offer)
    equal = title is not None and title.fit is Fit.EQUAL
    yield Finding(Rank.CONTRADICTION if equal else Rank.DIFFERENT, "gtin_differs", None, span=span)
