"""The worker process: it listens, sweeps, seals and keeps the schedules until it is asked to end, then hands back what it has."""

import asyncio
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import structlog

from db.jobs import Lane
from db.session import WritePool
from hub import logs
from hub.bell import ArqBell, hub_name
from hub.connectors import open_connector
from hub.core.crash import CRASH
from hub.http import TrafficControl
from hub.settings import Settings
from hub.sync.work import FailureHandler, Handler, Opener
from jobs.ending import end
from jobs.listening import listen
from jobs.loop import every
from jobs.run import Crew
from jobs.runner import Runner
from jobs.scheduler import Scheduler
from jobs.sealer import Sealer
from jobs.sweeper import Sweeper, identity

log = structlog.get_logger(__name__)

_PULSES = 2  # connections for heartbeats
_NARROW = 3  # connections of the sweeper's login


async def run_worker(
    settings: Settings,
    handlers: Mapping[str, Handler],
    failures: Mapping[str, FailureHandler],
    *,
    opener: Opener = open_connector,
) -> None:
    """Be this process's work until SIGTERM or SIGINT, then end within `drain_seconds` and a moment.

    It outlives outages of Redis and of Postgres. An error nobody expected in its own parts ends it, for a
    supervisor to start it anew; its jobs go on elsewhere."""
    logs.configure()
    CRASH.arm(settings.crash_at, settings.crash_flag)
    stop = _asked_to_end()
    async with _pools(settings) as (app, pulse, narrow):
        bell, control = ArqBell(settings), TrafficControl(settings.redis_url, hub_name(settings))
        crew = Crew(settings, identity(), app, pulse, handlers, failures, opener, control)
        runner = Runner(crew, bell)
        log.info("working", owner=crew.owner, places=settings.worker_jobs)
        parts = [
            asyncio.create_task(listen(settings, runner, Lane.INTERACTIVE), name="listen"),
            asyncio.create_task(listen(settings, runner, Lane.BULK), name="listen in bulk"),
            asyncio.create_task(_sweep(settings, narrow, bell, runner), name="sweep"),
            asyncio.create_task(
                every(settings.seal_seconds, Sealer(narrow, app).step, name="seal"), name="seal"
            ),
            asyncio.create_task(
                every(settings.sweep_seconds, Scheduler(narrow, app, bell).step, name="schedule"),
                name="schedule",
            ),
        ]
        try:
            await _until(stop, parts)
        finally:
            await end(parts)
            await runner.drain(settings.drain_seconds)
            await bell.close()
            await control.close()
            log.info("ended", owner=crew.owner)


async def _sweep(settings: Settings, narrow: WritePool, bell: ArqBell, runner: Runner) -> None:
    """After an outage of Postgres the workers that live renew their leases before any is taken over."""
    step = Sweeper(settings, narrow, bell, runner).step
    await every(settings.sweep_seconds, step, name="sweep", settle=settings.renew_seconds)


@asynccontextmanager
async def _pools(settings: Settings) -> AsyncIterator[tuple[WritePool, WritePool, WritePool]]:
    size = max(settings.write_pool, settings.worker_jobs + 2)
    app = await WritePool.open(settings.url_of("app"), size)
    pulse = await WritePool.open(settings.url_of("app"), _PULSES)
    narrow = await WritePool.open(settings.url_of("sweeper"), _NARROW)
    try:
        yield app, pulse, narrow
    finally:
        for pool in (app, pulse, narrow):
            await pool.close()


def _asked_to_end() -> asyncio.Event:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


async def _until(stop: asyncio.Event, parts: list[asyncio.Task[None]]) -> None:
    """Wait until asked to end, or until a part breaks."""
    asked = asyncio.create_task(stop.wait())
    try:
        done, _ = await asyncio.wait({asked, *parts}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        asked.cancel()
    for task in done - {asked}:
        await task
