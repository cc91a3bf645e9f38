"""The first contestant: the hub's own import job, from decoded pages to commit, and where its time goes."""

import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from db.clock import new_id
from db.session import Connection, WritePool
from hub.settings import Settings
from hub.sync.enqueue import enqueue
from hub.sync.intake import merge
from hub.sync.intake.imports import run_import
from hub.sync.work import JobRow, Work
from tests.bench.costs import Books, Costs
from tests.bench.cpu import used

_LEASE = 86_400.0


@dataclass(frozen=True)
class Taken:
    """Seconds, and seconds of CPU of this process and of its backends. Making the pages is taken off."""

    run: UUID
    seconds: float
    client_cpu: float
    server_cpu: float

    @property
    def cpu(self) -> float:
        return self.client_cpu + self.server_cpu


@dataclass
class Parts:
    """Seconds by part of the work, as the statements name them."""

    seconds: Counter[str] = field(default_factory=Counter)

    def saw(self, query: Any) -> None:
        self.seconds[_part(query.query)] += query.elapsed

    @contextmanager
    def timed(self) -> Any:
        """What is no statement: validation, and the way into the stages."""
        kept = merge.prepare, merge.fill

        def prepare(*args: Any, **named: Any) -> Any:
            began = time.perf_counter()
            try:
                return kept[0](*args, **named)
            finally:
                self.seconds["validation"] += time.perf_counter() - began

        async def fill(*args: Any, **named: Any) -> Any:
            before, began = self.seconds.total(), time.perf_counter()
            try:
                return await kept[1](*args, **named)
            finally:
                counted = self.seconds.total() - before
                self.seconds["COPY into stages"] += time.perf_counter() - began - counted

        merge.prepare, merge.fill = prepare, fill  # type: ignore[assignment]  # for one run
        try:
            yield
        finally:
            merge.prepare, merge.fill = kept


def _part(query: str) -> str:
    words = query.split()
    return " ".join(words[:5] if words[0].lower() == "create" else words[:3])[:60]


class Watched(WritePool):
    """A pool that tells the parts of the work apart."""

    parts: Parts | None = None

    @asynccontextmanager
    async def transaction(self, account: UUID, *, timeout: float = 10.0) -> AsyncIterator[Connection]:
        async with super().transaction(account, timeout=timeout) as connection:
            if self.parts is None:
                yield connection
            else:
                with connection.query_logger(self.parts.saw):
                    yield connection


async def take(
    settings: Settings,
    books: Books,
    costs: Costs,
    *,
    parts: Parts | None = None,
    started: Callable[[list[int]], None] | None = None,
) -> Taken:
    """One import of all costs by a job. `started` is told of the backends that may work for it."""
    pool = await Watched.open(settings.url_of("app"), 1)
    pool.parts = parts
    try:
        job, run = await _asked(pool, books)
        pid: int
        async with pool.plain() as connection:
            pid = connection.get_server_pid()
        if started:
            started([pid])
        work = Work(job, settings, pool, opener=lambda *_, **__: costs)
        work.held(time.monotonic() + _LEASE)  # nobody renews here
        before = time.perf_counter(), time.process_time(), used([pid])
        if parts is None:
            await run_import(work)
        else:
            with parts.timed():
                await run_import(work)
        after = time.perf_counter(), time.process_time(), used([pid])
        await work.close()
        async with pool.plain() as connection:
            assert connection.get_server_pid() == pid, "the import lost its backend"
    finally:
        await pool.close()
    spent = after[0] - before[0] - costs.seconds, after[1] - before[1] - costs.cpu, after[2] - before[2]
    return Taken(run, *spent)


async def _asked(pool: WritePool, books: Books) -> tuple[JobRow, UUID]:
    run = new_id()
    args = {"connection_id": str(books.erp), "objects": ["direct_cost"], "scope": {}}
    async with pool.transaction(books.account) as connection:
        await connection.execute(
            "insert into sync_run (account_id, id, action, connection_id) values ($1, $2, 'IMPORT', $3)",
            *(books.account, run, books.erp),
        )
        job = await enqueue(connection, books.account, "import", args=args, run_id=run)
        row = await connection.fetchrow(
            "update job set state = 'RUNNING', fence = fence + 1, lease_until = hub_now() + interval '1 day'"
            " where id = $1 returning *",
            job,
        )
    return JobRow.read(books.account, row), run
