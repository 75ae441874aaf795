"""Mercari and Mercari Shops: a shell that shows nothing without JavaScript, and the JSON that its own script loads."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from kataban.sample_market.answers import PAGES, Answer, Ask, as_html, as_json, not_found, script_json
from kataban.sample_market.answers import page as template
from kataban.sample_market.catalogue import Catalogue
from kataban.sample_market.finding import squashed
from kataban.sample_market.sites import mercari_json, mercari_shops_json

SITE = "jp.mercari.com"
API = "api.mercari.jp"
HOSTS = (SITE, API, mercari_json.IMAGES)
PAGE_PATHS = re.compile(r"/(en/)?(search|item/m\d+|shops/product/\w+|user/profile/\d+|shops/profile/\w+)?")
PIXEL = bytes.fromhex("47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b")
CORS = {"Access-Control-Allow-Origin": f"https://{SITE}", "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
        "Access-Control-Allow-Headers": "content-type, dpop, x-platform", "Access-Control-Max-Age": "600"}


def answer(ask: Ask, catalogue: Catalogue) -> Answer:
    """The shell and its script, an image, or the API."""
    if ask.host == mercari_json.IMAGES:
        return Answer(200, PIXEL, "image/gif")
    if ask.host == API:
        return _with_cors(_api(ask, catalogue))
    if ask.path == "/_next/static/chunks/app.js":
        return Answer(200, (PAGES / "mercari_app.js").read_bytes(), "text/javascript; charset=utf-8")
    if not PAGE_PATHS.fullmatch(ask.path):
        return not_found()
    return as_html(template("mercari_shell", settings=script_json(_settings(ask, catalogue))))


def _settings(ask: Ask, catalogue: Catalogue) -> dict[str, Any]:
    """What the script needs to know. The layout of cells: by browser profile on the real site, by keyword here."""
    layout = catalogue.mercari.layout
    if layout == "both":
        layout = "new" if sum(squashed(ask.query.get("keyword", "")).encode()) % 2 else "old"
    return {"layout": layout, "pageSize": catalogue.mercari.per_page, "delay": catalogue.mercari.delay_ms}


def _with_cors(answer: Answer) -> Answer:
    return Answer(answer.status, answer.body, answer.content_type, {**answer.headers, **CORS})


def _api(ask: Ask, catalogue: Catalogue) -> Answer:
    """The API answers only its own page: without the page's signed header 401, without the platform 400."""
    if ask.method == "OPTIONS":
        return Answer(204, b"", "text/plain")
    if not ask.headers.get("dpop"):
        return as_json({"code": 16, "message": "unauthenticated", "details": []}, 401)
    if ask.headers.get("x-platform") != "web":
        return mercari_json.error("UnsupportedVersionException", "アップデートが必要です", 400)
    for path, call in CALLS:
        if match := path.fullmatch(f"{ask.method} {ask.path}"):
            return call(ask, catalogue, *match.groups())
    return mercari_json.error("NotFoundException", "not found", 404)


CALLS: tuple[tuple[re.Pattern[str], Callable[..., Answer]], ...] = (
    (re.compile(r"POST /v2/entities:search"), mercari_json.results),
    (re.compile(r"GET /items/get"), mercari_json.item),
    (re.compile(r"GET /users/get_profile"), mercari_json.profile),
    (re.compile(r"GET /items/get_items"), mercari_json.sellers_items),
    (re.compile(r"POST /services/usersocialjp/v1/has_identity_verified_badge"), mercari_json.verified),
    (re.compile(r"POST /services/usersocialjp/v1/stats/badges"), mercari_json.badges),
    (re.compile(r"GET /v1/marketplaces/shops/products/(\w+)"), mercari_shops_json.product),
)
