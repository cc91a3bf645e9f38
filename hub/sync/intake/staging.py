"""The way of a page into Postgres: COPY into tables that live as long as the transaction."""

from collections.abc import Sequence
from typing import Any

from db.session import Connection
from hub.sync.intake.columns import Column

ANALYZE_FROM = 1000  # smaller tables are planned well enough without
MARKS = (("their_id", "text"), ("their_code", "text"), ("their_claim", "text"), ("their_time", "timestamptz"))
Row = tuple[Any, ...]
Names = Sequence[tuple[str, str]]  # column and its SQL type


async def stage(connection: Connection, table: str, columns: Names, rows: Sequence[Row]) -> None:
    """A temporary table of these rows. Row-level security has no say there, and none is needed."""
    listed = ", ".join(f"{name} {sql_type}" for name, sql_type in columns)
    await connection.execute(f"create temp table {table} ({listed}) on commit drop")
    if rows:
        await connection.copy_records_to_table(table, records=rows, columns=[name for name, _ in columns])
    if len(rows) >= ANALYZE_FROM:
        await connection.execute(f"analyze {table}")


def staged(columns: Sequence[Column], references: Sequence[str]) -> Names:
    """The columns of a stage: values under their own name, references as the other side's ids."""
    return [
        ("n", "integer"),
        *MARKS,
        *((column.name, column.sql_type) for column in columns),
        *((f"r_{name}", "text") for name in references),
    ]
