"""The other contestant: COPY of rows that are ready, by the owner of the server, whom nothing holds back."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg

from db.session import SESSION
from hub.settings import Settings
from tests.bench.cpu import used

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


@dataclass(frozen=True)
class Copied:
    """Seconds, and seconds of CPU of this process and of the backend."""

    seconds: float
    client_cpu: float
    server_cpu: float

    @property
    def cpu(self) -> float:
        return self.client_cpu + self.server_cpu


@dataclass(frozen=True)
class Rows:
    """The rows of one table as COPY wants them, in a file."""

    table: str
    columns: tuple[str, ...]
    file: Path


async def keep(settings: Settings, account: UUID, run: UUID, folder: Path) -> list[Rows]:
    """What an import left behind: all costs, lines and links, and the events of that run, in order of their ids."""
    owner = await asyncpg.connect(settings.database_url)
    try:
        kept = []
        for table, which in _ROWS.items():
            columns = tuple(row["column_name"] for row in await owner.fetch(_COLUMNS, table))
            rows = Rows(table, columns, folder / f"{table}.copy")
            wanted = which.format(account=account, run=run)
            query = f"select {', '.join(columns)} from {table} where {wanted} order by id"
            await owner.copy_from_query(query, output=str(rows.file), format="binary")
            kept.append(rows)
    finally:
        await owner.close()
    return kept


async def copy(settings: Settings, kept: list[Rows]) -> Copied:
    """All of it in one transaction."""
    owner = await asyncpg.connect(settings.database_url, server_settings=SESSION)
    try:
        pids = [owner.get_server_pid()]
        await asyncio.to_thread(_warm, kept)
        before = time.perf_counter(), time.process_time(), used(pids)
        async with owner.transaction():
            for rows in kept:
                await owner.copy_to_table(
                    rows.table, source=str(rows.file), columns=rows.columns, format="binary"
                )
        after = time.perf_counter(), time.process_time(), used(pids)
    finally:
        await owner.close()
    return Copied(after[0] - before[0], after[1] - before[1], after[2] - before[2])


def _warm(kept: list[Rows]) -> None:
    """The files are read once before, so that nobody waits for a disk."""
    for rows in kept:
        with rows.file.open("rb") as file:
            while file.read(1 << 20):
                pass
