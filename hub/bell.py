"""The bell: tells a worker that a job is due. Losing every ring costs a moment, never a job."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit
from uuid import UUID

import orjson
from arq.connections import ArqRedis
from redis.asyncio.connection import ConnectionPool
from redis.exceptions import RedisError

from db.jobs import Lane
from hub.settings import Settings

logger = logging.getLogger(__name__)

FUNCTION = "run_job"
_WITHIN = 1.0  # seconds a ring may take; whoever rings is answering a person
_RINGS = 16  # no account runs more side by side on the workers of one machine
_LANES = {Lane.INTERACTIVE: "interactive", Lane.BULK: "bulk"}


class Bell(Protocol):
    """Rung after the commit that wrote the job."""

    async def ring(
        self, account_id: UUID, job_id: UUID, *, lane: Lane = Lane.INTERACTIVE, turn: str = ""
    ) -> bool:
        """Say that the job is due; False where nobody could be told. Never raises.

        While a ring waits to be heard another one with the same `turn` adds nothing."""
        ...

    async def close(self) -> None: ...


class SilentBell:
    """Rings nobody: the sweeper finds the jobs."""

    async def ring(
        self, account_id: UUID, job_id: UUID, *, lane: Lane = Lane.INTERACTIVE, turn: str = ""
    ) -> bool:
        del account_id, job_id, lane, turn
        return True

    async def close(self) -> None:
        """Nothing is open."""


class ArqBell:
    """Rings through arq's queue. A ring carries ids only; it connects when it first rings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._redis: ArqRedis | None = None

    async def ring(
        self, account_id: UUID, job_id: UUID, *, lane: Lane = Lane.INTERACTIVE, turn: str = ""
    ) -> bool:
        if self._redis is None:
            self._redis = open_redis(self._settings, lane, timeout=_WITHIN)
        try:
            async with asyncio.timeout(_WITHIN):
                await self._redis.enqueue_job(
                    FUNCTION,
                    f"{account_id}/{job_id}",
                    _job_id=f"{job_id}:{turn}",
                    _queue_name=queue_name(self._settings, lane),
                )
        except (RedisError, OSError, TimeoutError) as error:
            logger.warning("the bell for job %s could not be rung: %s", job_id, type(error).__name__)
            return False
        return True

    async def close(self) -> None:
        if self._redis is not None:
            redis, self._redis = self._redis, None
            await redis.aclose(close_connection_pool=True)


async def ring_all(
    bell: Bell, account_id: UUID, job_ids: Sequence[UUID], *, lane: Lane = Lane.INTERACTIVE
) -> None:
    """Ring for jobs that were asked for together. The first few are enough: each that ends rings for another."""
    await asyncio.gather(*(bell.ring(account_id, job_id, lane=lane) for job_id in job_ids[:_RINGS]))


def queue_name(settings: Settings, lane: Lane) -> str:
    """The queue of a lane."""
    return f"{hub_name(settings)}:{_LANES[lane]}"


def hub_name(settings: Settings) -> str:
    """What every key in Redis begins with. Two hubs on one Redis keep apart by the names of their databases."""
    database = unquote(urlsplit(settings.url_of("app")).path.strip("/"))
    return f"hub:{database}"


def open_redis(settings: Settings, lane: Lane, *, timeout: float = 5.0) -> ArqRedis:
    """A client of arq's that has not connected yet, and that never reads or writes pickles."""
    pool = ConnectionPool.from_url(
        settings.redis_url,
        socket_connect_timeout=timeout,
        socket_timeout=timeout,
        health_check_interval=15,
        max_connections=50,
    )
    return ArqRedis(
        pool,
        job_serializer=to_bytes,
        job_deserializer=from_bytes,
        default_queue_name=queue_name(settings, lane),
    )


def to_bytes(ring: dict[str, Any]) -> bytes:
    return orjson.dumps(ring, default=str)


def from_bytes(text: bytes) -> dict[str, Any]:
    ring: dict[str, Any] = orjson.loads(text)
    return ring
