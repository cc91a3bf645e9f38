"""The temporary tables of a page: all made at once, with the page's locks and plans, where it is known how they look.

What a query gives is asked once in a process. From then on its table is declared, which is one message to Postgres for all
of them, and no plan."""

from collections.abc import Mapping, Sequence

from db.session import Connection
from hub.sync.intake.named import Values, keep, put

_MOST = 512
_LOOKS: dict[str, str] = {}
_COLUMNS = """
    select string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' order by attnum)
    from pg_attribute where attrelid = $1::text::regclass and attnum > 0 and not attisdropped"""


class Tables:
    """Those of one page, by the queries that fill them."""

    def __init__(self, queries: Mapping[str, str]) -> None:
        self._queries = queries
        self._there: list[str] = []

    async def open(self, connection: Connection, first: Sequence[str]) -> None:
        """Make what is known, after the statements `first`, which take nothing."""
        known = [name for name, query in self._queries.items() if query in _LOOKS]
        made = [f"create temp table {name} ({_LOOKS[self._queries[name]]}) on commit drop" for name in known]
        await connection.execute("; ".join((*first, *made)))
        self._there += known

    async def fill(self, connection: Connection, name: str, values: Values) -> None:
        query = self._queries[name]
        if name in self._there:
            await put(connection, name, query, values)
            return
        await keep(connection, name, query, values)
        self._there.append(name)
        if len(_LOOKS) >= _MOST:
            _LOOKS.clear()
        _LOOKS[query] = await connection.fetchval(_COLUMNS, name)

    async def empty(self, connection: Connection) -> None:
        """To be filled again."""
        await connection.execute(f"truncate {', '.join(self._there)}")

    async def close(self, connection: Connection, *others: str) -> None:
        await connection.execute(f"drop table {', '.join((*self._there, *others))}")
