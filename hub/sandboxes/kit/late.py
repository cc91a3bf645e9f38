"""Requests that are on their way for longer than their client waits, and arrive all the same."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from starlette.types import Scope


@dataclass(frozen=True)
class LateRequest:
    """A request as it came in. `due` is on the sandbox's clock; None: when somebody lets it arrive."""

    scope: Scope
    body: bytes
    due: datetime | None


@dataclass
class Late:
    """They don't outlive the process, as a connection would not."""

    _waiting: list[LateRequest] = field(default_factory=list)

    def hold(self, scope: Scope, body: bytes, now: datetime, seconds: float | None) -> None:
        due = None if seconds is None else now + timedelta(seconds=seconds)
        self._waiting.append(LateRequest(dict(scope), body, due))

    def let_arrive(self, now: datetime) -> int:
        """Make all of them due; gives their number."""
        self._waiting = [LateRequest(late.scope, late.body, now) for late in self._waiting]
        return len(self._waiting)

    def take_due(self, now: datetime) -> list[LateRequest]:
        """Those that arrive by now, in the order in which they were sent."""
        due = [late for late in self._waiting if late.due is not None and late.due <= now]
        self._waiting = [late for late in self._waiting if late not in due]
        return due

    def clear(self) -> None:
        self._waiting.clear()
