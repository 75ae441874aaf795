"""Which layer of a page is believed where they disagree: one rule for each field, with its reason."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

from kataban.items import Availability, Condition, PriceKind
from kataban.parsers.condition import FRESH, condition_in_title, condition_of, stated_condition
from kataban.parsers.raw_product import RawProduct
from kataban.parsers.scene import PATTERN
from kataban.parsers.shown_price import ENOUGH, ShownPrice, best_price, fits, is_with_tax
from kataban.parsers.shown_rows import MOST_WORDS, Row, is_number_label
from kataban.parsers.shown_stock import ShownStock
from kataban.parsers.stock import stock_word
from kataban.parsers.text import LONG

# From exact data to guesses; the visible page is weighed apart.
ORDER = ("script", "json_ld", "microdata", "rdfa", "cart", "meta", "embedded")
# A visible price must be this sure to be taken against structured data that the page does not show at all.
_SURE = 4.5
# Words about stock must stand this near to overrule data that says in stock; less for loose data of a script.
_PLAIN = 3.5
_PLAIN_OVER_LOOSE = 2.0
_SHARED = (
    "name",
    "brand",
    "description",
    "image_url",
    "condition",
    "condition_label",
    "currency",
    "shipping",
    "ships_in",
)
_NUMBERS = ("mpn", "gtin", "sku")
# What shops add to a number for one of its sizes or colours.
_VARIANT_END = re.compile(r"[-_]\d{1,3}$")
_TEMPLATE = re.compile(r"[{}$<>]|\[\[|%s")


@dataclass(slots=True)
class Shown:
    """What a person sees: the title, sums, stock, rows, whether there is a cart button, and all visible text."""

    title: str | None
    prices: list[ShownPrice]
    stock: ShownStock | None
    rows: list[Row]
    product: RawProduct
    has_button: bool
    text: str


@dataclass(slots=True)
class Layers:
    """All readings of one page by layer name."""

    url: str
    country: str | None
    shown: Shown
    products: dict[str, RawProduct] = field(default_factory=dict)

    def add(self, name: str, product: RawProduct) -> None:
        """Keep one layer's reading."""
        self.products[name] = product

    @property
    def gtin(self) -> str | None:
        """The GTIN of the first layer that has one."""
        return next((layer.gtin for _, layer in self.ordered if layer.gtin), self.shown.product.gtin)

    @property
    def ordered(self) -> list[tuple[str, RawProduct]]:
        """The structured layers, the most exact first."""
        return [(name, self.products[name]) for name in ORDER if name in self.products]


def merged(layers: Layers) -> RawProduct:
    """One product out of all layers."""
    product = RawProduct()
    for name, layer in layers.ordered:
        product.fill(layer, name, "name", "image_url", "url", "condition", "condition_label", "seller",
                     "quantity", "variant_id", "shipping", "tax_included")
        product.attributes = {**layer.attributes, **product.attributes}
        product.options = product.options or dict(layer.options)
    _take_name(product, layers)
    _take_description(product, layers)
    product.attributes = {**layers.shown.product.attributes, **product.attributes}
    product.shipping = product.shipping or layers.shown.product.shipping
    product.ships_in = product.ships_in or layers.shown.product.ships_in
    _take_price(product, layers)
    _take_availability(product, layers)
    _take_numbers(product, layers)
    _take_condition(product, layers)
    _take_variants(product, layers)
    _take_selected(product, layers.url)
    return product


def _take_name(product: RawProduct, layers: Layers) -> None:
    """The heading, where there is no better name or og:title is the heading with the shop's name at its end."""
    title = layers.shown.title
    if title and (product.name is None or (product.origin.get("name") == "meta" and title in product.name)):
        product.name, product.origin["name"] = title, "shown"


