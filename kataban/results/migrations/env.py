"""Alembic runs the revisions on the connection that kataban.results.schema hands over."""

from typing import Any, Literal

from alembic import context

from kataban.results.tables import UtcDateTime, metadata


def render(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """A revision must not change when our own type does, so it names what the type is made of."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=render,
)
with context.begin_transaction():
    context.run_migrations()
