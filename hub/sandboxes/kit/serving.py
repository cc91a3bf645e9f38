"""Runs a sandbox on a port of this machine: for good, or for the length of a test."""

import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

HOST = "127.0.0.1"


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app, host=HOST, port=0, access_log=False, log_level="warning", timeout_graceful_shutdown=2
    )


def serve(app: ASGIApp, *, name: str, port: int, store: Path | None, sign_in: str) -> None:
    """Until SIGINT or SIGTERM; then the answers under way are given and the port is closed."""
    try:
        listener = socket.create_server((HOST, port))
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise SystemExit(f"Port {port} cannot be listened on ({why}). Choose another: --port.") from error
    address = f"http://{HOST}:{listener.getsockname()[1]}"
    print(_greeting(name, address, store, sign_in), flush=True)
    uvicorn.Server(_config(app)).run(sockets=[listener])


def _greeting(name: str, address: str, store: Path | None, sign_in: str) -> str:
    manual = f"hub/sandboxes/{name}/README.md"
    facts = {
        # A log keeps no sign-in, not even one that is for everybody to read.
        "sign-in": sign_in if sys.stdout.isatty() else f"see {manual}",
        "data": f"in {store}" if store else "in memory; --store FILE keeps it",
        "control": f"{address}/__control lists what it can be told and asked",
        "manual": manual,
    }
    return "\n".join(
        [f"{name} sandbox at {address}", *(f"  {what:8} {fact}" for what, fact in facts.items())]
    )


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """A server on a free port in a thread of its own, for tests; gives its address.

    The port listens before the thread starts, so the first request waits for the server instead of failing.
    """
    listener = socket.create_server((HOST, 0))
    server = uvicorn.Server(_config(app))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()
