"""The way of a page into Postgres: COPY into tables that live as long as the transaction."""

from collections.abc import Sequence
from typing import Any

from db.session import Connection
from hub.sync.intake.columns import Column

MARKS = (("their_id", "text"), ("their_code", "text"), ("their_claim", "text"), ("their_time", "timestamptz"))
Row = tuple[Any, ...]
Names = Sequence[tuple[str, str]]  # column and its SQL type


async def stage(connection: Connection, table: str, columns: Names, rows: Sequence[Row]) -> None:
    """A temporary table of these rows. Row-level security has no say there, and none is needed."""
    await connection.execute(declared(table, columns))
    await fill(connection, table, columns, rows)


def declared(table: str, columns: Names) -> str:
    """SQL that makes the table.

    Amounts of so many digits are given as text: Postgres reads them faster than the driver writes numbers."""
    listed = ", ".join(_column(name, sql_type) for name, sql_type in columns)
    return f"create temp table {table} ({listed}) on commit drop"


async def fill(connection: Connection, table: str, columns: Names, rows: Sequence[Row]) -> None:
    if rows:
        filled = [_said(name) if _is_amount(sql_type) else name for name, sql_type in columns]
        await connection.copy_records_to_table(table, records=rows, columns=filled)


def _column(name: str, sql_type: str) -> str:
    if not _is_amount(sql_type):
        return f"{name} {sql_type}"
    return f"{_said(name)} text, {name} {sql_type} generated always as ({_said(name)}::{sql_type}) stored"


def _said(name: str) -> str:
    return f"said_{name}"


def _is_amount(sql_type: str) -> bool:
    return sql_type.lower().startswith("numeric(")


def staged(marks: Names, columns: Sequence[Column], references: Sequence[str]) -> Names:
    """The columns of a stage: values under their own name, references as the other side's ids."""
    return [
        ("n", "integer"),
        *marks,
        *((column.name, column.sql_type) for column in columns),
        *((f"r_{name}", "text") for name in references),
    ]
