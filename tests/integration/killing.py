"""A database of a test's own, and workers as processes that are killed."""

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from db.session import dsn
from hub import migrate
from hub.settings import Settings
from jobs.sweeper import end_leases_of

ROOT = Path(__file__).parents[2]
QUICK = {"lease_seconds": 2.0, "renew_seconds": 0.4, "sweep_seconds": 0.4, "retry_base_seconds": 0.02}


async def until(truth: Callable[[], Awaitable[object]], seconds: float = 120) -> None:
    """Wait until something is so in another process."""
    async with asyncio.timeout(seconds):
        while not await truth():  # noqa: ASYNC110 - another process tells no event
            await asyncio.sleep(0.05)


@asynccontextmanager
async def own_database(server: Settings) -> AsyncIterator[Settings]:
    """No worker meets jobs of other tests there."""
    name = f"t_{secrets.token_hex(4)}"
    owner = await asyncpg.connect(server.database_url)
    await owner.execute(f"create database {name}")
    settings = Settings(
        DATABASE_URL=dsn(server.database_url, database=name),
        REDIS_URL=server.redis_url,
        secret="a secret of the tests",
        role_prefix=name,
        **QUICK,  # type: ignore[arg-type]  # numbers, each under its own name
    )
    await migrate.upgrade(settings)
    try:
        yield settings
    finally:
        await owner.execute(f"drop database {name} with (force)")
        for role in ("app", "sweeper", "door"):
            await owner.execute(f"drop role {name}_{role}")
        await owner.close()


class Hands:
    """Workers as in production, one after the other, each known by its process id."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self._settings, self._folder, self._count = settings, folder, 0

    @asynccontextmanager
    async def worker(self, **more: object) -> AsyncIterator[asyncio.subprocess.Process]:
        """One that works until the end of the block, where it is killed if it still lives."""
        self._count += 1
        settings = self._settings
        own: dict[str, object] = {
            "role_prefix": settings.role_prefix,
            "secret": settings.secret.get_secret_value(),
            "allowed_hosts": settings.allowed_hosts,
        }
        env = {f"HUB_{name.upper()}": str(value) for name, value in (QUICK | own | more).items()}
        env |= {"DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url}
        with (self._folder / f"worker-{self._count}.log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "hub", "worker"), cwd=ROOT, stdout=log, stderr=log,
                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | env,
            )  # fmt: skip
        try:
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGKILL)
                await process.wait()
            await end_leases_of(settings, process.pid)

    async def killed_at(self, point: str) -> None:
        """One that dies at the first such point that it reaches, as by a power cut."""
        flag = self._folder / f"flag-{self._count}"
        flag.touch()
        async with self.worker(crash_at=point, crash_flag=flag) as process:
            async with asyncio.timeout(120):
                assert await process.wait() == -signal.SIGKILL

    async def killed_once(self, truth: Callable[[], Awaitable[object]]) -> None:
        """One that is killed from outside once something is so."""
        async with self.worker() as process:
            await until(truth)
            process.send_signal(signal.SIGKILL)
            assert await process.wait() == -signal.SIGKILL

    async def finishes(self, truth: Callable[[], Awaitable[object]]) -> None:
        """One that works until something is so."""
        async with self.worker():
            await until(truth)
