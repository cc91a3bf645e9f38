"""The traffic control of the connections that one job uses, and what is written of it for people to see."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from db.jobs import Lane as JobLane
from db.session import Connection, WritePool
from db.traffic import BreakerState
from hub.connectors import CONNECTORS
from hub.erp.rationing import rules
from hub.http import Controlled, Lane, Rules, TrafficControl, View

# Who asked for an import waits for it, but so do the people whose exports it would stand in the way of.
_IN_BULK = frozenset({"import"})
_UNWRITTEN = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
_log = structlog.get_logger(__name__)

# Looked at under the lock: who looks later also writes later.
_ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended($1, 0))"
_KEEP = """
    insert into traffic (account_id, connection_id, breaker, opened_at, next_probe_at, last_failure, updated_at)
    values ($1, $2, $3, $4, $5, nullif($6, ''), hub_now())
    on conflict (account_id, connection_id) do update set
        breaker = excluded.breaker, opened_at = excluded.opened_at, next_probe_at = excluded.next_probe_at,
        last_failure = coalesce(excluded.last_failure, traffic.last_failure), updated_at = excluded.updated_at"""
_FORGET = "delete from traffic_window where account_id = $1 and connection_id = $2"
_COUNTED = """
    insert into traffic_window (account_id, connection_id, seconds, count, used, remaining, resets_at)
    values ($1, $2, $3, $4, $5, $6, $7)"""


def lane_of(kind: str, lane: JobLane) -> Lane:
    """The lane of a job's calls."""
    return Lane.BULK if kind in _IN_BULK or lane is JobLane.BULK else Lane.INTERACTIVE


class JobTraffic:
    """Traffic of one job's connections, all on one lane."""

    def __init__(self, control: TrafficControl, pool: WritePool, account_id: UUID, lane: Lane) -> None:
        self._control, self._pool, self._account_id, self._lane = control, pool, account_id, lane
        self._opened: dict[UUID, Controlled] = {}

    def of(self, connection_id: UUID, kind: str, settings: Mapping[str, Any], edition: str) -> Controlled:
        """The traffic of a connection, kept in view from now on. `edition` changes with its credentials."""

        async def changed() -> None:
            await self._write(connection_id)

        key = f"{self._account_id}:{connection_id}"
        self._opened[connection_id] = self._control.traffic(
            key, _rules(kind, settings), self._lane, changed, edition=edition
        )
        return self._opened[connection_id]

    async def close(self) -> None:
        """Write how the traffic stands at the end of the job."""
        for connection_id in self._opened:
            await self._write(connection_id)
        self._opened.clear()

    async def _write(self, connection_id: UUID) -> None:
        """What cannot be written is written by the next job; no job fails for it."""
        try:
            async with self._pool.transaction(self._account_id) as connection:
                await connection.execute(_ONE_AT_A_TIME, f"traffic:{connection_id}")
                view = await self._opened[connection_id].view()
                await keep(connection, self._account_id, connection_id, view)
        except _UNWRITTEN as error:
            _log.warning("traffic was not written", connection=str(connection_id), error=type(error).__name__)


async def keep(connection: Connection, account_id: UUID, connection_id: UUID, view: View) -> None:
    """Write a view, in place of the one before."""
    circuit, mine = view.circuit, (account_id, connection_id)
    state = BreakerState[circuit.phase.name]
    opened, probe = _at(circuit.opened_at), _at(circuit.probe_at)
    await connection.execute(_KEEP, *mine, state.value, opened, probe, circuit.words)
    await connection.execute(_FORGET, *mine)
    await connection.executemany(
        _COUNTED,
        [
            (
                *mine,
                int(each.window.seconds),
                each.window.count,
                each.used,
                each.remaining,
                _at(each.resets_at),
            )
            for each in view.windows
        ],
    )


def _rules(kind: str, settings: Mapping[str, Any]) -> Rules:
    """Of a kind that nobody knows no limits are declared; whoever opens the connector refuses it."""
    known = CONNECTORS.get(kind)
    return rules(known.capabilities(settings).identity.rate_limits if known else (), settings)


def _at(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
