"""Ending tasks for certain."""

import asyncio
from collections.abc import Collection
from typing import Any

_AGAIN = 0.5


async def end(tasks: Collection[asyncio.Task[Any]]) -> None:
    """Cancel the tasks until they are done.

    Once is not enough: a timeout that runs out at the same moment can swallow a cancellation (as in redis-py
    under Python 3.11), and its task goes on."""
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=_AGAIN)
