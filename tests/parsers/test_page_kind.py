# ruff: noqa: E501 - a page, or a row of words, reads best in one line
"""Challenges, refusals and walls are no look; a shop's page is one, whatever its hidden tables and texts say."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from kataban.items import CannotLook, Outcome, PageKind
from kataban.parsers.page_kind import challenge_of, retry_after_of


@dataclass
class Page:
    text: str
    status: int = 200
    url: str = "https://shop.example.jp/item/1"
    headers: dict[str, str] = field(default_factory=dict)


def refusal(page: Page) -> CannotLook:
    with pytest.raises(CannotLook) as caught:
        challenge_of(page)
    return caught.value


def is_a_look(page: Page) -> bool:
    try:
        challenge_of(page)
    except CannotLook:
        return False
    return True


@pytest.mark.parametrize(
    ("text", "status", "outcome", "reason_code"),
    [
        (
            "<title>Just a moment...</title><body><p>Verifying you are human</p></body>",
            200,
            Outcome.BLOCKED,
            "challenge",
        ),
        ("<title></title><body><div id='challenge-container'></div></body>", 202, Outcome.BLOCKED, "challenge"),
        (
            "<title>Shop</title><body><form action='/errors/validateCaptcha'><input name=c></form></body>",
            200,
            Outcome.BLOCKED,
            "challenge",
        ),
        (
            "<title>Access to this page has been denied</title><body><div id='px-captcha'></div></body>",
            403,
            Outcome.BLOCKED,
            "challenge",
        ),
        ("<body>Reference  #18.536a645f.1700000000.70a9bb4f</body>", 200, Outcome.BLOCKED, "refused"),
        ("Reference #18.1a2b3c.1700000000.ffff", 200, Outcome.BLOCKED, "refused"),
        (
            "<title>Access Denied</title><body>You don't have permission to access this.</body>",
            403,
            Outcome.BLOCKED,
            "refused",
        ),
        ("<title>403 Forbidden</title><h1>Forbidden</h1>", 403, Outcome.BLOCKED, "refused"),
        (
            "<title>アクセスが集中しております</title><body>しばらくお待ちください</body>",
            200,
            Outcome.RATE_LIMITED,
            "too_many_requests",
        ),
        (
            "<title>メンテナンス中</title><body>ただいまメンテナンス中です</body>",
            200,
            Outcome.UNREACHABLE,
            "maintenance",
        ),
        (
            "<title>会員ログイン</title><body>ログインしてください<input type=password></body>",
            200,
            Outcome.BLOCKED,
            "login_wall",
        ),
        ('{"error": "x"}', 429, Outcome.RATE_LIMITED, "too_many_requests"),
        ('{"error": "x"}', 403, Outcome.BLOCKED, "refused"),
        ("<p>oops</p>", 503, Outcome.UNREACHABLE, "status_503"),
        ("", 200, Outcome.BROKEN, "empty_body"),
        ("<p>" + "\ufffd\ufffd商品" * 50, 200, Outcome.BROKEN, "bad_encoding"),
    ],
)
def test_no_look(text: str, status: int, outcome: Outcome, reason_code: str) -> None:
    why = refusal(Page(text, status))
    assert (why.outcome, why.reason_code) == (outcome, reason_code)
    assert why.reason


def test_a_redirect_to_the_login_page() -> None:
    page = Page("<title>店</title><body>" + "商品案内 " * 600 + "<form><input type=password></form></body>", url="https://shop.example.jp/login?back=1")
    assert refusal(page).page_kind is PageKind.LOGIN_WALL


PRODUCT = "<body><h1>鼻毛カッター ER-GN70-K</h1><p class=price>2,780円</p><button>カートに入れる</button></body>"


@pytest.mark.parametrize(
    "text",
    [
        f"<title>鼻毛カッター</title>{PRODUCT}",
        # Embedded translation tables of real pages on sale hold every word of a refusal.
        f"<title>鼻毛カッター</title>{PRODUCT}<script>var t = {{'captcha': 'ロボットではありません', 'login': 'ログインしてください', 'sold': '売り切れ'}}</script>",
        f"<title>鼻毛カッター</title>{PRODUCT}<div hidden>Access Denied. Verify you are human. メンテナンス中</div>",
        "<title>アクセスログの本</title><body><h1>Access Denied の防ぎ方</h1>"
        + "<p>この本では不正アクセスと画像認証を扱います。" * 60
        + "</p></body>",
        f'<title>Captcha 入門</title><script type=\'application/ld+json\'>{{"@type": "Product", "name": "Captcha 入門"}}</script>{PRODUCT}',
        '{"items": [], "message": "captcha"}',
    ],
)
def test_a_look(text: str) -> None:
    assert is_a_look(Page(text))


@pytest.mark.parametrize("status", [400, 404, 410, 422])
def test_statuses_that_the_source_reads_itself(status: int) -> None:
    assert is_a_look(Page("<title>見つかりません</title><p>該当する商品がありません</p>", status))


def test_retry_after() -> None:
    assert retry_after_of({"Retry-After": "120"}) == 120
    assert retry_after_of({"Retry-After": b"5"}) == 5
    assert retry_after_of({"Retry-After": "Thu, 01 Jan 1970 00:01:40 GMT"}, now=40) == 60
    assert retry_after_of({"Retry-After": "Thu, 01 Jan 1970 00:00:10 GMT"}, now=40) == 0
    assert [retry_after_of({"Retry-After": value}) for value in ("abc", "-5", "")] == [None, None, None]
    assert refusal(Page("x", 429, headers={"Retry-After": "7"})).retry_after == 7


def test_an_answer_that_is_no_text() -> None:
    class Binary:
        url, status, headers = "https://shop.example.jp/a.pdf", 200, {}

    with pytest.raises(CannotLook, match="bad_type"):
        challenge_of(Binary())  # type: ignore[arg-type]
