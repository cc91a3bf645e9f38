"""How much memory a process holds at its peak, from the kernel's own books."""

import threading
from pathlib import Path

_EVERY = 0.02


def peak_of_this_process() -> int:
    """Bytes that were resident at once at most, since it began."""
    return _field("self", "VmHWM") or 0


class Peak:
    """The most memory of its own that another process held, looked at often: what it shares with others does not count."""

    def __init__(self, pid: int) -> None:
        self.bytes = _field(str(pid), "RssAnon")
        self._pid, self._over = pid, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._over.wait(_EVERY):
            now = _field(str(self._pid), "RssAnon")
            if now is not None:
                self.bytes = max(self.bytes or 0, now)

    def stop(self) -> int | None:
        """None where the kernel does not say."""
        self._over.set()
        self._thread.join()
        return self.bytes


def _field(process: str, name: str) -> int | None:
    try:
        text = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return None
    found = next((line for line in text.splitlines() if line.startswith(f"{name}:")), None)
    return int(found.split()[1]) * 1024 if found else None
