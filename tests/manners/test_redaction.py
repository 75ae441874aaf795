"""A canary secret is looked for in everything that a crawl leaves behind."""

from __future__ import annotations

import io
import logging

import pytest
from aiohttp import web

from kataban.manners.redaction import MARK, SafeRecord, one_line, redact
from tests.manners.conftest import Crawling
from tests.manners.loopback import serving, site, text

SECRET = "canary/4711+Secret="
QUOTED = "canary%2F4711%2BSecret%3D"
PARAMETER = "abcdef0123456789"


@pytest.fixture
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAVE_API_KEY", SECRET)
    monkeypatch.setenv("YAHOO_CLIENT_ID", "client-id-of-the-user")
    monkeypatch.setenv("KATABAN_DATABASE", "postgresql://kataban:database-word@db.example.com/kataban")
    monkeypatch.setenv("SHORT_KEY", "abc")
    monkeypatch.setenv("KATABAN_NOTIFY", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ")


@pytest.mark.usefixtures("_keys")
@pytest.mark.parametrize("line", [
    f"GET https://api.example.com/?q=x&k={SECRET}", f"token {QUOTED} refused", "id client-id-of-the-user",
    "OperationalError: postgresql://kataban:database-word@db.example.com/kataban", "password database-word",
    "POST https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ failed",
])
def test_the_users_keys_are_taken_out_wherever_they_stand(line: str) -> None:
    shown = redact(line)
    assert MARK in shown
    assert not any(word in shown for word in (SECRET, QUOTED, "client-id-of-the-user", "database-word", "TIiajk"))


@pytest.mark.parametrize("line", [
    f"https://shopping.yahooapis.jp/V3/itemSearch?appid={PARAMETER}&query=x", f"?applicationId={PARAMETER}",
    f"&accessKey={PARAMETER}&", f"https://a.example.com/?key={PARAMETER}", f"?api_key={PARAMETER}#x",
    f"{{'X-Subscription-Token': ['{PARAMETER}']}}", f"{{b'Accesskey': [b'{PARAMETER}']}}",
    f"Authorization: Bearer {PARAMETER}", f'{{"refresh_token": "{PARAMETER}"}}', f"client_secret={PARAMETER}",
    f"%3Fappid%3D{PARAMETER}%26q%3Dx", f"https://user:{PARAMETER}@example.com/", f"?a=1;sig={PARAMETER}",
    f"x-amz-access-token={PARAMETER}", f"password: {PARAMETER}",
])
def test_values_of_key_like_names_are_taken_out(line: str) -> None:
    assert PARAMETER not in redact(line)
    assert MARK in redact(line)


@pytest.mark.usefixtures("_keys")
@pytest.mark.parametrize("line", [
    "WH-1000XM5 の検索: 36 件", "https://jp.mercari.com/search?keyword=ER-GN70-K&page_token=", "the key was found",
    "https://a.example.com/?keyword=abc&monkey=1", "abc stays", "tokenizer=fast", "https://user@example.com/a:b@c",
])
def test_other_text_stays(line: str) -> None:
    assert redact(line) == line


@pytest.mark.parametrize(("text_", "line"), [
    ("a\nb", "a\\nb"), ("a\r\n2026-11-24 [scrapy] ERROR: forged", "a\\r\\n2026-11-24 [scrapy] ERROR: forged"),
    ("\x1b]0;title\x07", "\\u001b]0;title\\u0007"), ("abc\u202edcb", "abc\\u202edcb"), ("\x9b2J", "\\u009b2J"),
    ("half \ud800", "half \\ud800"), ("\u2028", "\\u2028"), ("型番 ＥＲ－ＧＮ７０", "型番 ＥＲ－ＧＮ７０"),
])
def test_one_line_stays_one_line(text_: str, line: str) -> None:
    assert one_line(text_) == line


@pytest.mark.usefixtures("_keys")
def test_a_traceback_holds_no_key_and_forges_no_line() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    try:
        int(f"appid={PARAMETER} {SECRET}\nERROR forged")
    except ValueError as error:
        record = SafeRecord("x", logging.ERROR, __file__, 1, "failed with %s\n%s", (SECRET, "ERROR forged"),
                            (type(error), error, error.__traceback__))
    handler.handle(record)
    lines = stream.getvalue().splitlines()
    assert not any(word in stream.getvalue() for word in (SECRET, PARAMETER))
    assert [line for line in lines if line.startswith("ERROR")] == [lines[0]]
    assert "ValueError" in stream.getvalue()


def test_a_crawl_leaves_no_key_behind(crawl: Crawling) -> None:
    async def failing(_request: web.Request) -> web.Response:
        return text("no", 500)

    async def cut(request: web.Request) -> web.Response:
        request.transport.abort()
        return text("")

    with serving(site(None, failing=failing, cut=cut)) as server:
        results = crawl([f"{server.url}/{page}?appid={PARAMETER}&k={QUOTED}" for page in ("ok", "failing", "cut")],
                        allow=[server.address], env={"BRAVE_API_KEY": SECRET}, settings={"LOG_LEVEL": "DEBUG"},
                        headers={"X-Subscription-Token": SECRET})
        assert any(SECRET in str(asked.headers) for asked in server.log)
    left = "".join(crawl.logs) + "".join(
        path.read_bytes().decode("latin-1") for path in crawl.state.rglob("*") if path.is_file())
    assert "/failing" in left
    said = "".join(str({**result, "asked": "", "url": ""}) for result in results)
    for word in (SECRET, QUOTED, PARAMETER):
        assert left.count(word) == 0
        assert said.count(word) == 0
