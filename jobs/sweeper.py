"""The sweeper: rings again for what is due and run by nobody, or runs it here where no ring is heard."""

import os
import secrets
import socket

import structlog

from db import sweep
from db.jobs import Lane
from db.session import WritePool
from hub.bell import ArqBell, Bell
from hub.settings import Settings
from jobs.runner import Runner

log = structlog.get_logger(__name__)

_RING_AGAIN = 2  # sweeps; a ring that was heard has been answered by then, or waits behind others


class Sweeper:
    """One step is one look at all accounts, through a login that sees no contents."""

    def __init__(self, settings: Settings, pool: WritePool, bell: Bell, runner: Runner) -> None:
        self._settings, self._pool, self._bell, self._runner = settings, pool, bell, runner

    async def step(self) -> None:
        settings = self._settings
        rung_before = settings.sweep_seconds * _RING_AGAIN
        async with self._pool.plain() as connection:
            rows = await sweep.due(connection, rung_before=rung_before, cap=settings.jobs_per_account)
        audible = True
        for row in rows:
            account_id, job_id, lane = row["account_id"], row["id"], Lane(row["lane"])
            turn = str(int(row["turn"].timestamp() * 1000))
            audible = audible and await self._bell.ring(account_id, job_id, lane=lane, turn=turn)
            if not audible and self._runner.free(lane):
                self._runner.start(account_id, job_id, lane)
        if rows:
            log.debug("rang again", jobs=len(rows), audible=audible)


def identity(pid: int | None = None) -> str:
    """The name a worker signs its leases with: host, process and, for our own process, a word of its own."""
    place = f"{socket.gethostname()[:50]}:{pid or os.getpid()}:"
    return place if pid is not None else place + secrets.token_hex(4)


async def end_leases_of(settings: Settings, pid: int) -> int:
    """End the leases of a worker of this machine that has died; for the supervisor that reaped it.

    Another worker goes on at once instead of after a lease. Give the number of its jobs."""
    pool, bell = await WritePool.open(settings.url_of("sweeper"), 1), ArqBell(settings)
    try:
        async with pool.plain() as connection:
            rows = await sweep.end_of(connection, identity(pid))
        for row in rows:
            turn = str(int(row["turn"].timestamp() * 1000))
            await bell.ring(row["account_id"], row["id"], lane=Lane(row["lane"]), turn=turn)
        return len(rows)
    finally:
        await bell.close()
        await pool.close()
