"""What a stated number that is not quite the asked one means: codes left out, other codes, colours in words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matcher.findings import Finding, Rank
from matcher.folding import squashed
from matcher.lexicon import Hit, scan
from matcher.makers import lines_of
from matcher.mentions import Fit
from matcher.offer import Offer
from matcher.stated import Stated, at, attribute_number
from matcher.suffixes import letter_colour, read_piece

_COLOUR_TOLD = re.compile(r"(?:色|カラー)(?:は|:|：)")
_COLOUR_NAMED = re.compile(r"カラー|色|color")


def _colour_values(offer: Offer) -> list[tuple[Hit, Finding]]:
    """Colour words of the listing, the colour attribute before the title before "カラー：" in the description."""
    found = []
    for text in offer.values.get("colour", []):
        found += [
            (hit, Finding(Rank.EXACT, "colour_word", text, hit.start, hit.end))
            for hit in scan(text.folded)
            if hit.meaning.colours
        ]
    if found:
        return found
    told = [line for line in offer.description if _COLOUR_TOLD.search(line.folded, line.start, line.end)]
    named = [line for line in offer.description if _COLOUR_NAMED.search(line.folded, line.start, line.end)]
    for line in (*told, offer.title, *named):
        hits = [hit for hit in line.hits if hit.meaning.colours]
        if hits:
            return [(hit, Finding(Rank.EXACT, "colour_word", line.text, hit.start, hit.end)) for hit in hits]
    return []


def _named_colours(offer: Offer) -> frozenset[str]:
    return frozenset().union(*(hit.meaning.colours for hit, _ in _colour_values(offer)))


_NIB = re.compile(r"万年筆|[細中太]字|ペン先|ニブ")


def is_colour_product(offer: Offer) -> bool:
    """Ink and pens: another colour is another product; a fountain pen's body is not."""
    if _NIB.search(offer.title.folded) and "インク" not in offer.title.folded:
        return False
    return offer.title.says("writing_goods") is not None or "colour_is_product" in offer.asked.groups


def _unknown_rest(offer: Offer, stated: Stated) -> Finding:
    """The listing leaves out a piece that is no known code."""
    other = _other_hand(offer) or _other_voltage(offer) or _lacks_one_letter(offer, stated) or offer.title.says("old")
    return at(Rank.DIFFERENT if other else Rank.UNDECIDED, "shorter_number" if other else "incomplete_number", stated)


def missing_codes(offer: Offer, stated: Stated) -> Finding:
    """The listing leaves out codes that the asked number has."""
    codes = stated.mention.missing
    title = offer.title
    imported = next((hit for line in (title, *offer.description) if (hit := line.says("imported"))), None)
    if not codes:
        return _left_out_colour(offer, stated) or _unknown_rest(offer, stated)
    if _other_hand(offer) or any(code.kind == "functional" for code in codes):
        return at(Rank.DIFFERENT, "shorter_number", stated)
    last = "-" in offer.asked.number[-3:]  # a short code of its own at the end of the number
    if imported and (last or any(code.kind in ("region", "channel") for code in codes)):
        return at(Rank.VARIANT, "import_without_code", stated)
    if all(code.kind == "colour" for code in codes):
        return _by_colour_word(offer, stated, frozenset().union(*(code.colours for code in codes)))
    return at(Rank.UNDECIDED, "incomplete_number", stated)


_VOLTAGE = re.compile(r"(?<![a-z0-9])([ad]c[0-9]+)")


def _other_voltage(offer: Offer) -> bool:
    """The asked number names the voltage of a coil, and the title another one."""
    asked, shown = _VOLTAGE.search(offer.asked.number.casefold()), _VOLTAGE.findall(offer.title.folded)
    return asked is not None and bool(shown) and asked[1] not in shown


def _other_hand(offer: Offer) -> bool:
    """The asked number ends in L or R of its own, and the title names the other hand."""
    side = re.search(r"[- /(]([lr])h?\)?$", offer.asked.number.casefold())
    other = {"l": "右", "r": "左"}.get(side[1]) if side else None
    return (
        other is not None and re.search(rf"{other}(?:ハンドル|巻|利|用|勝手|投|開|側)", offer.title.folded) is not None
    )


def _by_colour_word(offer: Offer, stated: Stated, asked: frozenset[str]) -> Finding:
    words = _colour_values(offer)
    same = [finding for hit, finding in words if hit.meaning.colours & asked]
    if same:
        return same[0]
    if words and asked:
        finding = words[0][1]
        rank = Rank.DIFFERENT if is_colour_product(offer) else Rank.VARIANT
        return Finding(rank, "other_colour", finding.text, finding.start, finding.end)
    return at(Rank.UNDECIDED, "incomplete_number", stated)


