"""How Alembic reaches our database: the connection is handed over by `store.migrate`."""

from typing import Any, Literal

from alembic import context

from mcm_core.store.tables import Base
from mcm_core.store.tables.base import Instant


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our own column type as the plain one that it is, because migrations never import the tables."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
