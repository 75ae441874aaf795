"""Addresses: without tracking, absolute, and only of kinds that a person may click."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

# What search engines, mails and shops add to follow a visitor; it never changes what a page shows.
_TRACKING = re.compile(
    r"utm_\w+|gclid|gclsrc|gbraid|wbraid|dclid|fbclid|yclid|msclkid|twclid|ttclid|srsltid|igshid|mc_[ce]id|_ga|_gl|_ke|_pos|_psq|_sid|_ss|_v"
    r"|pr_prod_strategy|pr_rec_id|pr_rec_pid|pr_ref_pid|pr_seq|scid|sc_[ei]|variant_source|affid|aff_id|ref_?src|spm|_branch_match_id",
    re.IGNORECASE,
)
_FILE = re.compile(r"\.(?:pdf|jpe?g|png|gif|webp|svg|zip|xlsx?|docx?|pptx?|csv|mp4|mp3|exe|dmg)$", re.IGNORECASE)


def clean_url(url: str, base: str = "") -> str | None:
    """`url` absolute against `base`, without fragment and tracking, host in lower case; None for all but http(s)."""
    try:
        parts = urlsplit(urljoin(base, url.strip()))
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    place = host if port in {None, 80, 443} else f"{host}:{port}"
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not _TRACKING.fullmatch(name)]
    query = parts.query if kept == pairs else urlencode(kept)
    return urlunsplit((parts.scheme, place, parts.path or "/", query, ""))


def is_page(url: str) -> bool:
    """Can the address be a page, by its ending? Files are none."""
    return not _FILE.search(urlsplit(url).path)


def canonical_url(url: str, canonical: str | None) -> str | None:
    """The page's own canonical address where it is believable (same host, not the front page), else the cleaned one."""
    own = clean_url(url)
    said = clean_url(canonical, url) if canonical else None
    if own is None or said is None:
        return own
    one, other = urlsplit(said), urlsplit(own)
    front = one.path == "/" and not one.query and (other.path != "/" or other.query)
    return own if front or one.hostname != other.hostname else said
