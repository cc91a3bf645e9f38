"""Workers as processes, a Valkey that may be stopped, and the jobs of one account among them."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Self
from uuid import UUID

import asyncpg
from redis.asyncio import Redis

from db.clock import new_id
from db.jobs import Lane
from db.session import WritePool
from hub.bell import ArqBell
from hub.embedded.postgres import Postgres
from hub.embedded.supervisor import Supervisor
from hub.embedded.valkey import Valkey
from hub.settings import Settings
from hub.sync.enqueue import enqueue

ROOT = Path(__file__).parents[2]
PROGRAM = Path(__file__).with_name("worker_process.py")
QUICK = {"lease_seconds": 2.0, "renew_seconds": 0.4, "sweep_seconds": 0.4, "retry_base_seconds": 0.02}


async def until(truth: Callable[[], Awaitable[object]], seconds: float = 30) -> None:
    """Wait until something is so in another process."""
    async with asyncio.timeout(seconds):
        while not await truth():  # noqa: ASYNC110 - another process tells no event
            await asyncio.sleep(0.02)


class Bellhouse:
    """A Valkey of our own, to be stopped and started."""

    def __init__(self, supervisor: Supervisor, server: Valkey) -> None:
        self._supervisor, self._server = supervisor, server
        self.url = server.url

    async def start(self) -> None:
        await self._supervisor.start(self._server.child())

    async def stop(self) -> None:
        await self._supervisor.stop_child("valkey")

    async def empty(self) -> None:
        async with Redis.from_url(self.url) as client:
            await client.flushall()


class Cellar:
    """A Postgres of our own, to be stopped and started."""

    def __init__(self, supervisor: Supervisor, server: Postgres, how: signal.Signals) -> None:
        self._supervisor = supervisor
        self._child = replace(server.child(), stop_signal=how)
        self.url = server.url()

    async def start(self) -> None:
        await self._supervisor.start(self._child)

    async def stop(self) -> None:
        await self._supervisor.stop_child("postgres")


class WorkerProcess:
    """One worker, known by its process id."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self.process, self._log = process, log

    @property
    def pid(self) -> int:
        return self.process.pid

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    async def kill(self) -> None:
        self.send(signal.SIGKILL)
        await self.process.wait()

    def log(self) -> str:
        return self._log.read_text()

    async def says(self, words: str, times: int = 1) -> None:
        async def said() -> bool:
            return self.log().count(words) >= times

        await until(said)


class Floor:
    """One account, its jobs, and the workers of the test."""

    def __init__(self, settings: Settings, pool: WritePool, account: UUID, folder: Path) -> None:
        self.settings, self.pool, self.account, self.folder = settings, pool, account, folder
        self.bell = ArqBell(settings)
        self.workers: list[WorkerProcess] = []
        self._count = 0

    @classmethod
    @asynccontextmanager
    async def of_a_new_account(cls, settings: Settings, folder: Path) -> AsyncIterator[Self]:
        pool = await WritePool.open(settings.url_of("app"), 5)
        account = new_id()
        async with pool.transaction(account) as connection:
            await connection.execute(
                "insert into account (account_id, name, currency, time_zone)"
                " values ($1, 'Brick & Sons', 'USD', 'UTC')",
                account,
            )
        floor = cls(settings, pool, account, folder)
        try:
            yield floor
        finally:
            await floor.close()
            await pool.close()

    async def hire(self, *program: str, **changes: object) -> WorkerProcess:
        """Start a worker, and wait until it works: that of these tests, or what Python is told to run instead."""
        worker = await self.start(*program, **changes)
        await worker.says('"working"')
        return worker

    async def start(self, *program: str, **changes: object) -> WorkerProcess:
        self._count += 1
        log = self.folder / f"worker-{self._count}.log"
        settings = self.settings
        own = QUICK | {"role_prefix": settings.role_prefix, "secret": settings.secret.get_secret_value()}
        env = {f"HUB_{name.upper()}": str(value) for name, value in (own | changes).items()}
        env |= {"DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url}
        with log.open("wb") as file:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, *(program or (str(PROGRAM),))), cwd=ROOT, stdout=file, stderr=file,
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | env,
            )  # fmt: skip
        self.workers.append(WorkerProcess(process, log))
        return self.workers[-1]

    async def ask(self, kind: str, *, ring: bool = True, times: int = 1, **args: object) -> UUID:
        """Ask for jobs in one transaction, and ring; give the id of the last."""
        async with self.pool.transaction(self.account) as connection:
            ids = [await enqueue(connection, self.account, kind, args=args) for _ in range(times)]
        for job in ids if ring else ():
            await self.bell.ring(self.account, job, lane=Lane.INTERACTIVE)
        return ids[-1]

    async def value(self, query: str, *args: object) -> object:
        async with self.pool.transaction(self.account) as connection:
            return await connection.fetchval(query, *args)

    async def row(self, job: UUID) -> asyncpg.Record:
        async with self.pool.transaction(self.account) as connection:
            return await connection.fetchrow("select * from job where id = $1", job)

    async def steps(self, job: UUID) -> list[str]:
        """The steps the job wrote, in order, with the process that wrote each."""
        query = "select array_agg(action || ' ' || cause order by at, id) from event where object_id = $1"
        found = await self.value(query, job)
        return list(found) if isinstance(found, list) else []

    async def wait(self, job: UUID, state: str, seconds: float = 30) -> None:
        async def there() -> bool:
            return (await self.row(job))["state"] == state

        await until(there, seconds)

    async def wait_for_steps(self, job: UUID, count: int) -> None:
        async def there() -> bool:
            return len(await self.steps(job)) >= count

        await until(there)

    async def wait_for_all(self, seconds: float = 60) -> None:
        async def there() -> bool:
            return await self.value("select count(*) from job where state in ('QUEUED', 'RUNNING')") == 0

        await until(there, seconds)

    async def close(self) -> None:
        for worker in self.workers:
            if worker.process.returncode is None:
                await worker.kill()
        await self.bell.close()
