"""Alembic's entry: runs on the connection and with the metadata that the caller hands over."""

from typing import Any, Literal

from alembic import context
from sqlmodel.sql.sqltypes import AutoString


def as_text(kind: str, item: Any, _: object) -> str | Literal[False]:
    """SQLModel's text is plain text in a migration, which so needs no SQLModel."""
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    return False


config = context.config
context.configure(
    connection=config.attributes["connection"],
    target_metadata=config.attributes["metadata"],
    compare_type=True,
    compare_server_default=False,
    render_item=as_text,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
