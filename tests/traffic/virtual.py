"""Time that passes only while everybody waits, so that an hour takes as long as the calls in it."""

import asyncio
import heapq
from datetime import UTC, datetime, timedelta
from itertools import count

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


class VirtualTime:
    """The clock port and its sleep. Of those it runs, one at a time is awake: the order is always the same."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._awake = 0
        self._sleepers: list[tuple[float, int, asyncio.Event]] = []
        self._turns = count()

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return 1000.0 + self.seconds

    async def sleep(self, seconds: float) -> None:
        """Outside of `run` time simply goes on."""
        if not self._awake:
            self.seconds += seconds
            return
        woken = asyncio.Event()
        heapq.heappush(self._sleepers, (self.seconds + seconds, next(self._turns), woken))
        self._rest()
        await woken.wait()

    async def run(self, *coroutines) -> None:
        """All of them, until the last has ended."""
        self._awake += len(coroutines)
        async with asyncio.TaskGroup() as group:
            for coroutine in coroutines:
                group.create_task(self._one(coroutine))

    async def _one(self, coroutine) -> None:
        await self.sleep(0)
        try:
            await coroutine
        finally:
            self._rest()

    def _rest(self) -> None:
        self._awake -= 1
        if self._awake == 0 and self._sleepers:
            due, _, woken = heapq.heappop(self._sleepers)
            self.seconds = max(self.seconds, due)
            self._awake += 1
            woken.set()
