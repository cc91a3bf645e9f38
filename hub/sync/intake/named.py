"""SQL with named parameters: `$name` in the text, numbered for Postgres in the order of first use."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from db.session import Connection, Row

_NAME = re.compile(r"\$([a-z_]+)")
Values = Mapping[str, Any]


@lru_cache(maxsize=512)
def _numbered(text: str) -> tuple[str, tuple[str, ...]]:
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        name = found[1]
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return _NAME.sub(number, text), tuple(names)


async def execute(connection: Connection, text: str, values: Values) -> int:
    """How many rows the statement touched; 0 for one that touches none."""
    statement, names = _numbered(text)
    status: str = await connection.execute(statement, *(values[name] for name in names))
    count = status.rpartition(" ")[2]
    return int(count) if count.isdigit() else 0


async def fetch(connection: Connection, text: str, values: Values) -> list[Row]:
    statement, names = _numbered(text)
    rows: list[Row] = await connection.fetch(statement, *(values[name] for name in names))
    return rows


async def fetchrow(connection: Connection, text: str, values: Values) -> Row | None:
    rows = await fetch(connection, text, values)
    return rows[0] if rows else None


async def keep(connection: Connection, table: str, query: str, values: Values) -> None:
    """The rows of a query as a temporary table that lives as long as the transaction.

    Filled by an insert: unlike `create table as`, that is planned for any account. A plan made for an account that
    was not there when statistics were last taken can be a very bad one."""
    await execute(connection, f"create temp table {table} on commit drop as {query} with no data", values)
    await put(connection, table, query, values)


async def put(connection: Connection, table: str, query: str, values: Values) -> None:
    """The rows of a query into a table that is there."""
    await execute(connection, f"insert into {table} {query}", values)


_PLANS = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_mergejoin": "off",
    "seq_page_cost": "0.1",  # what a page needs is in memory, as good as always
    "random_page_cost": "0.1",
    "work_mem": "32MB",
}
# One message, which takes nothing.
PLAN_FOR_ANY = "discard plans; select " + ", ".join(
    f"set_config('{name}', '{value}', true)" for name, value in _PLANS.items()
)


async def plan_for_any(connection: Connection) -> None:
    """From here to the end of the transaction, plans do not depend on which account it is, and our tables are reached by
    their indexes. Postgres keeps the plans of its checks of foreign keys as long as the session: one that was made while
    a table was empty reads all of it for each row once it is full, so they are made anew."""
    await connection.execute(PLAN_FOR_ANY)
