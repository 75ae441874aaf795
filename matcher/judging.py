"""The judgement of one offer: every rule looks, and the priority of the verdicts decides."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from kataban.items import Evidence, Judgement, Listing, Verdict
from matcher.asked import Asked, compile_query
from matcher.brands import brand_findings, gtin_findings
from matcher.described import described_findings
from matcher.doubts import doubts
from matcher.findings import VERDICTS, Finding, Rank
from matcher.goods import goods_findings
from matcher.knowledge import features, phrase
from matcher.makers import aliases, lines_of, plain
from matcher.mentions import Fit, Role
from matcher.numbers import number_findings
from matcher.offer import Offer, read_offer
from matcher.quantities import quantity_findings
from matcher.sounds import sounds_named
from matcher.stated import attribute_number, title_number
from matcher.statements import statement_findings

_LESS_OR_MORE = frozenset({Rank.PART, Rank.ACCESSORY, Rank.SET})


# What a title tells of the number or the colour, which the seller leaves open in the text.
_OPEN = frozenset({"other_number", "other_colour"})


def _explained(found: list[Finding]) -> list[Finding]:
    """Without what another finding explains: the number field of a part, goods or a set; the missing unit of goods; the
    goods inside a bundle; the longer number of a pack."""
    left = found
    if any(finding.rank in _LESS_OR_MORE for finding in found):
        left = [finding for finding in left if finding.rule != "unlike_field"]
    if any(finding.rank is Rank.ACCESSORY for finding in found):
        left = [finding for finding in left if finding.rule != "unit_missing"]
    if any(finding.rule == "substitute" for finding in found):
        left = [finding for finding in left if not (finding.rule == "empty_box" and _in_text(finding))]
    if any(finding.rank is Rank.ACCESSORY and not _in_text(finding) for finding in found):
        left = [finding for finding in left if not (finding.rule == "contradiction" and _in_text(finding))]
    if any(finding.rule == "pack_number" for finding in found):
        left = [finding for finding in left if finding.rank not in (Rank.CONTRADICTION, Rank.CHOICE)]
    if len([finding for finding in found if finding.rule == "only_part"]) > 1:
        left = [finding for finding in left if finding.rank is not Rank.CONTRADICTION]
    bundles = [finding for finding in found if finding.rule == "bundle"]
    return [finding for finding in left if not any(_inside(finding, bundle) for bundle in bundles)]


# What weighs little where a number field states the asked number of the very offer: words that often only describe it.
_LIGHT = frozenset({"accessory_noun", "part_noun", "unsure"})
_LIGHT_IN_TEXT = frozenset({"accessory_noun", "part_noun", "fits_host", "unit_missing", "empty_box"})


def _behind_supply(offer: Offer) -> bool:
    """Whether the title has the asked number right behind a supply ("カートリッジ X"): the supply is the unit."""
    line = offer.title
    return any(
        hit.meaning.goods == "supply" and mention.fit is Fit.EQUAL and not line.folded[hit.end : mention.start].strip()
        for mention in line.mentions
        if mention.role is Role.OFFERED
        for hit in line.before(mention.start)[:1]
    )


def _outweighed(offer: Offer, found: list[Finding]) -> list[Finding]:
    """Without weak signs against an offer whose number field is the asked number, and whose title names no other.

    Goods for a unit have a number of their own there; a piece is told by のみ, as taken out, or as sold for parts.
    """
    sisters = any(one.fit is Fit.SISTER and one.role is Role.OFFERED for one in offer.title.others)
    if not sisters and any(finding.rule == "unsure" and _in_text(finding) for finding in found):
        found = [finding for finding in found if not (finding.rule in _OPEN and not _in_text(finding))]
    if _behind_supply(offer):
        found = [one for one in found if not (_in_text(one) and one.rule in ("unit_missing", "parts_missing"))]
    title, field = title_number(offer), attribute_number(offer)
    stated = field is not None and field.fit is Fit.EQUAL and (title is None or title.fit is Fit.EQUAL)
    fitted = any(one.role is Role.HOST and one.fit is Fit.OTHER for one in offer.title.others)
    named = (title and title.fit is Fit.EQUAL) or fitted or not any(m.role is Role.HOST for m in offer.title.mentions)
    light = _LIGHT | {"fits_host"} if fitted else _LIGHT
    if not (stated and named):
        return found
    return [
        finding
        for finding in found
        if not (finding.rule in _LIGHT_IN_TEXT if _in_text(finding) else finding.rule in light)
        or (finding.rule == "part_noun" and not _in_text(finding) and _REMOVED.search(offer.title.folded))
    ]


_REMOVED = re.compile(r"取り?外し|外品|バラし|ばらし|補修|修理")


def _in_text(finding: Finding) -> bool:
    return finding.text is not None and finding.text.place != "title"


def _inside(finding: Finding, bundle: Finding) -> bool:
    return (
        finding.rule in ("accessory_noun", "part_noun")
        and finding.text is bundle.text
        and bundle.start <= finding.start < finding.end <= bundle.end
    )


def _findings(offer: Offer) -> list[Finding]:
    found = [
        *(() if offer.asked.by_jan else number_findings(offer)),
        *brand_findings(offer),
        *goods_findings(offer),
        *described_findings(offer),
        *quantity_findings(offer),
        *statement_findings(offer),
    ]
    found = _outweighed(offer, _explained(found))
    if any(finding.rule == "brand_differs" for finding in found):
        found = [finding for finding in found if finding.rank is not Rank.CHOICE]
    gtin = list(gtin_findings(offer))
    if offer.asked.by_jan and not gtin:
        gtin = [Finding(Rank.UNDECIDED, "jan_missing", offer.title.text, span=offer.asked.number)]
    elif offer.asked.by_jan and (cue := _NOT_ONE_UNIT.search(offer.title.folded)):
        gtin.insert(0, Finding(Rank.UNDECIDED, "jan_not_one_unit", offer.title.text, span=cue[0]))
    if any(finding.rule == "gtin_equal" for finding in gtin):
        found = [finding for finding in found if finding.rank is not Rank.UNDECIDED]
        if any(finding.rank is Rank.DIFFERENT for finding in found):
            return [Finding(Rank.CONTRADICTION, "contradiction", None, span=gtin[0].span), *found]
    elif gtin and any(finding.rank is Rank.VARIANT for finding in found):
        gtin = []
    return [*gtin, *found]


_SHORT = 5


def _supported(offer: Offer, found: list[Finding]) -> bool:
    """A weak number needs its maker in the listing."""
    asked = offer.asked
    if not asked.weak or asked.brand is None or any(finding.rule == "gtin_equal" for finding in found):
        return True
    names = {plain(asked.brand), *(word for word in plain(asked.brand).split() if len(word) >= 3)} | {
        name for name, key in aliases().items() if key == asked.maker
    }
    names |= {name.replace("・", "") for name in names if "・" in name} | set(lines_of(asked.maker))
    field = attribute_number(offer)
    if field is not None and field.fit is Fit.EQUAL and len(asked.key) > _SHORT:
        return True
    texts = [offer.title.folded, *(text.folded for texts in offer.values.values() for text in texts)]
    texts += [line.folded for line in offer.description[:1]]
    return any(name in text for name in names for text in texts) or sounds_named(asked.brand, offer.title.text.raw)


_LEADING = phrase("leading_brand")


def _unsupported(offer: Offer) -> Finding:
    """A weak number without its maker: another maker's where the title begins with an unknown name in capitals."""
    text = offer.title.text
    name = _LEADING.match(text.raw)
    if name and name[1].casefold() not in features().words.plain and not offer.asked.pattern.match(name[1].casefold()):
        return Finding(Rank.DIFFERENT, "brand_differs", text, span=name[1])
    return Finding(Rank.UNDECIDED, "brand_missing", text, span=offer.asked.number)


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
    if asked.by_jan and (own := mpn or _own_number(title)):
        # The JAN says which goods these are, so what is offered of them is judged by the number the listing gives them.
        by_number = judge(
            compile_query(own, maker=brand or asked.brand, jan=asked.jan),
            title=title,
            description=description,
            attributes=attributes,
            brand=brand,
            mpn=mpn,
            sku=sku,
            gtin=gtin,
        )
        if by_number.verdict is Verdict.UNCLEAR and by_number.evidence[0].rule == "gtin_differs":
            return Judgement(
                Verdict.DIFFERENT, by_number.evidence
            )  # the number is the listing's own, not the asked one
        if by_number.verdict is not Verdict.EXACT:
            return by_number
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
        found.insert(0, _unsupported(offer))
    if found[0].rank is Rank.EXACT:
        found = [*_relevant(list(doubts(offer))), *found]
    evidence = [finding.evidence(asked) for finding in found[:6]]
    return Judgement(VERDICTS[found[0].rank], (*evidence, *_notes(offer)))


