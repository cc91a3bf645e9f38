"""Scripted trouble: which request meets it, how often, and what goes wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

KINDS = ("drop_before", "drop_after", "delay", "status", "html", "truncate")
MATCHES = ("method", "path", "api", "contains")
_WHEN = ("before", "after")


class InvalidFaultError(ValueError):
    """The script can't be understood; the text says where."""


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
        """Whether the request is kept from the sandbox, so that nothing is stored."""
        if self.fault in ("drop_before", "drop_after", "truncate"):
            return self.fault == "drop_before"
        return bool(self.params.get("when", "before") == "before")

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
    """The scripts in force, in the order in which they were set; they don't outlive the process."""

    def __init__(self) -> None:
        self._scripts: list[Fault] = []
        self._last_id = 0

    def add(self, script: Mapping[str, Any]) -> Fault:
        """Check a script as it came in and put it in force."""
        fault = _parse(script)
        self._last_id += 1
        fault.id = self._last_id
        self._scripts.append(fault)
        return fault

    def take(self, facts: Facts) -> Fault | None:
        """The trouble for this request; every matching script counts it, the first that strikes wins."""
        struck = [script for script in self._scripts if script.fits(facts) and script.strikes()]
        return struck[0] if struck else None

    def all(self) -> list[Fault]:
        return list(self._scripts)

    def clear(self) -> None:
        self._scripts.clear()


def _parse(script: Mapping[str, Any]) -> Fault:
    unknown = set(script) - {"match", "nth", "times", "fault", "params"}
    if unknown:
        raise InvalidFaultError(f"unknown field: {', '.join(sorted(unknown))}")
    kind = script.get("fault")
    if kind not in KINDS:
        raise InvalidFaultError(f"fault must be one of {', '.join(KINDS)}")
    return Fault(
        fault=kind,
        match=_parse_match(script.get("match") or {}),
        nth=_parse_count(script, "nth", at_least=1),
        times=_parse_count(script, "times", at_least=0),
        params=_parse_params(kind, script.get("params", {})),
    )


def _parse_match(match: Any) -> dict[str, str]:
    if not isinstance(match, Mapping) or set(match) - set(MATCHES):
        raise InvalidFaultError(f"match takes only {', '.join(MATCHES)}")
    return {name: str(pattern) for name, pattern in match.items() if pattern is not None}


def _parse_count(script: Mapping[str, Any], name: str, at_least: int) -> int:
    value = script.get(name, 1)
    if not isinstance(value, int) or isinstance(value, bool) or value < at_least:
        raise InvalidFaultError(f"{name} must be a whole number of at least {at_least}")
    return value


def _parse_params(kind: str, params: Any) -> Mapping[str, Any]:
    if not isinstance(params, Mapping):
        raise InvalidFaultError("params must be an object")
    if params.get("when", "before") not in _WHEN:
        raise InvalidFaultError("params.when must be before or after")
    if kind == "delay" and not _is_seconds(params.get("seconds")):
        raise InvalidFaultError("a delay needs params.seconds, a number of at least 0")
    if not isinstance(params.get("headers", {}), Mapping):
        raise InvalidFaultError("params.headers must be an object")
    if not isinstance(params.get("bytes", 0), int):
        raise InvalidFaultError("params.bytes must be a whole number")
    if kind == "status" and params.get("status") not in range(200, 600):
        raise InvalidFaultError("a status fault needs params.status between 200 and 599")
    return params


def _is_seconds(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
