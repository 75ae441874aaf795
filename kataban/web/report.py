"""The report: one HTML file that needs nothing else, replaced as a whole."""

from __future__ import annotations

import os
from pathlib import Path

from kataban.offers import Terms
from kataban.results.database import Connection, Database
from kataban.web.pages import (
    Model,
    View,
    model_content,
    orders_content,
    queue_content,
    render,
    sources_content,
    supply_content,
)
from kataban.web.words import word

# A file of more orders would be slow on a phone; those without an alternative and nearest to ship_by are in it.
MOST_ORDERS = 100
MOST_QUEUE_ROWS = 2_000
MOST_LISTED = 200


def write_report(database: Database, state_folder: Path, language: str, terms: Terms | None = None,
                 path: Path | None = None) -> Path:
    """Write <state_folder>/report.html (or `path`) and return where it is. A reader sees the old file or the new one.

    `terms` are the rates and costs for the profit; without them no profit is shown. Raises OSError when the file
    cannot be written.
    """
    path = path or state_folder / "report.html"
    view = View(language, terms or Terms())
    with database.reading() as connection:
        html = report_html(connection, view)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_text(html, encoding="utf-8")
        os.replace(part, path)  # noqa: PTH105 - the atomic replace is the point
    finally:
        part.unlink(missing_ok=True)
    return path


def report_html(connection: Connection, view: View) -> str:
    """The whole report as one page."""
    content = orders_content(connection, view, most=MOST_ORDERS)
    queue = queue_content(connection, view, most=MOST_QUEUE_ROWS)
    return render("report.html", view, **content, **sources_content(connection, view), queue=queue,
                  **_supply(connection, view), models=_models(connection, view, content["orders"]),
                  shown_ids={order["wanted_id"] for order in content["orders"]})


def _supply(connection: Connection, view: View) -> dict[str, object]:
    """The listings that need somebody; those that are well supplied are only counted."""
    found = supply_content(connection, view, most=MOST_LISTED)
    listed = [entry for entry in found["listed"] if entry["state"] != "supplied"]
    needy = sum(found["counts"].values()) - found["counts"]["supplied"]
    return {"counts": found["counts"], "lost": found["lost"], "listed": listed, "number_listed": needy}


def _models(connection: Connection, view: View, orders: list[dict[str, object]]) -> list[Model]:
    """The history of every model that an order in the report has an exact Listing of."""
    query_ids = {order["query_id"]: None for order in orders if order["alternatives"] or order["not_purchasable"]}
    label = word("history.plot", view.language)
    found = (model_content(connection, query_id, label) for query_id in query_ids if isinstance(query_id, int))
    return [model for model in found if model is not None]
