"""An answer saved as a fixture case: masked, trimmed, and read by the source as it was before.

Masked are keys and tokens, names of private sellers, mail addresses, phone numbers and postal codes. Trimmed is what no
source reads: styles, pictures, comments, scripts without data. A trimming that changes what the source reads is undone.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from scrapy.http import Response, TextResponse

from kataban.crawling.looking import Look
from kataban.crawling.replay import Envelope, plain, replay
from kataban.items import Listing, Seller
from kataban.manners.redaction import redact

if TYPE_CHECKING:
    from spiders.base import SourceSpider

KEPT_HEADERS = ("Content-Type", "Retry-After", "X-RateLimit-Remaining")
_PARTS = (
    r"<!--(?!\[if).*?-->", r"<style\b.*?</style>", r"<svg\b.*?</svg>", r"<iframe\b.*?</iframe>",
    r"<noscript\b.*?</noscript>", r"<link\b[^>]*\brel=[\"']?(?:stylesheet|preload|preconnect|dns-prefetch)[^>]*>",
    r"(?<=\")data:image/[^\"]+(?=\")",
)
_TRIMMED = re.compile("|".join(_PARTS), re.DOTALL | re.IGNORECASE)
_SCRIPT = re.compile(r"<script\b(?P<attributes>[^>]*)>(?P<inner>.*?)</script>", re.DOTALL | re.IGNORECASE)
_DATA = re.compile(r"json|template|__NEXT_DATA__|id\s*=", re.IGNORECASE)  # of a script's attributes: it holds data
_BLANK = re.compile(r"[ \t]+(?=\n)|(?<=\n)[ \t]*\n+|[ \t]{2,}")
_SECRET_FIELD = re.compile(
    r"(<(?:input|meta)\b[^>]*(?:name|id|property)=[\"']?[\w.:-]*(?:token|csrf|session|nonce|auth|signature)[^>]*?"
    r"(?:value|content)=)([\"'])[^\"']*\2", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"((?:tel|電話|お問い?合わせ|fax)[^\d<]{0,12})\+?\d[\d-]{8,14}", re.IGNORECASE)
_POSTCODE = re.compile(r"〒\s*\d{3}-?\d{4}")


def envelope_of(look: Look) -> Envelope:
    """The look as an Envelope, unmasked. The look must have an answer."""
    response = look.response
    assert response is not None  # noqa: S101 - the caller has looked
    about = {"detail": "listing", "seller": "seller"}.get(look.kind)
    return Envelope(
        url=response.url, status=response.status, headers=_headers(response), as_=cast("Any", look.kind),
        model_number=look.query.model_number, body=response.body,
        page_json=list(response.meta.get("page_json", [])),
        **({about: _row(look.about)} if about and look.about is not None else {}))


def _row(about: Listing | Seller) -> dict[str, Any]:
    return {name: value for name, value in plain(about).items() if name != "source"}


def _headers(response: Response) -> dict[str, str | list[str]]:
    found: dict[str, str | list[str]] = {}
    for name in KEPT_HEADERS:
        value = response.headers.get(name)
        if value is not None:
            found[name] = value.decode("latin-1")
    return found


def masked(envelope: Envelope, found: Iterable[Any], encoding: str) -> Envelope:
    """The envelope without keys, tokens and private people's names, in address, rows, body and page JSON alike."""
    names = _names(found)
    text = envelope.body.decode(encoding, "surrogateescape")
    rest = json.dumps({"listing": envelope.listing, "seller": envelope.seller, "page_json": envelope.page_json},
                      ensure_ascii=False)
    kept = json.loads(mask(rest, names, is_json=True))
    return Envelope(
        url=redact(envelope.url), status=envelope.status, headers=envelope.headers, as_=envelope.as_,
        model_number=envelope.model_number, body=mask(text, names).encode(encoding, "surrogateescape"), **kept)


def _names(found: Iterable[Any]) -> list[str]:
    """The names and profiles of sellers that are not businesses, the longest first."""
    sellers = [one if isinstance(one, Seller) else one.seller for one in found if isinstance(one, Seller | Listing)]
    private = [seller for seller in sellers if seller is not None and seller.business is not True]
    said = {text for seller in private for text in (seller.name, seller.profile) if text and len(text) > 1}
    return sorted(said, key=len, reverse=True)


def mask(text: str, names: Iterable[str] = (), *, is_json: bool = False) -> str:
    """One text without what belongs to somebody. JSON stays JSON."""
    for number, name in enumerate(names, 1):
        for form in {name, html.escape(name), json.dumps(name)[1:-1], json.dumps(name, ensure_ascii=False)[1:-1]}:
            text = text.replace(form, f"出品者{number}")
    text = _SECRET_FIELD.sub(r"\1\2masked\2", text)
    text = _MAIL.sub("masked@example.jp", text)
    text = _POSTCODE.sub("〒000-0000", _PHONE.sub(r"\g<1>00-0000-0000", text))
    redacted = redact(text)
    if is_json and not _is_json(redacted):
        return text
    return redacted


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def trimmed(spider: SourceSpider, envelope: Envelope, encoding: str) -> Envelope:
    """The envelope with a smaller body that the source reads as before; the same one where no trimming does that."""
    text = envelope.body.decode(encoding, "surrogateescape")
    if text.lstrip()[:1] in {"{", "["}:
        return envelope
    as_before = _reading(spider, envelope)
    bare = _BLANK.sub(lambda blank: "\n" if "\n" in blank[0] else " ", _TRIMMED.sub("", text))
    for smaller in (_SCRIPT.sub(_without_code, bare), bare):
        candidate = _with_body(envelope, smaller.encode(encoding, "surrogateescape"))
        if _reading(spider, candidate) == as_before:
            return candidate
    return envelope


def _without_code(script: re.Match[str]) -> str:
    return script[0] if _DATA.search(script["attributes"]) and script["inner"].strip() else ""


def _with_body(envelope: Envelope, body: bytes) -> Envelope:
    kept = {name: getattr(envelope, name) for name in envelope.__struct_fields__ if name != "body"}
    return Envelope(**kept, body=body)


def _reading(spider: SourceSpider, envelope: Envelope) -> Any:
    return replay(type(spider)(), envelope).plain()


def write_case(folder: Path, envelope: Envelope, *, name: str | None = None) -> None:
    """Write `envelope` with its body and page JSON into `folder`, in the form of tests/sources. Nothing is replaced.

    Raises FileExistsError.
    """
    folder.mkdir(parents=True, exist_ok=False)
    body_file = name or ("answer.json" if _is_json(envelope.body.decode("utf-8", "replace")) else "page.html")
    (folder / body_file).write_bytes(envelope.body)
    shape: dict[str, Any] = {"url": envelope.url, "status": envelope.status, "headers": envelope.headers,
                             "as": envelope.as_, "body_file": body_file}
    shape |= {key: value for key in ("model_number", "listing", "seller") if (value := getattr(envelope, key))}
    if envelope.page_json:
        shape["page_json_file"] = "page_json.json"
        _write_json(folder / "page_json.json", envelope.page_json)
    _write_json(folder / "envelope.json", shape)


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def encoding_of(response: Response) -> str:
    """The encoding in which the answer's text is read and written back."""
    return response.encoding if isinstance(response, TextResponse) else "latin-1"
