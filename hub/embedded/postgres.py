"""One PostgreSQL server in a folder: made once, started as a child, listening on loopback only."""

import asyncio
import os
import secrets
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from hub.embedded.binaries import postgres_programs, public_copy
from hub.embedded.child import Child
from hub.embedded.errors import StartFailed
from hub.embedded.identity import Identity, leash, server_identity
from hub.embedded.leftovers import end_leftover

OWNER = "postgres"
DATABASE = "hub"

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# Without these a power cut may spoil the data; the death of a process does not.
_FAST_AND_LOOSE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_NOT_YET = (OSError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, asyncpg.InterfaceError)


@dataclass(frozen=True)
class Postgres:
    """A server whose data, password and port are known; `folder` is its own."""

    folder: Path
    programs: Path
    identity: Identity
    password: str
    port: int
    durable: bool

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql://{OWNER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def child(self) -> Child:
        """Give the server itself, not pg_ctl: its parent must reap it, or its lock file stands in the way."""
        settings = _SETTINGS | ({} if self.durable else _FAST_AND_LOOSE) | {"port": str(self.port)}
        words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return Child(
            name="postgres",
            argv=[str(self.programs / "postgres"), "-D", str(self.data), *words],
            ready=self.is_ready,
            stop_signal=signal.SIGINT,  # a fast shutdown; SIGTERM would wait for every client to leave
            prefix=self.identity.prefix,
        )

    async def is_ready(self) -> bool:
        """Say whether it lets us in and has our database, which is made when missing."""
        try:
            connection = await asyncpg.connect(self.url("postgres"), timeout=5)
        except (*_NOT_YET, TimeoutError):
            return False
        try:
            if not await connection.fetchval("select true from pg_database where datname = $1", DATABASE):
                await connection.execute(f'create database "{DATABASE}"')
        finally:
            await connection.close(timeout=5)
        return True


async def prepare_postgres(
    folder: Path, port: int, *, durable: bool = True, identity: Identity | None = None
) -> Postgres:
    """Make the data folder where there is none, and end a server that was left on it."""
    identity = identity or server_identity()
    programs = postgres_programs()
    if identity.needs_public_programs:
        programs = public_copy(programs)
    server = Postgres(folder, programs, identity, kept_password(folder), port, durable)
    if server.data.exists():
        await end_leftover(server.data / "postmaster.pid", server.data, sig=signal.SIGINT)
        _give_to(server.data, identity.uid)
    else:
        await _make_data(server)
    return server


def kept_password(folder: Path) -> str:
    """Give the random password of the server in `folder`, readable by its owner only."""
    path = folder / "password"
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        unfinished = folder / "password.new"
        unfinished.unlink(missing_ok=True)
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(24))
        unfinished.rename(path)
    return path.read_text()


async def _make_data(server: Postgres) -> None:
    """Run initdb beside the final place, so that an interrupted one leaves nothing behind."""
    for interrupted in server.folder.glob("data.*"):
        shutil.rmtree(interrupted, ignore_errors=True)
    unfinished = server.folder / f"data.{os.getpid()}"
    initdb = [
        *(str(server.programs / "initdb"), "-D", str(unfinished), f"--username={OWNER}"),
        *("--encoding=UTF8", "--locale=C.UTF-8", "--auth=scram-sha-256", "--no-instructions"),
        *(f"--pwfile={server.folder / 'password'}", *(() if server.durable else ("--no-sync",))),
    ]
    process = await asyncio.create_subprocess_exec(
        *(*server.identity.prefix, *leash(signal.SIGINT), *initdb),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:  # interrupted
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise StartFailed(
            f"PostgreSQL cannot make its data in {server.folder}:\n{output.decode(errors='replace')}"
        )
    unfinished.rename(server.data)


def _give_to(data: Path, uid: int) -> None:
    """Hand the files to the user the server runs as, where an earlier run was by another."""
    if os.geteuid() != 0 or data.stat().st_uid == uid:
        return
    for folder, _, files in os.walk(data):
        for path in (folder, *(os.path.join(folder, name) for name in files)):
            os.chown(path, uid, uid, follow_symlinks=False)
