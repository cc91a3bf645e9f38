"""One run of one job: the lease, its heartbeat, the handler, and what is written of the outcome."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from db import lease
from db.jobs import JobState
from db.session import Connection, WritePool
from hub.codes import ErrorCode
from hub.connectors import open_connector
from hub.http import TrafficControl
from hub.settings import Settings
from hub.sync.credentials import require_credentials
from hub.sync.work import FailureHandler, Handler, JobRow, LeaseLost, Opener, Work
from jobs import retry
from jobs.away import AWAY
from jobs.heartbeat import Heartbeat

log = structlog.get_logger(__name__)

_AGAIN = 0.25  # seconds between tries to write an outcome while the database is away
_KEEP_TRYING = 60.0


@dataclass(frozen=True)
class Crew:
    """What every run of a worker shares."""

    settings: Settings
    owner: str  # written into the leases
    pool: WritePool
    pulse: WritePool  # for heartbeats alone, so that busy handlers cannot starve them
    handlers: Mapping[str, Handler]
    failures: Mapping[str, FailureHandler]
    opener: Opener = open_connector
    control: TrafficControl | None = None


class Run:
    """A job that this worker has leased."""

    def __init__(self, crew: Crew, account_id: UUID, row: Mapping[str, Any]) -> None:
        self.crew = crew
        self.job = JobRow.read(account_id, row)
        self.lane: str = row["lane"]
        self._deaths: int = row["deaths"]
        self._age: float = row["age"]
        self._began = time.monotonic()
        self._work = Work(self.job, crew.settings, crew.pool, opener=crew.opener, control=crew.control)
        self._log = log.bind(
            account=str(account_id), job=str(self.job.id), kind=self.job.kind, fence=self.job.fence,
            run=str(self.job.run_id) if self.job.run_id else None,
        )  # fmt: skip

    @classmethod
    async def take(cls, crew: Crew, account_id: UUID, job_id: UUID) -> "Run | None":
        """Lease the job; None where it is not to be run now, or not by us."""
        settings = crew.settings
        async with crew.pool.transaction(account_id) as connection:
            row = await lease.take(
                connection, account_id, job_id,
                owner=crew.owner, seconds=settings.lease_seconds, cap=settings.jobs_per_account,
            )  # fmt: skip
        return None if row is None else cls(crew, account_id, row)

    @property
    def last_chance(self) -> bool:
        """Whether one more death has the job parked."""
        return 0 < self._deaths == self.crew.settings.parked_after_deaths - 1

    async def carry_out(self) -> None:
        """Run the handler under a heartbeat and write what came of it. Cancelled, it gives the job back."""
        async with Heartbeat(self._work, self.crew.pulse) as heartbeat:
            try:
                await self._settle(await self._outcome(heartbeat))
            except asyncio.CancelledError:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.give_back(), self.crew.settings.renew_seconds)
                raise

    async def _outcome(self, heartbeat: Heartbeat) -> retry.Decision | None:
        """What is to be written; None where the handler came through."""
        if self._deaths >= self.crew.settings.parked_after_deaths:
            return retry.parked(self._deaths)
        try:
            await heartbeat.guard(self._handle())
        except Exception as error:  # noqa: BLE001 - the table knows every kind, and has a row for the rest
            return self._judge(error)
        return None

    async def _handle(self) -> None:
        handler = self.crew.handlers.get(self.job.kind)
        if handler is None:
            raise retry.UnknownKind(f"No handler is known for jobs of the kind {self.job.kind}.")
        try:
            await handler(self._work)
        finally:
            await self._close()

    async def _close(self) -> None:
        try:
            await self._work.close()
        except Exception:  # noqa: BLE001 - what the handler did or did not do is not changed by it
            self._log.exception("a connector could not be closed")

    def _judge(self, error: Exception) -> retry.Decision:
        age = self._age + time.monotonic() - self._began
        name = f"run {self.job.run_id}" if self.job.run_id else f"job {self.job.id}"
        decision = retry.decide(error, retry.Case(self.crew.settings, name, self.job.tries, age))
        if retry.is_bug(error):
            self._log.error("a job failed in a way nobody expected", exc_info=error)
        elif not isinstance(decision, retry.Drop):
            self._log.info("a job did not come through", code=decision.code, decision=type(decision).__name__)
        return decision

    async def _settle(self, decision: retry.Decision | None) -> None:
        """Write the outcome, through an outage of the database if it must be."""
        if isinstance(decision, retry.Drop):
            self._log.warning("a lease was lost; this run writes nothing")
            return
        if decision is None and self._work.ended:
            self._log.info("a job is done", seconds=self._seconds())
            return
        try:
            await self._insist(decision)
        except Exception:  # noqa: BLE001 - whoever is told of a failure may fail as well
            self._log.exception("an outcome could not be told; the job will be run again")
            case = retry.Case(self.crew.settings, "", self.job.tries, 0.0)
            await self._insist(
                retry.Wait(retry.backoff(case), ErrorCode.INTERNAL, "Its outcome could not be told.")
            )

    async def _insist(self, decision: retry.Decision | None) -> None:
        deadline = time.monotonic() + _KEEP_TRYING
        while not await self._written(decision):
            if time.monotonic() > deadline:
                self._log.error("an outcome could not be written; the job will be run again")
                return
            await asyncio.sleep(_AGAIN)

    async def _written(self, decision: retry.Decision | None) -> bool:
        try:
            await self._write(decision)
        except LeaseLost:
            self._log.warning("a lease was lost; this run writes nothing")
        except AWAY as error:
            self._log.warning("an outcome waits for the database", error=type(error).__name__)
            return False
        return True

    async def _write(self, decision: retry.Decision | None) -> None:
        job = self.job
        async with self.crew.pool.transaction(job.account_id) as connection:
            match decision:
                case None:
                    ending = lease.Ending(JobState.DONE)
                    mine = await lease.finish(connection, job.account_id, job.id, job.fence, ending)
                case retry.End():
                    mine = await self._end(connection, decision)
                case retry.Wait():
                    mine = await self._wait(connection, decision)
                case _:
                    raise AssertionError(decision)
            if not mine:
                raise LeaseLost
        self._log.info(
            "a job has ended"
            if isinstance(decision, retry.End)
            else "a job is done"
            if decision is None
            else "a job waits",
            seconds=self._seconds(),
        )

    async def _end(self, connection: Connection, end: retry.End) -> bool:
        """End the job, and tell its kind, so that item and run do not wait for it for ever."""
        job, ending = self.job, lease.Ending(end.state, end.code, end.message)
        if not await lease.finish(connection, job.account_id, job.id, job.fence, ending):
            return False
        tell = self.crew.failures.get(job.kind)
        if tell is not None:
            await tell(connection, job, end.code, end.message, end.erp_message)
        return True

    async def _wait(self, connection: Connection, wait: retry.Wait) -> bool:
        job = self.job
        if wait.connection_id is not None:
            await require_credentials(connection, job, wait.connection_id, wait.message)
        return await lease.put_back(
            connection, job.account_id, job.id, job.fence,
            seconds=wait.seconds, failed=wait.failed, code=wait.code or None, message=wait.message,
        )  # fmt: skip

    async def give_back(self) -> None:
        """Let another worker go on at once; no try is counted."""
        job = self.job
        try:
            async with self.crew.pool.transaction(job.account_id) as connection:
                await lease.put_back(connection, job.account_id, job.id, job.fence, seconds=0, failed=False)
        except AWAY:
            self._log.warning("a job could not be given back; its lease will run out")

    def _seconds(self) -> float:
        return round(time.monotonic() - self._began, 3)
