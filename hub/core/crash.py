"""Named crash points: places where a process may die, so that dying there can be rehearsed."""

import os
import signal
from enum import StrEnum
from pathlib import Path


class CrashPoint(StrEnum):
    """Every named place. One is armed by the settings `crash_at` and `crash_flag`."""

    EXPORT_BEFORE_INTENT = "export.before_intent"
    EXPORT_AFTER_INTENT = "export.after_intent"
    EXPORT_AFTER_WRITE = "export.after_write"
    EXPORT_AFTER_COMMIT = "export.after_commit"
    IMPORT_AFTER_PAGE = "import.after_page"
    IMPORT_BEFORE_COMMIT = "import.before_commit"


class CrashPlan:
    """Where this process shall die, if anywhere. With a flag file it dies only while the file exists, and removes it first."""

    def __init__(self) -> None:
        self._point: str = ""
        self._flag: Path | None = None

    def arm(self, point: str, flag: Path | None) -> None:
        self._point, self._flag = point, flag

    def reached(self, point: CrashPoint) -> None:
        """Ends the process by SIGKILL, as a power cut would, if it is armed for this point."""
        if point != self._point:
            return
        if self._flag is not None:
            try:
                self._flag.unlink()
            except FileNotFoundError:
                return
        os.kill(os.getpid(), signal.SIGKILL)


CRASH = CrashPlan()