def _is_imported(offer: Offer) -> bool:
    return any(line.says("imported") for line in (offer.title, *offer.description))


def _shared(one: str, other: str) -> int:
    """How many characters two keys share at their head."""
    return next(
        (index for index, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _same_shape(one: str, other: str) -> bool:
    return [c.isdigit() for c in one] == [c.isdigit() for c in other]


_SEPARATORS = re.compile(r"[-/ #()]")


def _segments(number: str) -> list[str]:
    return [piece for piece in _SEPARATORS.split(number.casefold()) if piece]


def _other_market(offer: Offer, number: str) -> bool:
    """Only the last piece differs, with letters in it, and the listing says which market its package is for."""
    mine, theirs = _segments(number), _segments(offer.asked.number)
    if not (_is_imported(offer) or any(line.says("domestic") for line in (offer.title, *offer.description))):
        return False
    if len(mine) != len(theirs) or len(mine) < 2 or mine[:-1] != theirs[:-1]:
        return False
    if len(mine[-1]) != len(theirs[-1]) and not (_is_imported(offer) and (mine[-1] + theirs[-1]).isalpha()):
        return False
    tail = mine[-1][_shared(mine[-1], theirs[-1]) :]
    lettered = any(map(str.isalpha, tail))
    return 2 <= len(tail) <= 6 and lettered and (tail[0].isalpha() or _is_imported(offer))


def _other_colour_inside(offer: Offer, number: str) -> bool:
    """One piece differs where a colour is written: letters at the end of a piece, a colour code put in, or a whole
    piece of digits in the middle where a colour is named as such. Left and right are no colours."""
    coloured = _named_colours(offer)
    key, asked = squashed(number), offer.asked.key
    head = _shared(key, asked)
    tail = min(_shared(key[::-1], asked[::-1]), len(key) - head, len(asked) - head)
    mine, theirs = key[head : len(key) - tail], asked[head : len(asked) - tail]
    if not coloured or head < 5 or not any(character.isdigit() for character in key[:head]) or not mine:
        return False
    if not theirs or (theirs.isalpha() and len(theirs) <= 2 and len(mine) == 2):
        codes = read_piece(mine, offer.asked.maker, False, False) or ()
        if codes and all(code.kind == "colour" and code.colours & coloured for code in codes):
            return True
        if not theirs:
            return False
    if {mine[-1], theirs[-1]} == {"l", "r"} or len(mine) != len(theirs) or len(mine) > 3:
        return False
    if mine.isalpha() and theirs.isalpha():
        return _ends_piece(number, mine, head) and not (_is_functional(offer, mine) or _is_functional(offer, theirs))
    unlike = [
        pair for pair in zip(_segments(number), _segments(offer.asked.number), strict=False) if pair[0] != pair[1]
    ]
    middle = len(_segments(number)) >= 3 and len(unlike) == 1 and unlike[0][0] not in _segments(number)[:1]
    return bool(offer.values.get("colour")) and middle and mine.isdigit() and theirs.isdigit()


def _ends_piece(number: str, mine: str, head: int) -> bool:
    """Whether the differing letters end a piece of the number."""
    seen = 0
    for index, character in enumerate(number):
        seen += character.isalnum() or character == "+"
        if seen == head + len(mine):
            return not number[index + 1 : index + 2].isalnum()
    return False


def _is_functional(offer: Offer, letters: str) -> bool:
    codes = read_piece(letters, offer.asked.maker, True, True) or ()
    return any(code.kind in ("functional", "kit", "body") for code in codes)


def _bare(offer: Offer, number: str) -> str:
    """The number without the name of the maker's line in front."""
    for line in lines_of(offer.asked.maker):
        if number.startswith(line) and len(number) > len(line) + 3:
            return number.removeprefix(line).lstrip(" -")
    return number


_DECLARED = re.compile(
    r"(?:限定|専用|流通|フック穴|簡易|エコ|法人)パッケージ|パッケージ版|流通限定|限定カラー|anniversary|周年|ルート品"
    r"|(?:末尾|語尾|枝番|記号|アルファベット)[^。\n]{0,24}(?:流通|梱包|販路|カラー|色|海外|仕向|パッケージ|ルート|販売店|地域|法人|チャネル)"
)


def _is_declared(offer: Offer) -> bool:
    """The listing says that the further code stands for a package, a market, a channel, a colour or an issue."""
    texts = {offer.title.text.folded, *(line.text.folded for line in offer.description)}
    return any(_DECLARED.search(text) for text in texts)


def _inserted(key: str, asked: str) -> bool:
    """Whether one or two letters are put into the asked number."""
    head = _shared(key, asked)
    added = len(key) - len(asked)
    return 1 <= added <= 2 and key[head + added :] == asked[head:] and key[head : head + added].isalpha()


def _colour_piece(offer: Offer, number: str) -> bool:
    """One piece of the number is another colour code, the stated colour's: "-D2" for "-D0", "-03" for "-01", ".3"
    added, or "-B-" for "-NC-"."""
    coloured = _named_colours(offer)
    mine, theirs = _segments(number), _segments(offer.asked.number)
    if not coloured or len(mine) < 2:
        return False
    if len(mine) != len(theirs):
        dotted = re.search(r"\.[0-9]$", number) is not None and "." in offer.asked.number
        return dotted and squashed(number)[:-1] == offer.asked.key
    unlike = [pair for pair in zip(mine, theirs, strict=True) if pair[0] != pair[1]]
    if len(unlike) != 1 or mine[0] != theirs[0]:
        return False
    one, other = unlike[0]
    if one.isalpha() and other.isalpha() and len(one) <= 3 and len(other) <= 3:
        codes = read_piece(one, offer.asked.maker, False, False) or ()
        return any(code.kind == "colour" and code.colours & coloured for code in codes)
    last = one is mine[-1] and len(one) == len(other) == 2 and len(squashed(number)) >= 7
    return last and re.fullmatch(r"(?:[a-z]|0)[0-9]", one) is not None and one[0] == other[0]


def _told_finish(offer: Offer, number: str) -> bool:
    """The listing's words say that the further code is a package, a market, a channel, an issue or a colour."""
    key, asked = squashed(number), offer.asked.key
    appended = key.startswith(asked) and 1 <= len(key) - len(asked) <= 3
    if (appended or (_inserted(key, asked) and _shared(key, asked) >= 4)) and _is_declared(offer):
        return True
    rules = (_other_market, _other_colour_inside, _colour_piece)
    return not is_colour_product(offer) and any(rule(offer, number) for rule in rules)


def is_other_finish(offer: Offer, stated: Stated) -> bool:
    """Two numbers that differ in their last code alone, where the listing's words say that it is a finish or market.

    The code is letters whose first one stands for the stated colour, or what follows a separator when it is an import
    or, behind a slash, when a colour is stated.
    """
    number = _bare(offer, stated.line.folded[stated.mention.start : stated.mention.end])
    key, asked = squashed(number), offer.asked.key
    if _told_finish(offer, number):
        return True
    shared = _shared(key, asked)
    mine, theirs = key[shared:], asked[shared:]
    added = not theirs and len(mine) == 1 and shared >= 3 and asked[-1:].isdigit() and not is_colour_product(offer)
    if added and letter_colour(mine) & _named_colours(offer):
        return True
    if shared < 5 or not 1 <= len(mine) <= 3 or (theirs and len(mine) != len(theirs)) or is_colour_product(offer):
        return False
    last = re.split(r"[-/ #]", number)[-1]
    separated = len(last) < len(key) and len(last) <= 4 and last.endswith(mine)
    coloured = _named_colours(offer)
    imported = _is_imported(offer)
    if mine.isalpha() and (not theirs or theirs.isalpha()):
        return bool(letter_colour(mine[0]) & coloured) or (imported and (separated or not theirs))
    slashed = mine.isdigit() and "/" in number
    return separated and bool(coloured) and _same_shape(mine, theirs) and (slashed or not mine.isdigit())


def _lacks_one_letter(offer: Offer, stated: Stated) -> bool:
    """The asked number ends in one more letter, or a digit behind a letter, glued on: that makes another base."""
    shown = squashed(stated.line.folded[stated.mention.start : stated.mention.end])
    glued = offer.asked.number[-2:].isalnum()
    return (
        offer.asked.key[:-1] == shown and glued and (offer.asked.key[-1].isalpha() or offer.asked.key[-2:-1].isalpha())
    )


_OF_WORD = re.compile(r"[ァ-ヶー一-龥a-z0-9]")


def _stands_alone(finding: Finding) -> bool:
    """Whether the colour is a word of its own, not the head of another ("コーヒーメーカー")."""
    text = finding.text.folded if finding.text else ""
    before, after = text[finding.start - 1 : finding.start], text[finding.end : finding.end + 1]
    return not _OF_WORD.match(before) and (after in ("色", "系") or not _OF_WORD.match(after))


# Letters at the end of a number that are read as a colour where its word stands beside it; L and R are hands, too.
_WRITTEN_LETTERS = frozenset("bwks")
# Black and white, as most makers write them at the end of a number.
_SURE_LETTERS = frozenset("bwk")


def _left_out_colour(offer: Offer, stated: Stated) -> Finding | None:
    """The asked number ends in one glued letter that most makers read as a colour, and the listing says that colour."""
    letter = offer.asked.key[-1]
    if letter not in _WRITTEN_LETTERS or is_colour_product(offer) or not _lacks_one_letter(offer, stated):
        return None
    words = [(hit, finding) for hit, finding in _colour_values(offer) if _stands_alone(finding)]
    same = next((finding for hit, finding in words if hit.meaning.colours & letter_colour(letter)), None)
    if same is None and words and letter in _SURE_LETTERS:
        other = words[0][1]
        return Finding(Rank.VARIANT, "other_colour", other.text, other.start, other.end)
    return same


def _other_code(offer: Offer, stated: Stated) -> Finding:
    """The same base with another code: a variant, but of ink another product, and of an unsure reading unproven."""
    codes = (*stated.mention.codes, *(stated.mention.missing or ()))
    product = any(code.kind == "colour" for code in codes) and is_colour_product(offer)
    letters = any(code.kind == "colour" and len(code.text) == 1 for code in codes) and not _is_imported(offer)
    unproven = (letters or not all(code.sure for code in codes)) and not _colour_values(offer) and not offer.apparel
    if product or unproven:
        return at(Rank.DIFFERENT, "longer_number", stated)
    return at(Rank.VARIANT, "other_code", stated)


def _shortened(offer: Offer, stated: Stated) -> Finding:
    """The asked number cut short: another base where one letter is gone, else it may be any of the line."""
    whole = (stated.fit is Fit.TRUNCATED and _lacks_one_letter(offer, stated)) or offer.title.says("old")
    rank, rule = (Rank.DIFFERENT, "shorter_number") if whole else (Rank.UNDECIDED, "incomplete_number")
    return at(rank, rule, stated)


def by_fit(offer: Offer, stated: Stated) -> Finding:
    if stated.fit is Fit.MISSING:
        return missing_codes(offer, stated)
    if stated.fit is Fit.VARIANT:
        return _other_code(offer, stated)
    if stated.fit is Fit.DOUBT:
        return at(Rank.UNDECIDED, "confusable", stated)
    if stated.fit in (Fit.TRUNCATED, Fit.SERIES):
        return _left_out_colour(offer, stated) or _shortened(offer, stated)
    if stated.fit in (Fit.SISTER, Fit.DIFFERENT) and is_other_finish(offer, stated):
        return at(Rank.VARIANT, "other_code", stated)
    rule = "other_number" if stated.fit in (Fit.SISTER, Fit.OTHER) else "longer_number"
    return at(Rank.DIFFERENT, rule, stated)


# Glued letters that nearly always are colours; others may belong to the base ("...N").
_COMMON_LETTERS = frozenset("bwkslrp")


def colour_conflicts(offer: Offer, title: Stated | None) -> Iterator[Finding]:
    """The asked colour code is stated, but a colour field, or a sentence about the colour, names another colour."""
    glued = offer.asked.number[-2:].isalnum()
    codes = [
        code
        for base in offer.asked.bases[:1]
        for code in base.missing or ()
        if code.kind == "colour" and not (glued and len(code.text) == 1 and code.text not in _COMMON_LETTERS)
    ]
    asked: frozenset[str] = frozenset().union(*(code.colours for code in codes))
    attribute = attribute_number(offer)
    equal = any(stated is not None and stated.fit is Fit.EQUAL for stated in (title, attribute))
    told = all(code.sure for code in codes) and any(
        _COLOUR_TOLD.search(line.folded, line.start, line.end) for line in offer.description
    )
    if not asked or not equal or not (offer.values.get("colour") or told):
        return
    words = _colour_values(offer)
    if words and not any(hit.meaning.colours & asked for hit, _ in words):
        finding = words[0][1]
        titled = any(hit.meaning.colours & asked for hit in offer.title.hits)
        if titled and finding.text is not None and not finding.text.place.startswith("attribute"):
            return
        yield Finding(Rank.CONTRADICTION, "contradiction", finding.text, finding.start, finding.end)
