"""One Valkey server in a folder: append-only, behind a password, listening on loopback only."""

import asyncio
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from hub.embedded.binaries import valkey_program
from hub.embedded.child import Child
from hub.embedded.leftovers import end_leftover
from hub.embedded.postgres import kept_password


@dataclass(frozen=True)
class Valkey:
    """A server whose data, password and port are known; `folder` is its own."""

    folder: Path
    program: Path
    password: str
    port: int
    durable: bool

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def child(self) -> Child:
        return Child(
            name="valkey", argv=[str(self.program), str(self.folder / "valkey.conf")], ready=self.is_ready
        )

    def write_settings(self) -> None:
        """Write the settings into a file: on the command line everybody could read the password."""
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f'dir "{self.data}"',
            f'pidfile "{self.folder / "valkey.pid"}"',
            f"requirepass {self.password}",
            "appendonly yes",
            f"appendfsync {'everysec' if self.durable else 'no'}",
            'save ""',
            "maxmemory-policy noeviction",
            "daemonize no",
        ]
        path = self.folder / "valkey.conf"
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write("\n".join(lines) + "\n")

    async def is_ready(self) -> bool:
        """Say whether it answers a ping; while it reads its log back it does not."""
        try:
            async with asyncio.timeout(5):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                try:
                    writer.write(f"AUTH {self.password}\r\nPING\r\n".encode())
                    return [await reader.readline() for _ in range(2)] == [b"+OK\r\n", b"+PONG\r\n"]
                finally:
                    writer.close()
                    await writer.wait_closed()
        except (OSError, TimeoutError):
            return False


async def prepare_valkey(folder: Path, port: int, *, durable: bool = True) -> Valkey:
    """Write the settings, and end a server that was left on the same data."""
    server = Valkey(folder, valkey_program(), "", port, durable)
    server.data.mkdir(parents=True, exist_ok=True)
    await end_leftover(folder / "valkey.pid", server.data, sig=signal.SIGTERM)
    server = Valkey(folder, server.program, kept_password(folder), port, durable)
    server.write_settings()
    return server
