"""Who may come in and what a form may do, asked over real connections."""

from __future__ import annotations

import base64
import hashlib
import http.client
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from kataban.drafts import Library
from kataban.results import tables
from kataban.results.database import Database
from kataban.results.tables import marks, wanted
from kataban.web.doors import Doors
from tests.web.conftest import Served, serving


def ask(served: Served, path: str, *, method: str = "GET", body: str | None = None,
        **headers: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and body of one request."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    text = answer.read().decode()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, text


def form(served: Served) -> tuple[str, str]:
    """A session's cookie and token, as a browser would get them."""
    _, headers, text = ask(served, "/")
    cookie = headers["set-cookie"].split(";")[0]
    found = re.search(r'name="token" value="([0-9a-f]{64})"', text)
    assert found is not None
    return cookie, found[1]


def press(served: Served, cookie: str, token: str, origin: str | None = None, **fields: str) -> int:
    """Press a button; returns the status."""
    headers = {"Cookie": cookie, "Content_Type": "application/x-www-form-urlencoded"}
    if origin != "":
        headers["Origin"] = origin or served.url
    return ask(served, "/act", method="POST", body=urlencode({"token": token, **fields}), **headers)[0]


def state(database: Database, wanted_id: int) -> str:
    with database.reading() as connection:
        return str(connection.execute(sa.select(wanted.c.state).where(wanted.c.id == wanted_id)).scalar())


@pytest.mark.parametrize("path", [
    "/", "/queue", "/sources", "/supply", "/supply?state=gone", "/order/1", "/order/3", "/order/4", "/model/1",
    "/?first=25", "/order/1?new_ship_by=2026-12-01&coupon=X", "/order/1?new_ship_by=soon"])
def test_pages_answer_with_the_headers_of_safety(served: Served, path: str) -> None:
    status, headers, text = ask(served, path)
    assert status == 200
    assert "default-src 'none'" in headers["content-security-policy"]
    allowed = re.search(r"script-src ([^;]*);", headers["content-security-policy"])
    assert allowed is not None
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", allowed[1]), "our own script and nothing else"
    scripts = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert len(scripts) == text.count("<script") == (1 if path.startswith("/order/") else 0)
    for script in scripts:
        assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in allowed[1]
    assert headers["x-content-type-options"] == "nosniff"
    assert "<html lang=\"en\">" in text


@pytest.mark.parametrize("path", [
    "/order/99", f"/order/{10**30}", "/model/99", "/nowhere", "/supply?state=lost", "/order/1/cancellation.txt",
    "/order/99/cancellation.txt", "/order/5"])
def test_what_is_not_there_is_404(served: Served, path: str) -> None:
    assert ask(served, path)[0] == 404


def test_the_language_is_remembered(served: Served) -> None:
    _, headers, text = ask(served, "/?lang=ja")
    assert '<html lang="ja">' in text
    assert "kataban_lang=ja" in headers["set-cookie"]
    assert '<html lang="ja">' in ask(served, "/", Cookie="kataban_lang=ja")[2]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.7", ""])
def test_another_host_name_is_refused(served: Served, host: str) -> None:
    assert ask(served, "/", Host=host)[0] == 421


def test_a_form_without_our_token_origin_or_session_changes_nothing(served: Served, database: Database) -> None:
    cookie, token = form(served)
    fields = {"act": "done", "wanted": "1"}
    assert press(served, cookie, "", **fields) == 403
    assert press(served, cookie, "0" * 64, **fields) == 403
    assert press(served, "kataban_session=another", token, **fields) == 403
    assert press(served, cookie, token, origin="http://evil.example", **fields) == 403
    assert press(served, cookie, token, origin="null", **fields) == 403
    assert press(served, cookie, token, origin="", **fields) == 403
    assert ask(served, "/act?act=done&wanted=1", Cookie=cookie)[0] == 405
    assert state(database, 1) == "open"


def test_buttons_keep_the_users_word(served: Served, database: Database) -> None:
    cookie, token = form(served)
    offer = {"source": "rakuma", "listing": "plain", "seller": "s1"}
    assert press(served, cookie, token, act="wrong_model", wanted="1", **offer) == 303
    assert press(served, cookie, token, act="seller_not_ok", wanted="1", **offer) == 303
    assert press(served, cookie, token, act="bought", wanted="1", **offer) == 303
    assert state(database, 1) == "bought"
    with database.reading() as connection:
        assert set(connection.execute(sa.select(marks.c.kind)).scalars()) == {"wrong_model", "seller_not_ok", "bought"}
    assert press(served, cookie, token, act="reopen", wanted="1") == 303
    assert state(database, 1) == "open"


def test_a_button_for_what_is_not_there_changes_nothing(served: Served, database: Database) -> None:
    cookie, token = form(served)
    assert press(served, cookie, token, act="bought", wanted="1", source="rakuma", listing="no-such") == 303
    assert press(served, cookie, token, act="done", wanted="250-1") == 303
    assert press(served, cookie, token, act="drop", wanted="1") == 400
    assert state(database, 1) == "open"


def endings(database: Database) -> list[tuple[object, ...]]:
    columns = [tables.resolutions.c[name] for name in ("wanted_id", "kind", "source", "seller_id", "price", "note")]
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute(sa.select(*columns))]


def told(served: Served, cookie: str, token: str, **fields: str) -> str:
    """Press a button; returns the word that the page is asked to say."""
    headers = {"Cookie": cookie, "Content_Type": "application/x-www-form-urlencoded", "Origin": served.url}
    _, answer, _ = ask(served, "/act", method="POST", body=urlencode({"token": token, **fields}), **headers)
    return answer["location"].rpartition("=")[2]


