"""The local page: the report's templates with buttons, for this machine unless a password is set."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from kataban.results.database import Connection, Database, DatabaseError
from kataban.results.queries import wanted_by_ids
from kataban.web import pages
from kataban.web.acts import ACTS, FIELDS, act
from kataban.web.doors import SESSION, Doors, Guarded
from kataban.web.kit import Wishes, cancellation
from kataban.web.pages import View
from kataban.web.rechecks import Rechecks
from kataban.web.words import LANGUAGES, WORDS, t, word

LANGUAGE = "kataban_lang"
MOST_ON_A_PAGE = 25
# A database key beyond this is none, on either database.
LARGEST_ID = 2**63 - 1
Content = Callable[[Connection, View], dict[str, Any] | None]


class Site:
    """The pages over one database. `view` holds the language to begin with and the terms."""

    def __init__(self, database: Database, view: View, doors: Doors) -> None:
        self.database, self.view, self.doors = database, view, doors
        self.rechecks = Rechecks()

    def app(self) -> Starlette:
        """The ASGI application."""
        routes = [
            Route("/", self.orders), Route("/order/{key:int}", self.order), Route("/sources", self.sources),
            Route("/supply", self.supply), Route("/queue", self.queue), Route("/model/{key:int}", self.model),
            Route("/order/{key:int}/cancellation.txt", self.cancellation),
            Route("/act", self.act, methods=["POST"]),
        ]
        return Starlette(routes=routes, middleware=[Middleware(Guarded, doors=self.doors)],
                         exception_handlers={DatabaseError: _no_database})

    def orders(self, request: Request) -> Response:
        """The overview."""
        first = _number(request.query_params.get("first"))
        return self._page(request, "orders.html", lambda connection, view: pages.orders_content(
            connection, view, first=first, most=MOST_ON_A_PAGE))

    def order(self, request: Request) -> Response:
        """One order in any state, also where the buttons lead to."""
        key = _key(request)
        waiting = key in self.rechecks.found and self.rechecks.found[key] is None
        wishes = Wishes(_date(request.query_params.get("new_ship_by")), request.query_params.get("coupon") or None)
        return self._page(request, "order.html", lambda connection, view: pages.order_content(
            connection, view, key, wishes), waiting=waiting)

    def cancellation(self, request: Request) -> Response:
        """The cancellation file of an order that was given up."""
        with self.database.reading() as connection:
            rows = wanted_by_ids(connection, [_key(request)])
            content = cancellation(connection, rows[0]) if rows else None
        if content is None:
            raise HTTPException(404)
        name = f"cancel-{rows[0].order_id}.txt"
        return Response(content, media_type="text/plain; charset=utf-8",
                        headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"})

    def sources(self, request: Request) -> Response:
        """The state of the sources."""
        return self._page(request, "sources.html", pages.sources_content)

    def supply(self, request: Request) -> Response:
        """The user's own listings: who still supplies them."""
        state, first = request.query_params.get("state"), _number(request.query_params.get("first"))
        if state not in (None, *pages.SUPPLY_ORDER):
            raise HTTPException(404)
        return self._page(request, "supply.html", lambda connection, view: pages.supply_content(
            connection, view, state=state, first=first))

    def queue(self, request: Request) -> Response:
        """Every row of the queue."""
        first = _number(request.query_params.get("first"))
        return self._page(request, "queue.html", lambda connection, view: pages.queue_content(
            connection, view, first=first))

    def model(self, request: Request) -> Response:
        """The price history of one model."""
        key = _key(request)

        def content(connection: Connection, view: View) -> dict[str, Any] | None:
            found = pages.model_content(connection, key, word("history.plot", view.language))
            return None if found is None else {"model": found}

        return self._page(request, "model.html", content)

    async def act(self, request: Request) -> Response:
        """A button was pressed: keep the word, then show the order."""
        form = await request.form(max_files=0, max_fields=20)
        name = _text(form, "act")
        if not self.doors.is_token(request, _text(form, "token")):
            return PlainTextResponse("this form is of another session: reload the page", 403)
        wanted = _number(_text(form, "wanted"))
        if name == "recheck":
            return await self._recheck(wanted, self._language(request))
        if name not in ACTS:
            return PlainTextResponse("no such button", 400)
        fields = {key: _text(form, key) for key in FIELDS}
        told = await run_in_threadpool(act, self.database, name, fields, datetime.now(UTC))
        return RedirectResponse(f"/order/{wanted}?told={told}", 303)

    async def _recheck(self, wanted: int, language: str) -> Response:
        if await run_in_threadpool(self._is_order, wanted):
            self.rechecks.start(wanted, language)
        return RedirectResponse(f"/order/{wanted}", 303)

    def _is_order(self, wanted: int) -> bool:
        with self.database.reading() as connection:
            return bool(wanted_by_ids(connection, [wanted]))

    def _page(self, request: Request, template: str, content: Content, **more: Any) -> Response:
        chosen = request.query_params.get("lang")
        session = request.cookies.get(SESSION) or secrets.token_urlsafe(24)
        view = self._view(request, chosen, session)
        with self.database.reading() as connection:
            found = content(connection, view)
        if found is None:
            raise HTTPException(404)
        response = HTMLResponse(pages.render(template, view, **found, **more))
        response.set_cookie(SESSION, session, httponly=True, samesite="strict")
        if chosen in LANGUAGES:
            response.set_cookie(LANGUAGE, chosen, max_age=365 * 86_400, httponly=True, samesite="strict")
        return response

    def _language(self, request: Request) -> str:
        kept = request.cookies.get(LANGUAGE)
        return kept if kept in LANGUAGES else self.view.language

    def _view(self, request: Request, chosen: str | None, session: str) -> View:
        language = chosen if chosen in LANGUAGES else self._language(request)
        told = request.query_params.get("told", "")
        notices = [t(f"told.{told}")] if told in WORDS["told"] else []
        return replace(self.view, language=language, token=self.doors.token(session), notices=notices,
                       rechecked=self.rechecks.found, now=datetime.now(UTC))


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _number(value: str | None) -> int:
    return min(int(value), LARGEST_ID) if value and value.isdecimal() and len(value) < 20 else 0


def _date(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        return None


def _key(request: Request) -> int:
    return min(int(request.path_params["key"]), LARGEST_ID)


def _no_database(_request: Request, error: Exception) -> Response:
    return PlainTextResponse(str(error), 503)
