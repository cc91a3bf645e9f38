"""The processes the hub runs beside itself, started in order and stopped in reverse."""

import asyncio
import signal
from pathlib import Path
from types import TracebackType
from typing import Self

from hub.embedded.child import Child
from hub.embedded.keeper import Keeper

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Supervisor:
    """Keeps children running while its `async with` block lasts, each with a log file in `logs`.

    With `signals=True`, SIGINT and SIGTERM end the block wherever it stands, and the children are stopped in
    order; a second signal kills them at once. `stopped_by` then names the signal. Children also end when this
    process is killed, as the kernel tells them. Enter it in the main thread.
    """

    def __init__(self, logs: Path, *, signals: bool = False) -> None:
        self.stopped_by: signal.Signals | None = None
        self._logs, self._signals = logs, signals
        self._keepers: dict[str, Keeper] = {}
        self._hurry = asyncio.Event()
        self._body: asyncio.Task[object] | None = None
        self._leaving = False

    async def __aenter__(self) -> Self:
        self._body = asyncio.current_task()
        for sig in _SIGNALS if self._signals else ():
            asyncio.get_running_loop().add_signal_handler(sig, self._on_signal, sig)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._leaving = True
        ended_by_signal = self._cancelled_by_us(kind)
        try:
            await self.stop()
        finally:
            for sig in _SIGNALS if self._signals else ():
                asyncio.get_running_loop().remove_signal_handler(sig)
        return ended_by_signal

    async def start(self, child: Child) -> int:
        """Start a child and wait until it is ready; give its process id. Names are used once."""
        if child.name in self._keepers:
            raise ValueError(f"there is a child {child.name} already")
        keeper = self._keepers[child.name] = Keeper(child, self._logs / f"{child.name}.log")
        await keeper.start()
        return keeper.pid or 0

    async def stop(self) -> None:
        """Stop all children, the last started first."""
        for name in reversed(list(self._keepers)):
            await self.stop_child(name)

    async def stop_child(self, name: str) -> None:
        """Stop one child for good; its name is free again afterwards."""
        await self._keepers[name].stop(self._hurry)
        del self._keepers[name]

    async def until_signalled(self) -> None:
        """Keep everything running until a signal ends the block."""
        await asyncio.Event().wait()

    async def replaced(self, name: str, pid: int) -> int:
        """Wait until a new process has taken the place of `pid` and is ready; give the new id."""
        return await self._keepers[name].replaced(pid)

    def pid(self, name: str) -> int | None:
        """The process id of a child, none while it is down."""
        return self._keepers[name].pid

    def log(self, name: str) -> Path:
        return self._keepers[name].log

    def _on_signal(self, sig: signal.Signals) -> None:
        if self.stopped_by is not None:
            self._hurry.set()
            return
        self.stopped_by = sig
        if self._body is not None and not self._leaving:
            self._body.cancel()

    def _cancelled_by_us(self, kind: type[BaseException] | None) -> bool:
        """Take back our own cancellation, so that it does not look like one from outside."""
        if self.stopped_by is None or self._body is None or kind is not asyncio.CancelledError:
            return False
        return self._body.uncancel() == 0
