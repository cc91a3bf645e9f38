"""A PostgreSQL and a Valkey for one machine: those the environment names, else our own."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hub.embedded.child import Child
from hub.embedded.errors import StartFailed
from hub.embedded.ports import free_port
from hub.embedded.postgres import prepare_postgres
from hub.embedded.supervisor import Supervisor
from hub.embedded.valkey import prepare_valkey

_TRIES = 3
_TAKEN = "address already in use"


@dataclass(frozen=True)
class LocalServices:
    """`database_url` is that of an owner who may create databases and roles."""

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    supervisor: Supervisor


@asynccontextmanager
async def local_services(
    folder: Path, *, durable: bool = True, supervisor: Supervisor | None = None
) -> AsyncIterator[LocalServices]:
    """Have both servers run while the block lasts, with their data in `folder`.

    One process at a time uses a folder. `DATABASE_URL` and `REDIS_URL` are used instead where set, each by
    itself. With `durable=False` a power cut may lose data: for tests. With a `supervisor` the servers are its
    children and end with it.
    """
    async with AsyncExitStack() as stack:
        home = stack.enter_context(_alone_in(folder))
        if supervisor is None:
            supervisor = await stack.enter_async_context(Supervisor(home / "logs"))
        yield await _started(home, supervisor, durable)


async def _started(folder: Path, supervisor: Supervisor, durable: bool) -> LocalServices:
    try:
        async with asyncio.TaskGroup() as group:
            database = group.create_task(_database_url(folder, supervisor, durable))
            redis = group.create_task(_redis_url(folder, supervisor, durable))
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return LocalServices(database.result(), redis.result(), supervisor)


async def _database_url(folder: Path, supervisor: Supervisor, durable: bool) -> str:
    if given := os.environ.get("DATABASE_URL"):
        return given

    async def prepare(port: int) -> tuple[Child, str]:
        server = await prepare_postgres(folder / "postgres", port, durable=durable)
        return server.child(), server.url()

    return await _on_a_free_port(prepare, supervisor)


async def _redis_url(folder: Path, supervisor: Supervisor, durable: bool) -> str:
    if given := os.environ.get("REDIS_URL"):
        return given

    async def prepare(port: int) -> tuple[Child, str]:
        server = await prepare_valkey(folder / "valkey", port, durable=durable)
        return server.child(), server.url

    return await _on_a_free_port(prepare, supervisor)


async def _on_a_free_port(
    prepare: Callable[[int], Awaitable[tuple[Child, str]]], supervisor: Supervisor
) -> str:
    """Start what `prepare` gives for a port; another process may take that port first, so try some."""
    for last in (False,) * (_TRIES - 1) + (True,):
        child, url = await prepare(free_port())
        try:
            await supervisor.start(child)
        except StartFailed as failure:
            await supervisor.stop_child(child.name)
            if last or _TAKEN not in failure.message.lower():
                raise
        else:
            break
    return url


@contextmanager
def _alone_in(folder: Path) -> Iterator[Path]:
    folder = folder.resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("a")
    except OSError as error:
        raise StartFailed(f"The folder {folder} cannot be used: {error.strerror}.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartFailed(
                f"Another hub is at work in {folder}: stop it, or name another folder."
            ) from None
        yield folder