# Words that make an offer more or less than one unit, for a listing that states a JAN and no number of its own.
_NOT_ONE_UNIT = re.compile(
    r"のみ|だけ|空箱|抜け殻|ジャンク|部品|パーツ|互換|用|対応|セット|まとめ|(?<![a-z0-9-])[×x]\s?\d|\d\s?(?:個|本|台|点|箱)"
)


def _own_number(title: str) -> str | None:
    """The number-like word of a title that is most like a model number: the longest with letters and digits."""
    found = [word for word in _NUMBER.findall(unicodedata.normalize("NFKC", title or "")) if not word.isdecimal()]
    return max(found, key=len, default=None)


# Where sources put the label of a variant (種類 of Rakuten's selectors and Mercari Shops' variants).
_LABELS = ("種類", "バリエーション")
_NUMBER = re.compile(r"(?=[A-Za-z0-9./-]*\d)[A-Za-z0-9][A-Za-z0-9./-]{3,}")


def judge_listing(asked: Asked, listing: Listing) -> Judgement:
    """Judge a Listing as a source shows it. A variant with a number of its own is not judged by its page's text, which
    tells of all variants."""
    mpn = listing.mpn or (_labelled(listing) if listing.variant_of is not None else None)
    own = listing.variant_of is not None and bool(mpn or listing.gtin)
    return judge(
        asked,
        title=listing.title,
        description=None if own else listing.description,
        attributes=listing.attributes,
        brand=listing.brand,
        mpn=mpn,
        sku=listing.sku,
        gtin=listing.gtin,
        chosen=own,
    )


def _labelled(listing: Listing) -> str | None:
    """The one number in a variant's label."""
    labels = " ".join(listing.attributes.get(name, "") for name in _LABELS)
    numbers = set(_NUMBER.findall(unicodedata.normalize("NFKC", labels)))
    return numbers.pop() if len(numbers) == 1 else None
