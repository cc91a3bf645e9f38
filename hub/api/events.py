"""Streams of events that go quiet: pauses are told, so that a long wait can be used to look whether it may go on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import TypeVar

E = TypeVar("E")


async def with_pauses(events: AsyncIterator[E], seconds: float) -> AsyncIterator[E | None]:
    """The events, and None whenever none has come for so many seconds."""
    waiting: asyncio.Task[E] | None = None
    try:
        while True:
            waiting = waiting or asyncio.create_task(_next(events), name="next event")
            done, _ = await asyncio.wait({waiting}, timeout=seconds)
            if not done:
                yield None
                continue
            try:
                event = waiting.result()
            except StopAsyncIteration:
                return
            waiting = None
            yield event
    finally:
        if waiting is not None and waiting.cancel():
            with suppress(asyncio.CancelledError, StopAsyncIteration):
                await waiting


async def _next(events: AsyncIterator[E]) -> E:
    return await anext(events)
