"""One offer as the rules see it: the title and the telling sentences as Lines, attributes by what they hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from matcher.asked import Asked
from matcher.folding import Text, fold
from matcher.identifiers import labelled, valid_gtin
from matcher.knowledge import attribute_roles, phrase
from matcher.lexicon import Hit, scan
from matcher.mentions import Role, find, others
from matcher.roles import Line, give_roles

TITLE_LIMIT = 500
DESCRIPTION_LIMIT = 20_000
_VALUE_LIMIT = 500
# A sentence without an end is read in stretches, so that the work stays in proportion to the length.
_SENTENCE = re.compile(r"[^\n。!！;；●■◆◇★☆※▼▲□]{1,240}(?:[^\n。!！;；●■◆◇★☆※▼▲□ 、,]{0,60})")


@dataclass(slots=True)
class Offer:
    """An offer taken apart. `values` are the attributes by what they hold, as (key as shown, folded value).
    `fits_others` says that the listing names what its goods fit, and not the asked number: that is the goods' own."""

    asked: Asked
    title: Line
    description: list[Line] = field(default_factory=list)
    values: dict[str, list[Text]] = field(default_factory=dict)
    numbers: list[Line] = field(default_factory=list)
    gtins: list[tuple[str, str]] = field(default_factory=list)
    brand: str | None = None
    cut: list[Text] = field(default_factory=list)
    fits_others: bool = False

    @property
    def apparel(self) -> bool:
        """Whether the title speaks of clothes or shoes, where letters are sizes."""
        return self.title.says("apparel") is not None


def _line(asked: Asked, text: Text, start: int, end: int, hits: list[Hit]) -> Line:
    """A stretch of a text with its numbers and their roles."""
    line = Line(text, start, end, hits)
    apparel = line.says("apparel") is not None
    within = text.folded[:end]
    line.mentions = [mention for mention in find(asked, within, start, apparel) if mention.start >= start]
    line.others = others(asked, within, line.mentions, start)
    give_roles(line)
    return line


def read_title(asked: Asked, text: Text) -> Line:
    """The title up to where it only wants to be found by the search."""
    hits = scan(text.folded)
    stuffing = next((hit for hit in hits if hit.says("stuffing")), None)
    end = stuffing.start if stuffing else len(text.folded)
    return _line(asked, text, 0, end, [hit for hit in hits if hit.end <= end])


def read_description(asked: Asked, text: Text) -> list[Line]:
    """The sentences that hold known words or numbers; those about the seller's other offers are left out."""
    hits = scan(text.folded)
    lines, index = [], 0
    for start, end in (match.span() for match in _SENTENCE.finditer(text.folded)):
        first = index
        while index < len(hits) and hits[index].start < end:
            index += 1
        inside = hits[first:index]
        if any(hit.says("stuffing") for hit in inside):
            break
        if not any(hit.says("cross_sell") for hit in inside):
            lines.append(_line(asked, text, start, end, inside))
    _give_hosts(lines)
    return lines


_HOST_HEADING = phrase("host_heading")


def _give_hosts(lines: list[Line]) -> None:
    """Below a heading ("対応機種") the numbers of the next lines are hosts, up to a line without any."""
    listing = False
    for line in lines:
        if _HOST_HEADING.search(line.folded, line.start, line.end):
            listing, line.lists_hosts = True, True
        elif not (line.mentions or line.others):
            listing = False
        if listing:
            line.lists_hosts = True
            for mention in (*line.mentions, *line.others):
                if mention.role is Role.OFFERED:
                    mention.role = Role.HOST


def _role_of(key: str) -> str | None:
    name = unicodedata.normalize("NFKC", key).casefold()
    return attribute_roles().get(re.sub(r"[\s:：]", "", name))


def _add(offer: Offer, key: str, value: str | None, role: str) -> None:
    if value:
        offer.values.setdefault(role, []).append(fold(value, f"attribute:{key}", _VALUE_LIMIT))


def _number_lines(offer: Offer) -> list[Line]:
    texts = offer.values.get("number", [])
    return [_line(offer.asked, text, 0, len(text.folded), scan(text.folded)) for text in texts]


def _gtins(offer: Offer, gtin: str | None) -> list[tuple[str, str]]:
    found = [(valid_gtin(gtin), "gtin")]
    found += [(valid_gtin(text.raw), text.place) for text in offer.values.get("gtin", [])]
    if not any(number for number, _ in found):
        for line in [offer.title, *offer.description[:1]]:
            numbers = labelled(line.folded)
            found += [(number, line.text.place) for number in numbers if len(numbers) == 1]
    return [(number, place) for number, place in found if number]


_HOST_NAME = phrase("host_name")


def _fits_others(offer: Offer) -> bool:
    fields = offer.values.get("host", [])
    if any(offer.asked.pattern.search(text.folded) for text in fields):
        return False
    lines = (offer.title, *offer.description)
    if any(mention.role is Role.HOST for line in lines for mention in line.mentions):
        return False
    listed = any(line.lists_hosts and line.others for line in offer.description)
    return bool(fields) or listed or _HOST_NAME.search(offer.title.folded) is not None


def read_offer(
    asked: Asked,
    *,
    title: str,
    description: str | None,
    attributes: Mapping[str, str] | None,
    brand: str | None,
    mpn: str | None,
    sku: str | None,
    gtin: str | None,
) -> Offer:
    """Take an offer apart; titles are cut at 500 characters, descriptions at 20,000."""
    title_text = fold(title, "title", TITLE_LIMIT)
    offer = Offer(asked, read_title(asked, title_text))
    described = [] if not description else [fold(description, "description", DESCRIPTION_LIMIT)]
    for key, value in (attributes or {}).items():
        role = _role_of(key)
        if role == "description" and value and not described:
            described.append(fold(str(value), f"attribute:{key}", DESCRIPTION_LIMIT))
        elif role:
            _add(offer, key, str(value) if value is not None else None, role)
    for key, given, role in (("mpn", mpn, "number"), ("sku", sku, "weak_number"), ("brand", brand, "brand")):
        if given:
            offer.values.setdefault(role, []).insert(0, fold(given, key, _VALUE_LIMIT))
    offer.description = [line for text in described for line in read_description(asked, text)]
    offer.numbers = _number_lines(offer)
    offer.gtins = _gtins(offer, gtin)
    offer.cut = [text for text in (title_text, *described) if text.cut]
    offer.fits_others = _fits_others(offer)
    return offer
