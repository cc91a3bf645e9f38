"""The jobs one worker has in hand: how many more it can take, starting them, and letting them end."""

import asyncio
from collections import Counter
from uuid import UUID

import structlog

from db import lease
from db.jobs import Lane
from hub.bell import Bell
from jobs.away import AWAY
from jobs.ending import end
from jobs.run import Crew, Run

log = structlog.get_logger(__name__)

Key = tuple[UUID, UUID]  # account and job


_FOR_OTHERS_TO_END = 30.0
_ALONE = 30.0  # what kills a process mostly does so at once


class Runner:
    """Runs jobs side by side. Bulk work never takes the last quarter of the places.

    When a process dies nobody knows which of its jobs did it, so each is held to account for a death. A job
    that the next death would have parked therefore runs alone: the innocent come through."""

    def __init__(self, crew: Crew, bell: Bell) -> None:
        self._crew, self._bell = crew, bell
        self._places = crew.settings.worker_jobs
        self._bulk_places = max(1, self._places - max(1, self._places // 4))
        self._runs: dict[Key, asyncio.Task[None]] = {}
        self._lanes: Counter[Lane] = Counter()
        self._closed = False
        self._alone: Key | None = None  # the job that this worker keeps its places free for
        self._isolating: asyncio.Task[None] | None = None

    def free(self, lane: Lane) -> int:
        """How many more jobs of the lane this worker can take."""
        if self._closed or self._alone is not None:
            return 0
        room = self._places - len(self._runs)
        return max(0, min(room, self._bulk_places - self._lanes[lane]) if lane == Lane.BULK else room)

    def start(self, account_id: UUID, job_id: UUID, lane: Lane) -> "asyncio.Future[bool]":
        """Try to lease the job and run it; the answer is there as soon as it is leased, or not."""
        taken: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        key = (account_id, job_id)
        if self._closed or key in self._runs or self._alone not in (None, key):
            taken.set_result(False)
            return taken
        task = asyncio.create_task(self._one(key, lane, taken), name=f"job {job_id}")
        self._runs[key] = task
        self._lanes[lane] += 1
        task.add_done_callback(lambda done: self._forget(key, lane, taken, done))
        return taken

    async def drain(self, seconds: float) -> None:
        """Take no more; wait for those in hand, then give back what is still running."""
        self._closed = True
        if self._isolating is not None:
            self._isolating.cancel()
        if not self._runs:
            return
        _, late = await asyncio.wait(list(self._runs.values()), timeout=seconds)
        await end(late)

    async def _one(self, key: Key, lane: Lane, taken: "asyncio.Future[bool]") -> None:
        try:
            run = await Run.take(self._crew, *key)
        except AWAY as error:
            log.warning("a job could not be taken", job=str(key[1]), error=type(error).__name__)
            return
        if run is not None and run.last_chance and not self._stands_alone(key, lane):
            await run.give_back()
            return
        taken.set_result(run is not None)
        if run is not None:
            await self._carry_out(key, run)

    async def _carry_out(self, key: Key, run: Run) -> None:
        doors = asyncio.get_running_loop().call_later(_ALONE, self._open, key)
        try:
            await run.carry_out()
        finally:
            doors.cancel()
            self._open(key)
        await self._ring_next(key[0], run.job.object_id)

    def _stands_alone(self, key: Key, lane: Lane) -> bool:
        """Close the doors for a job that must run alone; where others are inside, see to it that it can."""
        if self._alone is None:
            self._alone = key
            log.info("a job runs alone: it may have killed its workers", job=str(key[1]))
            if len(self._runs) > 1:
                self._isolating = asyncio.create_task(self._isolate(key, lane), name=f"isolate {key[1]}")
                return False
        return self._alone == key

    def _open(self, key: Key) -> None:
        if self._alone == key:
            self._alone = None

    async def _isolate(self, key: Key, lane: Lane) -> None:
        """Wait until the jobs in hand have ended, though not for ever, and run this one."""
        await asyncio.wait(list(self._runs.values()), timeout=_FOR_OTHERS_TO_END)
        if not await self.start(*key, lane):
            self._open(key)

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
        self, key: Key, lane: Lane, taken: "asyncio.Future[bool]", task: "asyncio.Task[None]"
    ) -> None:
        del self._runs[key]
        self._lanes[lane] -= 1
        if not taken.done():
            taken.set_result(False)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a run broke off; its lease will run out", job=str(key[1]), exc_info=error)
