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