def test_bought_keeps_where_and_for_how_much(served: Served, database: Database) -> None:
    cookie, token = form(served)
    choice = {"wanted": "1", "choice": "rakuma:plain", "where": "ignored", "price": "5,000", "note": " cash "}
    assert told(served, cookie, token, act="bought", **choice) == "bought"
    assert endings(database) == [(1, "bought", "rakuma", "s1", 5_000, "cash")]
    elsewhere = {"wanted": "2", "choice": "", "where": "駅前の店", "seller": "Sato"}
    assert told(served, cookie, token, act="bought", **elsewhere) == "bought"
    assert endings(database)[1] == (2, "bought", "駅前の店", "Sato", None, None)
    assert told(served, cookie, token, act="reopen", wanted="2") == "reopen"
    assert len(endings(database)) == 1
    assert state(database, 2) == "open"


@pytest.mark.parametrize(("fields", "said"), [
    ({"act": "bought", "choice": "rakuma:plain", "price": "5 thousand"}, "no_price"),
    ({"act": "bought", "price": "-1"}, "no_price"), ({"act": "bought", "price": "9" * 11}, "no_price"),
    ({"act": "bought", "choice": "rakuma:none"}, "nothing_such"),
    ({"act": "settle"}, "no_model"), ({"act": "settle", "model": "x" * 500}, "no_model"),
])
def test_a_field_that_cannot_be_read_changes_nothing(served: Served, database: Database, fields: dict[str, str],
                                                     said: str) -> None:
    cookie, token = form(served)
    assert told(served, cookie, token, wanted="1", **fields) == said
    assert (state(database, 1), endings(database)) == ("open", [])


def test_giving_up_shows_the_steps_the_file_and_the_message(served: Served, database: Database) -> None:
    cookie, token = form(served)
    assert told(served, cookie, token, act="give_up", wanted="1") == "give_up"
    assert endings(database) == [(1, "given_up", None, None, None, None)]
    text = ask(served, "/order/1")[2]
    steps = [text.index(word) for word in ("so that it cannot be ordered again", "with the reason NoInventory",
                                           "Only when it is cancelled", "We are very sorry")]
    assert steps == sorted(steps)
    status, headers, file = ask(served, "/order/1/cancellation.txt")
    assert (status, headers["content-disposition"]) == (200, "attachment; filename*=UTF-8''cancel-250-1.txt")
    assert file.splitlines()[2] == "250-1\tNoInventory\t1"
    assert told(served, cookie, token, act="give_up", wanted="4") == "no_order"


def test_what_ended_no_longer_says_what_could_be_bought(served: Served) -> None:
    cookie, token = form(served)
    before = ask(served, "/order/1")[2]
    assert "Due again from" in before
    assert "Alternatives: " in before
    press(served, cookie, token, act="bought", wanted="1", choice="rakuma:plain", price="4800")
    after = ask(served, "/order/1")[2]
    for said in ("Alternatives: ", "Nothing to buy", "Exact, but not to be bought", "Give it up", "Due again"):
        assert said not in after, said
    for said in ("How it ended", "Paid: ¥4,800", "Still looking"):
        assert said in after, said


def test_a_template_that_fails_is_said_in_its_place(database: Database, tmp_path: Path) -> None:
    (tmp_path / "mine.en.txt.j2").write_text("{{ nonsense }}", encoding="utf-8")
    with serving(database, library=Library(tmp_path)) as served:
        status, _, text = ask(served, "/order/1")
    assert status == 200
    assert "&#39;nonsense&#39; is undefined" in text
    assert "We are sorry that this takes longer" in text


def test_the_forbidden_draft_stands_there_only_when_named_and_says_so(database: Database) -> None:
    with serving(database) as served:
        assert "Could you please cancel" not in ask(served, "/order/1")[2]
    with serving(database, library=Library(switched_on=["please_cancel"])) as served:
        text = ask(served, "/order/1?coupon=SORRY5")[2]
    assert "SORRY5" in text
    assert text.index("forbid asking the buyer to cancel") < text.index("Could you please cancel")
    assert text.count("SORRY5") == 3, "in the field, the text and its translation, and not in the delay notice"


def test_the_user_settles_a_model_number(served: Served, database: Database) -> None:
    text = ask(served, "/order/3")[2]
    assert 'value="WH-1000XM5"' in text
    cookie, token = form(served)
    assert told(served, cookie, token, act="settle", wanted="3", choice="WH-1000XM5", maker="SONY") == "settle"
    assert state(database, 3) == "open"
    assert told(served, cookie, token, act="settle", wanted="3", choice="WH-1000XM5", model="WH-1000XM4") == "settle"
    with database.reading() as connection:
        row = connection.execute(sa.select(wanted.c.model_number, wanted.c.maker).where(wanted.c.id == 3)).one()
    assert tuple(row) == ("WH-1000XM4", "SONY")


def test_with_a_password_everybody_is_asked_for_it(database: Database) -> None:
    with serving(database, Doors(frozenset({"shop.lan"}), "correct horse")) as served:
        assert ask(served, "/")[0] == 401
        wrong = base64.b64encode(b"x:battery staple").decode()
        right = base64.b64encode(b"x:correct horse").decode()
        assert ask(served, "/", Authorization=f"Basic {wrong}")[0] == 401
        assert ask(served, "/", Authorization="Basic %%%")[0] == 401
        assert ask(served, "/", Authorization=f"Basic {right}", Host="shop.lan:80")[0] == 200
        assert ask(served, "/", Authorization=f"Basic {right}", Host="evil.example")[0] == 421


def test_without_a_password_another_machine_is_refused() -> None:
    scope = {"type": "http", "method": "GET", "client": ("192.168.1.9", 1), "headers": [(b"host", b"127.0.0.1")]}
    refused = Doors().refused(scope)
    assert refused is not None
    assert refused.status_code == 403
