"""The product of a page, whatever it carries: schema.org, meta tags, a cart's own data, and what a person sees.

Any currency and language. Each layer is read on its own and may be broken on its own; which one is believed where they
disagree is decided field by field in `layers`, and an empty field is better than a wrong one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from parsel import Selector

from kataban.items import Availability
from kataban.parsers.cart_scripts import script_product
from kataban.parsers.carts import cart_of, cart_product
from kataban.parsers.embedded import embedded_product
from kataban.parsers.layers import Layers, Shown, merged
from kataban.parsers.meta_tags import meta_product
from kataban.parsers.money import country_currency
from kataban.parsers.raw_product import RawProduct
from kataban.parsers.scene import Scene
from kataban.parsers.schema_org import is_bare_offer, is_offering, is_product, product_of
from kataban.parsers.shown_price import shown_prices
from kataban.parsers.shown_rows import marked_number, product_of_rows, rows, shipping_line
from kataban.parsers.shown_stock import cart_buttons, shown_stock
from kataban.parsers.shown_text import shown_description
from kataban.parsers.structured import Node, nodes
from kataban.parsers.text import html_selector

__all__ = ["ProductPage", "RawProduct", "read_product"]


# A node of at least this rank has the page's title or address.
_OWN = 2.0


@dataclass(slots=True)
class ProductPage:
    """What a page says of its product: all layers together, its variants inside, and the cart system's name."""

    product: RawProduct
    cart: str | None = None
    has_button: bool = False
    item: str = ""
    layers: dict[str, RawProduct] = field(default_factory=dict)

    @property
    def is_product(self) -> bool:
        """Is there enough to call it a product's page? A name, and either data of a product or a price to be paid here.

        An article that names a price has neither data of a product, nor a button, nor a row with a number.
        """
        product = self.product
        if not product.name:
            return False
        if any(layer in self.layers for layer in ("script", "json_ld", "microdata", "rdfa", "embedded")):
            return True
        offers = (
            self.has_button or product.availability is not Availability.UNKNOWN or product.origin.get("price") == "meta"
        )
        return (offers and product.price is not None) or bool(
            (product.mpn or product.gtin) and (product.price or offers)
        )


def read_product(text: str, url: str, *, with_text: bool = False) -> ProductPage:
    """Read the product of the page `text`, whose final address is `url`. Never raises for what the page holds.

    `with_text` also reads the seller's words off the page: for shops whose layout nobody has described.
    """
    selector = html_selector(text)
    country = country_currency(url)
    scene = Scene(selector)
    layers = Layers(url=url, country=country, shown=_shown(scene, country))
    cart = cart_of(selector)
    if with_text:
        paths = cart.description if cart else ()
        layers.shown.product.description = shown_description(scene, selector, paths, layers.shown.rows)
    for name, product in _structured(selector, scene, url).items():
        layers.add(name, product)
    layers.add("meta", meta_product(selector, country=country))
    if cart is not None:
        layers.add("cart", cart_product(selector, cart, country=country))
    for name, read in (("script", script_product(selector, cart.name if cart else None, url)),
                       ("embedded", embedded_product(selector, layers.shown.title))):
        if read is not None:
            layers.add(name, read)
    return ProductPage(merged(layers), cart.name if cart else None, has_button=layers.shown.has_button,
                       item=cart.item if cart else "", layers=layers.products)


def _shown(scene: Scene, country: str | None) -> Shown:
    buttons = cart_buttons(scene)
    found = rows(scene)
    product = product_of_rows(found)
    product.shipping = product.shipping or shipping_line(scene)
    product.sku = product.sku or marked_number(scene, "shop_number", digits=3)
    product.mpn = product.mpn or marked_number(scene, "maker_number", digits=1)
    return Shown(
        title=scene.title.text if scene.title else None, prices=shown_prices(scene, country=country, buttons=buttons),
        stock=shown_stock(scene, buttons), rows=found, product=product,
        has_button=bool(buttons), text=" ".join(spot.text for spot in scene.spots if not len(spot.element)),
    )


def _structured(selector: Selector, scene: Scene, url: str) -> dict[str, RawProduct]:
    """The main product of each schema.org syntax, those of several sizes put together."""
    found = list(nodes(selector))
    wanted = [node for node in found if is_product(node)] or [node for node in found if is_offering(node)]
    wanted = wanted or _only_offer(found, scene)
    layers: dict[str, RawProduct] = {}
    for layer in dict.fromkeys(node["@layer"] for node in wanted):
        ranked = sorted((node for node in wanted if node["@layer"] == layer), key=lambda node: -_rank(node, scene, url))
        if _is_list(ranked, scene, url):
            continue
        layers[layer] = _together([product_of(node) for node in _alike(ranked)])
    return layers


def _only_offer(found: list[Node], scene: Scene) -> list[Node]:
    """The offer that stands on the page without a product, when all such offers name one price."""
    spots = scene.by_element
    offers = [node for node in found if is_bare_offer(node) and not (
        node.get("@element") in spots and spots[node["@element"]].aside)]
    return offers[:1] if len({str(node.get("price") or node.get("lowPrice")) for node in offers}) == 1 else []


def _is_list(ranked: list[Node], scene: Scene, url: str) -> bool:
    """Several products, none of which bears the page's title or address: a page of a category, or boxes of others."""
    names = {str(node.get("name")) for node in ranked}
    return len(names) > 2 and _rank(ranked[0], scene, url) < _OWN


def _rank(node: Node, scene: Scene, url: str) -> float:
    """How likely the node is the page's own product and not one of its boxes of others."""
    name = str(node.get("name") or "").casefold().strip()
    title = scene.title.text.casefold() if scene.title else ""
    rank = 2.0 if name and title and (name in title or title in name) else 0.0
    rank += 2.0 if _same_page(node.get("url") or node.get("@id"), url) else 0.0
    rank += 1.0 if node.get("offers") or node.get("hasVariant") or node.get("price") else 0.0
    element = node.get("@element")
    if element is not None:
        spot = scene.by_element.get(element)
        rank -= 3.0 if spot is not None and spot.aside else 0.0
        rank += (
            2.0
            if scene.title is not None and any(one is scene.title.element for one in element.iter("h1", "h2"))
            else 0.0
        )
    return rank


def _alike(ranked: list[Node]) -> list[Node]:
    """The best node and the others of its very name: shops with sizes write a node for each."""
    best = ranked[0]
    return [best, *(node for node in ranked[1:] if node.get("name") and node.get("name") == best.get("name"))]


def _together(products: list[RawProduct]) -> RawProduct:
    distinct = {(one.sku, one.gtin, one.url): one for one in products}
    if len(distinct) == 1:
        return products[0]
    whole = product_of({"@type": "Product", "name": products[0].name})
    whole.fill(products[0], "", "brand", "description", "image_url")
    whole.variants = [*distinct.values()]
    whole.take_variants()
    return whole


def _same_page(link: object, url: str) -> bool:
    if not isinstance(link, str) or not link:
        return False
    one, other = urlsplit(link), urlsplit(url)
    same = one.path.rstrip("/") == other.path.rstrip("/") and one.path.strip("/") != ""
    return same and (not one.query or parse_qs(one.query).items() <= parse_qs(other.query).items())
