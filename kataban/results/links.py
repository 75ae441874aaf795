"""Search pages for a person to open where a program could not, or must not, look."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import msgspec


class Link(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A search page's address with {q} for the words, and how they are encoded in it."""

    url: str
    encoding: str = "utf-8"


LINKS = msgspec.toml.decode((Path(__file__).parent / "links.toml").read_bytes(), type=dict[str, Link])


def links_for(model_number: str) -> dict[str, str]:
    """The address of every known search page for this model number, by source."""
    return {source: link.url.format(q=quote(model_number, safe="", encoding=link.encoding, errors="replace"))
            for source, link in LINKS.items()}
