"""The other contestant: COPY of the same rows, by the owner of the server, whom nothing holds back."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from db.session import SESSION
from hub.settings import Settings
from tests.bench.cpu import used

_CHUNK = 20_000
_MINE = "account_id = '{account}'"
_ROWS = {
    "direct_cost": _MINE,
    "direct_cost_line": _MINE,
    "link": _MINE + " and object_type = 'DirectCost'",
    "event": _MINE + " and run_id = '{run}'",
}
_COLUMNS = """
    select column_name from information_schema.columns
    where table_schema = 'public' and table_name = $1 and is_generated = 'NEVER' order by ordinal_position"""
Put = Callable[[asyncpg.Connection, "Rows"], Awaitable[None]]


@dataclass(frozen=True)
class Copied:
    """Seconds, and seconds of CPU of this process and of the backend."""

    seconds: float
    cpu: float


@dataclass(frozen=True)
class Rows:
    """Rows of one table, in order of their ids: which they are, and the same in a file as COPY wants them."""

    table: str
    columns: tuple[str, ...]
    query: str
    file: Path


class Original:
    """What an import left behind: all costs, lines and links, and the events of that import."""

    def __init__(self, settings: Settings, run: UUID, rows: list[Rows]) -> None:
        self._settings, self.run, self._rows = settings, run, rows

    @classmethod
    async def of(cls, settings: Settings, account: UUID, run: UUID, folder: Path) -> "Original":
        owner = await asyncpg.connect(settings.database_url)
        kept = []
        try:
            for table, which in _ROWS.items():
                columns = tuple(row["column_name"] for row in await owner.fetch(_COLUMNS, table))
                wanted = which.format(account=account, run=run)
                query = f"select {', '.join(columns)} from {table} where {wanted} order by id"
                rows = Rows(table, columns, query, folder / f"{table}.copy")
                await owner.copy_from_query(query, output=str(rows.file), format="binary")
                kept.append(rows)
        finally:
            await owner.close()
        return cls(settings, run, kept)

    async def copy(self, to: Settings) -> Copied:
        """From rows in memory, as the hub has them: the driver writes them out. Reading them is not charged."""
        source = await asyncpg.connect(self._settings.database_url, server_settings=SESSION)
        spent = _Spent()

        async def put(target: asyncpg.Connection, rows: Rows) -> None:
            async with source.transaction():
                cursor = await source.cursor(rows.query)
                while found := await cursor.fetch(_CHUNK):
                    records = [tuple(row) for row in found]
                    with spent.on(target):
                        await target.copy_records_to_table(
                            rows.table, records=records, columns=list(rows.columns)
                        )

        try:
            return await self._copied(to, put, spent)
        finally:
            await source.close()

    async def copy_ready(self, to: Settings) -> Copied:
        """From files that hold the bytes of the protocol: nobody has to write anything out."""
        spent = _Spent()

        async def put(target: asyncpg.Connection, rows: Rows) -> None:
            _warm(rows.file)
            with spent.on(target):
                await target.copy_to_table(
                    rows.table, source=str(rows.file), columns=rows.columns, format="binary"
                )

        return await self._copied(to, put, spent)

    async def _copied(self, to: Settings, put: Put, spent: "_Spent") -> Copied:
        """All of it in one transaction."""
        target = await asyncpg.connect(to.database_url, server_settings=SESSION)
        try:
            whole = target.transaction()
            await whole.start()
            for rows in self._rows:
                await put(target, rows)
            with spent.on(target):
                await whole.commit()
        finally:
            await target.close()
        return Copied(spent.seconds, spent.cpu)


class _Spent:
    """A clock that runs while COPY does."""

    def __init__(self) -> None:
        self.seconds = self.cpu = 0.0
        self._pids: list[int] = []
        self._began = (0.0, 0.0)

    def on(self, connection: asyncpg.Connection) -> "_Spent":
        self._pids = [connection.get_server_pid()]
        return self

    def __enter__(self) -> None:
        self._began = time.perf_counter(), time.process_time() + used(self._pids)

    def __exit__(self, *_: Any) -> None:
        self.seconds += time.perf_counter() - self._began[0]
        self.cpu += time.process_time() + used(self._pids) - self._began[1]


def _warm(path: Path) -> None:
    """The file is read once before, so that nobody waits for a disk."""
    with path.open("rb") as file:
        while file.read(1 << 20):
            pass
