"""What a running job may do: write under its fence, talk to its connections, and say how it ends."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import orjson

from db import lease
from db.accounts import ConnectionState
from db.jobs import JobState, Lane
from db.session import Connection, WritePool
from hub.access.keyservice import KeyMissing, SealBroken
from hub.connectors import open_connector
from hub.erp.connector import Connector
from hub.erp.reach import Reach
from hub.errors import HubError
from hub.http import TokenStore, Traffic, TrafficControl
from hub.settings import Settings
from hub.sync.reaching import Reaching, System
from hub.sync.traffic import JobTraffic, lane_of
from hub.sync.watched import ConnectionUnauthorized, WatchedConnector

_WAIT_FOR_CREDENTIALS = 300.0


class LeaseLost(HubError):
    """Another run has taken the job over, or may have. Stop at once and write nothing."""


class RetryLater(HubError):
    """The job has to wait, `seconds` if it knows how long. Not an error of the item."""

    def __init__(self, seconds: float | None, message: str) -> None:
        super().__init__(message)
        self.seconds = seconds


@dataclass(frozen=True)
class JobRow:
    """What a handler may know of its job."""

    account_id: UUID
    id: UUID
    kind: str
    lane: Lane
    args: dict[str, Any]
    run_id: UUID | None
    object_id: UUID | None
    requested_by: UUID | None
    fence: int
    tries: int
    created_at: datetime

    @classmethod
    def read(cls, account_id: UUID, row: Mapping[str, Any]) -> "JobRow":
        names = ("id", "kind", "run_id", "object_id", "requested_by", "fence", "tries", "created_at")
        args = orjson.loads(row["args"]) if isinstance(row["args"], str) else row["args"]
        lane = Lane(row["lane"])
        return cls(account_id=account_id, lane=lane, args=args, **{name: row[name] for name in names})


class Opener(Protocol):
    """Makes a connector; `hub.connectors.open_connector` unless a test says otherwise."""

    def __call__(
        self,
        kind: str,
        base_url: str,
        credentials: Mapping[str, str],
        settings: Mapping[str, Any],
        allowed_hosts: Collection[str] = (),
        *,
        traffic: Traffic | None = None,
        tokens: TokenStore | None = None,
    ) -> Connector: ...


class Work:
    """One run of one job, from the lease to its end."""

    def __init__(
        self,
        job: JobRow,
        settings: Settings,
        pool: WritePool,
        *,
        opener: Opener = open_connector,
        control: TrafficControl | None = None,
    ) -> None:
        """Without `control` each connector counts its own calls."""
        self.job, self.settings = job, settings
        self.ended = False  # the handler has ended the job itself, in `final`
        self.pool, self._opener = pool, opener
        lane = lane_of(job.kind, job.lane)
        self._traffic = JobTraffic(control, pool, job.account_id, lane) if control else None
        self._connectors: dict[UUID, Connector] = {}
        self._held_until = time.monotonic() + settings.lease_seconds

    def held(self, since: float) -> None:
        """Note a renewal that was asked for at `since` on the monotonic clock."""
        self._held_until = since + self.settings.lease_seconds

    def remaining(self) -> float:
        """Seconds for which nobody else may run the job."""
        return max(0.0, self._held_until - time.monotonic())

    def still_mine(self) -> None:
        """Raise `LeaseLost` where the lease has run out by this process's own clock. Ask before each request
        that changes the other side: nothing but this stands between a stalled process and a late request."""
        if self.remaining() == 0:
            raise LeaseLost

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """One transaction of the job's account, in which no other run of the job can begin.

        The process may not stand still in it for longer than a lease: Postgres ends it then."""
        self.still_mine()
        async with self.pool.transaction(self.job.account_id) as connection:
            job, idle = self.job, self.settings.lease_seconds
            if not await lease.hold(connection, job.account_id, job.id, job.fence, idle_seconds=idle):
                raise LeaseLost
            yield connection

    @asynccontextmanager
    async def final(self) -> AsyncIterator[Connection]:
        """The last transaction of the job: at its end the job is DONE, or nothing of it happened."""
        job, ending = self.job, lease.Ending(JobState.DONE)
        async with self.transaction() as connection:
            yield connection
            if not await lease.finish(connection, job.account_id, job.id, job.fence, ending):
                raise LeaseLost
        self.ended = True

    async def progressed(self, connection: Connection) -> None:
        """Say in a transaction of this job that it came further than any run before.

        Earlier deaths and errors no longer count then. For long jobs that go on where they stopped; never
        before a step that may kill the process, or it would be tried for ever."""
        await lease.progressed(connection, self.job.account_id, self.job.id, self.job.fence)

    async def connector(self, connection_id: UUID, *, whatever_state: bool = False) -> Connector:
        """A connector with opened credentials; the same one each time, closed when the run ends.

        A connection that is not active makes the job wait, unless it is the connection itself that is tested."""
        if connection_id not in self._connectors:
            opened = await self._open(connection_id, whatever_state=whatever_state)
            self._connectors[connection_id] = WatchedConnector(opened, connection_id)
        return self._connectors[connection_id]

    async def _open(self, connection_id: UUID, *, whatever_state: bool) -> Connector:
        reaching = Reaching(self.settings, self.pool)
        async with self.transaction() as connection:
            system = await reaching.find(connection, self.job.account_id, connection_id)
        if system is None:
            raise HubError("The job names a connection that does not exist.")
        if system.state != ConnectionState.ACTIVE and not whatever_state:
            raise RetryLater(_WAIT_FOR_CREDENTIALS, f"The connection is {system.state}.")
        if system.credentials is None:
            raise ConnectionUnauthorized("The connection has no credentials.", connection_id)
        reach = await self._reach(reaching, system)
        return self._opener(
            system.kind,
            reach.base_url,
            reach.credentials,
            reach.settings,
            reach.allowed_hosts,
            traffic=reach.traffic,
            tokens=reach.tokens,
        )

    async def _reach(self, reaching: Reaching, system: System) -> Reach:
        """Settings that lack a key are mended by an operator; a secret that does not open is entered again."""
        try:
            return await reaching.reach(system, self._traffic)
        except KeyMissing as error:
            raise RetryLater(_WAIT_FOR_CREDENTIALS, error.message) from error
        except SealBroken as error:
            text = "The stored credentials cannot be opened: enter them again."
            raise ConnectionUnauthorized(text, system.place.connection_id) from error

    async def close(self) -> None:
        connectors, self._connectors = self._connectors, {}
        for connector in connectors.values():
            await connector.close()
        if self._traffic is not None:
            await self._traffic.close()


Handler = Callable[[Work], Awaitable[None]]
FailureHandler = Callable[[Connection, JobRow, str, str, str | None], Awaitable[None]]
