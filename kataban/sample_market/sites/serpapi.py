"""SerpApi's engine google_shopping, over the same small web as the other search engines of the market."""

from __future__ import annotations

from typing import Any

from kataban.sample_market.answers import Answer, Ask, as_json
from kataban.sample_market.catalogue import Catalogue
from kataban.sample_market.sites import search_engines

API = "serpapi.com"
HOSTS = (API,)


def answer(ask: Ask, catalogue: Catalogue) -> Answer:
    """Rows of the Shopping tab. Every third leads back to Google, as many real ones do; the answer echoes the key."""
    if not ask.query.get("api_key"):
        why = "Invalid API key. Your API key should be here: https://serpapi.com/manage-api-key"
        return as_json({"error": why}, 401)
    if ask.path not in {"/search", "/search.json"} or ask.query.get("engine") != "google_shopping":
        return as_json({"error": "Unsupported engine"}, 400)
    hits = search_engines.hits(catalogue, ask.query.get("q", ""))
    shape: dict[str, Any] = {"search_metadata": {"status": "Success"}, "search_parameters": dict(ask.query)}
    if not hits:
        return as_json({**shape, "error": "Google hasn't returned any results for this query."})
    return as_json({**shape, "shopping_results": [_row(number, hit) for number, hit in enumerate(hits, 1)]})


def _row(position: int, hit: search_engines.Hit) -> dict[str, Any]:
    own = {} if position % 3 == 0 else {"link": hit.url}
    return {"position": position, "title": hit.title, "source": hit.title.rpartition(" | ")[2], "price": "￥1,000",
            "extracted_price": 1000.0, **own, "product_link": f"https://www.google.com/search?q={position}&udm=28"}
