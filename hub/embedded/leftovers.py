"""Ending a server that an earlier launcher left on the same data."""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path

from hub.embedded.errors import StartFailed

_POLL = 0.02


async def end_leftover(pid_file: Path, data: Path, *, sig: signal.Signals, grace: float = 10.0) -> None:
    """Wait until no server works on `data`, asking an old one to stop, and remove its `pid_file`.

    Two servers on one folder would spoil it. A pid file that names a process at work elsewhere is stale:
    after a restart of a container the same small number often belongs to somebody else.
    """
    pid = _read_pid(pid_file)
    if pid is None:
        return
    for step in (sig, signal.SIGKILL):
        if await _ended(pid, data, step, grace):
            _forget(pid_file)
            return
    raise StartFailed(f"A server with process id {pid} still works on {data}: end it first.")


async def _ended(pid: int, data: Path, sig: signal.Signals, grace: float) -> bool:
    if not _works_on(pid, data):
        return True
    with suppress(ProcessLookupError):
        os.kill(pid, sig)
    with suppress(TimeoutError):
        async with asyncio.timeout(grace):
            while _works_on(pid, data):  # noqa: ASYNC110 - not our child, so nothing tells its end
                await asyncio.sleep(_POLL)
            return True
    return False


def _forget(pid_file: Path) -> None:
    pid_file.unlink(missing_ok=True)


def _read_pid(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _works_on(pid: int, data: Path) -> bool:
    """Both servers change into their data folder, so the kernel tells whose process it is."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == data.resolve()
    except OSError:
        return False
