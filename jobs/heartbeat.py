"""The heartbeat of a run: renews its lease, and stops the handler when the lease is lost."""

import asyncio
import time
from collections.abc import Coroutine
from types import TracebackType
from typing import Self

import structlog

from db import lease
from db.session import WritePool
from hub.sync.work import LeaseLost, Work
from jobs.away import AWAY
from jobs.ending import end

log = structlog.get_logger(__name__)


class Heartbeat:
    """Renews from entry to exit."""

    def __init__(self, work: Work, pool: WritePool) -> None:
        self._work, self._pool = work, pool
        self._lost = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._beat(), name=f"heartbeat {self._work.job.id}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._task is not None
        await end({self._task})

    async def guard(self, handling: Coroutine[object, object, None]) -> None:
        """Run the handler; the moment the lease is lost it is cancelled and `LeaseLost` raised."""
        handler = asyncio.create_task(handling)
        lost = asyncio.create_task(self._lost.wait())
        try:
            await asyncio.wait({handler, lost}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            lost.cancel()
            await end({handler})
        error = None if handler.cancelled() else handler.exception()
        if self._lost.is_set() and not self._work.ended:
            raise LeaseLost
        if handler.cancelled():
            raise RuntimeError("the handler was cancelled from within")
        if error is not None:
            raise error

    async def _beat(self) -> None:
        held = True
        while held:
            await asyncio.sleep(min(self._work.settings.renew_seconds, self._work.remaining()))
            held = await self._renew()
        self._lost.set()

    async def _renew(self) -> bool:
        """Renew, and say whether the lease is still ours, as far as one can know."""
        job, seconds = self._work.job, self._work.settings.lease_seconds
        since = time.monotonic()
        try:
            self._work.still_mine()
            async with asyncio.timeout(seconds), self._pool.transaction(job.account_id) as connection:
                mine = await lease.renew(connection, job.account_id, job.id, job.fence, seconds)
        except LeaseLost:
            return False
        except AWAY as error:
            log.warning("a lease could not be renewed", job=str(job.id), error=type(error).__name__)
            return True
        if mine:
            self._work.held(since)
        return mine
