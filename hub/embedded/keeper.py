"""The life of one supervised process: started, watched, started again, stopped."""

import asyncio
import inspect
import logging
import os
import shutil
import signal
import time
from contextlib import suppress
from pathlib import Path

from hub.embedded.child import Child
from hub.embedded.errors import StartFailed
from hub.embedded.identity import leash

logger = logging.getLogger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0
_STEADY_AFTER = 10.0  # seconds; one that lived longer is restarted without a longer pause
_GIVE_UP_AFTER = 6  # ends before it was ever ready
_POLL = 0.02
_REPORT_WITHIN = 5.0
_LOG_LIMIT = 8_000_000


class Keeper:
    """Keeps one child running in a session of its own, with its output in `log`."""

    def __init__(self, child: Child, log: Path) -> None:
        self.child, self.log = child, log
        self.starts = 0
        self._was_ready = False
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        running = self._process is not None and self._process.returncode is None
        return self._process.pid if self._process and running else None

    async def start(self) -> None:
        """Start it and wait until it is ready."""
        if shutil.which(self.child.argv[0]) is None:
            raise StartFailed(
                f"{self.child.name} cannot be started: there is no program {self.child.argv[0]}."
            )
        _set_aside(self.log)
        self._task = asyncio.create_task(self._run(), name=f"keep {self.child.name}")
        await self.until_ready()

    async def until_ready(self) -> None:
        try:
            async with asyncio.timeout(self.child.ready_within):
                while not await self._is_ready():  # noqa: ASYNC110 - another process tells no event
                    await asyncio.sleep(_POLL)
        except TimeoutError:
            raise self._failure(f"is not ready after {self.child.ready_within:g} s") from None
        self._was_ready = True

    async def replaced(self, pid: int) -> int:
        """Wait until another process than `pid` has taken its place and is ready; give its id."""
        while self.pid in (None, pid):
            self._raise_if_given_up()
            await asyncio.sleep(_POLL)
        await self.until_ready()
        return self.pid or await self.replaced(pid)

    async def stop(self, hurry: asyncio.Event) -> None:
        """Ask it to end, and kill it after its grace, or at once when `hurry` is set."""
        self._stopping.set()
        if self._task is None:
            return
        self._signal(self.child.stop_signal)
        hurried = asyncio.create_task(hurry.wait())
        await asyncio.wait(
            {self._task, hurried}, timeout=self.child.grace, return_when=asyncio.FIRST_COMPLETED
        )
        hurried.cancel()
        if not self._task.done():
            self._signal(signal.SIGKILL)
        await asyncio.wait({self._task})

    async def _run(self) -> None:
        pause = _FIRST_PAUSE
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                await self._live_once()
            except OSError:  # no process or file to be had at this moment
                logger.exception("%s could not be started", self.child.name)
            if not self.child.restart:
                return
            if time.monotonic() - began > _STEADY_AFTER:
                pause = _FIRST_PAUSE
            await self._pause(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _live_once(self) -> None:
        process = self._process = await self._spawn()
        self.starts += 1
        if self._stopping.is_set():  # asked to stop while it was being started
            self._signal(self.child.stop_signal)
        returncode = await process.wait()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # what it started and did not end
        if not self._stopping.is_set():
            logger.warning("%s (%s) ended with %s", self.child.name, process.pid, returncode)
        await self._report(process.pid, returncode)

    async def _spawn(self) -> asyncio.subprocess.Process:
        argv = [*self.child.prefix, *leash(self.child.stop_signal), *self.child.argv]
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *argv,
                env={**os.environ, **self.child.env},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def _report(self, pid: int, returncode: int) -> None:
        if self.child.on_exit is None:
            return
        try:
            answer = self.child.on_exit(self.child.name, pid, returncode)
            if inspect.isawaitable(answer):
                await asyncio.wait_for(answer, _REPORT_WITHIN)
        except Exception:  # the child must come back even where nobody could be told that it went
            logger.exception("the end of %s (%s) could not be reported", self.child.name, pid)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    async def _is_ready(self) -> bool:
        self._raise_if_given_up()
        if self.pid is None:
            return self.starts > 0 and self._finished_well()
        return self.child.ready is None or await self.child.ready()

    def _finished_well(self) -> bool:
        """A process that is to run once may be done before anybody looked."""
        return not self.child.restart and self._process is not None and self._process.returncode == 0

    def _raise_if_given_up(self) -> None:
        if self._task is not None and self._task.done() and not self._finished_well():
            raise self._failure("has ended")
        if self.pid is None and self.starts >= _GIVE_UP_AFTER and not self._was_ready:
            raise self._failure("ends each time it is started")

    def _failure(self, what: str) -> StartFailed:
        tail = self.log.read_text(errors="replace")[-2000:].strip() if self.log.exists() else ""
        return StartFailed(f"{self.child.name} {what}. Its log {self.log} ends with:\n{tail or '(nothing)'}")

    def _signal(self, sig: signal.Signals) -> None:
        if self.pid is not None:
            with suppress(ProcessLookupError):
                (os.killpg if sig == signal.SIGKILL else os.kill)(self.pid, sig)


def _set_aside(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_name(f"{log.name}.1"))
