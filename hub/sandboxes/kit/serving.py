"""Runs a sandbox on a port of this machine: for good, or for the length of a test."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp


def _config(app: ASGIApp, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app, host=host, port=port, access_log=False, log_level="warning", timeout_graceful_shutdown=2
    )


def serve(app: ASGIApp, *, host: str = "127.0.0.1", port: int) -> None:
    """Until SIGINT or SIGTERM; then the answers under way are given and the port is closed."""
    uvicorn.Server(_config(app, host, port)).run()


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """A server on a free port in a thread of its own, for tests; gives its address.

    The port listens before the thread starts, so the first request waits for the server instead of failing.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(_config(app, "127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()
