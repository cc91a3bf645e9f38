"""A step done over and over, through outages of the database."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from db.clock import fraction
from jobs.away import AWAY

log = structlog.get_logger(__name__)


async def every(
    seconds: float, step: Callable[[], Awaitable[None]], *, name: str, settle: float = 0.0
) -> None:
    """Do the step each `seconds`, beginning at a random moment, so that many workers do not keep time.

    After an outage wait `settle` seconds first. An error that is no outage ends the loop."""
    out = False
    await asyncio.sleep(fraction() * seconds)
    while True:
        try:
            await step()
        except AWAY as error:
            if not out:
                log.warning("the database is away", loop=name, error=type(error).__name__)
            out = True
        else:
            if out:
                log.info("the database is back", loop=name)
            out = False
        await asyncio.sleep(max(seconds, settle) if out else seconds)
