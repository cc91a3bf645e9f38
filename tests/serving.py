"""The API behind a real socket on a free port: in the tests' own loop, or in a thread beside them."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from typing import Any

import uvicorn
from starlette.applications import Starlette


class Server(uvicorn.Server):
    """A server that leaves the process's signals alone and says when it listens."""

    def __init__(self, app: Starlette, *, lifespan: str) -> None:
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.ready = threading.Event()
        super().__init__(uvicorn.Config(app, lifespan=lifespan, log_config=None, access_log=False))

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.socket.getsockname()[1]}"

    def capture_signals(self) -> Any:
        return nullcontext()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@asynccontextmanager
async def serving(app: Starlette) -> AsyncIterator[str]:
    """An application that has started already, served in this loop; gives its address."""
    server = Server(app, lifespan="off")
    task = asyncio.create_task(server.serve([server.socket]))
    await asyncio.to_thread(server.ready.wait, 10)
    yield server.address
    server.should_exit = True
    await task


@contextmanager
def serving_beside(app: Starlette) -> Iterator[str]:
    """An application that is started and served in a thread with a loop of its own; gives its address."""
    server = Server(app, lifespan="on")
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([server.socket])))
    thread.start()
    assert server.ready.wait(30)
    yield server.address
    server.should_exit = True
    thread.join(10)