def _take_description(product: RawProduct, layers: Layers) -> None:
    """The fullest text: data are often cut short or old, a template's meta tag stands in only where nothing else does.

    Lines that only the shorter of data and page has are kept after it: what reserves a thing may stand in one place.
    """
    said = [(name, layer.description) for name, layer in layers.ordered if layer.description and name != "meta"]
    shown = layers.shown.product.description
    said += [("shown", shown)] if shown else []
    meta = layers.products.get("meta")
    said = said or ([("meta", meta.description)] if meta is not None and meta.description else [])
    if not said:
        return
    said.sort(key=lambda pair: -len(pair[1]))
    product.origin["description"], whole = said[0]
    for _, text in said[1:]:
        known = _squashed(whole)
        whole = "\n".join([whole, *(line for line in text.splitlines() if _squashed(line) not in known)])
    product.description = whole[:LONG]


# --- price -----------------------------------------------------------------------------------------------------------


def _take_price(product: RawProduct, layers: Layers) -> None:
    """The structured price, unless the page itself shows plainly that another one is paid.

    Shops leave the undiscounted price in JSON-LD while the visible one is struck out (seen on real pages), or give it
    without tax: what a person would pay is what stands unstruck in the buy box.
    """
    name, layer = next(((name, layer) for name, layer in layers.ordered if _has_price(name, layer, layers)), ("", None))
    best = best_price(layers.shown.prices)
    if layer is None or layer.price is None:
        if best is not None:
            _set_price(product, best.amount, best.currency or _currency(layers, best), "shown")
            product.tax_included = best.tax
        return
    currency = layer.currency or _currency(layers)
    _set_price(product, layer.price, currency, name)
    product.price_kind, product.highest, product.list_price = layer.price_kind, layer.highest, layer.list_price
    other = _paid_instead(layer, layers, best, currency)
    if other is not None:
        product.list_price = product.price
        _set_price(product, other.amount, currency, "shown")
        product.highest = None
        product.tax_included = other.tax


def _has_price(name: str, layer: RawProduct, layers: Layers) -> bool:
    """The price of loose data counts only where a person sees it too."""
    return layer.price is not None and (name != "embedded" or any(
        price.amount == layer.price and not price.struck for price in layers.shown.prices))


def _set_price(product: RawProduct, amount: Decimal, currency: str | None, origin: str) -> None:
    product.price, product.currency, product.price_kind = amount, currency, PriceKind.FIXED
    product.origin["price"] = origin


def _currency(layers: Layers, best: ShownPrice | None = None) -> str | None:
    """What data or another sum on the page says, and the mark of the price allows."""
    said = [layer.currency for _, layer in layers.ordered] + [price.currency for price in layers.shown.prices]
    return next((one for one in said if one and (best is None or fits(best, one))), None)


def _paid_instead(
    layer: RawProduct, layers: Layers, best: ShownPrice | None, currency: str | None
) -> ShownPrice | None:
    """The visible price that is paid instead of the structured one, or None."""
    if layer.price is None or best is None or best.amount == layer.price or layer.variants:
        return None
    if best.currency and currency and best.currency != currency:
        return None
    if layer.highest is not None and layer.price <= best.amount <= layer.highest and not best.tax:
        return None
    return best if _beats(best, layer.price, layers.shown.prices) else None


def _beats(best: ShownPrice, price: Decimal, prices: list[ShownPrice]) -> bool:
    """Is `best` the price with tax, the only one shown, or the lower one beside a struck `price`?"""
    if best.tax and is_with_tax(price, best.amount):
        return True
    seen = [one for one in prices if one.amount == price]
    if not seen:
        return best.weight >= _SURE
    if best.amount > price:
        return False
    if any(one.struck or one.doubtful for one in seen):
        return True
    return best.weight >= max(ENOUGH, max(one.weight for one in seen) + 2)


# --- availability ----------------------------------------------------------------------------------------------------


