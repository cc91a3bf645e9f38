"""The API behind a real socket on a free port, in the tests' own loop. One that starts by itself is served by the kit."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Any

import uvicorn
from starlette.applications import Starlette


class Server(uvicorn.Server):
    """A server that leaves the process's signals alone."""

    def capture_signals(self) -> Any:
        return nullcontext()


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[str]:
    """An application that has started already; gives its address. The port listens before the server runs, so the
    first request waits for it."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False))
    task = asyncio.create_task(server.serve([listener]))
    yield f"127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await task
