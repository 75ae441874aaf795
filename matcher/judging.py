"""The judgement of one offer: every rule looks, and the priority of the verdicts decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kataban.items import Evidence, Judgement, Listing
from matcher.asked import Asked
from matcher.brands import brand_findings, gtin_findings
from matcher.described import described_findings
from matcher.findings import VERDICTS, Finding, Rank
from matcher.goods import goods_findings
from matcher.makers import aliases, lines_of, plain
from matcher.numbers import number_findings
from matcher.offer import Offer, read_offer
from matcher.quantities import quantity_findings


def _findings(offer: Offer) -> list[Finding]:
    found = [
        *number_findings(offer),
        *brand_findings(offer),
        *goods_findings(offer),
        *described_findings(offer),
        *quantity_findings(offer),
    ]
    if any(finding.rule == "brand_differs" for finding in found):
        found = [finding for finding in found if finding.rank is not Rank.CHOICE]
    gtin = list(gtin_findings(offer))
    if any(finding.rule == "gtin_equal" for finding in gtin):
        found = [finding for finding in found if finding.rank is not Rank.UNDECIDED]
        if any(finding.rank is Rank.DIFFERENT for finding in found):
            return [Finding(Rank.CONTRADICTION, "contradiction", None, span=gtin[0].span), *found]
    elif gtin and any(finding.rank is Rank.VARIANT for finding in found):
        gtin = []
    return [*gtin, *found]


def _supported(offer: Offer, found: list[Finding]) -> bool:
    """A weak number needs its maker in the listing."""
    asked = offer.asked
    if not asked.weak or asked.brand is None or any(finding.rule == "gtin_equal" for finding in found):
        return True
    names = {plain(asked.brand), *(word for word in plain(asked.brand).split() if len(word) >= 3)} | {
        name for name, key in aliases().items() if key == asked.maker
    }
    names |= set(lines_of(asked.maker))
    texts = [offer.title.folded, *(text.folded for texts in offer.values.values() for text in texts)]
    texts += [line.folded for line in offer.description[:1]]
    return any(name in text for name in names for text in texts)


def _relevant(found: list[Finding]) -> list[Finding]:
    """Findings in order of priority: goods, parts and sets say nothing when no form of the number is there."""
    return sorted(found, key=lambda finding: finding.rank)


def _notes(offer: Offer) -> Iterator[Evidence]:
    asked = offer.asked
    for text in offer.cut:
        rule = "title_cut" if text.place == "title" else "description_cut"
        yield Finding(Rank.EXACT, rule, text, span=str(text.cut)).evidence(asked)


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
    chosen: bool = False,
) -> Judgement:
    """Judge an offer by its texts alone; no price, no network, the same answer always. Never raises on any text.

    `chosen` says that this is one variant of a page: that the page lets one choose leaves nothing open any more.
    """
    offer = read_offer(
        asked,
        title=title or "",
        description=description,
        attributes=attributes,
        brand=brand,
        mpn=mpn,
        sku=sku,
        gtin=gtin,
    )
    found = _relevant(_findings(offer))
    if chosen and len(found) > 1:
        found = [finding for finding in found if finding.rank is not Rank.CHOICE] or found
    if found[0].rank is Rank.EXACT and not _supported(offer, found):
        found.insert(0, Finding(Rank.UNDECIDED, "brand_missing", offer.title.text, span=asked.number))
    evidence = [finding.evidence(asked) for finding in found[:6]]
    return Judgement(VERDICTS[found[0].rank], (*evidence, *_notes(offer)))


def judge_listing(asked: Asked, listing: Listing) -> Judgement:
    """Judge a Listing as a source shows it. A variant with a number of its own is not judged by its page's text, which
    tells of all variants."""
    own = listing.variant_of is not None and bool(listing.mpn or listing.gtin)
    return judge(
        asked,
        title=listing.title,
        description=None if own else listing.description,
        attributes=listing.attributes,
        brand=listing.brand,
        mpn=listing.mpn,
        sku=listing.sku,
        gtin=listing.gtin,
        chosen=own,
    )
