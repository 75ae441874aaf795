"""The judgement of one offer."""

from __future__ import annotations

from collections.abc import Mapping

from kataban.items import Evidence, Judgement, Listing, Verdict
from matcher.asked import Asked
from matcher.folding import fold


def judge(
    asked: Asked,
    *,
    title: str,
    description: str | None = None,
    attributes: Mapping[str, str] | None = None,
    brand: str | None = None,
    mpn: str | None = None,
    sku: str | None = None,
    gtin: str | None = None,
) -> Judgement:
    """Judge an offer by its texts alone."""
    text = fold(title or "", "title", 500)
    found = asked.pattern.search(text.folded)
    if found is None:
        return Judgement(Verdict.UNCLEAR)
    span, start = text.span(found.start(), found.end())
    evidence = Evidence("number_equal", span, "title", f"型番「{span}」が一致", f'The number "{span}" is the one asked', start)
    return Judgement(Verdict.EXACT, (evidence,))


def judge_listing(asked: Asked, listing: Listing) -> Judgement:
    """Judge a Listing."""
    return judge(asked, title=listing.title, description=listing.description, attributes=listing.attributes,
                 brand=listing.brand, mpn=listing.mpn, sku=listing.sku, gtin=listing.gtin)
