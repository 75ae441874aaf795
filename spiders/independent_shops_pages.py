"""A shop's product page as Listings: one for each variant, prices in yen with tax."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from urllib.parse import urlsplit

from parsel import Selector
from scrapy.http import Response, TextResponse

from kataban.items import Availability, CannotLook, Listing, Outcome, PageKind, Seller
from kataban.parsers.links import canonical_url, clean_url
from kataban.parsers.product import ProductPage, RawProduct, read_product
from kataban.parsers.shipping import shipping_of, ships_in_days
from kataban.parsers.text import LONG, clean_text, html_selector, one_line, visible_text
from kataban.parsers.yen import Yen, plausible

_GONE = re.compile(
    r"(?:お探しの|ご指定の|指定された|この)?(?:商品|ページ|アイテム)(?:は|が)?[^。\n]{0,12}(?:見つかりません|存在しません|ございません|削除され|公開されていません|お取扱いしておりません)"
    r"|(?:page|product|item) (?:was |is |could )?(?:not |be )*(?:found|available|exist)|404 not found|no longer exists",
    re.IGNORECASE,
)
# A page that says "not found" says little else.
_SHORT = 1500
_KANA = re.compile(r"[ぁ-ゖァ-ヺ]")
_COUNT = re.compile(r"在庫(?:数)?\s*[::]?\s*(\d{1,5})(?!\d)|残り?\s*(\d{1,4})\s*[点個台本枚]")


def page_of(response: Response) -> ProductPage:
    """The product page read by all layers. Raises CannotLook for an answer that is no text."""
    if not isinstance(response, TextResponse):
        raise CannotLook(Outcome.BROKEN, "bad_type", "the answer is no page", page_kind=PageKind.BROKEN)
    return read_product(response.text, response.url, with_text=True)


def is_gone(response: Response) -> bool:
    """A soft 404: a short page of status 200 that says that the thing does not exist."""
    if not isinstance(response, TextResponse) or not response.text.strip():
        return False
    page = html_selector(response.text)
    text = visible_text(page, limit=_SHORT + 1)
    heading = " ".join([*page.css("title::text").getall()[:1], visible_text(page.css("h1")[:2])])
    return bool(_GONE.search(heading)) or (len(text) <= _SHORT and bool(_GONE.search(text)))


def listings_of(page: ProductPage, response: Response, *, source: str, listing_id: str | None = None) -> list[Listing]:
    """The page's Listings, detail_read set. `listing_id` is that of the row that led here, which is kept."""
    product = page.product
    head = html_selector(response.text if isinstance(response, TextResponse) else "")
    canonical = head.css('link[rel="canonical"]::attr(href)').get()
    url = canonical_url(response.url, canonical) or response.url
    base = listing_id or _item_address(url, page.item)
    is_yen = _is_yen(product, head)
    seller = _seller(response.url, head, source)
    found = [listing_of(one, source=source, url=url, is_yen=is_yen) for one in product.variants or [product]]
    for number, (listing, variant) in enumerate(zip(found, product.variants or [product], strict=True)):
        listing.listing_id, listing.detail_read, listing.seller = base, True, seller
        if product.variants:
            listing.variant_of, listing.listing_id = base, f"{base}:{_variant_id(variant, number)}"
    return found


def _item_address(url: str, item: str) -> str:
    """The address cut to what names the item, where the cart system shows one item under many paths."""
    parts = urlsplit(url)
    found = re.search(item, parts.path) if item else None
    return url if found is None else f"{parts.scheme}://{parts.netloc}{found[0]}"


def listing_of(product: RawProduct, *, source: str, url: str, is_yen: bool) -> Listing:
    """One product or variant as a Listing; its price only when it is in yen."""
    listing = Listing(
        source=source,
        listing_id=url,
        url=url,
        title=one_line(" ".join(filter(None, (product.name, *_extra_options(product))))),
        description=clean_text(product.description, limit=LONG) or None,
        attributes={**product.attributes, **product.options},
        brand=product.brand,
        mpn=product.mpn,
        sku=product.sku,
        gtin=product.gtin,
        image_url=clean_url(product.image_url, url) if product.image_url else None,
        availability=product.availability,
        availability_evidence=product.availability_evidence,
        condition=product.condition,
        condition_label=product.condition_label,
        quantity=_quantity(product),
    )
    _take_price(listing, product, is_yen=is_yen)
    _take_shipping(listing, product)
    return listing


def _take_price(listing: Listing, product: RawProduct, *, is_yen: bool) -> None:
    price = product.price
    if not is_yen or price is None or price != price.to_integral_value() or not plausible(int(price)):
        return
    yen = Yen(int(price), product.price_kind, product.tax_included)
    listing.price, listing.price_kind = yen.taxed, yen.kind


def _take_shipping(listing: Listing, product: RawProduct) -> None:
    said = shipping_of(product.shipping)
    listing.shipping, listing.shipping_included, listing.shipping_method = said.cost, said.included, said.method
    listing.ships_in_days = ships_in_days(product.ships_in)


def _is_yen(product: RawProduct, page: Selector) -> bool:
    """Yen by its currency; where the page names none, whole sums on a Japanese page mean yen."""
    currencies = {one.currency for one in (product, *product.variants) if one.currency}
    if currencies:
        return currencies == {"JPY"}
    if product.price != (product.price or Decimal(0)).to_integral_value():
        return False
    language = (page.css("html::attr(lang)").get() or "").casefold()
    return language.startswith("ja") or bool(_KANA.search(f"{page.css('title::text').get()} {product.name}"))


def _extra_options(product: RawProduct) -> list[str]:
    """What tells this variant from the others, where its name does not say it already."""
    name = unicodedata.normalize("NFKC", product.name or "").casefold()
    return [value for value in product.options.values() if unicodedata.normalize("NFKC", value).casefold() not in name]


def _variant_id(variant: RawProduct, number: int) -> str:
    said = variant.variant_id or variant.sku or variant.gtin or "-".join(variant.options.values())
    if not said or said.startswith(("http://", "https://")):
        said = (
            variant.condition_label
            or "-".join(variant.options.values())
            or (urlsplit(said).query if said else "")
            or str(number + 1)
        )
    return re.sub(r"[\s:]+", "-", one_line(said, limit=80))


def _quantity(product: RawProduct) -> int | None:
    if product.quantity is not None or product.availability is not Availability.IN_STOCK:
        return product.quantity
    found = _COUNT.search(unicodedata.normalize("NFKC", product.availability_evidence or ""))
    return int(found[1] or found[2]) if found else None


def _seller(url: str, page: Selector, source: str) -> Seller:
    """The shop itself, by its host; its name where the page says it."""
    host = (urlsplit(url).hostname or "").lower()
    name = one_line(page.css('meta[property="og:site_name"]::attr(content)').get())
    return Seller(source=source, seller_id=host, name=name or host, url=f"https://{host}/")
