"""The parts that a sandbox is built around, over one store."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from hub.sandboxes.kit.clock import Clock
from hub.sandboxes.kit.faults import Faults
from hub.sandboxes.kit.late import Late
from hub.sandboxes.kit.requestlog import RequestLog
from hub.sandboxes.kit.store import Store


@dataclass
class Bench:
    """`era` counts the resets: a request of an era before must leave no trace in this one."""

    store: Store
    clock: Clock
    log: RequestLog
    faults: Faults = field(default_factory=Faults)
    late: Late = field(default_factory=Late)
    era: int = 0

    @classmethod
    def open(cls, path: Path | None = None) -> Self:
        """In the file, which is made when it is missing, or in memory without one."""
        store = Store(path)
        return cls(store=store, clock=Clock(store), log=RequestLog(store))

    def reset(self) -> None:
        """Forget everything: documents, time moved, requests, faults and what is still on its way."""
        self.store.clear()
        self.log.clear()
        self.faults.clear()
        self.late.clear()
        self.era += 1
