"""Scripted trouble: which request meets it, how often, and what goes wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from hub.sandboxes.kit.scripts import AFTER, UNSEEN, read_script


@dataclass(frozen=True)
class Facts:
    """What a script can match a request by."""

    method: str
    path: str
    api: str | None
    content: str


@dataclass
class Fault:
    """From the `nth` matching request on, `times` requests meet it (0: all of them until it is removed)."""

    fault: str
    match: Mapping[str, str] = field(default_factory=dict)
    nth: int = 1
    times: int = 1
    params: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0
    seen: int = 0
    applied: int = 0

    @property
    def happens_before(self) -> bool:
        """Whether the trouble comes before the sandbox could be asked."""
        if self.fault in AFTER | UNSEEN:
            return self.fault in UNSEEN
        return bool(self.params.get("when", "before") == "before")

    @property
    def reaches_sandbox(self) -> bool:
        return self.fault == "delay" or not self.happens_before

    def delay(self, *, before: bool) -> float:
        """Seconds to wait on this side of the sandbox's answer."""
        meant = self.fault == "delay" and before is self.happens_before
        return float(self.params["seconds"]) if meant else 0.0

    def fits(self, facts: Facts) -> bool:
        return all(_fits_one(name, pattern, facts) for name, pattern in self.match.items())

    def strikes(self) -> bool:
        """Count one matching request and say whether this is one of those to suffer."""
        self.seen += 1
        hit = self.seen >= self.nth and (self.times == 0 or self.applied < self.times)
        self.applied += hit
        return hit


def _fits_one(name: str, pattern: str, facts: Facts) -> bool:
    if name == "contains":
        return pattern in facts.content
    return fnmatchcase(str(getattr(facts, name) or "").lower(), pattern.lower())


class Faults:
    """The faults in force, in the order in which they were set; they don't outlive the process."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._last_id = 0

    def add(self, script: Mapping[str, Any]) -> Fault:
        """Check a script as it came in and put it in force."""
        self._last_id += 1
        fault = Fault(**read_script(script), id=self._last_id)
        self._faults.append(fault)
        return fault

    def take(self, facts: Facts) -> Fault | None:
        """The trouble for this request; every matching fault counts it, the first that strikes wins."""
        struck = [fault for fault in self._faults if fault.fits(facts) and fault.strikes()]
        return struck[0] if struck else None

    def all(self) -> list[Fault]:
        return list(self._faults)

    def clear(self) -> None:
        self._faults.clear()