def _take_availability(product: RawProduct, layers: Layers) -> None:
    """Structured data, unless visible words say sold out: a page that says so anywhere near its title cannot be bought.

    The other way round the structured "sold out" stands against a mere button: buttons stay on sold-out pages.
    """
    for name, layer in layers.ordered:
        if layer.availability is not Availability.UNKNOWN:
            _set_stock(product, layer.availability, layer.availability_evidence, name)
            break
    stock = layers.shown.stock
    title = PATTERN["sold_out_in_name"].search(unicodedata.normalize("NFKC", product.name or ""))
    if title and stock_word(title[0]).availability is Availability.SOLD_OUT:
        _set_stock(product, Availability.SOLD_OUT, f"title: {title[0]}", "shown")
    elif stock is not None and _believes(product, stock):
        _set_stock(product, stock.availability, f"shown: {stock.evidence}", "shown")
    elif stock is not None and stock.by_button and product.availability is Availability.SOLD_OUT:
        # Data says sold out, nothing on the page does, and the button can be pressed: one of them is wrong.
        _set_stock(product, Availability.UNKNOWN, f"{product.availability_evidence}, against {stock.evidence}", "shown")


def _believes(product: RawProduct, stock: ShownStock) -> bool:
    """Do the visible words decide? Over nothing, over a button of the cart's, and for worse news than the data's."""
    if stock.availability is Availability.UNKNOWN:
        return False
    if product.availability is Availability.UNKNOWN:
        return True
    if product.availability is not Availability.IN_STOCK:
        return False
    by_button = (product.availability_evidence or "").startswith("button")
    if by_button and not stock.by_button:
        return True
    enough = _PLAIN_OVER_LOOSE if product.origin.get("availability") == "embedded" else _PLAIN
    return stock.availability in {Availability.SOLD_OUT, Availability.BACKORDER} and stock.weight >= enough


def _set_stock(product: RawProduct, availability: Availability, evidence: str | None, origin: str) -> None:
    product.availability, product.availability_evidence = availability, evidence
    product.origin["availability"] = origin


# --- numbers and names -----------------------------------------------------------------------------------------------


def _take_numbers(product: RawProduct, layers: Layers) -> None:
    """A number that the page shows under its label beats one that stands only in data: plugins write ids there."""
    shown = layers.shown
    for name in ("mpn", "sku"):
        said = [(layer_name, value) for layer_name, layer in layers.ordered if (value := getattr(layer, name))]
        row = getattr(shown.product, name)
        seen = next((pair for pair in said if _is_shown(pair[1], shown)), None)
        chosen = seen or (("shown", row) if row else said[0] if said else None)
        if chosen is not None:
            setattr(product, name, chosen[1])
            product.origin[name] = chosen[0]
    product.sku = _of_the_shop(product.sku, layers)
    if product.sku and layers.gtin and _same(product.sku, layers.gtin):
        product.sku = shown.product.sku if shown.product.sku and not _same(shown.product.sku, layers.gtin) else None
    # Plugins write their ids into mpn: digits alone that nobody sees are no maker's number.
    if product.mpn and product.mpn.isdigit() and not _is_shown(product.mpn, shown):
        product.mpn = shown.product.mpn
    # A number that only repeats the shop's own is no maker's number.
    if product.mpn and product.sku and _same(product.mpn, product.sku):
        product.mpn = shown.product.mpn if shown.product.mpn and not _same(shown.product.mpn, product.sku) else None
    if product.mpn and product.origin.get("mpn") != "shown" and not any(char.isdigit() for char in product.mpn):
        product.mpn = None
    for name in ("gtin", "brand"):
        said = [(layer_name, value) for layer_name, layer in layers.ordered if (value := getattr(layer, name))]
        said += [("shown", value)] if (value := getattr(shown.product, name)) else []
        clean = [pair for pair in said if not _TEMPLATE.search(pair[1])]
        if clean:
            setattr(product, name, clean[0][1])
            product.origin[name] = clean[0][0]


