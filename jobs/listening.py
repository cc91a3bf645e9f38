"""Hearing the bell: an arq worker per lane that only starts runs, and comes back when Redis does."""

import asyncio
from typing import Any
from uuid import UUID

import structlog
from arq import worker as arq
from redis.exceptions import RedisError

from db.jobs import Lane
from hub.bell import FUNCTION, from_bytes, open_redis, queue_name, to_bytes
from hub.settings import Settings
from jobs.ending import end
from jobs.runner import Runner

log = structlog.get_logger(__name__)

_RECONNECT = 1.0
_BULK_PATIENCE = 5  # bulk work is looked for that much more rarely
_ANSWER_WITHIN = 30


class Listener(arq.Worker):
    """arq's worker, which picks up no more rings than there is room for jobs.

    arq would keep a job in its queue while it runs, under a lock as long as its longest timeout. Here a ring
    is answered as soon as the job is leased or refused, and what runs is known from Postgres alone."""

    def __init__(self, settings: Settings, runner: Runner, lane: Lane) -> None:
        self._runner, self._lane = runner, lane
        patience = _BULK_PATIENCE if lane == Lane.BULK else 1
        super().__init__(
            functions=[arq.func(self.answer, name=FUNCTION)],
            queue_name=queue_name(settings, lane),
            redis_pool=open_redis(settings, lane),
            handle_signals=False,
            max_jobs=settings.worker_jobs,
            queue_read_limit=max(100, settings.worker_jobs * 10),
            poll_delay=settings.poll_seconds * patience,
            job_timeout=_ANSWER_WITHIN,
            keep_result=0,
            max_tries=1_000_000,
            health_check_interval=10,
            job_serializer=to_bytes,
            job_deserializer=from_bytes,
            log_results=False,
        )
        # A ring that a worker died over is heard again after this; leases see to it that nothing runs twice.
        self.in_progress_timeout_s = settings.sweep_seconds

    async def start_jobs(self, job_ids: list[bytes]) -> None:
        room = self._runner.free(self._lane) - self.job_counter
        if room > 0:
            await super().start_jobs(job_ids[:room])

    async def answer(self, ctx: dict[Any, Any], *args: Any, **kwargs: Any) -> None:  # noqa: ARG002
        """The one function of the queue. A ring that names no job of ours is forgotten."""
        try:
            account_id, job_id = map(UUID, str(args[0] if args else "").split("/"))
        except ValueError:
            log.warning("a ring named no job", lane=self._lane)
            return
        await asyncio.shield(self._runner.start(account_id, job_id, self._lane))

    async def leave(self) -> None:
        """Close without waiting for Redis, which may be what we leave for."""
        tasks = list(self.tasks.values())
        await end(tasks)
        await asyncio.gather(*tasks, return_exceptions=True)  # their errors are the reason to leave
        await self.pool.aclose(close_connection_pool=True)


async def listen(settings: Settings, runner: Runner, lane: Lane) -> None:
    """Hear the bell for as long as this is not cancelled. While Redis is away the sweeper runs the jobs."""
    out = False
    while True:
        listener = Listener(settings, runner, lane)
        try:
            await listener.pool.ping()
            log.info("listening", lane=lane)
            out = False
            await listener.async_run()
        except (RedisError, OSError, TimeoutError) as error:
            if not out:
                log.warning("the bell is out of order", lane=lane, error=type(error).__name__)
            out = True
        finally:
            await listener.leave()
        await asyncio.sleep(_RECONNECT)
