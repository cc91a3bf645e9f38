"""The jobs one worker has in hand: how many more it can take, starting them, and letting them end."""

import asyncio
from collections import Counter
from uuid import UUID

import structlog

from db import lease
from db.jobs import Lane
from hub.bell import Bell
from jobs.away import AWAY
from jobs.run import Crew, Run

log = structlog.get_logger(__name__)


class Runner:
    """Runs jobs side by side. Bulk work never takes the last quarter of the places."""

    def __init__(self, crew: Crew, bell: Bell) -> None:
        self._crew, self._bell = crew, bell
        self._places = crew.settings.worker_jobs
        self._bulk_places = max(1, self._places - max(1, self._places // 4))
        self._runs: dict[tuple[UUID, UUID], asyncio.Task[None]] = {}
        self._lanes: Counter[Lane] = Counter()
        self._closed = False

    def free(self, lane: Lane) -> int:
        """How many more jobs of the lane this worker can take."""
        if self._closed:
            return 0
        room = self._places - len(self._runs)
        return max(0, min(room, self._bulk_places - self._lanes[lane]) if lane == Lane.BULK else room)

    def start(self, account_id: UUID, job_id: UUID, lane: Lane) -> "asyncio.Future[bool]":
        """Try to lease the job and run it; the answer is there as soon as it is leased, or not."""
        taken: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        key = (account_id, job_id)
        if self._closed or key in self._runs:
            taken.set_result(False)
            return taken
        task = asyncio.create_task(self._one(account_id, job_id, taken), name=f"job {job_id}")
        self._runs[key] = task
        self._lanes[lane] += 1
        task.add_done_callback(lambda done: self._forget(key, lane, taken, done))
        return taken

    async def drain(self, seconds: float) -> None:
        """Take no more; wait for those in hand, then give back what is still running."""
        self._closed = True
        if not self._runs:
            return
        _, late = await asyncio.wait(list(self._runs.values()), timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)

    async def _one(self, account_id: UUID, job_id: UUID, taken: "asyncio.Future[bool]") -> None:
        try:
            run = await Run.take(self._crew, account_id, job_id)
        except AWAY as error:
            log.warning("a job could not be taken", job=str(job_id), error=type(error).__name__)
            return
        taken.set_result(run is not None)
        if run is not None:
            await run.carry_out()
            await self._ring_next(account_id, run.job.object_id)

    async def _ring_next(self, account_id: UUID, object_id: UUID | None) -> None:
        """Ring for one that had to wait for this one: it stood behind it, or its account had no room."""
        try:
            async with self._crew.pool.transaction(account_id) as connection:
                cap = self._crew.settings.jobs_per_account
                row = await lease.next_of(connection, account_id, cap, object_id)
        except AWAY:
            return
        if row is None:
            return
        lane = Lane(row["lane"])
        if not await self._bell.ring(account_id, row["id"], lane=lane) and self.free(lane):
            self.start(account_id, row["id"], lane)

    def _forget(
        self, key: tuple[UUID, UUID], lane: Lane, taken: "asyncio.Future[bool]", task: "asyncio.Task[None]"
    ) -> None:
        del self._runs[key]
        self._lanes[lane] -= 1
        if not taken.done():
            taken.set_result(False)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a run broke off; its lease will run out", job=str(key[1]), exc_info=error)