def _of_the_shop(sku: str | None, layers: Layers) -> str | None:
    """Names of three words are no number; and "A123-1" on a page whose address ends in A123 is that of a variant."""
    if sku is None or len(sku.split()) > MOST_WORDS:
        return None
    base = _VARIANT_END.sub("", sku)
    path = urlsplit(layers.url).path
    alone = re.compile(rf"(?<![0-9A-Za-z]){re.escape(base)}(?![0-9A-Za-z])", re.IGNORECASE)
    if base != sku and _is_long_number(base) and sku.casefold() not in path.casefold() and alone.search(path):
        return base
    return sku


def _is_long_number(text: str) -> bool:
    return len(text) >= 6 and any(char.isdigit() for char in text)


def _is_shown(value: str, shown: Shown) -> bool:
    return _squashed(value) in _squashed(shown.text)


def _squashed(text: str) -> str:
    return re.sub(r"[\s./_-]", "", unicodedata.normalize("NFKC", text).casefold())


def _same(one: str, other: str) -> bool:
    return _squashed(one) == _squashed(other)


# --- condition and variants ------------------------------------------------------------------------------------------


def _take_condition(product: RawProduct, layers: Layers) -> None:
    """Visible words of being used beat NewCondition in data: a shop's template says new of everything.

    After the data a row 状態, the title's words, the plain statements of the description. One that calls used what all
    else calls new leaves at best an unknown condition.
    """
    name, row = unicodedata.normalize("NFKC", product.name or ""), layers.shown.product.condition_label
    bracketed = PATTERN["condition_in_name"].search(name)
    said = [(condition_of(words), words) for words in (row, bracketed and bracketed[0])] + [condition_in_title(name)]
    for condition, words in said:
        if condition is not Condition.UNKNOWN and product.condition in {Condition.UNKNOWN, Condition.NEW}:
            product.condition, product.condition_label = condition, words
            break
    stated, words = stated_condition(product.description)
    if product.condition is Condition.UNKNOWN and stated is not Condition.UNKNOWN:
        product.condition, product.condition_label = stated, words
    elif product.condition in FRESH and words and stated not in FRESH:
        by_row = condition_of(row) in FRESH
        if not by_row or stated is not Condition.UNKNOWN:
            product.condition, product.condition_label = Condition.UNKNOWN if by_row else stated, words


def _take_variants(product: RawProduct, layers: Layers) -> None:
    """The variants of the first layer that has several; what one lacks is the product's, but never stock or numbers.

    The product's own number is that of one of its colours. Only offers of the very same thing (new and used, or several
    sellers), which have neither numbers nor options, share them.
    """
    found = next((layer.variants for _, layer in layers.ordered if len(layer.variants) > 1), [])
    for variant in found:
        same = not (variant.options or variant.sku or variant.mpn or variant.gtin)
        shared = {label: value for label, value in product.attributes.items() if same or not is_number_label(label)}
        whole = replace(variant, attributes={**shared, **variant.attributes})
        whole.fill(product, "product", *_SHARED, *(_NUMBERS if same else ()))
        product.variants.append(whole)


def _take_selected(product: RawProduct, url: str) -> None:
    """The variant that the address names is what the page shows: its numbers, price and stock are the product's."""
    asked = variant_of(url)
    chosen = next(
        (one for one in product.variants if asked and asked in {one.variant_id, one.sku, variant_of(one.url)}), None
    )
    if chosen is None:
        return
    for name in ("price", "list_price", "sku", "mpn", "gtin"):
        setattr(product, name, getattr(chosen, name) or (product.price if name == "price" else None))
    product.price_kind, product.highest = chosen.price_kind, chosen.highest
    if chosen.availability is not Availability.UNKNOWN:
        _set_stock(product, chosen.availability, chosen.availability_evidence, "variant")


def variant_of(url: str | None) -> str | None:
    """The variant that an address names (`variant`, `variation_id`, `sku`), or None."""
    query = parse_qs(urlsplit(url or "").query)
    return next((query[name][0] for name in ("variant", "variation_id", "sku") if query.get(name)), None)
